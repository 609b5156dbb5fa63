"""From what breaches a rule now to alerts: opened, raised, lowered or over. One statement a rule."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.db import DatabaseError, connection
from psycopg.sql import SQL, Composable

from tracker.checks import CHECKS, Check
from tracker.services import ladder
from tracker.services.locks import Sweep, alone

logger = logging.getLogger(__name__)

# ``scope``: the version that counts for an organisation is handed down the tree until somebody has an own.
# ``held``: only alerts that something changes on are locked. A worse band begins a new climb; so does a
# milder one while mails of the old climb are still owed, for these are no longer sent. Else a milder band
# goes on where time stands: its rungs that lie behind count as told. What a person ended while it was so
# stays ended until it is gone once (``let_go``) or worse.
_EVALUATE = SQL("""
WITH RECURSIVE handed_down (organization_id, rule_id) AS (
    SELECT o.id, coalesce(own.id, everybody.id)
    FROM incidents_organization o
    LEFT JOIN tracker_rule own ON own.code = %(code)s AND own.organization_id = o.id
        AND own.replaced_at IS NULL
    LEFT JOIN tracker_rule everybody ON everybody.code = %(code)s AND everybody.organization_id IS NULL
        AND everybody.replaced_at IS NULL
    WHERE o.parent_id IS NULL
    UNION ALL
    SELECT o.id, coalesce(own.id, above.rule_id)
    FROM incidents_organization o
    JOIN handed_down above ON above.organization_id = o.parent_id
    LEFT JOIN tracker_rule own ON own.code = %(code)s AND own.organization_id = o.id
        AND own.replaced_at IS NULL
),
scope AS MATERIALIZED (
    SELECT h.organization_id, r.id AS rule_id, r.params, r.severities
    FROM handed_down h JOIN tracker_rule r ON r.id = h.rule_id
    WHERE r.enabled
),
breach AS MATERIALIZED (
    SELECT found.*, scope.rule_id, scope.severities
    FROM ({query}) found JOIN scope USING (organization_id)
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
    WHERE NOT EXISTS (
        SELECT FROM tracker_alert a
        WHERE a.rule_code = %(code)s AND a.subject_type = %(subject_type)s AND a.subject_id = b.subject_id
          AND a.is_exercise = b.is_exercise AND a.state IN ('firing', 'acknowledged')
    ) AND NOT EXISTS (
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
           a.band <> b.band AS moved,
           b.band_rank > a.band_rank AS worse,
           b.band_rank > a.band_rank
               OR a.band <> b.band AND a.state = 'firing' AND EXISTS (
                   SELECT FROM tracker_notification n
                   WHERE n.alert_id = a.id AND n.generation = a.generation AND n.state IN ('queued', 'leased')
               ) AS anew
    FROM tracker_alert a
    JOIN breach b ON b.subject_id = a.subject_id AND b.is_exercise = a.is_exercise
    JOIN tracker_rule r ON r.id = a.rule_id
    WHERE a.rule_code = %(code)s AND a.subject_type = %(subject_type)s
      AND a.state IN ('firing', 'acknowledged')
      AND (a.band <> b.band OR a.facts <> b.facts OR a.organization_id <> b.organization_id)
    FOR NO KEY UPDATE OF a
),
stepped AS MATERIALIZED (
    SELECT h.*, {first_due_anew} AS first_due_at, step.reached, {following_due} AS following_due_at
    FROM held h
    LEFT JOIN ladder l ON l.rule_id = h.rule_id AND l.band = h.band
    CROSS JOIN LATERAL (SELECT coalesce({reached}, 0) AS reached OFFSET 0) step
),
changed AS (
    UPDATE tracker_alert a SET
        band = s.band, band_rank = s.band_rank, severity = s.severity, facts = s.facts,
        organization_id = s.organization_id,
        generation = a.generation + s.moved::int,
        climb_at = CASE WHEN s.anew THEN s.restart_at ELSE a.climb_at END,
        next_step = CASE WHEN s.anew THEN 1 WHEN s.moved THEN s.reached + 1 ELSE a.next_step END,
        next_due_at = CASE
            WHEN s.anew THEN s.first_due_at
            WHEN s.moved AND a.state = 'firing' THEN s.following_due_at
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
resolved AS (
    UPDATE tracker_alert a SET
        state = 'resolved', resolved_at = greatest(%(now)s::timestamptz, a.opened_at), next_due_at = NULL,
        resolved_why = CASE
            WHEN EXISTS (SELECT FROM scope WHERE scope.organization_id = a.organization_id) THEN 'cleared'
            ELSE 'rule_off'
        END
    WHERE a.rule_code = %(code)s AND a.subject_type = %(subject_type)s
      AND a.state IN ('firing', 'acknowledged')
      AND NOT EXISTS (
          SELECT FROM breach b WHERE b.subject_id = a.subject_id AND b.is_exercise = a.is_exercise
      )
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
    for check in CHECKS.values() if checks is None else checks:
        try:
            _evaluate_one(check, now, patience, found)
        except DatabaseError:
            logger.exception("rule could not be evaluated", extra={"rule": check.code})
            found.broken.append(check.code)
    return found


def _evaluate_one(check: Check, now: datetime, patience: timedelta, found: Evaluated) -> None:
    with alone(Sweep.EVALUATE, patience=patience) as mine, connection.cursor() as cursor:
        if not mine:
            return
        given: dict[str, Any] = {"code": check.code, "subject_type": check.subject_type, "now": now}
        cursor.execute(_statement(check), given)
        opened, raised, lowered, resolved = cursor.fetchone()
    found.opened += opened
    found.raised += raised
    found.lowered += lowered
    found.resolved += resolved


@cache
def _statement(check: Check) -> Composable:
    first, climb_at = SQL("1"), SQL("h.climb_at")
    return _EVALUATE.format(
        query=check.query,
        ladders=ladder.LADDERS,
        first_due=ladder.due(climb_at=SQL("%(now)s::timestamptz"), step=first),
        first_due_anew=ladder.due(climb_at=SQL("h.restart_at"), step=first),
        reached=ladder.reached(climb_at=climb_at),
        following_due=ladder.due(climb_at=climb_at, step=SQL("(step.reached + 1)")),
    )
