"""Outages: who has taken them up, how long they last, how large they are."""

from psycopg.sql import SQL, Composable

from tracker.checks.base import Check, Number
from tracker.checks.parts import (
    IMPORTANT,
    MEDIUM_VOLTAGE,
    OPEN,
    about_outages,
    ago,
    given,
    least,
)

_MINUTES = {"low": 1, "high": 1440}

NOT_ACKNOWLEDGED = Check(
    code="E05",
    subject_type="outage",
    query=about_outages(
        SQL("""
            SELECT o.id AS subject_id, o.id AS outage_id, o.organization_id, 1 AS band_rank,
                   NULL::int AS keep_rank,
                   jsonb_build_object('since_at', o.reported_at, 'limit_min', allowed.limit_min) AS facts
            FROM incidents_outage o
            JOIN scope USING (organization_id)
            CROSS JOIN LATERAL (SELECT CASE WHEN {important} THEN {short} ELSE {usual} END AS limit_min)
                allowed
            WHERE {open} AND o.status = 'reported' AND o.reported_at <= {due}
        """).format(
            important=IMPORTANT,
            short=given("important_min"),
            usual=given("after_min"),
            open=OPEN,
            due=ago(SQL("allowed.limit_min")),
        )
    ),
    keeps=True,
    params={"after_min": Number(5, **_MINUTES), "important_min": Number(3, **_MINUTES)},
)

# Counted from the confirmation; a stage that nobody stated leaves the report as the only moment.
NO_CREW = Check(
    code="E06",
    subject_type="outage",
    query=about_outages(
        SQL("""
            SELECT o.id AS subject_id, o.id AS outage_id, o.organization_id, 1 AS band_rank,
                   NULL::int AS keep_rank,
                   jsonb_build_object('since_at', clock.since_at, 'limit_min', allowed.limit_min) AS facts
            FROM incidents_outage o
            JOIN scope USING (organization_id)
            CROSS JOIN LATERAL (SELECT coalesce(o.confirmed_at, o.reported_at) AS since_at) clock
            CROSS JOIN LATERAL (
                SELECT CASE WHEN {important} THEN {important_min} WHEN {mv} THEN {mv_min} ELSE {lv_min} END
                    AS limit_min
            ) allowed
            WHERE {open} AND o.status IN ('confirmed', 'located', 'isolated') AND clock.since_at <= {due}
              AND NOT EXISTS (
                  SELECT FROM incidents_assignment a
                  WHERE a.outage_id = o.id AND a.status IN ('accepted', 'en_route', 'on_site', 'finished')
              )
        """).format(
            important=IMPORTANT,
            mv=MEDIUM_VOLTAGE,
            important_min=given("important_min"),
            mv_min=given("mv_min"),
            lv_min=given("lv_min"),
            open=OPEN,
            due=ago(SQL("allowed.limit_min")),
        )
    ),
    keeps=True,
    params={
        "mv_min": Number(15, **_MINUTES),
        "lv_min": Number(30, **_MINUTES),
        "important_min": Number(10, **_MINUTES),
    },
)

NOT_LOCATED = Check(
    code="E08",
    subject_type="outage",
    query=about_outages(
        SQL("""
            SELECT o.id AS subject_id, o.id AS outage_id, o.organization_id, 1 AS band_rank,
                   NULL::int AS keep_rank,
                   jsonb_build_object('since_at', there.since_at, 'limit_min', allowed.limit_min) AS facts
            FROM incidents_outage o
            JOIN scope USING (organization_id)
            CROSS JOIN LATERAL (
                SELECT min(a.on_site_at) AS since_at FROM incidents_assignment a
                WHERE a.outage_id = o.id AND a.status = 'on_site'
            ) there
            CROSS JOIN LATERAL (SELECT CASE WHEN {mv} THEN {mv_min} ELSE {lv_min} END AS limit_min) allowed
            WHERE {open} AND o.status IN ('reported', 'confirmed') AND there.since_at <= {due}
        """).format(
            mv=MEDIUM_VOLTAGE,
            mv_min=given("mv_min"),
            lv_min=given("lv_min"),
            open=OPEN,
            due=ago(SQL("allowed.limit_min")),
        )
    ),
    keeps=True,
    params={"mv_min": Number(60, **_MINUTES), "lv_min": Number(30, **_MINUTES)},
)

# From the beginning; where nobody knows it, from the report, and the mail says that it is not known.
_LONG = """
    SELECT o.id AS subject_id, o.id AS outage_id, o.organization_id, passed.band_rank, NULL::int AS keep_rank,
           jsonb_build_object('limit_h', passed.limits[passed.band_rank]) AS facts
    FROM incidents_outage o
    JOIN scope USING (organization_id)
    CROSS JOIN LATERAL (
        SELECT limits, (
            SELECT count(*)::int FROM unnest(limits) AS one (limit_h)
            WHERE coalesce(o.occurred_at, o.reported_at)
                <= %(now)s::timestamptz - one.limit_h * interval '1 hour'
        ) AS band_rank
        FROM (SELECT ARRAY[{limits}] AS limits) ladder
        OFFSET 0
    ) passed
    WHERE {open} AND {which} AND passed.band_rank > 0
      AND coalesce(o.occurred_at, o.reported_at) <= %(now)s::timestamptz - {first} * interval '1 hour'
      AND coalesce(o.occurred_at, o.reported_at) <= %(now)s::timestamptz - {least} * interval '1 hour'
"""
_HOURS = {"low": 0.5, "high": 720}

LONG_MV = Check(
    code="E09",
    subject_type="outage",
    bands=("1", "2", "3", "4", "5"),
    query=about_outages(
        SQL(_LONG).format(
            limits=SQL(", ").join(given(f"hours_{band}") for band in range(1, 6)),
            open=OPEN,
            which=MEDIUM_VOLTAGE,
            first=given("hours_1"),
            least=least(given("hours_1")),
        )
    ),
    keeps=True,
    params={
        f"hours_{band}": Number(hours, **_HOURS) for band, hours in enumerate((2, 4, 8, 24, 72), start=1)
    },
)

LONG_LV = Check(
    code="E10",
    subject_type="outage",
    bands=("1", "2", "3", "4"),
    query=about_outages(
        SQL(_LONG).format(
            limits=SQL(", ").join(given(f"hours_{band}") for band in range(1, 5)),
            open=OPEN,
            which=SQL("NOT {}").format(MEDIUM_VOLTAGE),
            first=given("hours_1"),
            least=least(given("hours_1")),
        )
    ),
    keeps=True,
    params={f"hours_{band}": Number(hours, **_HOURS) for band, hours in enumerate((4, 12, 24, 48), start=1)},
)


def _least_held(name: str) -> Composable:
    """Return SQL for the lowest whole number that still holds a band."""
    held = SQL("ceil({} * {} / 100)").format(given(name), given("clear_pct"))
    return SQL("{}::int").format(least(held))


# Customers still out, or transformer areas; a band that is reached holds down to a share of its edge. Nobody
# has counted: no band, and the page says how many outages have no count.
LARGE = Check(
    code="E11",
    subject_type="outage",
    bands=("1", "2", "3"),
    query=about_outages(
        SQL("""
            SELECT o.id AS subject_id, o.id AS outage_id, o.organization_id,
                   nullif(size.band_rank, 0) AS band_rank, size.keep_rank,
                   jsonb_build_object('mv_users', size.areas) AS facts
            FROM (
                SELECT o.id, o.organization_id, o.customers_affected - back.customers AS customers,
                       o.mv_users - back.mv_users AS areas
                FROM incidents_outage o
                CROSS JOIN LATERAL (
                    SELECT CASE WHEN count(*) = count(step.customers)
                               THEN coalesce(sum(step.customers), 0) END AS customers,
                           CASE WHEN count(*) = count(step.mv_users)
                               THEN coalesce(sum(step.mv_users), 0) END AS mv_users
                    FROM incidents_restorationstep step
                    WHERE step.outage_id = o.id AND step.method <> 'generator'
                ) back
                WHERE {open} AND (o.customers_affected >= {few} OR o.mv_users >= {few_areas})
            ) o
            JOIN scope USING (organization_id)
            CROSS JOIN LATERAL (
                SELECT o.areas, count(*) FILTER (WHERE o.customers >= one.customers OR o.areas >=
                    one.areas)::int
                           AS band_rank,
                       count(*) FILTER (
                           WHERE o.customers >= one.customers * {clear} OR o.areas >= one.areas * {clear}
                       )::int AS keep_rank
                FROM (VALUES ({c1}, {a1}), ({c2}, {a2}), ({c3}, {a3})) AS one (customers, areas)
            ) size
            WHERE size.keep_rank > 0 AND (o.customers >= {c1} * {clear} OR o.areas >= {a1} * {clear})
        """).format(
            open=OPEN,
            clear=SQL("{} / 100").format(given("clear_pct")),
            few=_least_held("customers_1"),
            few_areas=_least_held("areas_1"),
            **{f"c{band}": given(f"customers_{band}") for band in (1, 2, 3)},
            **{f"a{band}": given(f"areas_{band}") for band in (1, 2, 3)},
        )
    ),
    keeps=True,
    params={
        "customers_1": Number(500, low=1, high=10_000_000),
        "customers_2": Number(2000, low=1, high=10_000_000),
        "customers_3": Number(10_000, low=1, high=10_000_000),
        "areas_1": Number(30, low=1, high=100_000),
        "areas_2": Number(100, low=1, high=100_000),
        "areas_3": Number(300, low=1, high=100_000),
        "clear_pct": Number(80, low=1, high=100),
    },
)
