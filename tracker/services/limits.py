"""What keeps a notice back, until when, as SQL: quiet hours, storm mode, the cap, bundling, a stop.

Critical notices are never kept back. Whatever is, says until when and by which limit; a digest then tells it.
Where several limits apply the one that lasts longest is named. All of it is part of the statement of the step
(``services/escalate.py``), which one engine at a time runs, so that two never both send "the first" notice.
"""

from psycopg.sql import SQL

MAILS_AN_HOUR = 12

# ``owed``: who is told of which alert in this sweep. ``recent``: what each of these people was mailed in the
# last hour. ``quiet_until`` is null by day: two hours after 22:00 is midnight, eight hours later 06:00.
# A digest of a storm goes at once to whoever had none for 15 minutes, and 15 minutes after the last else.
# A rule may have its notices go singly also in a storm, or always in the digest, and wait for no morning.
# Of notices that nothing else keeps back the first is told at once; those within two minutes after any mail
# to the same person are joined.
LIMITS = SQL("""
    recent AS MATERIALIZED (
        SELECT n.recipient_id, n.channel, max(n.created_at) AS last_at,
               max(n.created_at) FILTER (WHERE n.kind = 'digest') AS digest_at,
               count(*) FILTER (WHERE n.urgency < 3) AS mails
        FROM tracker_notification n
        WHERE n.recipient_id IN (SELECT user_id FROM owed)
          AND n.created_at > %(now)s::timestamptz - interval '1 hour'
          AND n.state NOT IN ('held', 'digested', 'superseded') AND n.kind <> 'shift'
        GROUP BY n.recipient_id, n.channel
    ),
    switched AS MATERIALIZED (
        SELECT DISTINCT ON (u.organization_id, s.is_exercise) u.organization_id, s.is_exercise, s.switch
        FROM upwards u
        JOIN tracker_stormmode s ON s.organization_id = u.above_id
            AND s.since_at <= %(now)s AND s.until_at > %(now)s
        ORDER BY u.organization_id, s.is_exercise, s.switch = 'counted', u.distance
    ),
    night AS (
        SELECT CASE WHEN local::time < '08:00' THEN
            (date_trunc('day', local) + interval '6 hours') AT TIME ZONE 'Asia/Shanghai'
        END AS quiet_until
        FROM (SELECT (%(now)s::timestamptz AT TIME ZONE 'Asia/Shanghai') + interval '2 hours') AS t (local)
    ),
    bounded AS MATERIALIZED (
        SELECT o.*, r.last_at, longest.held_by, longest.held_until
        FROM owed o
        CROSS JOIN night
        LEFT JOIN recent r ON r.recipient_id = o.user_id AND r.channel = o.channel
        LEFT JOIN switched s ON s.organization_id = o.organization_id AND s.is_exercise = o.is_exercise
            AND s.switch <> 'off'
        LEFT JOIN LATERAL (
            SELECT held_by, held_until
            FROM (VALUES
                (1, 'quiet', CASE WHEN o.urgency < 2 AND o.quiet <> 'never' THEN night.quiet_until END),
                (2, 'storm', CASE WHEN o.urgency < 3 AND o.storm_policy <> 'single'
                        AND (s.switch IS NOT NULL OR o.storm_policy = 'digest')
                    THEN greatest(%(now)s, r.digest_at + interval '15 minutes') END),
                (3, 'cap', CASE WHEN o.urgency < 3 AND r.mails >= %(cap)s
                    THEN greatest(%(now)s, r.digest_at + interval '15 minutes') END),
                (4, 'stop', CASE WHEN o.stopped THEN %(now)s::timestamptz END)
            ) AS one (rank, held_by, held_until)
            WHERE held_until IS NOT NULL
            ORDER BY held_until DESC, rank
            LIMIT 1
        ) longest ON true
    ),
    judged AS MATERIALIZED (
        SELECT b.id, b.user_id, b.channel, b.hook_id,
               CASE WHEN b.held_by IS NOT NULL THEN b.held_by WHEN joins THEN 'bundle' ELSE '' END AS held_by,
               CASE WHEN b.held_by IS NOT NULL THEN b.held_until
                    WHEN joins THEN coalesce(recent_last, %(now)s) + interval '2 minutes' END AS held_until
        FROM (
            SELECT b.*,
                   CASE WHEN b.last_at > %(now)s::timestamptz - interval '2 minutes' THEN b.last_at END
                       AS recent_last,
                   b.held_by IS NULL AND b.urgency < 3 AND (
                       coalesce(b.last_at > %(now)s::timestamptz - interval '2 minutes', false)
                       OR row_number() OVER (
                           PARTITION BY b.user_id, b.channel, b.held_by IS NULL
                           ORDER BY b.urgency DESC, b.due_at, b.id
                       ) > 1
                   ) AS joins
            FROM bounded b
        ) b
    )
""")
