"""Ice over time: how fast it grows, where that leads, and grades that nobody has looked after."""

from psycopg.sql import SQL

from tracker.checks.base import Check, Number
from tracker.checks.parts import about_others, given

# Growth between the newest measurement of a section and the last one that is old enough beside it, as
# ``grown``
# with ``mm_h``. Estimates of models, suspect readings and those that a correction superseded do not count.
_MEASURED = SQL("""
    r.section_id = icing.section_id AND r.standard_mm IS NOT NULL AND r.entry_mode = 'live'
    AND NOT r.is_estimate AND NOT r.is_suspect
    AND coalesce((SELECT s.is_exercise FROM incidents_storm s WHERE s.id = r.storm_id), false)
        = icing.is_exercise
    AND NOT EXISTS (SELECT FROM incidents_icereading later WHERE later.supersedes_id = r.id)
""")
_GROWN = SQL("""
    FROM incidents_sectionicing icing
    JOIN incidents_linesection section ON section.id = icing.section_id
    JOIN incidents_line line ON line.id = section.line_id
    JOIN scope ON scope.organization_id = line.organization_id
    JOIN LATERAL (
        SELECT r.observed_at, r.standard_mm FROM incidents_icereading r
        WHERE {measured} AND r.observed_at <= %(now)s::timestamptz
          AND r.observed_at > %(now)s::timestamptz - interval '3 hours'
        ORDER BY r.observed_at DESC, r.id DESC LIMIT 1
    ) newest ON true
    JOIN LATERAL (
        SELECT r.observed_at, r.standard_mm FROM incidents_icereading r
        WHERE {measured} AND r.observed_at <= newest.observed_at - {over} * interval '1 hour'
          AND r.observed_at >= newest.observed_at - 2 * {over} * interval '1 hour'
        ORDER BY r.observed_at DESC, r.id DESC LIMIT 1
    ) earlier ON true
    CROSS JOIN LATERAL (
        SELECT (newest.standard_mm - earlier.standard_mm)
               / (extract(epoch FROM newest.observed_at - earlier.observed_at) / 3600) AS mm_h
    ) grown
""")
_RECENT = SQL("icing.observed_at > %(now)s::timestamptz - interval '3 hours'")

GROWTH = Check(
    code="E02",
    subject_type="linesection",
    query=about_others(
        SQL("""
            SELECT icing.section_id AS subject_id, line.organization_id, icing.is_exercise,
                   CASE WHEN grown.mm_h >= {set} THEN 1 END AS band_rank, 1 AS keep_rank,
                   jsonb_build_object(
                       'line', line.name, 'voltage_kv', line.voltage_kv, 'section', section.code,
                       'growth_mm', round(grown.mm_h, 2), 'standard_mm', newest.standard_mm,
                       'design_mm', section.design_ice_mm, 'observed_at', newest.observed_at
                   ) AS facts
            {grown}
            WHERE {recent} AND grown.mm_h >= {clear}
        """).format(
            set=given("mm_h"),
            clear=given("clear_mm_h"),
            grown=_GROWN.format(measured=_MEASURED, over=given("over_h")),
            recent=_RECENT,
        )
    ),
    keeps=True,
    params={
        "mm_h": Number(2, low=0.1, high=30),
        "clear_mm_h": Number(1, low=0, high=30),
        "over_h": Number(2, low=0.5, high=12),
    },
)

# Where the design thickness is exceeded already, E01 has said so.
FORECAST = Check(
    code="E03",
    subject_type="linesection",
    query=about_others(
        SQL("""
            SELECT icing.section_id AS subject_id, line.organization_id, icing.is_exercise,
                   CASE WHEN ahead.ratio >= {set} THEN 1 END AS band_rank, 1 AS keep_rank,
                   jsonb_build_object(
                       'line', line.name, 'voltage_kv', line.voltage_kv, 'section', section.code,
                       'growth_mm', round(grown.mm_h, 2), 'standard_mm', newest.standard_mm,
                       'design_mm', section.design_ice_mm, 'observed_at', newest.observed_at,
                       'ratio', round(newest.standard_mm / section.design_ice_mm, 2),
                       'ratio_ahead', round(ahead.ratio::numeric, 2), 'within_h', {within}
                   ) AS facts
            {grown}
            CROSS JOIN LATERAL (
                SELECT (newest.standard_mm + greatest(grown.mm_h, 0) * {within}) / section.design_ice_mm
                    AS ratio
            ) ahead
            WHERE {recent} AND section.design_ice_mm > 0 AND newest.standard_mm < section.design_ice_mm
              AND grown.mm_h > 0 AND ahead.ratio >= {clear}
        """).format(
            set=given("ratio"),
            clear=given("clear_ratio"),
            within=given("within_h"),
            grown=_GROWN.format(measured=_MEASURED, over=given("over_h")),
            recent=_RECENT,
        )
    ),
    keeps=True,
    params={
        "ratio": Number(1.0, low=0.1, high=5),
        "clear_ratio": Number(0.9, low=0, high=5),
        "within_h": Number(6, low=1, high=24),
        "over_h": Number(3, low=0.5, high=12),
    },
)

STALE = Check(
    code="E04",
    subject_type="linesection",
    query=about_others(
        SQL("""
            SELECT icing.section_id AS subject_id, line.organization_id, icing.is_exercise, 1 AS band_rank,
                   NULL::int AS keep_rank,
                   jsonb_build_object(
                       'line', line.name, 'voltage_kv', line.voltage_kv, 'section', section.code,
                       'grade', graded.grade, 'standard_mm', icing.standard_mm,
                       'design_mm', section.design_ice_mm, 'observed_at', icing.observed_at,
                       'limit_min', graded.limit_min
                   ) AS facts
            FROM incidents_sectionicing icing
            JOIN incidents_linesection section ON section.id = icing.section_id
            JOIN incidents_line line ON line.id = section.line_id
            JOIN incidents_icereading reading ON reading.id = icing.reading_id
            JOIN scope ON scope.organization_id = line.organization_id
            CROSS JOIN LATERAL (
                SELECT CASE WHEN icing.override_until_at > %(now)s THEN icing.override_grade ELSE
                    icing.grade END
                           AS grade,
                       CASE WHEN icing.grade = 'blue' THEN {mild} ELSE {severe} END AS limit_min
            ) graded
            WHERE icing.grade <> 'none' AND graded.grade <> 'none' AND reading.entry_mode = 'live'
              AND icing.observed_at <= %(now)s::timestamptz - graded.limit_min * interval '1 minute'
        """).format(mild=given("blue_min"), severe=given("severe_min"))
    ),
    keeps=True,
    params={"blue_min": Number(180, low=10, high=1440), "severe_min": Number(60, low=5, high=1440)},
)
