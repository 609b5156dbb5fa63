"""Important users: who of them is out, and how long their own supply lasts."""

from psycopg.sql import SQL

from tracker.checks.base import Check, Number
from tracker.checks.parts import OPEN, about_others, given

# A user is out when every feeder that is on record for it is out: one that still stands supplies it. Whoever
# runs on a generator is supplied, not restored, and is the matter of E16.
OUT = Check(
    code="E15",
    subject_type="importantuser",
    bands=("1", "2", "3"),
    query=about_others(
        SQL("""
            SELECT dark.id AS subject_id, dark.organization_id, dark.is_exercise, dark.band_rank,
                   NULL::int AS keep_rank,
                   jsonb_build_object(
                       'user', dark.name, 'user_grade', dark.grade, 'line', dark.line, 'since_at',
                           dark.since_at,
                       'limit_min', dark.limit_min, 'generator_kw', dark.own_generator_kw,
                       'endurance_h', dark.endurance_h
                   ) AS facts
            FROM (
                SELECT u.*, fed.line, fed.since_at, fed.is_exercise,
                       CASE u.grade WHEN 'special' THEN 3 WHEN 'first' THEN 2 ELSE 1 END AS band_rank,
                       CASE u.grade WHEN 'special' THEN {special} WHEN 'first' THEN {first} ELSE {others} END
                           AS limit_min
                FROM incidents_importantuser u
                JOIN scope USING (organization_id)
                JOIN LATERAL (
                    SELECT min(line.name) AS line, max(o.began_at) AS since_at,
                           bool_and(line.is_exercise) AS is_exercise, bool_and(o.began_at IS NOT NULL)
                               AS all_out
                    FROM incidents_importantuser_feeders feeder
                    JOIN incidents_line line ON line.id = feeder.line_id
                    LEFT JOIN LATERAL (
                        SELECT min(coalesce(o.occurred_at, o.reported_at)) AS began_at FROM incidents_outage o
                        LEFT JOIN incidents_storm storm ON storm.id = o.storm_id
                        WHERE o.line_id = line.id AND {open}
                          AND coalesce(storm.is_exercise, false) = line.is_exercise
                    ) o ON true
                    WHERE feeder.importantuser_id = u.id
                ) fed ON fed.all_out
                WHERE u.retired_at IS NULL
                  AND (u.supplied_by = '' OR u.supplied_until_at <= %(now)s::timestamptz)
            ) dark
            WHERE dark.since_at <= %(now)s::timestamptz - dark.limit_min * interval '1 minute'
        """).format(
            special=given("special_min"), first=given("first_min"), others=given("others_min"), open=OPEN
        )
    ),
    keeps=True,
    params={
        "special_min": Number(0, low=0, high=240),
        "first_min": Number(5, low=0, high=240),
        "others_min": Number(15, low=0, high=240),
    },
)

ENDURANCE = Check(
    code="E16",
    subject_type="importantuser",
    bands=("1", "2"),
    query=about_others(
        SQL("""
            SELECT u.id AS subject_id, u.organization_id, fed.is_exercise, passed.band_rank,
                   NULL::int AS keep_rank,
                   jsonb_build_object(
                       'user', u.name, 'user_grade', u.grade, 'supplied_by', u.supplied_by,
                       'until_at', u.supplied_until_at, 'limit_min', passed.limit_min
                   ) AS facts
            FROM incidents_importantuser u
            JOIN scope USING (organization_id)
            CROSS JOIN LATERAL (
                SELECT coalesce(bool_and(line.is_exercise), false) AS is_exercise
                FROM incidents_importantuser_feeders feeder JOIN incidents_line line ON line.id =
                    feeder.line_id
                WHERE feeder.importantuser_id = u.id
            ) fed
            CROSS JOIN LATERAL (
                SELECT count(*)::int AS band_rank, min(limit_min) AS limit_min
                FROM (VALUES ({m1}), ({m2})) AS one (limit_min)
                WHERE u.supplied_until_at <= %(now)s::timestamptz + one.limit_min * interval '1 minute'
            ) passed
            WHERE u.retired_at IS NULL AND u.supplied_by <> '' AND passed.band_rank > 0
        """).format(m1=given("left_min_1"), m2=given("left_min_2"))
    ),
    keeps=True,
    params={"left_min_1": Number(120, low=5, high=2880), "left_min_2": Number(60, low=5, high=1440)},
)
