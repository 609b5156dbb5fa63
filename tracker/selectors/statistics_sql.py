"""The statements behind ``selectors/statistics.py``; each is bounded by ``as_of`` and ``known_at``.

What *happened* after ``as_of`` is not in them; what the record *learned* after ``known_at`` is not either:
outages and steps that came later are left out, and of those that were corrected later the journal gives back
what they said before.
"""

from psycopg.sql import SQL, Composable

_TREE = SQL("""
    tree (id) AS (
        SELECT %(organization)s::bigint
        UNION
        SELECT o.id FROM incidents_organization o JOIN tree ON o.parent_id = tree.id
    )
""")
# Facts of the scope that the record knew; records made after the fact are known whenever they are asked for.
_KNOWN = SQL("""
    (%(known_at)s::timestamptz IS NULL OR f.entry_mode = 'historical' OR f.received_at <= %(known_at)s)
    AND (%(storm)s::bigint IS NULL OR f.storm_id = %(storm)s)
    AND %(is_exercise)s = coalesce(
        (SELECT storm.is_exercise FROM incidents_storm storm WHERE storm.id = f.storm_id), false
    )
""")


def _undo(subject_type: str, row: str, organ: str) -> Composable:
    """Return what a row said before everything that was written after ``known_at``: column → value."""
    return SQL("""
        SELECT jsonb_object_agg(first.key, first.value) AS said
        FROM (
            SELECT DISTINCT ON (old.key) old.key, old.value
            FROM incidents_journalentry j CROSS JOIN LATERAL jsonb_each(j.before) old
            WHERE j.subject_type = {subject_type} AND j.subject_id = {row}.id AND j.before IS NOT NULL
              AND j.written_at > %(known_at)s::timestamptz AND {organ}.entry_mode <> 'historical'
            ORDER BY old.key, j.id
        ) first
    """).format(
        subject_type=SQL(f"'{subject_type}'"),
        row=SQL(row),
        organ=SQL(organ),
    )


# An outage whose beginning nobody knows counts from the latest moment that it can have begun.
_OUTAGES = SQL("""
    candidate AS MATERIALIZED (
        SELECT f.id FROM incidents_outage f JOIN tree ON tree.id = f.organization_id
        WHERE {known} AND (f.reported_at <= %(as_of)s OR f.entry_mode = 'historical')
    ),
    asked AS MATERIALIZED (
        SELECT r.*, begin.at AS began_at,
               CASE WHEN r.restored_at <= %(as_of)s THEN r.restored_at END AS back_at
        FROM candidate JOIN incidents_outage o ON o.id = candidate.id
        LEFT JOIN LATERAL ({undo_outage}) undo ON true
        CROSS JOIN LATERAL (
            SELECT o.* WHERE undo.said IS NULL
            UNION ALL SELECT said.* FROM jsonb_populate_record(o, undo.said) said WHERE undo.said IS NOT NULL
        ) r
        CROSS JOIN LATERAL (
            SELECT coalesce(r.occurred_at, least(
                r.reported_at, r.restored_at, (r.occurred_on + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'
            )) AS at
        ) begin
        WHERE r.status NOT IN ('cancelled', 'momentary') AND r.kind <> 'planned' AND begin.at <= %(as_of)s
          AND (%(since_at)s::timestamptz IS NULL OR r.restored_at IS NULL OR r.restored_at >= %(since_at)s)
    ),
    step AS MATERIALIZED (
        SELECT r.*
        FROM asked JOIN incidents_restorationstep s ON s.outage_id = asked.id
        LEFT JOIN LATERAL ({undo_step}) undo ON true
        CROSS JOIN LATERAL (
            SELECT s.* WHERE undo.said IS NULL
            UNION ALL SELECT said.* FROM jsonb_populate_record(s, undo.said) said WHERE undo.said IS NOT NULL
        ) r
        WHERE r.at <= %(as_of)s AND NOT EXISTS (
            SELECT FROM incidents_journalentry j
            WHERE j.subject_type = 'restorationstep' AND j.subject_id = s.id AND j.before IS NULL
              AND j.written_at > %(known_at)s::timestamptz AND asked.entry_mode <> 'historical'
        )
    )
""").format(
    known=_KNOWN,
    undo_outage=_undo("outage", "o", "o"),
    undo_step=_undo("restorationstep", "s", "asked"),
)
ROWS = SQL("""
    WITH RECURSIVE {tree}, {outages}
    SELECT a.id, coalesce(line.name, '') AS line, a.line_id, place.text AS place, a.voltage_kv AS kv, a.kind,
           a.began_at, a.occurred_at IS NOT NULL AS began_known, a.back_at AS restored_at, a.lines_tripped,
           a.customers_affected AS customers, a.mv_users, a.parent_id IN (SELECT id FROM asked) AS explained,
           CASE WHEN length(place.division_id) = 12 THEN place.division_id ELSE '' END AS village,
           CASE WHEN length(place.division_id) >= 9 THEN left(place.division_id, 9) ELSE '' END AS town,
           (SELECT jsonb_agg(jsonb_build_object(
                       'at', s.at, 'customers', s.customers, 'mv_users', s.mv_users,
                       'is_generator', s.method = 'generator') ORDER BY s.seq)
            FROM step s WHERE s.outage_id = a.id) AS steps
    FROM asked a
    JOIN incidents_place place ON place.id = a.place_id
    LEFT JOIN incidents_line line ON line.id = a.line_id
    ORDER BY a.began_at, a.id
""").format(tree=_TREE, outages=_OUTAGES)
# The same totals by the database's own sums: a mistake of one of the two shows.
CONTROL = SQL("""
    WITH RECURSIVE {tree}, {outages}
    SELECT count(*), count(*) FILTER (WHERE a.back_at IS NULL), coalesce(sum(a.customers_affected), 0),
           coalesce(sum(a.customers_affected - coalesce(given.customers, 0))
                    FILTER (WHERE a.back_at IS NULL), 0)
    FROM asked a
    LEFT JOIN (
        SELECT outage_id, sum(customers) AS customers FROM step WHERE method <> 'generator' GROUP BY outage_id
    ) given ON given.outage_id = a.id
    WHERE a.parent_id IS NULL OR a.parent_id NOT IN (SELECT id FROM asked)
""").format(tree=_TREE, outages=_OUTAGES)
DAMAGE = SQL("""
    WITH RECURSIVE {tree}, {outages}
    SELECT d.kind, coalesce(sum(d.count), 0)::int,
           coalesce(sum(d.count) FILTER (WHERE d.repaired_at <= %(as_of)s), 0)::int,
           (count(*) FILTER (WHERE d.count IS NULL))::int
    FROM asked a JOIN incidents_damage d ON d.outage_id = a.id
    WHERE coalesce(d.found_at, d.received_at) <= %(as_of)s AND (
        %(known_at)s::timestamptz IS NULL OR d.entry_mode = 'historical' OR d.received_at <= %(known_at)s)
    GROUP BY d.kind ORDER BY d.kind
""").format(tree=_TREE, outages=_OUTAGES)
IMPORTANT = SQL("""
    WITH RECURSIVE {tree}, {outages}
    SELECT count(*), count(*) FILTER (WHERE lines.hit), count(*) FILTER (WHERE lines.dark)
    FROM incidents_importantuser u JOIN tree ON tree.id = u.organization_id
    CROSS JOIN LATERAL (
        SELECT coalesce(bool_or(f.line_id IN (SELECT line_id FROM asked)), false) AS hit,
               coalesce(bool_and(f.line_id IN (SELECT line_id FROM asked WHERE back_at IS NULL)), false)
                   AS dark
        FROM incidents_importantuser_feeders f WHERE f.importantuser_id = u.id
    ) lines
    WHERE u.retired_at IS NULL OR u.retired_at > %(as_of)s
""").format(tree=_TREE, outages=_OUTAGES)
HAZARDS = SQL("""
    WITH RECURSIVE {tree}
    SELECT count(*), count(*) FILTER (WHERE f.closed_at <= %(as_of)s)
    FROM incidents_hazard f JOIN tree ON tree.id = f.organization_id
    WHERE {known} AND f.found_at <= %(as_of)s
      AND (%(since_at)s::timestamptz IS NULL OR f.closed_at IS NULL OR f.closed_at >= %(since_at)s)
""").format(tree=_TREE, known=_KNOWN)
# A job counts from its acceptance. Heads are those listed as members at its beginning, else as declared.
FORCES = SQL("""
    WITH RECURSIVE {tree},
    job AS MATERIALIZED (
        SELECT f.crew_id, coalesce(f.accepted_at, f.departed_at, f.on_site_at) AS at,
               f.ended_at IS NULL OR f.ended_at > %(as_of)s AS at_work
        FROM incidents_assignment f JOIN incidents_crew c ON c.id = f.crew_id
        JOIN tree ON tree.id = c.organization_id
        WHERE {known} AND f.status <> 'refused'
          AND coalesce(f.accepted_at, f.departed_at, f.on_site_at) <= %(as_of)s
          AND (%(since_at)s::timestamptz IS NULL OR f.ended_at IS NULL OR f.ended_at >= %(since_at)s)
    ),
    strength AS MATERIALIZED (
        SELECT job.crew_id, job.at_work, job.at, coalesce(
                   (SELECT nullif(count(*), 0) FROM incidents_crewmember m WHERE m.crew_id = job.crew_id
                      AND m.since_at <= moment.at AND (m.until_at IS NULL OR m.until_at > moment.at)),
                   c.headcount) AS heads,
               (SELECT count(*) FROM incidents_crewvehicle v WHERE v.crew_id = job.crew_id
                  AND v.since_at <= moment.at AND (v.until_at IS NULL OR v.until_at > moment.at)) AS vehicles,
               (SELECT count(*) FROM incidents_crewvehicle v
                  JOIN incidents_vehicle car ON car.id = v.vehicle_id AND car.kind = 'generator'
                  WHERE v.crew_id = job.crew_id AND v.since_at <= moment.at
                    AND (v.until_at IS NULL OR v.until_at > moment.at)) AS generators
        FROM job JOIN incidents_crew c ON c.id = job.crew_id
        CROSS JOIN LATERAL (
            SELECT CASE WHEN job.at_work THEN %(as_of)s::timestamptz ELSE job.at END AS at
        ) moment
    ),
    now_at_work AS (SELECT DISTINCT ON (crew_id) * FROM strength WHERE at_work ORDER BY crew_id, at)
    SELECT now.teams, now.persons, now.uncounted, trips.persons, trips.uncounted, coalesce(now.vehicles, 0),
           coalesce(trips.vehicles, 0), coalesce(now.generators, 0)
    FROM (SELECT count(*) AS teams, sum(heads) AS persons, count(*) FILTER (WHERE heads IS NULL) AS uncounted,
                 sum(vehicles) AS vehicles, sum(generators) AS generators FROM now_at_work) now,
         (SELECT sum(heads) AS persons, count(*) FILTER (WHERE heads IS NULL) AS uncounted,
                 sum(vehicles) AS vehicles FROM strength) trips
""").format(tree=_TREE, known=_KNOWN)
SUPPORT = SQL("""
    WITH RECURSIVE {tree}
    SELECT side.here, count(*), sum(f.headcount), count(*) FILTER (WHERE f.headcount IS NULL),
           sum(f.vehicle_count), count(*) FILTER (WHERE f.vehicle_count IS NULL)
    FROM incidents_deployment f
    CROSS JOIN LATERAL (
        SELECT true AS here WHERE f.host_organization_id IN (SELECT id FROM tree)
            AND f.organization_id NOT IN (SELECT id FROM tree)
        UNION ALL
        SELECT false WHERE f.organization_id IN (SELECT id FROM tree)
            AND (f.host_organization_id IS NULL OR f.host_organization_id NOT IN (SELECT id FROM tree))
    ) side
    WHERE {known} AND f.status <> 'cancelled'
      AND coalesce(f.mobilised_at, f.departed_at, f.arrived_at,
                   CASE WHEN f.entry_mode = 'live' THEN f.received_at ELSE %(as_of)s END) <= %(as_of)s
      AND (f.released_at IS NULL OR f.released_at > %(as_of)s)
      AND (f.returned_at IS NULL OR f.returned_at > %(as_of)s)
    GROUP BY side.here
""").format(tree=_TREE, known=_KNOWN)
