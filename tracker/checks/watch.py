"""The watch itself: critical mails that reach nobody, parts that are silent."""

from psycopg.sql import SQL

from tracker.checks.base import Check, Number
from tracker.checks.parts import about_others, given

# Any mail of the present climb that a server took is a success; so is an acknowledgement. Its own alerts are
# not watched: they would call for themselves.
UNDELIVERED = Check(
    code="E36",
    subject_type="alert",
    query=about_others(
        SQL("""
            SELECT a.id AS subject_id, a.organization_id, a.is_exercise, 1 AS band_rank, NULL::int
                AS keep_rank,
                   jsonb_build_object(
                       'alert_code', a.rule_code, 'alert_id', a.id, 'since_at', a.climb_at,
                       'line', a.facts ->> 'line', 'place', a.facts ->> 'place'
                   ) AS facts
            FROM tracker_alert a
            JOIN scope USING (organization_id)
            WHERE a.state = 'firing' AND a.severity = 'critical' AND a.rule_code NOT IN ('E36', 'E37')
              AND a.gone_at IS NULL
              AND a.climb_at <= %(now)s::timestamptz - {after} * interval '1 minute'
              AND NOT EXISTS (
                  SELECT FROM tracker_notification n
                  WHERE n.alert_id = a.id AND n.generation = a.generation AND n.state = 'accepted'
              )
        """).format(after=given("after_min"))
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
