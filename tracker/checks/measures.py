"""What the thresholds of response levels are held against, for every company, as SQL.

A company's numbers are its own and those of everything below it. What is not known is no number: without a
profile of its area there is no share of customers, and nobody is told that it is nought.
"""

from psycopg.sql import SQL

from tracker.checks.parts import OPEN

# Common table expressions for WITH RECURSIVE: ``tree(organization_id, below_id, distance)``,
# ``profile(organization_id, area, load_mw, customers)`` of today, and
# ``measured(organization_id, is_exercise, measure, value)``. A line is out by ice also while nobody knows
# why.
_MEASURED = SQL("""
    tree (organization_id, below_id, distance) AS (
        SELECT id, id, 0 FROM incidents_organization
        UNION ALL
        SELECT t.organization_id, o.id, t.distance + 1
        FROM tree t JOIN incidents_organization o ON o.parent_id = t.below_id
    ),
    today (day) AS (SELECT (%(now)s::timestamptz AT TIME ZONE %(zone)s)::date),
    profile AS MATERIALIZED (
        SELECT p.organization_id, p.area, p.load_mw, p.customers FROM tracker_areaprofile p, today
        WHERE p.valid_from <= today.day AND (p.valid_to IS NULL OR p.valid_to > today.day)
    ),
    back AS MATERIALIZED (
        SELECT outage_id, coalesce(sum(customers), 0) AS customers FROM incidents_restorationstep
        WHERE method <> 'generator' GROUP BY outage_id
    ),
    dark_line AS (
        SELECT o.organization_id, coalesce(storm.is_exercise, false) AS is_exercise,
               bool_or(iced.so AND o.voltage_kv IN (10, 20)) AS is_line,
               bool_or(iced.so AND o.voltage_kv IN (35, 110)) AS is_hv_line,
               bool_or(o.voltage_kv >= 220) AS is_ehv_line,
               sum(o.customers_affected - coalesce(back.customers, 0)) FILTER (WHERE o.parent_id IS NULL)
                   AS customers,
               sum(o.load_lost_mw) FILTER (WHERE o.parent_id IS NULL) AS load_mw
        FROM incidents_outage o
        LEFT JOIN incidents_storm storm ON storm.id = o.storm_id
        LEFT JOIN back ON back.outage_id = o.id
        CROSS JOIN LATERAL (SELECT o.cause_code IN (
            'ice_load', 'ice_flashover', 'galloping', 'shedding_jump', 'tree_ice', 'bamboo_ice', 'snow_load',
            'unknown'
        ) AS so) iced
        WHERE {open} AND {needed}
        GROUP BY o.organization_id, coalesce(storm.is_exercise, false), coalesce(o.line_id, -o.id)
    ),
    dark AS MATERIALIZED (
        SELECT organization_id, is_exercise, count(*) FILTER (WHERE is_line) AS lines,
               count(*) FILTER (WHERE is_hv_line) AS hv_lines,
               count(*) FILTER (WHERE is_ehv_line) AS ehv_lines,
               sum(customers) AS customers, sum(load_mw) AS load_mw
        FROM dark_line
        GROUP BY organization_id, is_exercise
    ),
    counted AS MATERIALIZED (
        SELECT tree.organization_id, dark.is_exercise, sum(dark.lines) AS lines, sum(dark.hv_lines)
            AS hv_lines,
               sum(dark.ehv_lines) AS ehv_lines, sum(dark.customers) AS customers, sum(dark.load_mw)
                   AS load_mw
        FROM dark JOIN tree ON tree.below_id = dark.organization_id
        GROUP BY tree.organization_id, dark.is_exercise
    ),
    measured_here AS MATERIALIZED (
        SELECT c.organization_id, c.is_exercise, each.measure, each.value::float8 AS value
        FROM counted c
        LEFT JOIN profile p USING (organization_id)
        CROSS JOIN LATERAL (VALUES
            ('lines_out', c.lines), ('hv_lines_out', c.hv_lines), ('ehv_lines_out', c.ehv_lines),
            ('customers_out_pct', 100.0 * c.customers / p.customers),
            ('load_lost_pct', 100.0 * c.load_mw / p.load_mw)
        ) AS each (measure, value)
        WHERE each.value IS NOT NULL
        UNION ALL
        SELECT tree.organization_id, icing.is_exercise, 'icing_ratio', max(icing.ratio)::float8
        FROM incidents_sectionicing icing
        JOIN incidents_icereading reading ON reading.id = icing.reading_id AND reading.entry_mode = 'live'
        JOIN incidents_linesection section ON section.id = icing.section_id
        JOIN incidents_line line ON line.id = section.line_id
        JOIN tree ON tree.below_id = line.organization_id
        WHERE icing.grade <> 'none' AND icing.ratio IS NOT NULL
        GROUP BY tree.organization_id, icing.is_exercise
        UNION ALL
        SELECT tree.organization_id, coalesce(storm.is_exercise, false), 'support_requests', count(*)::float8
        FROM incidents_supportrequest r
        LEFT JOIN incidents_storm storm ON storm.id = r.storm_id
        JOIN tree ON tree.below_id = r.organization_id
        WHERE r.entry_mode = 'live' AND r.status IN ('requested', 'approved')
          AND r.requested_at > %(now)s::timestamptz - interval '7 days'
        GROUP BY tree.organization_id, coalesce(storm.is_exercise, false)
        UNION ALL
        SELECT o.id, coalesce(storm.is_exercise, false), 'weather_warning',
               max(array_position(ARRAY['blue', 'yellow', 'orange', 'red'], w.level::text))::float8
        FROM incidents_weatherwarning w
        LEFT JOIN incidents_storm storm ON storm.id = w.storm_id
        JOIN tree ON tree.organization_id = w.organization_id
        JOIN incidents_organization o ON o.id = tree.below_id
        JOIN incidents_weatherwarning_areas named ON named.weatherwarning_id = w.id
        WHERE w.entry_mode = 'live' AND w.cancelled_at IS NULL AND w.issued_at <= %(now)s::timestamptz
          AND (w.expires_at IS NULL OR w.expires_at > %(now)s::timestamptz)
          AND w.hazard IN ('road_icing', 'snowstorm', 'cold_wave', 'freezing', 'wire_icing')
          AND NOT EXISTS (SELECT FROM incidents_weatherwarning later WHERE later.update_of_id = w.id)
          AND (o.id = w.organization_id OR o.division_id LIKE named.division_id || '%%'
               OR named.division_id LIKE o.division_id || '%%')
        GROUP BY o.id, coalesce(storm.is_exercise, false)
        UNION ALL
        SELECT tree.organization_id, line.is_exercise, 'key_user_out_min',
               max(extract(epoch FROM %(now)s::timestamptz - coalesce(o.occurred_at, o.reported_at)) /
                   60)::float8
        FROM incidents_importantuser u
        JOIN incidents_importantuser_feeders feeder ON feeder.importantuser_id = u.id
        JOIN incidents_line line ON line.id = feeder.line_id
        JOIN incidents_outage o ON o.line_id = line.id AND {open}
        JOIN tree ON tree.below_id = u.organization_id
        WHERE u.retired_at IS NULL AND u.grade IN ('special', 'first') AND u.supplied_by = ''
          AND NOT EXISTS (
              SELECT FROM incidents_importantuser_feeders other
              WHERE other.importantuser_id = u.id AND NOT EXISTS (
                  SELECT FROM incidents_outage o WHERE o.line_id = other.line_id AND {open}
              )
          )
        GROUP BY tree.organization_id, line.is_exercise
    ),
    national AS MATERIALIZED (
        SELECT m.organization_id, m.is_exercise, t.level, t.measure, t.basis, m.value,
               100 * m.value / t.at_least::float8 AS share,
               m.value >= t.at_least AND (t.below IS NULL OR m.value < t.below) AS is_met
        FROM measured_here m
        JOIN profile p USING (organization_id)
        JOIN tracker_responsethreshold t ON t.kind = 'national' AND t.area = p.area AND t.measure = m.measure
        CROSS JOIN today
        WHERE t.valid_from <= today.day AND (t.valid_to IS NULL OR t.valid_to > today.day) AND t.at_least > 0
    ),
    measured AS MATERIALIZED (
        SELECT * FROM measured_here
        UNION ALL
        SELECT organization_id, is_exercise, 'national_share', max(share) FROM national
        GROUP BY organization_id, is_exercise
    )
""")
MEASURED = _MEASURED.format(open=OPEN, needed=SQL("true"))
# For ``national`` alone: where no company has a profile there is no share, and nothing to count.
MEASURED_SHARES = _MEASURED.format(open=OPEN, needed=SQL("(SELECT count(*) FROM profile) > 0"))

# Level of a company by the clauses that are met; the rows of the nearest organisation upwards that has any.
WANTED = SQL("""
    WITH RECURSIVE {measured},
    asked AS (
        SELECT DISTINCT m.organization_id, m.is_exercise FROM measured m
        JOIN incidents_organization o ON o.id = m.organization_id AND o.level IN ('city', 'county')
    ),
    told AS (
        SELECT a.organization_id AS asked_id, t.level, t.clause, t.measure, t.at_least, t.below, rank() OVER (
                   PARTITION BY a.organization_id ORDER BY coalesce(tree.distance, 1000000)
               ) AS nearness
        FROM (SELECT DISTINCT organization_id FROM asked) a
        CROSS JOIN today
        JOIN tracker_responsethreshold t ON t.kind = 'company'
            AND t.valid_from <= today.day AND (t.valid_to IS NULL OR t.valid_to > today.day)
        LEFT JOIN tree ON tree.organization_id = t.organization_id AND tree.below_id = a.organization_id
        WHERE t.organization_id IS NULL OR tree.distance IS NOT NULL
    ),
    met AS (
        SELECT a.organization_id, a.is_exercise, told.level, told.clause,
               string_agg(concat(told.measure, ' ', round(m.value::numeric, 2), ' ≥ ',
                   trim_scale(told.at_least)),
                          ', ' ORDER BY told.measure) AS basis
        FROM asked a
        JOIN told ON told.asked_id = a.organization_id AND told.nearness = 1
        LEFT JOIN measured m ON m.organization_id = a.organization_id AND m.is_exercise = a.is_exercise
            AND m.measure = told.measure
        GROUP BY a.organization_id, a.is_exercise, told.level, told.clause
        HAVING bool_and(coalesce(m.value >= told.at_least AND (told.below IS NULL OR m.value < told.below),
            false))
    )
    SELECT DISTINCT ON (organization_id, is_exercise) organization_id, is_exercise, level, basis
    FROM met
    ORDER BY organization_id, is_exercise, array_position(ARRAY['I', 'II', 'III', 'IV'], level::text), clause
""").format(measured=MEASURED)
