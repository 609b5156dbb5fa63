"""Estimates of restoration: passed, missing, revised too often."""

from psycopg.sql import SQL

from tracker.checks.base import Check, Number
from tracker.checks.parts import OPEN, about_outages, ago, given, least

BLOWN = Check(
    code="E12",
    subject_type="outage",
    query=about_outages(
        SQL("""
            SELECT o.id AS subject_id, o.id AS outage_id, o.organization_id, 1 AS band_rank,
                   NULL::int AS keep_rank, jsonb_build_object('promised_at', newest.value_at) AS facts
            FROM incidents_outage o
            JOIN scope USING (organization_id)
            JOIN LATERAL (
                SELECT e.value_at FROM incidents_estimate e
                WHERE e.outage_id = o.id ORDER BY e.published_at DESC, e.id DESC LIMIT 1
            ) newest ON newest.value_at <= {due}
            WHERE {open} AND o.id IN (
                SELECT e.outage_id FROM incidents_estimate e WHERE e.value_at <= %(now)s::timestamptz
            )
        """).format(open=OPEN, due=ago(given("after_min")))
    ),
    keeps=True,
    params={"after_min": Number(10, low=0, high=1440)},
)

# During a storm that has not ended crews need longer before anything can be said.
MISSING = Check(
    code="E13",
    subject_type="outage",
    query=about_outages(
        SQL("""
            SELECT o.id AS subject_id, o.id AS outage_id, o.organization_id, 1 AS band_rank,
                   NULL::int AS keep_rank,
                   jsonb_build_object('since_at', clock.since_at, 'limit_min', allowed.limit_min) AS facts
            FROM incidents_outage o
            JOIN scope USING (organization_id)
            LEFT JOIN incidents_storm storm ON storm.id = o.storm_id
            CROSS JOIN LATERAL (SELECT coalesce(o.confirmed_at, o.reported_at) AS since_at) clock
            CROSS JOIN LATERAL (
                SELECT CASE WHEN storm.id IS NOT NULL AND storm.ended_at IS NULL THEN {in_storm} ELSE
                    {usual} END
                    AS limit_min
            ) allowed
            WHERE {open} AND o.status <> 'reported'
              AND clock.since_at <= {due} AND clock.since_at <= {earliest}
              AND NOT EXISTS (
                  SELECT FROM incidents_estimate e WHERE e.outage_id = o.id AND e.value_at IS NOT NULL
              )
        """).format(
            open=OPEN,
            in_storm=given("storm_min"),
            usual=given("after_min"),
            due=ago(SQL("allowed.limit_min")),
            earliest=ago(least(given("after_min"), given("storm_min"))),
        )
    ),
    keeps=True,
    params={"after_min": Number(60, low=5, high=1440), "storm_min": Number(180, low=5, high=2880)},
)

RESTLESS = Check(
    code="E14",
    subject_type="outage",
    query=about_outages(
        SQL("""
            SELECT o.id AS subject_id, o.id AS outage_id, o.organization_id, 1 AS band_rank,
                   NULL::int AS keep_rank,
                   jsonb_build_object('revisions', told.revisions, 'jump_h', round(told.jump_h::numeric, 1))
                       AS facts
            FROM incidents_outage o
            JOIN scope USING (organization_id)
            JOIN (
                SELECT e.outage_id, count(*) - 1 AS revisions, max(e.jump_h) AS jump_h
                FROM (
                    SELECT e.outage_id, abs(extract(epoch FROM e.value_at - lag(e.value_at) OVER (
                               PARTITION BY e.outage_id ORDER BY e.published_at, e.id
                           ))) / 3600 AS jump_h
                    FROM incidents_estimate e
                    WHERE e.value_at IS NOT NULL AND e.outage_id IN (
                        SELECT again.outage_id FROM incidents_estimate again
                        WHERE again.value_at IS NOT NULL
                        GROUP BY again.outage_id HAVING count(*) > 1
                    )
                ) e
                GROUP BY e.outage_id
            ) told ON told.outage_id = o.id
            WHERE {open} AND (told.revisions >= {most} OR told.jump_h > {jump})
        """).format(open=OPEN, most=given("revisions"), jump=given("jump_h"))
    ),
    keeps=True,
    params={"revisions": Number(4, low=1, high=100), "jump_h": Number(4, low=0.5, high=240)},
)
