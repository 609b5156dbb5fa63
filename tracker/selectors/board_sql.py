"""The statements behind ``selectors/board_outages.py``: set-based, whatever the number of open outages.

They need ``organizations`` (numbers), ``is_exercise``, ``since_at`` and ``now``. What is counted twice by two
outages that explain each other is counted once, as in a situation report.
"""

from psycopg.sql import SQL

BUCKETS = 72  # steps of the curve

# Told as it happened, neither planned nor cancelled: what is open, and what came back since the storm began.
# Steps, estimates, crews and alerts are looked up outage by outage: the few that are open, whatever history
# holds, and no plan that rests on a guess of how many these are.
_SHOWN = SQL("""
    candidate AS MATERIALIZED (
        SELECT o.* FROM incidents_outage o
        WHERE o.status NOT IN ('restored', 'closed', 'momentary', 'cancelled', 'reopened')
        UNION ALL
        SELECT o.* FROM incidents_outage o
        WHERE o.restored_at >= %(since_at)s AND o.status IN ('restored', 'closed', 'reopened')
    ),
    told AS MATERIALIZED (
        SELECT o.id, o.line_id, o.voltage_kv, o.kind, o.parent_id, o.customers_affected, o.lines_tripped,
               o.restored_at, coalesce(o.occurred_at, o.reported_at) AS began_at
        FROM candidate o
        LEFT JOIN incidents_storm storm ON storm.id = o.storm_id
        WHERE o.organization_id = ANY(%(organizations)s) AND o.entry_mode = 'live' AND o.kind <> 'planned'
          AND coalesce(storm.is_exercise, false) = %(is_exercise)s
    ),
    shown AS MATERIALIZED (
        SELECT o.*, o.customers_affected - given.customers AS customers_left, given.powered
        FROM told o
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(s.customers) FILTER (WHERE s.method <> 'generator'), 0) AS customers,
                   coalesce(sum(s.customers) FILTER (WHERE s.method = 'generator'), 0) AS powered
            FROM incidents_restorationstep s WHERE s.outage_id = o.id
        ) given
        WHERE o.parent_id IS NULL OR o.parent_id NOT IN (SELECT id FROM told)
    )
""")
# Of the curve's steps, 0 holds what began before; what lies ahead is not drawn.
TOTALS = SQL("""
    WITH {shown},
    line AS (
        SELECT voltage_kv, max(coalesce(lines_tripped, 1)) AS lines, bool_or(restored_at IS NULL) AS is_out
        FROM shown WHERE kind <> 'lv' AND voltage_kv >= 1
        GROUP BY voltage_kv, coalesce(line_id, -id)
    ),
    class AS (
        SELECT voltage_kv, coalesce(sum(lines) FILTER (WHERE is_out), 0) AS out, sum(lines) AS affected
        FROM line GROUP BY voltage_kv
    ),
    change AS (
        SELECT began_at AS at, coalesce(customers_affected, 0) AS customers, 1 AS outages FROM shown
        UNION ALL
        SELECT greatest(s.at, o.began_at), -coalesce(s.customers, 0), 0
        FROM shown o JOIN incidents_restorationstep s ON s.outage_id = o.id
        WHERE s.method <> 'generator' AND o.customers_affected IS NOT NULL
        UNION ALL
        SELECT greatest(o.restored_at, o.began_at), -coalesce(o.customers_left, 0), -1
        FROM shown o WHERE o.restored_at IS NOT NULL
    ),
    curve AS (
        SELECT width_bucket(
                   extract(epoch FROM at), extract(epoch FROM %(since_at)s::timestamptz),
                   extract(epoch FROM %(now)s::timestamptz) + 1, %(buckets)s
               ) AS bucket, sum(customers)::bigint AS customers, sum(outages)::bigint AS outages
        FROM change GROUP BY bucket
    )
    SELECT count(*) FILTER (WHERE restored_at IS NULL), count(*),
           (SELECT count(*) FROM told WHERE restored_at IS NULL),
           coalesce(sum(customers_affected), 0)::bigint,
           coalesce(sum(customers_left) FILTER (WHERE restored_at IS NULL), 0)::bigint,
           count(*) FILTER (WHERE restored_at IS NULL AND customers_affected IS NULL),
           coalesce(sum(powered) FILTER (WHERE restored_at IS NULL), 0)::bigint,
           (SELECT jsonb_agg(jsonb_build_array(voltage_kv, out, affected) ORDER BY voltage_kv DESC)
            FROM class),
           (SELECT jsonb_agg(jsonb_build_array(bucket, customers, outages) ORDER BY bucket) FROM curve)
    FROM shown
""").format(shown=_SHOWN)
# The weight of an outage is that of the worst open alert about it.
ROWS = """
    WITH ranked AS (
        SELECT o.id, o.organization_id, o.line_id, o.place_id, o.voltage_kv, o.status,
               coalesce(o.occurred_at, o.reported_at) AS began_at, coalesce(told.rank, 0) AS rank,
               promised.value_at AS promised_at, sent.crew_id, sent.status AS crew_status,
               o.customers_affected - given.customers AS customers_left,
               coalesce(o.line_id IN (
                   SELECT feeder.line_id FROM incidents_importantuser_feeders feeder
                   JOIN incidents_importantuser fed ON fed.id = feeder.importantuser_id
                       AND fed.retired_at IS NULL
               ), false) AS is_important,
               count(*) FILTER (WHERE told.rank = 4) OVER () AS critical,
               count(*) FILTER (WHERE told.rank = 3) OVER () AS warning,
               count(*) FILTER (WHERE told.rank = 2) OVER () AS notice,
               count(*) FILTER (WHERE told.rank = 1) OVER () AS info,
               count(*) FILTER (WHERE promised.value_at <= %(now)s) OVER () AS passed,
               count(*) FILTER (WHERE promised.value_at IS NULL) OVER () AS unpromised,
               count(*) FILTER (WHERE sent.crew_id IS NULL) OVER () AS unsent
        FROM incidents_outage o
        LEFT JOIN incidents_storm storm ON storm.id = o.storm_id
        CROSS JOIN LATERAL (
            SELECT max(array_position(ARRAY['info', 'notice', 'warning', 'critical'], a.severity::text))
                   AS rank
            FROM tracker_alert a
            WHERE a.subject_type = 'outage' AND a.subject_id = o.id
              AND a.state IN ('firing', 'acknowledged')
        ) told
        LEFT JOIN LATERAL (
            SELECT e.value_at FROM incidents_estimate e
            WHERE e.outage_id = o.id ORDER BY e.published_at DESC, e.id DESC LIMIT 1
        ) promised ON true
        LEFT JOIN LATERAL (
            SELECT a.crew_id, a.status FROM incidents_assignment a
            WHERE a.outage_id = o.id AND a.status IN ('planned', 'accepted', 'en_route', 'on_site')
            ORDER BY array_position(ARRAY['on_site', 'en_route', 'accepted', 'planned'], a.status::text),
                     a.id
            LIMIT 1
        ) sent ON true
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(s.customers), 0) AS customers FROM incidents_restorationstep s
            WHERE s.outage_id = o.id AND s.method <> 'generator'
        ) given
        WHERE o.status NOT IN ('restored', 'closed', 'momentary', 'cancelled', 'reopened')
          AND o.organization_id = ANY(%(organizations)s) AND o.entry_mode = 'live' AND o.kind <> 'planned'
          AND coalesce(storm.is_exercise, false) = %(is_exercise)s
        ORDER BY rank DESC, is_important DESC, customers_left DESC NULLS LAST, began_at, o.id
        LIMIT %(longest)s
    )
    SELECT r.id, r.rank, r.status, r.voltage_kv, r.began_at, r.customers_left, r.promised_at, r.is_important,
           r.crew_status, crew.name AS crew, line.name AS line, place.text AS place,
           organ.name AS organization, r.critical, r.warning, r.notice, r.info, r.passed, r.unpromised,
           r.unsent
    FROM ranked r
    JOIN incidents_place place ON place.id = r.place_id
    JOIN incidents_organization organ ON organ.id = r.organization_id
    LEFT JOIN incidents_line line ON line.id = r.line_id
    LEFT JOIN incidents_crew crew ON crew.id = r.crew_id
    ORDER BY r.rank DESC, r.is_important DESC, r.customers_left DESC NULLS LAST, r.began_at, r.id
"""
# The last sign of life of a crew at work: a check-in, or the moment of its last step.
CREWS = """
    WITH crew AS MATERIALIZED (
        SELECT c.id, c.name, organ.name AS organization, job.outage_id, job.status, job.place_id,
               greatest(job.assigned_at, job.accepted_at, job.departed_at, job.on_site_at) AS moved_at
        FROM incidents_crew c
        JOIN incidents_organization organ ON organ.id = c.organization_id
        LEFT JOIN incidents_assignment job ON job.crew_id = c.id
            AND job.status IN ('planned', 'accepted', 'en_route', 'on_site')
        WHERE c.organization_id = ANY(%(organizations)s) AND c.is_exercise = %(is_exercise)s
          AND c.disbanded_at IS NULL
    ),
    heard AS (
        SELECT crew.*, greatest(crew.moved_at, (
                   SELECT c.at FROM incidents_checkin c
                   WHERE c.crew_id = crew.id AND c.at <= %(now)s ORDER BY c.at DESC LIMIT 1
               )) AS heard_at
        FROM crew WHERE crew.status IS NOT NULL
        ORDER BY heard_at LIMIT %(longest)s
    ),
    counted AS (
        SELECT count(*) AS together, count(*) FILTER (WHERE status = 'on_site') AS on_site,
               count(*) FILTER (WHERE status = 'en_route') AS en_route,
               count(*) FILTER (WHERE status IN ('planned', 'accepted')) AS assigned,
               count(*) FILTER (WHERE status IS NULL) AS free
        FROM crew
    )
    SELECT heard.id, heard.name, heard.organization, heard.status, heard.heard_at, line.name AS line,
           place.text AS place, counted.*
    FROM counted
    LEFT JOIN heard ON true
    LEFT JOIN incidents_outage o ON o.id = heard.outage_id
    LEFT JOIN incidents_line line ON line.id = o.line_id
    LEFT JOIN incidents_place place ON place.id = heard.place_id
    ORDER BY heard.heard_at, heard.id
"""
# Both sides of the switch between what is real and what is a drill.
SIDES = """
    SELECT side.is_exercise,
           (SELECT count(*) FROM incidents_outage o LEFT JOIN incidents_storm storm ON storm.id = o.storm_id
            WHERE o.status NOT IN ('restored', 'closed', 'momentary', 'cancelled', 'reopened')
              AND o.organization_id = ANY(%(organizations)s) AND o.entry_mode = 'live' AND o.kind <> 'planned'
              AND coalesce(storm.is_exercise, false) = side.is_exercise),
           (SELECT count(*) FROM tracker_alert a
            WHERE a.state = 'firing' AND a.folded_under_id IS NULL AND a.is_exercise = side.is_exercise
              AND a.organization_id = ANY(%(organizations)s)),
           EXISTS (SELECT FROM tracker_emergencyresponse r
                   WHERE r.state = 'started' AND r.is_exercise = side.is_exercise
                     AND r.organization_id = ANY(%(organizations)s))
    FROM (VALUES (false), (true)) AS side (is_exercise) ORDER BY side.is_exercise
"""
# What moves when anything on the board does: the youngest entries and alerts; the sums also move for one
# that commits late, behind younger ones.
PULSE = """
    SELECT clock_timestamp(),
           (SELECT concat(max(id), '.', sum(id)) FROM (
               SELECT id FROM incidents_journalentry ORDER BY id DESC LIMIT 200) entry),
           (SELECT concat(max(changed_in), '.', sum(changed_in), '.', sum(id)) FROM (
               SELECT changed_in, id FROM tracker_alert ORDER BY changed_in DESC, id DESC LIMIT 200) alert),
           (SELECT concat(max(id), '.', max(sent_at)) FROM tracker_situationreport),
           (SELECT max(id) FROM tracker_emergencyresponse)
"""
