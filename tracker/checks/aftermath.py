"""What is left when power is back: repairs, patrols, numbers that do not add up, lines that trip again."""

from psycopg.sql import SQL

from tracker.checks.base import Check, Number
from tracker.checks.parts import OPEN, about_others, about_outages, given

_COUNTED = SQL("""(
    o.entry_mode = 'live' AND o.customers_affected IS NOT NULL AND o.status IN (
        'reported', 'confirmed', 'located', 'isolated', 'repairing', 'partially_restored', 'restored'
    )
)""")

# What the steps give back is not what was out, beyond what may be closed by hand; or more is out than hangs
# on the line. What nobody counted cannot fail to add up.
NUMBERS = Check(
    code="E28",
    subject_type="outage",
    query=about_outages(
        SQL("""
            SELECT o.id AS subject_id, o.id AS outage_id, o.organization_id, 1 AS band_rank,
                   NULL::int AS keep_rank,
                   jsonb_build_object('affected', o.customers_affected, 'restored', given.customers,
                                      'on_line', line.customers) AS facts
            FROM (
                SELECT o.id FROM incidents_outage o JOIN incidents_line line ON line.id = o.line_id
                WHERE {counted} AND o.customers_affected > line.customers
                UNION
                SELECT o.id FROM incidents_outage o WHERE {counted} AND o.status = 'restored'
            ) doubtful
            JOIN incidents_outage o USING (id)
            JOIN scope USING (organization_id)
            LEFT JOIN incidents_line line ON line.id = o.line_id
            LEFT JOIN LATERAL (
                SELECT sum(step.customers) AS customers FROM incidents_restorationstep step
                WHERE o.status = 'restored' AND step.outage_id = o.id AND step.method <> 'generator'
                HAVING bool_and(step.customers IS NOT NULL)
            ) given ON true
            WHERE abs(o.customers_affected - given.customers) > o.customers_affected * {tolerance} / 100
               OR o.customers_affected > line.customers
        """).format(counted=_COUNTED, tolerance=given("tolerance_pct"))
    ),
    keeps=True,
    params={"tolerance_pct": Number(2, low=0, high=50)},
)

REPEATED = Check(
    code="E30",
    subject_type="line",
    bands=("1", "2"),
    query=about_others(
        SQL("""
            SELECT line.id AS subject_id, line.organization_id, tripped.is_exercise,
                   least(tripped.times - 1, 2)::int AS band_rank, NULL::int AS keep_rank,
                   jsonb_build_object('line', line.name, 'voltage_kv', line.voltage_kv, 'times',
                       tripped.times,
                                      'last_at', tripped.last_at) AS facts
            FROM (
                SELECT o.line_id, coalesce(storm.is_exercise, false) AS is_exercise, count(*) AS times,
                       max(coalesce(o.occurred_at, o.reported_at)) AS last_at
                FROM incidents_outage o
                JOIN scope USING (organization_id)
                LEFT JOIN incidents_storm storm ON storm.id = o.storm_id
                WHERE o.line_id IN (
                    SELECT again.line_id FROM incidents_outage again
                    WHERE again.reported_at > %(now)s::timestamptz - ({longest} + 24) * interval '1 hour'
                    GROUP BY again.line_id HAVING count(*) > 1
                  )
                  AND o.entry_mode = 'live' AND o.kind NOT IN ('planned',
                    'switched_off')
                  AND o.status <> 'cancelled' AND o.parent_id IS NULL
                  AND o.reported_at > %(now)s::timestamptz - ({within} + 24) * interval '1 hour'
                  AND coalesce(o.occurred_at, o.reported_at)
                      > %(now)s::timestamptz - {within} * interval '1 hour'
                GROUP BY o.line_id, coalesce(storm.is_exercise, false)
                HAVING count(*) > 1
            ) tripped
            JOIN incidents_line line ON line.id = tripped.line_id
        """).format(
            within=given("within_h"), longest=SQL("(SELECT max({}) FROM scope)").format(given("within_h"))
        )
    ),
    keeps=True,
    params={"within_h": Number(24, low=1, high=168)},
)

UNREPAIRED = Check(
    code="E31",
    subject_type="outage",
    bands=("1", "2"),
    query=about_outages(
        SQL("""
            SELECT o.id AS subject_id, o.id AS outage_id, o.organization_id, passed.band_rank,
                   NULL::int AS keep_rank,
                   jsonb_build_object('since_at', o.isolated_at, 'limit_h', passed.limit_h) AS facts
            FROM incidents_outage o
            JOIN scope USING (organization_id)
            CROSS JOIN LATERAL (
                SELECT count(*)::int AS band_rank, max(limit_h) AS limit_h
                FROM (VALUES ({h1}), ({h2})) AS one (limit_h)
                WHERE o.isolated_at <= %(now)s::timestamptz - one.limit_h * interval '1 hour'
            ) passed
            WHERE o.status = 'restored' AND o.entry_mode = 'live' AND o.repaired_at IS NULL
              AND passed.band_rank > 0
              AND NOT EXISTS (
                  SELECT FROM incidents_assignment a
                  WHERE a.outage_id = o.id AND a.task = 'repair'
                    AND a.status IN ('queued', 'planned', 'accepted', 'en_route', 'on_site')
              )
        """).format(h1=given("hours_1"), h2=given("hours_2"))
    ),
    keeps=True,
    params={"hours_1": Number(24, low=1, high=720), "hours_2": Number(72, low=1, high=1440)},
)

UNPATROLLED = Check(
    code="E32",
    subject_type="outage",
    query=about_outages(
        SQL("""
            SELECT o.id AS subject_id, o.id AS outage_id, o.organization_id, 1 AS band_rank,
                   NULL::int AS keep_rank, jsonb_build_object('since_at', o.restored_at) AS facts
            FROM incidents_outage o
            JOIN scope USING (organization_id)
            WHERE o.status IN ('restored', 'closed') AND o.entry_mode = 'live' AND o.storm_id IS NOT NULL
              AND o.line_id IS NOT NULL
              AND o.restored_at <= %(now)s::timestamptz - {after} * interval '1 hour'
              AND o.restored_at > %(now)s::timestamptz - interval '30 days'
              AND NOT EXISTS (
                  SELECT FROM incidents_assignment a
                  WHERE a.outage_id = o.id AND a.task = 'inspect_after' AND a.status = 'finished'
              )
              AND NOT EXISTS (
                  SELECT FROM incidents_patrol p
                  WHERE p.line_id = o.line_id AND p.kind = 'inspect_after' AND p.status = 'finished'
                    AND (p.outage_id = o.id OR p.ended_at >= o.restored_at)
              )
        """).format(after=given("after_h"))
    ),
    keeps=True,
    params={"after_h": Number(24, low=1, high=720)},
)

# The last share of the customers that were out, long after; told every morning from the hour that is set.
LONG_TAIL = Check(
    code="E38",
    subject_type="organization",
    query=about_others(
        SQL("""
            SELECT tail.organization_id AS subject_id, tail.organization_id, tail.is_exercise,
                   CASE WHEN extract(hour FROM %(now)s::timestamptz AT TIME ZONE %(zone)s) >= {hour} THEN 1
                       END
                       AS band_rank,
                   1 AS keep_rank,
                   jsonb_build_object('company', company.name, 'outages', tail.outages, 'oldest_at',
                       tail.oldest_at,
                                      'customers', tail.customers) AS facts
            FROM (
                SELECT o.organization_id, coalesce(storm.is_exercise, false) AS is_exercise,
                       count(*) AS outages, sum(o.customers_affected - coalesce(given.customers, 0))
                           AS customers,
                       min(coalesce(o.occurred_at, o.reported_at)) AS oldest_at,
                       max(o.storm_id) AS storm_id
                FROM incidents_outage o
                LEFT JOIN incidents_storm storm ON storm.id = o.storm_id
                LEFT JOIN (
                    SELECT outage_id, sum(customers) AS customers FROM incidents_restorationstep
                    WHERE method <> 'generator' GROUP BY outage_id
                ) given ON given.outage_id = o.id
                WHERE {open} AND o.storm_id IS NOT NULL
                GROUP BY o.organization_id, coalesce(storm.is_exercise, false)
            ) tail
            JOIN scope USING (organization_id)
            JOIN incidents_organization company ON company.id = tail.organization_id
            JOIN (
                SELECT o.storm_id, o.organization_id, sum(o.customers_affected) AS customers
                FROM incidents_outage o
                WHERE o.status NOT IN ('cancelled', 'momentary') AND o.storm_id IN (
                    SELECT still.storm_id FROM incidents_outage still
                    WHERE still.status NOT IN ('restored', 'closed', 'momentary', 'cancelled', 'reopened')
                )
                GROUP BY o.storm_id, o.organization_id
            ) every ON every.storm_id = tail.storm_id AND every.organization_id = tail.organization_id
                AND tail.customers <= every.customers * {share} / 100
            WHERE tail.oldest_at <= %(now)s::timestamptz - {after} * interval '1 hour'
        """).format(open=OPEN, hour=given("from_hour"), share=given("share_pct"), after=given("after_h"))
    ),
    keeps=True,
    params={
        "share_pct": Number(10, low=1, high=100),
        "after_h": Number(24, low=1, high=720),
        "from_hour": Number(7, low=0, high=23),
    },
)
