"""The statements behind ``selectors/map_items.py``: what has a place now, or had one at a moment of a storm.

Each part gives kind, key, rank of its tone (4 worst), words, organisation, and the place as it is known.
"""

from psycopg.sql import SQL

_PLACE = SQL("place.text, place.precision, place.latitude, place.longitude, place.crs")
_RANK = SQL("array_position(ARRAY['blue', 'yellow', 'orange', 'red'], {grade})")

NOW = SQL("""
    SELECT 'outage' AS kind, o.id, coalesce(told.rank, 0) AS rank, line.name AS line, '' AS more,
           o.status AS state, o.organization_id, {place}, place.division_id AS division
    FROM incidents_outage o
    LEFT JOIN incidents_storm storm ON storm.id = o.storm_id
    LEFT JOIN incidents_line line ON line.id = o.line_id
    JOIN incidents_place place ON place.id = o.place_id
    LEFT JOIN LATERAL (
        SELECT max(array_position(ARRAY['info', 'notice', 'warning', 'critical'], a.severity::text)) AS rank
        FROM tracker_alert a
        WHERE a.subject_type = 'outage' AND a.subject_id = o.id AND a.state IN ('firing', 'acknowledged')
    ) told ON true
    WHERE o.status NOT IN ('restored', 'closed', 'momentary', 'cancelled', 'reopened')
      AND o.organization_id = ANY(%(organizations)s) AND o.entry_mode = 'live' AND o.kind <> 'planned'
      AND coalesce(storm.is_exercise, false) = %(is_exercise)s
    UNION ALL
    SELECT 'ice', i.id, {rank}, line.name, s.code, held.grade, line.organization_id, {place},
           coalesce(place.division_id, s.division_id)
    FROM incidents_sectionicing i
    JOIN incidents_linesection s ON s.id = i.section_id
    JOIN incidents_line line ON line.id = s.line_id AND line.retired_at IS NULL
    JOIN incidents_icereading r ON r.id = i.reading_id
    JOIN incidents_place place ON place.id = r.place_id
    CROSS JOIN LATERAL (
        SELECT CASE WHEN i.override_grade <> '' AND i.override_until_at > %(now)s THEN i.override_grade
                    ELSE i.grade END AS grade
    ) held
    WHERE held.grade <> 'none' AND i.is_exercise = %(is_exercise)s
      AND line.organization_id = ANY(%(organizations)s)
    UNION ALL
    SELECT 'road', b.id, 0, '', '', b.cause, b.organization_id, {place}, place.division_id
    FROM incidents_roadblock b
    LEFT JOIN incidents_storm storm ON storm.id = b.storm_id
    JOIN incidents_place place ON place.id = b.place_id
    WHERE b.cleared_at IS NULL AND b.entry_mode = 'live' AND b.organization_id = ANY(%(organizations)s)
      AND coalesce(storm.is_exercise, false) = %(is_exercise)s
    UNION ALL
    SELECT 'crew', c.id, 0, c.name, '', job.status, c.organization_id, {place}, place.division_id
    FROM incidents_assignment job
    JOIN incidents_crew c ON c.id = job.crew_id AND c.disbanded_at IS NULL
    JOIN incidents_place place ON place.id = job.place_id
    WHERE job.status IN ('planned', 'accepted', 'en_route', 'on_site')
      AND c.organization_id = ANY(%(organizations)s) AND c.is_exercise = %(is_exercise)s
""").format(place=_PLACE, rank=_RANK.format(grade=SQL("held.grade::text")))
# As it was: told in the past tense, so what happened later is not in it.
THEN = SQL("""
    SELECT 'outage' AS kind, o.id, 0 AS rank, line.name AS line, '' AS more, 'out' AS state,
           o.organization_id, {place}, place.division_id AS division
    FROM incidents_outage o
    LEFT JOIN incidents_line line ON line.id = o.line_id
    JOIN incidents_place place ON place.id = o.place_id
    CROSS JOIN LATERAL (
        SELECT coalesce(o.occurred_at, least(
            o.reported_at, o.restored_at, (o.occurred_on + 1)::timestamp AT TIME ZONE 'Asia/Shanghai')) AS at
    ) began
    WHERE o.storm_id = %(storm)s AND o.organization_id = ANY(%(organizations)s) AND o.kind <> 'planned'
      AND o.status NOT IN ('cancelled', 'momentary') AND began.at <= %(at)s
      AND (o.restored_at IS NULL OR o.restored_at > %(at)s)
      AND (o.entry_mode = 'historical' OR o.reported_at <= %(at)s)
    UNION ALL
    (SELECT DISTINCT ON (coalesce(r.section_id, -r.place_id))
           'ice', r.id, {rank}, line.name, s.code, r.grade, coalesce(line.organization_id, o.organization_id),
           {place}, coalesce(place.division_id, s.division_id)
    FROM incidents_icereading r
    JOIN incidents_place place ON place.id = r.place_id
    LEFT JOIN incidents_linesection s ON s.id = r.section_id
    LEFT JOIN incidents_line line ON line.id = s.line_id
    LEFT JOIN incidents_outage o ON o.id = r.outage_id
    WHERE r.storm_id = %(storm)s AND r.observed_at <= %(at)s
      AND r.observed_at > %(at)s - interval '24 hours' AND r.grade NOT IN ('', 'none')
      AND coalesce(line.organization_id, o.organization_id) = ANY(%(organizations)s)
      AND NOT EXISTS (SELECT FROM incidents_icereading later WHERE later.supersedes_id = r.id)
    ORDER BY coalesce(r.section_id, -r.place_id), r.observed_at DESC, r.id DESC)
    UNION ALL
    SELECT 'road', b.id, 0, '', '', b.cause, b.organization_id, {place}, place.division_id
    FROM incidents_roadblock b
    JOIN incidents_place place ON place.id = b.place_id
    WHERE b.storm_id = %(storm)s AND b.organization_id = ANY(%(organizations)s)
      AND coalesce(b.blocked_at, b.received_at) <= %(at)s AND (b.cleared_at IS NULL OR b.cleared_at > %(at)s)
    UNION ALL
    SELECT 'crew', c.id, 0, c.name, '',
           CASE WHEN job.on_site_at <= %(at)s THEN 'on_site' WHEN job.departed_at <= %(at)s THEN 'en_route'
                WHEN job.accepted_at <= %(at)s THEN 'accepted' ELSE 'planned' END,
           c.organization_id, {place}, place.division_id
    FROM incidents_assignment job
    JOIN incidents_crew c ON c.id = job.crew_id
    JOIN incidents_place place ON place.id = job.place_id
    WHERE job.storm_id = %(storm)s AND c.organization_id = ANY(%(organizations)s) AND job.status <> 'refused'
      AND job.assigned_at <= %(at)s AND (job.ended_at IS NULL OR job.ended_at > %(at)s)
""").format(place=_PLACE, rank=_RANK.format(grade=SQL("r.grade::text")))
