"""Alerts that another outage explains: they exist and are counted, but tell nobody while that one is open.

A feeder trip has the village outages behind it as its children. While an alert about the trip is open, a
due alert about a child is put under it and waits for nothing; its mails are no longer sent. When the trip is
over, or no longer explains the outage, the child begins a climb of its own. A critical alert is put only
under a critical one.
"""

from datetime import datetime

from django.db import connection
from psycopg.sql import SQL

from tracker.services import ladder

# Whether the alert ``p`` explains the alert ``c``.
_EXPLAINED = SQL("""
    SELECT FROM incidents_outage o
    JOIN incidents_outage above ON above.id = o.parent_id
        AND above.status NOT IN ('restored', 'closed', 'momentary', 'cancelled', 'reopened')
    WHERE o.id = c.subject_id AND above.id = p.subject_id
      AND p.subject_type = 'outage' AND p.state IN ('firing', 'acknowledged')
      AND p.is_exercise = c.is_exercise AND (c.severity <> 'critical' OR p.severity = 'critical')
""")
_FOLD = SQL("""
    WITH explained AS MATERIALIZED (
        SELECT c.id, c.generation, c.folded_under_id AS before, trip.id AS under
        FROM tracker_alert c
        CROSS JOIN LATERAL (
            SELECT p.id FROM incidents_outage child
            JOIN tracker_alert p ON p.subject_type = 'outage' AND p.subject_id = child.parent_id
                AND p.state IN ('firing', 'acknowledged')
            WHERE child.id = c.subject_id AND EXISTS ({explained})
            ORDER BY p.severity = 'critical' DESC, p.id
            LIMIT 1
        ) trip
        WHERE c.next_due_at <= %(now)s AND c.subject_type = 'outage'
          AND c.state IN ('firing', 'acknowledged')
        FOR NO KEY UPDATE OF c SKIP LOCKED
    ),
    folded AS (
        UPDATE tracker_alert a SET folded_under_id = e.under, next_due_at = NULL
        FROM explained e WHERE a.id = e.id
    )
    INSERT INTO tracker_alertevent (alert_id, at, kind, generation, detail)
    SELECT id, %(now)s, 'folded', generation, jsonb_build_object('under', under)
    FROM explained WHERE before IS DISTINCT FROM under
""").format(explained=_EXPLAINED)

# An acknowledgement that somebody gave meanwhile holds for as long as the rule lets it.
_UNFOLD = SQL("""
    WITH {ladders},
    loose AS MATERIALIZED (
        SELECT c.id, greatest(%(now)s::timestamptz, c.opened_at) AS restart_at, c.rule_id, c.band,
               CASE WHEN c.state = 'acknowledged' THEN
                   greatest(c.snoozed_until, c.acknowledged_at + interval '1 minute' * r.ack_min)
               END AS quiet_until
        FROM tracker_alert c
        JOIN tracker_alert p ON p.id = c.folded_under_id
        JOIN tracker_rule r ON r.id = c.rule_id
        WHERE c.folded_under_id IS NOT NULL AND c.state IN ('firing', 'acknowledged')
          AND NOT EXISTS ({explained})
        FOR NO KEY UPDATE OF c SKIP LOCKED
    ),
    unfolded AS (
        UPDATE tracker_alert a SET
            folded_under_id = NULL, generation = a.generation + 1, next_step = 1,
            climb_at = s.restart_at, next_due_at = coalesce(s.quiet_until, {first_due})
        FROM loose s LEFT JOIN ladder l ON l.rule_id = s.rule_id AND l.band = s.band
        WHERE a.id = s.id
        RETURNING a.id, a.generation
    )
    INSERT INTO tracker_alertevent (alert_id, at, kind, generation, detail)
    SELECT id, %(now)s, 'unfolded', generation, '{{}}'::jsonb FROM unfolded
""").format(
    ladders=ladder.LADDERS,
    explained=_EXPLAINED,
    first_due=ladder.due(climb_at=SQL("s.restart_at"), step=SQL("1")),
)
_ANY_FOLDED = """
    SELECT EXISTS (
        SELECT FROM tracker_alert
        WHERE folded_under_id IS NOT NULL AND state IN ('firing', 'acknowledged')
    )
"""


def fold(*, now: datetime) -> int:
    """Put due alerts under the open alert that explains them; return how many are new there."""
    with connection.cursor() as cursor:
        cursor.execute(_FOLD, {"now": now})
        return int(cursor.rowcount)


def unfold(*, now: datetime) -> int:
    """Let alerts climb by themselves that nothing explains any more; return how many."""
    with connection.cursor() as cursor:
        cursor.execute(_ANY_FOLDED)
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(_UNFOLD, {"now": now})
        return int(cursor.rowcount)
