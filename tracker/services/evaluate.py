"""From what breaches a rule now to alerts: opened, raised, lowered or over. One statement a rule."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from psycopg.sql import SQL

from tracker.checks import Check
from tracker.services import ladder
from tracker.services.locks import Sweep, alone
from tracker.services.prepared import Prepared
from tracker.services.scope import at_work, scope_of

logger = logging.getLogger(__name__)

# ``breach``: an open alert holds its band down to the edge that clears it (``keep_rank``). One that is new
# opens at once, or after its condition has held for as long as the rule asks (``ripe``); until then the
# moment is kept. ``fading``: a condition that is gone is waited for, silently, before the alert is over.
# ``held``: only alerts that something changes on are locked. A worse band begins a new climb; so does a
# milder one while mails of the old climb are still owed, for these are no longer sent. Else a milder band
# goes on where time stands: its rungs that lie behind count as told. What a person ended while it was so
# stays ended until it is gone once (``let_go``) or worse.
_EVALUATE = SQL("""
WITH RECURSIVE {scope},
breach AS MATERIALIZED (
    SELECT f.subject_id, f.organization_id, f.is_exercise, f.facts, scope.rule_id, scope.severities,
           a.id AS alert_id, settled.rank AS band_rank,
           CASE WHEN settled.rank = f.band_rank THEN f.band ELSE (%(bands)s::text[])[settled.rank] END AS
               band,
           a.id IS NULL AND (
               scope.for_s = 0 OR w.since_at <= %(now)s::timestamptz - scope.for_s * interval '1 second'
           ) AS ripe
    FROM ({query}) f
    JOIN scope USING (organization_id)
    LEFT JOIN tracker_alert a ON a.rule_code = %(code)s AND a.subject_type = %(subject_type)s
        AND a.subject_id = f.subject_id AND a.is_exercise = f.is_exercise
        AND a.state IN ('firing', 'acknowledged')
    LEFT JOIN tracker_holding w ON scope.for_s > 0 AND w.rule_code = %(code)s
        AND w.subject_type = %(subject_type)s AND w.subject_id = f.subject_id
        AND w.is_exercise = f.is_exercise
    CROSS JOIN LATERAL (
        SELECT CASE WHEN a.id IS NULL OR f.keep_rank IS NULL THEN f.band_rank
                    ELSE greatest(f.band_rank, least(a.band_rank, f.keep_rank)) END AS rank
    ) settled
    WHERE settled.rank IS NOT NULL
),
waiting AS (
    INSERT INTO tracker_holding (rule_code, subject_type, subject_id, is_exercise, since_at)
    SELECT %(code)s, %(subject_type)s, subject_id, is_exercise, %(now)s
    FROM breach WHERE alert_id IS NULL AND NOT coalesce(ripe, false)
    ON CONFLICT (rule_code, subject_type, subject_id, is_exercise)
        DO UPDATE SET since_at = excluded.since_at WHERE tracker_holding.since_at IS NULL
),
waited AS (
    UPDATE tracker_holding w SET since_at = NULL
    WHERE w.rule_code = %(code)s AND w.since_at IS NOT NULL AND NOT EXISTS (
        SELECT FROM breach b WHERE b.alert_id IS NULL AND NOT coalesce(b.ripe, false)
            AND b.subject_id = w.subject_id AND b.is_exercise = w.is_exercise
    )
),
{ladders},
opened AS (
    INSERT INTO tracker_alert (
        uuid, rule_id, rule_code, subject_type, subject_id, organization_id, is_exercise, band, band_rank,
        severity, state, generation, climb_at, next_step, next_due_at, opened_at, resolved_why, facts
    )
    SELECT gen_random_uuid(), b.rule_id, %(code)s, %(subject_type)s, b.subject_id, b.organization_id,
           b.is_exercise, b.band, b.band_rank, b.severities ->> b.band, 'firing', 1, %(now)s, 1,
           {first_due}, %(now)s, '', b.facts
    FROM breach b
    LEFT JOIN ladder l ON l.rule_id = b.rule_id AND l.band = b.band
    WHERE b.ripe AND NOT EXISTS (
        SELECT FROM tracker_alert a
        WHERE a.is_shut AND a.rule_code = %(code)s AND a.subject_type = %(subject_type)s
          AND a.subject_id = b.subject_id AND a.is_exercise = b.is_exercise AND a.band_rank >= b.band_rank
    )
    ON CONFLICT (rule_code, subject_type, subject_id, is_exercise)
        WHERE state IN ('firing', 'acknowledged') DO NOTHING
    RETURNING id, generation, band
),
held AS (
    SELECT a.id, a.rule_id, a.climb_at, a.band AS old_band, b.band, b.band_rank, b.facts,
           b.organization_id, r.severities ->> b.band AS severity,
           greatest(%(now)s::timestamptz, a.opened_at) AS restart_at,
           a.next_step, a.gone_at IS NOT NULL AS is_back,
           a.band <> b.band AS moved,
           b.band_rank > a.band_rank AS worse,
           b.band_rank > a.band_rank
               OR a.band <> b.band AND a.state = 'firing' AND EXISTS (
                   SELECT FROM tracker_notification n
                   WHERE n.alert_id = a.id AND n.generation = a.generation AND n.state IN ('queued', 'leased')
               ) AS anew
    FROM tracker_alert a
    JOIN breach b ON b.alert_id = a.id
    JOIN tracker_rule r ON r.id = a.rule_id
    WHERE a.state IN ('firing', 'acknowledged') AND (
        a.band <> b.band OR a.facts <> b.facts OR a.organization_id <> b.organization_id
        OR a.gone_at IS NOT NULL
    )
    FOR NO KEY UPDATE OF a
),
stepped AS MATERIALIZED (
    SELECT h.*, {first_due_anew} AS first_due_at, step.reached, {following_due} AS following_due_at,
           {resumed_due} AS resumed_due_at
    FROM held h
    LEFT JOIN ladder l ON l.rule_id = h.rule_id AND l.band = h.band
    CROSS JOIN LATERAL (SELECT coalesce({reached}, 0) AS reached OFFSET 0) step
),
changed AS (
    UPDATE tracker_alert a SET
        band = s.band, band_rank = s.band_rank, severity = s.severity, facts = s.facts,
        organization_id = s.organization_id, gone_at = NULL,
        generation = a.generation + s.moved::int,
        climb_at = CASE WHEN s.anew THEN s.restart_at ELSE a.climb_at END,
        next_step = CASE WHEN s.anew THEN 1 WHEN s.moved THEN s.reached + 1 ELSE a.next_step END,
        next_due_at = CASE
            WHEN s.anew THEN s.first_due_at
            WHEN s.moved AND a.state = 'firing' THEN s.following_due_at
            WHEN s.is_back AND a.state = 'firing' THEN s.resumed_due_at
            ELSE a.next_due_at
        END,
        state = CASE WHEN s.anew THEN 'firing' ELSE a.state END,
        snoozed_until = CASE WHEN s.anew THEN NULL ELSE a.snoozed_until END,
        acknowledged_at = CASE WHEN s.anew THEN NULL ELSE a.acknowledged_at END,
        acknowledged_by_id = CASE WHEN s.anew THEN NULL ELSE a.acknowledged_by_id END
    FROM stepped s
    WHERE a.id = s.id
    RETURNING a.id, a.generation, s.old_band, a.band, s.moved, s.worse
),
gone AS MATERIALIZED (
    SELECT a.id, scope.rule_id IS NULL AS rule_off,
           scope.rule_id IS NULL OR scope.clear_s = 0
               OR a.gone_at <= %(now)s::timestamptz - scope.clear_s * interval '1 second' AS for_good
    FROM tracker_alert a LEFT JOIN scope ON scope.organization_id = a.organization_id
    WHERE a.rule_code = %(code)s AND a.subject_type = %(subject_type)s
      AND a.state IN ('firing', 'acknowledged')
      AND NOT EXISTS (SELECT FROM breach b WHERE b.alert_id = a.id)
),
fading AS (
    UPDATE tracker_alert a SET
        gone_at = %(now)s, next_due_at = CASE WHEN a.state = 'acknowledged' THEN a.next_due_at END
    FROM gone g WHERE a.id = g.id AND a.gone_at IS NULL AND NOT coalesce(g.for_good, false)
),
resolved AS (
    UPDATE tracker_alert a SET
        state = 'resolved', resolved_at = greatest(%(now)s::timestamptz, a.opened_at), next_due_at = NULL,
        resolved_why = CASE WHEN g.rule_off THEN 'rule_off' ELSE 'cleared' END
    FROM gone g WHERE a.id = g.id AND g.for_good
    RETURNING a.id, a.generation, a.resolved_why
),
let_go AS (
    UPDATE tracker_alert a SET is_shut = false
    WHERE a.is_shut AND a.rule_code = %(code)s AND a.subject_type = %(subject_type)s
      AND NOT EXISTS (
          SELECT FROM breach b
          WHERE b.subject_id = a.subject_id AND b.is_exercise = a.is_exercise AND b.band_rank <= a.band_rank
      )
),
told AS (
    INSERT INTO tracker_alertevent (alert_id, at, kind, generation, detail)
    SELECT id, %(now)s, 'opened', generation, jsonb_build_object('to', band) FROM opened
    UNION ALL
    SELECT id, %(now)s, CASE WHEN worse THEN 'raised' ELSE 'lowered' END, generation,
           jsonb_build_object('from', old_band, 'to', band)
    FROM changed WHERE moved
    UNION ALL
    SELECT id, %(now)s, 'resolved', generation, jsonb_build_object('why', resolved_why) FROM resolved
    RETURNING kind
)
SELECT count(*) FILTER (WHERE kind = 'opened'), count(*) FILTER (WHERE kind = 'raised'),
       count(*) FILTER (WHERE kind = 'lowered'), count(*) FILTER (WHERE kind = 'resolved')
FROM told
""")

_WITHOUT_KEEPING = SQL("SELECT *, NULL::int AS keep_rank FROM ({query}) plain")


@dataclass(kw_only=True)
class Evaluated:
    """What an evaluation changed, and which rules could not be evaluated."""

    opened: int = 0
    raised: int = 0
    lowered: int = 0
    resolved: int = 0
    broken: list[str] = field(default_factory=list)


def evaluate(
    *, now: datetime, patience: timedelta = timedelta(0), checks: Iterable[Check] | None = None
) -> Evaluated:
    """Open, raise, lower and end alerts so that they say what is so now.

    Idempotent; several engines at once are one after the other, since one that has looked earlier must
    not write later. A rule whose query fails is logged and named; the others go on.

    Args:
        now: Time of the sweep, aware.
        patience: How long to wait for another engine; zero leaves the work to it.
        checks: Rules to evaluate; by default all.
    """
    found = Evaluated()
    for check in at_work() if checks is None else checks:
        try:
            with alone(Sweep.EVALUATE, patience=patience) as mine:
                if mine:
                    judge(check, now=now, found=found)
        except DatabaseError:
            logger.exception("rule could not be evaluated", extra={"rule": check.code})
            found.broken.append(check.code)
    return found


def judge(check: Check, *, now: datetime, found: Evaluated) -> None:
    """Evaluate one rule inside the caller's transaction, which sees to it that nobody else does.

    Args:
        check: The rule's condition.
        now: Time of the sweep, aware.
        found: What was changed so far; added to.
    """
    given: dict[str, Any] = {"code": check.code, "subject_type": check.subject_type, "now": now}
    given |= {"bands": list(check.bands), "zone": settings.TIME_ZONE}
    counts = _statement(check).one_row(given)
    for name, count in zip(("opened", "raised", "lowered", "resolved"), counts, strict=True):
        setattr(found, name, getattr(found, name) + count)


@cache
def _statement(check: Check) -> Prepared:
    first, climb_at = SQL("1"), SQL("h.climb_at")
    keeping = check.query if check.keeps else _WITHOUT_KEEPING.format(query=check.query)
    return Prepared(
        _EVALUATE.format(
            scope=scope_of(check),
            query=keeping,
            ladders=ladder.LADDERS,
            first_due=ladder.due(climb_at=SQL("%(now)s::timestamptz"), step=first),
            first_due_anew=ladder.due(climb_at=SQL("h.restart_at"), step=first),
            reached=ladder.reached(climb_at=climb_at),
            following_due=ladder.due(climb_at=climb_at, step=SQL("(step.reached + 1)")),
            resumed_due=ladder.due(climb_at=climb_at, step=SQL("h.next_step")),
        )
    )
