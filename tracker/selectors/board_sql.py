"""The statements behind ``selectors/board_outages.py``: set-based, whatever the number of open outages.

They need ``organizations`` (numbers), ``is_exercise``, ``since_at`` and ``now``. What is counted twice by two
outages that explain each other is counted once, as in a situation report.
"""

from psycopg.sql import SQL

BUCKETS = 72  # steps of the curve

# Told as it happened, neither planned nor cancelled: what is open, and what came back since the storm began.
_SHOWN = SQL("""
    candidate AS MATERIALIZED (
        SELECT o.* FROM incidents_outage o
        WHERE o.status NOT IN ('restored', 'closed', 'momentary', 'cancelled', 'reopened')
        UNION ALL
        SELECT o.* FROM incidents_outage o
        WHERE o.restored_at >= %(since_at)s AND o.status IN ('restored', 'closed', 'reopened')
    ),
    told AS MATERIALIZED (
        SELECT o.id, o.organization_id, o.line_id, o.place_id, o.voltage_kv, o.kind, o.status, o.parent_id,
               o.customers_affected, o.lines_tripped, o.restored_at,
               coalesce(o.occurred_at, o.reported_at) AS began_at
        FROM candidate o
        LEFT JOIN incidents_storm storm ON storm.id = o.storm_id
        WHERE o.organization_id = ANY(%(organizations)s) AND o.entry_mode = 'live' AND o.kind <> 'planned'
          AND coalesce(storm.is_exercise, false) = %(is_exercise)s
    ),
    step AS MATERIALIZED (
        SELECT s.outage_id, s.at, s.customers, s.method = 'generator' AS is_generator
        FROM incidents_restorationstep s WHERE s.outage_id IN (SELECT id FROM told)
    ),
    shown AS MATERIALIZED (
        SELECT o.*, o.customers_affected - coalesce(given.customers, 0) AS customers_left,
               coalesce(given.powered, 0) AS powered
        FROM told o
        LEFT JOIN (
            SELECT outage_id, sum(customers) FILTER (WHERE NOT is_generator) AS customers,
                   sum(customers) FILTER (WHERE is_generator) AS powered
            FROM step GROUP BY outage_id
        ) given ON given.outage_id = o.id
        WHERE o.parent_id IS NULL OR o.parent_id NOT IN (SELECT id FROM told)
    )
""")
TOTALS = SQL("""
    WITH {shown},
    line AS (
        SELECT voltage_kv, max(coalesce(lines_tripped, 1)) AS lines, bool_or(restored_at IS NULL) AS is_out
        FROM shown WHERE kind <> 'lv' AND voltage_kv >= 1
        GROUP BY voltage_kv, coalesce(line_id, -id)
    )
    SELECT count(*) FILTER (WHERE restored_at IS NULL), count(*),
           (SELECT count(*) FROM told WHERE restored_at IS NULL),
           coalesce(sum(customers_affected), 0)::bigint,
           coalesce(sum(customers_left) FILTER (WHERE restored_at IS NULL), 0)::bigint,
           count(*) FILTER (WHERE restored_at IS NULL AND customers_affected IS NULL),
           coalesce(sum(powered) FILTER (WHERE restored_at IS NULL), 0)::bigint,
           (SELECT jsonb_agg(jsonb_build_array(voltage_kv, out, affected) ORDER BY voltage_kv DESC)
            FROM (SELECT voltage_kv, coalesce(sum(lines) FILTER (WHERE is_out), 0) AS out, sum(lines) AS affected
                  FROM line GROUP BY voltage_kv) class)
    FROM shown
""").format(shown=_SHOWN)
# Bucket 0 holds what began before; what lies ahead is not drawn.
CURVE = SQL("""
    WITH {shown},
    change AS (
        SELECT began_at AS at, coalesce(customers_affected, 0) AS customers, 1 AS outages FROM shown
        UNION ALL
        SELECT greatest(step.at, o.began_at), -coalesce(step.customers, 0), 0
        FROM step JOIN shown o ON o.id = step.outage_id
        WHERE NOT step.is_generator AND o.customers_affected IS NOT NULL
        UNION ALL
        SELECT greatest(o.restored_at, o.began_at), -coalesce(o.customers_left, 0), -1
        FROM shown o WHERE o.restored_at IS NOT NULL
    )
    SELECT width_bucket(
               extract(epoch FROM at), extract(epoch FROM %(since_at)s::timestamptz),
               extract(epoch FROM %(now)s::timestamptz) + 1, %(buckets)s
           ) AS bucket, sum(customers)::bigint, sum(outages)::bigint
    FROM change GROUP BY bucket ORDER BY bucket
""").format(shown=_SHOWN)
# The weight of an outage is that of the worst open alert about it.
ROWS = SQL("""
    WITH open AS MATERIALIZED (
        SELECT o.id, o.organization_id, o.line_id, o.place_id, o.voltage_kv, o.status, o.customers_affected,
               coalesce(o.occurred_at, o.reported_at) AS began_at
        FROM incidents_outage o
        LEFT JOIN incidents_storm storm ON storm.id = o.storm_id
        WHERE o.status NOT IN ('restored', 'closed', 'momentary', 'cancelled', 'reopened')
          AND o.organization_id = ANY(%(organizations)s) AND o.entry_mode = 'live' AND o.kind <> 'planned'
          AND coalesce(storm.is_exercise, false) = %(is_exercise)s
    ),
    told AS MATERIALIZED (
        SELECT a.subject_id, max(array_position(ARRAY['info', 'notice', 'warning', 'critical'],
                   a.severity::text)) AS rank
        FROM tracker_alert a
        WHERE a.subject_type = 'outage' AND a.state IN ('firing', 'acknowledged')
          AND a.is_exercise = %(is_exercise)s
        GROUP BY a.subject_id
    ),
    promised AS MATERIALIZED (
        SELECT DISTINCT ON (e.outage_id) e.outage_id, e.value_at FROM incidents_estimate e
        WHERE e.outage_id IN (SELECT id FROM open) ORDER BY e.outage_id, e.published_at DESC, e.id DESC
    ),
    sent AS MATERIALIZED (
        SELECT DISTINCT ON (a.outage_id) a.outage_id, a.crew_id, a.status FROM incidents_assignment a
        WHERE a.status IN ('planned', 'accepted', 'en_route', 'on_site')
          AND a.outage_id IN (SELECT id FROM open)
        ORDER BY a.outage_id, array_position(ARRAY['on_site', 'en_route', 'accepted', 'planned'],
                     a.status::text), a.id
    ),
    given AS MATERIALIZED (
        SELECT s.outage_id, sum(s.customers) AS customers FROM incidents_restorationstep s
        WHERE s.method <> 'generator' AND s.outage_id IN (SELECT id FROM open) GROUP BY s.outage_id
    ),
    ranked AS (
        SELECT o.*, coalesce(told.rank, 0) AS rank, promised.value_at AS promised_at, sent.crew_id,
               sent.status AS crew_status, o.customers_affected - coalesce(given.customers, 0) AS customers_left,
               o.line_id IN (
                   SELECT feeder.line_id FROM incidents_importantuser_feeders feeder
                   JOIN incidents_importantuser fed ON fed.id = feeder.importantuser_id
                       AND fed.retired_at IS NULL
               ) AS is_important,
               count(*) FILTER (WHERE told.rank = 4) OVER () AS critical,
               count(*) FILTER (WHERE told.rank = 3) OVER () AS warning,
               count(*) FILTER (WHERE told.rank = 2) OVER () AS notice,
               count(*) FILTER (WHERE told.rank = 1) OVER () AS info,
               count(*) FILTER (WHERE promised.value_at <= %(now)s) OVER () AS passed,
               count(*) FILTER (WHERE promised.value_at IS NULL) OVER () AS unpromised,
               count(*) FILTER (WHERE sent.crew_id IS NULL) OVER () AS unsent,
               count(*) OVER () AS together
        FROM open o
        LEFT JOIN told ON told.subject_id = o.id
        LEFT JOIN promised ON promised.outage_id = o.id
        LEFT JOIN sent ON sent.outage_id = o.id
        LEFT JOIN given ON given.outage_id = o.id
        ORDER BY rank DESC, is_important DESC NULLS LAST, customers_left DESC NULLS LAST, o.began_at, o.id
        LIMIT %(longest)s
    )
    SELECT r.id, r.rank, r.status, r.voltage_kv, r.began_at, r.customers_left, r.promised_at,
           coalesce(r.is_important, false) AS is_important, r.crew_status, crew.name AS crew,
           line.name AS line, place.text AS place, organ.name AS organization, r.critical, r.warning, r.notice,
           r.info, r.passed, r.unpromised, r.unsent, r.together
    FROM ranked r
    JOIN incidents_place place ON place.id = r.place_id
    JOIN incidents_organization organ ON organ.id = r.organization_id
    LEFT JOIN incidents_line line ON line.id = r.line_id
    LEFT JOIN incidents_crew crew ON crew.id = r.crew_id
    ORDER BY r.rank DESC, r.is_important DESC NULLS LAST, r.customers_left DESC NULLS LAST, r.began_at, r.id
""")
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
# What moves when anything on the board does: the youngest entries and alerts, those that commit late included.
PULSE = """
    SELECT clock_timestamp(),
           (SELECT concat(max(id), '.', sum(id)) FROM (
               SELECT id FROM incidents_journalentry ORDER BY id DESC LIMIT 200) entry),
           (SELECT concat(max(changed_in), '.', sum(changed_in), '.', sum(id)) FROM (
               SELECT changed_in, id FROM tracker_alert ORDER BY changed_in DESC, id DESC LIMIT 200) alert),
           (SELECT concat(max(id), '.', max(sent_at)) FROM tracker_situationreport),
           (SELECT max(id) FROM tracker_emergencyresponse)
"""
