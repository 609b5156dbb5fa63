"""A storm as of a moment, for the page that reviews it: a fixed number of statements, whatever is stored.

Totals and the curve are those of :mod:`tracker.selectors.statistics`, which reports are made of.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, LiteralString

from django.db import connection, transaction
from psycopg.sql import Composable

from incidents.models import Organization, Storm
from tracker.rules.report_numbers import Numbers, OutageRow
from tracker.rules.report_sums import long_tail
from tracker.rules.review import Accuracy, Job, Promise, Reliability, accuracy, ages, reliability, rested
from tracker.selectors import review_sql as sql
from tracker.selectors.statistics import Scope, numbers

LONGEST = 300  # events and jobs that are named
SECTIONS = 12  # curves of ice: those that came nearest to what they were built for


@dataclass(frozen=True, kw_only=True)
class Icy:
    """The ice of a section, or of a place where no section is named.

    Attributes:
        points: Moment and thickness, mm: the standard one where it is known.
    """

    name: str
    design_mm: int | None
    points: Sequence[tuple[datetime, Decimal]]

    @property
    def highest(self) -> Decimal:
        """Its thickest."""
        return max(value for _at, value in self.points)

    @property
    def ratio(self) -> float | None:
        """The thickest over what it was built for."""
        return float(self.highest) / self.design_mm if self.design_mm else None


@dataclass(frozen=True, kw_only=True)
class Hour:
    """The weather of an hour at the stations that told it: coldest, windiest, wettest."""

    at: datetime
    air_temp_c: Decimal | None
    wind_m_s: Decimal | None
    precipitation_mm_h: Decimal | None
    readings: int


@dataclass(frozen=True, kw_only=True)
class Escalation:
    """Alerts of a rule: how fast they were taken, and how late they were told, s."""

    rule: str
    severity: str
    alerts: int
    acknowledged: int
    median_ack_s: float | None
    told: int
    median_late_s: float | None
    p99_late_s: float | None
    most_late_s: float | None


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened."""

    at: datetime
    kind: str
    pk: int
    what: str
    more: str
    number: int | None


@dataclass(frozen=True, kw_only=True)
class Span:
    """From when to when a storm is looked at."""

    since: datetime
    until: datetime


@dataclass(frozen=True, kw_only=True)
class Review:
    """A storm as of a moment."""

    at: datetime
    span: Span
    numbers: Numbers
    reliability: Reliability
    accuracy: Accuracy
    ages: Sequence[tuple[timedelta | None, int]]
    long_tail: Sequence[OutageRow]
    ice: Sequence[Icy]
    weather: Sequence[Hour]
    jobs: Sequence[Job]
    escalations: Sequence[Escalation]
    events: Sequence[Event]


def span(storm: Storm, organizations: Sequence[int], *, now: datetime) -> Span:
    """Return from when to when a storm is looked at: one statement.

    From its beginning, or the first outage where that is earlier or nobody knows it, to its end or the last
    restoration; up to now while something is out or it goes on. A storm that was told
    afterwards ends with the last that is known.
    """
    [(first, last, out, is_live)] = _all(sql.SPAN, {"storm": storm.pk, "organizations": list(organizations)})
    since = min(filter(None, (storm.started_at, first)), default=now)
    is_over = (storm.ended_at is not None and not out) or not is_live
    until = max(filter(None, (storm.ended_at, last)), default=now) if is_over else now
    return Span(since=min(since, now), until=max(min(until, now), min(since, now)))


def review(
    storm: Storm, organization: Organization, organizations: Sequence[int], *, seen: Span, at: datetime
) -> Review:
    """Return a storm as of a moment.

    Args:
        storm: The storm.
        organization: Whose totals: with everything below it.
        organizations: The same as numbers.
        seen: The span of the storm.
        at: The moment; what happened later is not in it.
    """
    given = {
        "storm": storm.pk,
        "organization": organization.pk,
        "organizations": list(organizations),
        "is_exercise": storm.is_exercise,
        "since": seen.since - timedelta(hours=1),
        "at": at,
        "longest": LONGEST,
    }
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL jit = off")
        found = numbers(Scope.of(organization, storm, as_of=at))
        served = _all(sql.SERVED, given)
        return Review(
            at=at,
            span=seen,
            numbers=found,
            reliability=reliability(
                found.rows, since=seen.since, until=at, customers_served=served[0][0] if served else None
            ),
            accuracy=accuracy(_promises(found.rows, given), until=at),
            ages=ages(found.rows, until=at),
            long_tail=long_tail(found.rows, as_of=at),
            ice=_ice(given),
            weather=[
                Hour(at=hour, air_temp_c=cold, wind_m_s=wind, precipitation_mm_h=wet, readings=number)
                for hour, cold, wind, wet, number in _all(sql.WEATHER, given)
            ],
            jobs=_jobs(given),
            escalations=[Escalation(**_escalation(row)) for row in _all(sql.ESCALATIONS, given)],
            events=[
                Event(at=when, kind=kind, pk=pk, what=what, more=more, number=number)
                for when, kind, pk, what, more, number in _all(sql.EVENTS, given)
            ],
        )


def _promises(rows: Sequence[OutageRow], given: dict[str, Any]) -> list[Promise]:
    known = {row.id: row for row in rows if not row.explained}
    told = _all(sql.PROMISES, given | {"outages": list(known)})
    return [
        Promise(
            began_at=known[pk].began_at,
            restored_at=known[pk].restored_at,
            first_value_at=value,
            first_published_at=published,
            revisions=revisions,
            is_blown=is_blown and known[pk].restored_at is None,
        )
        for value, published, revisions, is_blown, pk in told
    ]


def _ice(given: dict[str, Any]) -> list[Icy]:
    points: dict[tuple[int | None, str, int | None], list[tuple[datetime, Decimal]]] = defaultdict(list)
    for section, line, code, design, at, standard, thickness, place in _all(sql.ICE, given):
        value = standard if standard is not None else thickness
        if value is not None:
            points[section, f"{line} {code}" if section else place, design].append((at, value))
    found = [
        Icy(name=name, design_mm=design, points=series) for (_pk, name, design), series in points.items()
    ]
    return sorted(found, key=lambda each: (-(each.ratio or 0), -each.highest, each.name))[:SECTIONS]


def _jobs(given: dict[str, Any]) -> list[Job]:
    return rested(
        Job(
            crew=crew,
            organization=organization,
            place=place,
            line=line,
            outage_id=outage,
            assigned_at=assigned,
            departed_at=departed,
            on_site_at=on_site,
            ended_at=ended,
            check_ins=number,
        )
        for _pk, crew, organization, place, line, outage, assigned, departed, on_site, ended, number in _all(
            sql.JOBS, given
        )
    )


def _escalation(row: tuple[Any, ...]) -> dict[str, Any]:
    rule, severity, alerts, taken, ack, told, *late = row
    return {
        "rule": rule,
        "severity": severity,
        "alerts": alerts,
        "acknowledged": taken,
        "median_ack_s": _float(ack),
        "told": told,
        "median_late_s": _float(late[0]),
        "p99_late_s": _float(late[1]),
        "most_late_s": _float(late[2]),
    }


def _float(value: Any) -> float | None:
    return None if value is None else float(value)


def _all(statement: LiteralString | Composable, given: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
