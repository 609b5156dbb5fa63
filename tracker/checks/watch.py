"""The watch itself: critical notices that somebody did not get, parts that are silent."""

from psycopg.sql import SQL

from tracker.checks.base import Check, Number
from tracker.checks.parts import about_others, ago, given

# ``unheard``: whom this climb told without any mail or message that a server took, of his own or in a digest.
# Or nobody could be told at all: no post is held, or the ladder has no rung. Its own alerts are not watched:
# they would call for themselves. Who would be told next is told besides (``services/escalate.py``).
UNDELIVERED = Check(
    code="E36",
    subject_type="alert",
    query=about_others(
        SQL("""
            SELECT a.id AS subject_id, a.organization_id, a.is_exercise, 1 AS band_rank, NULL::int
                AS keep_rank,
                   jsonb_build_object(
                       'alert_code', a.rule_code, 'alert_id', a.id, 'since_at', a.climb_at,
                       'line', a.facts ->> 'line', 'place', a.facts ->> 'place', 'people', unheard.people
                   ) AS facts
            FROM tracker_alert a
            JOIN scope USING (organization_id)
            CROSS JOIN LATERAL (SELECT {before} AS at) before
            CROSS JOIN LATERAL (
                SELECT count(*) AS told, bool_or(one.is_heard) AS is_heard,
                       string_agg(one.name, '、' ORDER BY one.recipient_id)
                           FILTER (WHERE NOT one.is_heard AND one.since_at <= before.at) AS people
                FROM (
                    SELECT n.recipient_id, person.display_name AS name, min(n.created_at) AS since_at,
                           bool_or(n.state = 'accepted' OR coalesce(d.state = 'accepted', false)) AS is_heard
                    FROM tracker_notification n
                    JOIN incidents_user person ON person.id = n.recipient_id
                    LEFT JOIN tracker_notification d ON d.id = n.digest_id
                    WHERE n.alert_id = a.id AND n.generation = a.generation AND n.state <> 'superseded'
                    GROUP BY n.recipient_id, person.display_name
                ) one
            ) unheard
            WHERE a.state = 'firing' AND a.severity = 'critical' AND a.rule_code NOT IN ('E36', 'E37')
              AND a.gone_at IS NULL AND a.folded_under_id IS NULL AND a.climb_at <= before.at
              AND (
                  unheard.people IS NOT NULL
                  OR a.next_due_at IS NULL AND unheard.told = 0
                  OR NOT coalesce(unheard.is_heard, false) AND EXISTS (
                      SELECT FROM tracker_alertevent e
                      WHERE e.alert_id = a.id AND e.generation = a.generation AND e.kind = 'nobody'
                        AND e.at <= before.at
                  )
              )
        """).format(before=ago(given("after_min")))
    ),
    keeps=True,
    params={"after_min": Number(5, low=1, high=240)},
)

# Seen by whichever part is still alive, and told to the top of the tree. A part that never lived is not
# missed.
SILENT = Check(
    code="E37",
    subject_type="heartbeat",
    query=about_others(
        SQL("""
            SELECT part.number AS subject_id, top.id AS organization_id, false AS is_exercise,
                   1 AS band_rank, NULL::int AS keep_rank,
                   jsonb_build_object('part', part.name, 'since_at', part.since_at) AS facts
            FROM (
                SELECT array_position(
                           ARRAY['cycle', 'worker', 'beat', 'watchdog', 'mail', 'broker', 'seal'],
                               h.name::text
                       ) AS number, h.name, h.beat_at AS since_at, {silent} AS limit_min
                FROM tracker_heartbeat h, scope
                WHERE h.beat_at IS NOT NULL AND scope.organization_id = {top}
                UNION ALL
                SELECT 100, 'queue', min(n.next_try_at), {queue}
                FROM tracker_notification n, scope
                WHERE n.next_try_at IS NOT NULL AND scope.organization_id = {top}
                GROUP BY {queue}
            ) part
            JOIN incidents_organization top ON top.id = {top}
            WHERE part.since_at <= %(now)s::timestamptz - part.limit_min * interval '1 minute'
        """).format(
            silent=given("silent_min"),
            queue=given("queue_min"),
            top=SQL("(SELECT min(o.id) FROM incidents_organization o WHERE o.parent_id IS NULL)"),
        )
    ),
    keeps=True,
    params={"silent_min": Number(3, low=1, high=240), "queue_min": Number(5, low=1, high=240)},
)
