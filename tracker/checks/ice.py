"""Ice: what rules about icing look at."""

from psycopg.sql import SQL

from incidents.choices import Grade
from tracker.checks.base import Check

# Grade with hysteresis as the record keeps it, a person's own while it holds. Records made after the fact
# never raise an alert; a person's override is a deed of now whatever reading it stands on.
# The outage told with it is the one of the section, else the oldest of the line; drill and real apart.
_SECTIONS = SQL("""
    SELECT
        icing.section_id AS subject_id,
        line.organization_id,
        icing.is_exercise,
        graded.grade AS band,
        array_position(ARRAY['none', 'blue', 'yellow', 'orange', 'red'], graded.grade::text) - 1 AS band_rank,
        jsonb_strip_nulls(jsonb_build_object(
            'line', line.name,
            'voltage_kv', line.voltage_kv,
            'section', section.code,
            'from_pole', nullif(section.from_pole, ''),
            'to_pole', nullif(section.to_pole, ''),
            'place', place.text,
            'pole_no', nullif(place.pole_no, ''),
            'standard_mm', icing.standard_mm,
            'thickness_mm', reading.thickness_mm,
            'thickness_kind', reading.kind,
            'ice_type', reading.ice_type,
            'design_mm', section.design_ice_mm,
            'ratio', icing.ratio,
            'basis', CASE WHEN graded.by_hand THEN 'override' ELSE icing.grade_basis END,
            'override_reason', CASE WHEN graded.by_hand THEN icing.override_reason END,
            'observed_at', icing.observed_at,
            'grade_since_at', icing.grade_since_at,
            'outage', outage.facts
        )) AS facts
    FROM incidents_sectionicing icing
    JOIN incidents_linesection section ON section.id = icing.section_id
    JOIN incidents_line line ON line.id = section.line_id
    JOIN incidents_icereading reading ON reading.id = icing.reading_id
    LEFT JOIN incidents_place place ON place.id = reading.place_id
    CROSS JOIN LATERAL (
        SELECT coalesce(icing.override_until_at > %(now)s, false) AS by_hand,
               CASE WHEN icing.override_until_at > %(now)s THEN icing.override_grade ELSE icing.grade END
                   AS grade
    ) graded
    LEFT JOIN LATERAL (
        SELECT jsonb_build_object(
            'began_at', o.occurred_at,
            'began_on', o.occurred_on,
            'reported_at', o.reported_at,
            'customers_out', o.customers_affected - given.customers,
            'crew', crew.name,
            'crew_status', sent.status
        ) AS facts
        FROM incidents_outage o
        LEFT JOIN incidents_storm storm ON storm.id = o.storm_id
        CROSS JOIN LATERAL (
            SELECT CASE WHEN bool_and(step.customers IS NOT NULL) IS NOT false
                        THEN coalesce(sum(step.customers), 0) END AS customers
            FROM incidents_restorationstep step
            WHERE step.outage_id = o.id AND step.method <> 'generator'
        ) given
        LEFT JOIN LATERAL (
            SELECT a.crew_id, a.status FROM incidents_assignment a
            WHERE a.outage_id = o.id AND a.status IN ('planned', 'accepted', 'en_route', 'on_site')
            ORDER BY array_position(ARRAY['on_site', 'en_route', 'accepted', 'planned'], a.status::text), a.id
            LIMIT 1
        ) sent ON true
        LEFT JOIN incidents_crew crew ON crew.id = sent.crew_id
        WHERE o.line_id = line.id
          AND (o.section_id = section.id OR o.section_id IS NULL)
          AND o.status NOT IN ('restored', 'closed', 'momentary', 'cancelled', 'reopened')
          AND o.entry_mode = 'live'
          AND coalesce(storm.is_exercise, false) = icing.is_exercise
        ORDER BY o.section_id IS NULL, o.reported_at, o.id
        LIMIT 1
    ) outage ON true
    WHERE graded.grade <> 'none' AND (reading.entry_mode = 'live' OR graded.by_hand)
""")

ICING_GRADE = Check(
    code="E01",
    subject_type="linesection",
    bands=(Grade.BLUE, Grade.YELLOW, Grade.ORANGE, Grade.RED),
    query=_SECTIONS,
)
