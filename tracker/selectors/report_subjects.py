"""Who has something to report now: companies with a storm in their grid or a response in force."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from psycopg.sql import SQL

# A station reports through its company. ``above`` are the organisation itself and those above it, nearest
# first.
_COMPANIES = SQL("""
    company (id, company_id, above) AS (
        SELECT o.id, CASE WHEN o.level IN ('province', 'city', 'county') THEN o.id END, ARRAY[o.id]
        FROM incidents_organization o WHERE o.parent_id IS NULL
        UNION ALL
        SELECT o.id, CASE WHEN o.level IN ('province', 'city', 'county') THEN o.id ELSE c.company_id END,
               o.id || c.above
        FROM incidents_organization o JOIN company c ON c.id = o.parent_id
    )
""")
_EVENTS = SQL("""
    WITH RECURSIVE {companies}
    SELECT own.company_id, whose.above, s.is_exercise, s.id, min(o.reported_at), s.ended_at
    FROM incidents_storm s
    JOIN incidents_outage o ON o.storm_id = s.id
    JOIN company own ON own.id = o.organization_id
    JOIN company whose ON whose.id = own.company_id
    WHERE (s.ended_at IS NULL OR s.ended_at > %(now)s::timestamptz - interval '3 days')
      AND o.reported_at <= %(now)s AND o.reported_at > %(now)s::timestamptz - interval '60 days'
      AND o.entry_mode = 'live' AND o.status <> 'cancelled' AND o.kind <> 'planned'
    GROUP BY own.company_id, whose.above, s.is_exercise, s.id, s.ended_at
    ORDER BY own.company_id, s.id
""").format(companies=_COMPANIES)
# A level that was raised or lowered goes on from the response that it follows.
_RESPONSES = SQL("""
    WITH RECURSIVE {companies},
    chain (id, began_at) AS (
        SELECT id, decided_at FROM tracker_emergencyresponse
        WHERE follows_id IS NULL AND state IN ('started', 'ended')
        UNION ALL
        SELECT r.id, c.began_at FROM tracker_emergencyresponse r JOIN chain c ON c.id = r.follows_id
    )
    SELECT r.organization_id, company.above, r.is_exercise, r.storm_id, r.level, chain.began_at, r.ended_at
    FROM tracker_emergencyresponse r
    JOIN chain USING (id)
    JOIN company ON company.id = r.organization_id
    WHERE r.decided_at <= %(now)s AND (r.state = 'started' OR r.state = 'ended'
          AND r.ended_at > %(now)s::timestamptz - interval '3 days'
          AND NOT EXISTS (SELECT FROM tracker_emergencyresponse next WHERE next.follows_id = r.id))
    ORDER BY r.organization_id, r.id
""").format(companies=_COMPANIES)


@dataclass(frozen=True, kw_only=True)
class Subject:
    """One matter of one company that reports are made of.

    Attributes:
        above: The company and the organisations above it, nearest first.
        storm_id: Null for several storms together, or where none is named.
        level: Response level in force; empty without one.
        began_at: When the company learned of it.
        ended_at: When the response or, without one, the storm ended.
    """

    organization_id: int
    above: tuple[int, ...]
    is_exercise: bool
    storm_id: int | None
    level: str
    began_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Subjects:
    """What is reported: first news, what goes on, and what has ended lately."""

    begun: list[Subject]
    running: list[Subject]
    ended: list[Subject]


def subjects(*, now: datetime) -> Subjects:
    """Return who has something to report; two statements.

    Args:
        now: The moment, aware.
    """
    events: dict[tuple[int, bool], list[Subject]] = defaultdict(list)
    responses: dict[tuple[int, bool], list[Subject]] = defaultdict(list)
    for company, above, drill, storm, began_at, ended_at in _all(_EVENTS, now):
        events[company, drill].append(_subject(company, above, drill, storm, "", began_at, ended_at))
    for company, above, drill, storm, level, began_at, ended_at in _all(_RESPONSES, now):
        responses[company, drill].append(_subject(company, above, drill, storm, level, began_at, ended_at))
    found = Subjects(begun=[], running=[], ended=[])
    for key in sorted({*events, *responses}):
        _sort_out(events[key], responses[key], found)
    return found


def _sort_out(events: list[Subject], responses: list[Subject], found: Subjects) -> None:
    open_events = [one for one in events if one.ended_at is None]
    ordered = [one for one in responses if one.ended_at is None]
    storm_id = open_events[0].storm_id if len(open_events) == 1 else None
    for one in ordered:
        about = one.storm_id or storm_id
        found.running.append(_about(one, about))
    if open_events and not ordered:
        first = min(one.began_at for one in open_events)
        found.running.append(_about(open_events[0], storm_id, began_at=first))
    found.begun.extend(_first_news(events, ordered, storm_id))
    answered = {one.storm_id for one in responses}
    found.ended.extend(one for one in responses if one.ended_at)
    found.ended.extend(one for one in events if one.ended_at and one.storm_id not in answered)


def _first_news(events: Iterable[Subject], ordered: Iterable[Subject], storm_id: int | None) -> list[Subject]:
    """Return the first news of each storm: an outage, or the order of a response, whichever came first."""
    earliest = {one.storm_id: one for one in events}
    for one in ordered:
        about = _about(one, one.storm_id or storm_id)
        known = earliest.get(about.storm_id)
        if known is None or about.began_at < known.began_at:
            earliest[about.storm_id] = about
    return list(earliest.values())


def _about(one: Subject, storm_id: int | None, *, began_at: datetime | None = None) -> Subject:
    return _subject(
        one.organization_id,
        one.above,
        one.is_exercise,
        storm_id,
        one.level,
        began_at or one.began_at,
        one.ended_at,
    )


def _subject(
    company: int,
    above: Iterable[int],
    drill: bool,  # noqa: FBT001 - a row of the statements
    storm: int | None,
    level: str,
    began_at: datetime,
    ended_at: datetime | None,
) -> Subject:
    return Subject(
        organization_id=company,
        above=tuple(above),
        is_exercise=drill,
        storm_id=storm,
        level=level,
        began_at=began_at,
        ended_at=ended_at,
    )


def _all(statement: Any, now: datetime) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"now": now})
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found
