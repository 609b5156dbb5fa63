"""Dangers: live wires, hidden dangers that are overdue, roads that keep crews away."""

from psycopg.sql import SQL

from tracker.checks.base import Check, Number
from tracker.checks.parts import about_others, about_outages, given

LIVE_WIRE = Check(
    code="E17",
    subject_type="damage",
    query=about_outages(
        SQL("""
            SELECT d.id AS subject_id, d.outage_id, o.organization_id, 1 AS band_rank, NULL::int AS keep_rank,
                   jsonb_build_object('damage', d.kind, 'since_at', coalesce(d.found_at, d.received_at),
                                      'place', place.text, 'pole_no', nullif(place.pole_no, '')) AS facts
            FROM incidents_damage d
            JOIN incidents_outage o ON o.id = d.outage_id
            JOIN scope ON scope.organization_id = o.organization_id
            LEFT JOIN incidents_place place ON place.id = coalesce(d.place_id, o.place_id)
            WHERE d.is_live_hazard AND d.made_safe_at IS NULL AND d.entry_mode = 'live'
              AND o.status <> 'cancelled'
        """)
    ),
    keeps=True,
)

# Until the day that was set for it; where none was, by its grade.
OVERDUE = Check(
    code="E33",
    subject_type="hazard",
    bands=("1", "2", "3"),
    query=about_others(
        SQL("""
            SELECT h.id AS subject_id, h.organization_id, coalesce(storm.is_exercise, false) AS is_exercise,
                   graded.band_rank, NULL::int AS keep_rank,
                   jsonb_build_object(
                       'hazard', h.description, 'hazard_grade', h.grade, 'line', line.name,
                       'voltage_kv', line.voltage_kv, 'section', section.code, 'place', place.text,
                       'since_at', h.found_at, 'due_at', graded.due_at
                   ) AS facts
            FROM incidents_hazard h
            JOIN scope USING (organization_id)
            JOIN incidents_place place ON place.id = h.place_id
            LEFT JOIN incidents_linesection section ON section.id = h.section_id
            LEFT JOIN incidents_line line ON line.id = section.line_id
            LEFT JOIN incidents_storm storm ON storm.id = h.storm_id
            CROSS JOIN LATERAL (
                SELECT CASE h.grade WHEN 'critical' THEN 3 WHEN 'serious' THEN 2 ELSE 1 END AS band_rank,
                       coalesce(h.due_at, h.found_at + interval '1 hour' * CASE h.grade
                           WHEN 'critical' THEN {critical} WHEN 'serious' THEN {serious} ELSE {general} END
                       ) AS due_at
            ) graded
            WHERE h.closed_at IS NULL AND h.entry_mode = 'live' AND graded.due_at <= %(now)s::timestamptz
        """).format(critical=given("critical_h"), serious=given("serious_h"), general=given("general_h"))
    ),
    keeps=True,
    params={
        "critical_h": Number(24, low=1, high=720),
        "serious_h": Number(168, low=1, high=2160),
        "general_h": Number(720, low=1, high=8760),
    },
)

# Counted from when the road was blocked and somebody was sent past it, whichever came last.
BLOCKED = Check(
    code="E34",
    subject_type="roadblock",
    query=about_others(
        SQL("""
            SELECT road.id AS subject_id, road.organization_id,
                   coalesce(storm.is_exercise, false) AS is_exercise, 1 AS band_rank, NULL::int AS keep_rank,
                   jsonb_build_object(
                       'place', place.text, 'block_cause', road.cause, 'since_at', behind.since_at,
                       'outages', behind.outages, 'alternative', nullif(road.alternative, '')
                   ) AS facts
            FROM incidents_roadblock road
            JOIN scope USING (organization_id)
            JOIN incidents_place place ON place.id = road.place_id
            LEFT JOIN incidents_storm storm ON storm.id = road.storm_id
            JOIN LATERAL (
                SELECT count(DISTINCT a.outage_id) AS outages,
                       greatest(min(a.assigned_at), coalesce(road.blocked_at, road.received_at)) AS since_at
                FROM incidents_roadblock_outages link
                JOIN incidents_assignment a ON a.outage_id = link.outage_id
                WHERE link.roadblock_id = road.id AND a.status IN ('planned', 'accepted', 'en_route')
                HAVING count(*) > 0
            ) behind ON behind.since_at <= %(now)s::timestamptz - {after} * interval '1 minute'
            WHERE road.cleared_at IS NULL AND road.entry_mode = 'live'
        """).format(after=given("after_min"))
    ),
    keeps=True,
    params={"after_min": Number(60, low=5, high=2880)},
)
