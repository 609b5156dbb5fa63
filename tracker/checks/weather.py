"""Weather warnings that concern the grid."""

from psycopg.sql import SQL

from tracker.checks.base import Check
from tracker.checks.parts import about_others

# The warning that holds now of each chain of updates; the chain is one subject, so that only a worse colour
# is told anew.
WARNED = Check(
    code="E29",
    subject_type="weatherwarning",
    bands=("yellow", "orange", "red"),
    query=about_others(
        SQL("""
            SELECT chain.root_id AS subject_id, w.organization_id,
                   coalesce(storm.is_exercise, false) AS is_exercise,
                   array_position(ARRAY['yellow', 'orange', 'red'], w.level::text) AS band_rank,
                   NULL::int AS keep_rank,
                   jsonb_build_object(
                       'issuer', w.issuer, 'warning_hazard', w.hazard, 'warning_level', w.level,
                       'issued_at', w.issued_at, 'expires_at', w.expires_at, 'areas', areas.named,
                       'text', left(w.text, 200)
                   ) AS facts
            FROM (
                WITH RECURSIVE chain (root_id, id) AS (
                    SELECT id, id FROM incidents_weatherwarning WHERE update_of_id IS NULL
                    UNION ALL
                    SELECT chain.root_id, later.id
                    FROM chain JOIN incidents_weatherwarning later ON later.update_of_id = chain.id
                )
                SELECT * FROM chain
            ) chain
            JOIN incidents_weatherwarning w ON w.id = chain.id
            JOIN scope ON scope.organization_id = w.organization_id
            LEFT JOIN incidents_storm storm ON storm.id = w.storm_id
            LEFT JOIN LATERAL (
                SELECT string_agg(d.name, '、' ORDER BY d.code) AS named
                FROM incidents_weatherwarning_areas link
                JOIN incidents_division d ON d.code = link.division_id
                WHERE link.weatherwarning_id = w.id
            ) areas ON true
            WHERE w.entry_mode = 'live' AND w.cancelled_at IS NULL
              AND w.hazard IN ('road_icing', 'snowstorm', 'cold_wave', 'freezing', 'wire_icing')
              AND w.level IN ('yellow', 'orange', 'red')
              AND w.issued_at <= %(now)s::timestamptz
              AND (w.expires_at IS NULL OR w.expires_at > %(now)s::timestamptz)
              AND NOT EXISTS (
                  SELECT FROM incidents_weatherwarning later
                  WHERE later.update_of_id = w.id AND later.issued_at <= %(now)s::timestamptz
              )
        """)
    ),
    keeps=True,
)
