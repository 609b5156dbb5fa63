"""Crews on their way and at work: late, silent, too long at it, without briefing or permit."""

from psycopg.sql import SQL

from tracker.checks.base import Check, Number
from tracker.checks.parts import IMPORTANT, OPEN, REMOTE, about_others, about_outages, ago, given, least

# City, country or mountains, as far as the record knows: a subdistrict (街道) is a city, a section that is
# reached on foot or by four-wheel drive is remote. A blocked road on the way doubles the time.
LATE = Check(
    code="E07",
    subject_type="assignment",
    query=about_outages(
        SQL("""
            SELECT a.id AS subject_id, a.outage_id, o.organization_id, 1 AS band_rank, NULL::int AS keep_rank,
                   jsonb_build_object('since_at', a.accepted_at, 'limit_min', allowed.limit_min,
                                      'told_crew', crew.name) AS facts
            FROM incidents_assignment a
            JOIN incidents_outage o ON o.id = a.outage_id
            JOIN incidents_crew crew ON crew.id = a.crew_id
            JOIN scope ON scope.organization_id = o.organization_id
            LEFT JOIN incidents_linesection section ON section.id = o.section_id
            LEFT JOIN incidents_place place ON place.id = o.place_id
            LEFT JOIN incidents_division town ON town.code = left(place.division_id, 9)
            CROSS JOIN LATERAL (
                SELECT CASE WHEN {important} THEN {important_min}
                            WHEN {remote} THEN {remote_min}
                            WHEN town.name LIKE '%%街道%%' THEN {city_min}
                            ELSE {rural_min} END
                       * CASE WHEN EXISTS (
                             SELECT FROM incidents_roadblock_outages behind
                             JOIN incidents_roadblock road ON road.id = behind.roadblock_id
                             WHERE behind.outage_id = o.id AND road.cleared_at IS NULL
                         ) THEN 2 ELSE 1 END AS limit_min
            ) allowed
            WHERE a.status IN ('accepted', 'en_route') AND a.entry_mode = 'live' AND {open}
              AND a.accepted_at <= {due} AND a.accepted_at <= {earliest}
        """).format(
            important=IMPORTANT,
            remote=REMOTE,
            important_min=given("important_min"),
            remote_min=given("remote_min"),
            city_min=given("city_min"),
            rural_min=given("rural_min"),
            open=OPEN,
            due=ago(SQL("allowed.limit_min")),
            earliest=ago(least(*map(given, ("important_min", "remote_min", "city_min", "rural_min")))),
        )
    ),
    keeps=True,
    params={
        "city_min": Number(45, low=5, high=1440),
        "rural_min": Number(90, low=5, high=1440),
        "remote_min": Number(120, low=5, high=1440),
        "important_min": Number(30, low=5, high=1440),
    },
)

# A stretch of work ends with a rest that is long enough; it counts the hours on the way and on site, and only
# for crews that are at it now.
OVERTIME = Check(
    code="E18",
    subject_type="crew",
    bands=("1", "2"),
    query=about_others(
        SQL("""
            SELECT worked.crew_id AS subject_id, crew.organization_id, crew.is_exercise, passed.band_rank,
                   NULL::int AS keep_rank,
                   jsonb_build_object('told_crew', crew.name, 'since_at', worked.since_at,
                                      'limit_h', passed.limit_h) AS facts
            FROM (
                SELECT crew_id, min(since_at) AS since_at,
                       sum(extract(epoch FROM until_at - since_at)) / 3600 AS hours,
                       max(stretch) AS stretch
                FROM (
                    SELECT shift.*, sum(is_rested::int) OVER (PARTITION BY crew_id ORDER BY since_at)
                        AS stretch
                    FROM (
                        SELECT span.*, coalesce(
                                   since_at - max(until_at) OVER (
                                       PARTITION BY crew_id ORDER BY since_at
                                       ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
                                   ) >= span.rest_h * interval '1 hour', true
                               ) AS is_rested
                        FROM (
                            SELECT a.crew_id, {rest} AS rest_h,
                                   coalesce(a.departed_at, a.on_site_at) AS since_at,
                                   coalesce(a.ended_at, %(now)s::timestamptz) AS until_at
                            FROM incidents_assignment a
                            JOIN incidents_crew crew ON crew.id = a.crew_id
                            JOIN scope ON scope.organization_id = crew.organization_id
                            WHERE coalesce(a.departed_at, a.on_site_at) > %(now)s::timestamptz - interval
                                '4 days'
                              AND a.entry_mode = 'live' AND a.crew_id IN (
                                  SELECT busy.crew_id FROM incidents_assignment busy
                                  WHERE busy.status IN ('en_route', 'on_site')
                              )
                              AND a.crew_id IN (
                                  SELECT early.crew_id FROM incidents_assignment early
                                  WHERE coalesce(early.departed_at, early.on_site_at)
                                      > %(now)s::timestamptz - interval '4 days'
                                    AND coalesce(early.departed_at, early.on_site_at)
                                      <= %(now)s::timestamptz - {least} * interval '1 hour'
                              )
                        ) span
                    ) shift
                ) counted
                GROUP BY crew_id, stretch
                HAVING bool_or(until_at = %(now)s::timestamptz)
            ) worked
            JOIN incidents_crew crew ON crew.id = worked.crew_id
            JOIN scope ON scope.organization_id = crew.organization_id
            CROSS JOIN LATERAL (
                SELECT count(*)::int AS band_rank, max(limit_h) AS limit_h
                FROM (VALUES ({h1}), ({h2})) AS one (limit_h) WHERE worked.hours >= one.limit_h
            ) passed
            WHERE passed.band_rank > 0
        """).format(
            rest=given("rest_h"),
            h1=given("hours_1"),
            h2=given("hours_2"),
            least=least(given("hours_1"), given("hours_2")),
        )
    ),
    keeps=True,
    params={
        "hours_1": Number(12, low=1, high=48),
        "hours_2": Number(16, low=1, high=72),
        "rest_h": Number(6, low=1, high=24),
    },
)

# The last sign of life: a check-in, or that the crew arrived.
SILENT = Check(
    code="E19",
    subject_type="assignment",
    bands=("1", "2"),
    query=about_outages(
        SQL("""
            SELECT a.id AS subject_id, a.outage_id, o.organization_id, passed.band_rank, NULL::int
                AS keep_rank,
                   jsonb_build_object('told_crew', crew.name, 'since_at', sign.at, 'limit_min',
                       passed.limit_min)
                       AS facts
            FROM incidents_assignment a
            JOIN incidents_outage o ON o.id = a.outage_id
            JOIN incidents_crew crew ON crew.id = a.crew_id
            JOIN scope ON scope.organization_id = o.organization_id
            LEFT JOIN incidents_linesection section ON section.id = o.section_id
            CROSS JOIN LATERAL (
                SELECT greatest(a.on_site_at, (
                    SELECT c.at FROM incidents_checkin c
                    WHERE c.crew_id = a.crew_id AND c.at <= %(now)s::timestamptz ORDER BY c.at DESC LIMIT 1
                )) AS at
            ) sign
            CROSS JOIN LATERAL (
                SELECT count(*)::int AS band_rank, max(limit_min) AS limit_min
                FROM (VALUES (CASE WHEN {remote} THEN {mountain} ELSE {usual} END), ({missing})) AS one
                    (limit_min)
                WHERE sign.at <= %(now)s::timestamptz - one.limit_min * interval '1 minute'
            ) passed
            WHERE a.status = 'on_site' AND a.entry_mode = 'live' AND passed.band_rank > 0
              AND a.on_site_at <= {earliest}
        """).format(
            earliest=ago(least(given("mountain_min"), given("after_min"), given("missing_min"))),
            remote=REMOTE,
            mountain=given("mountain_min"),
            usual=given("after_min"),
            missing=given("missing_min"),
        )
    ),
    keeps=True,
    params={
        "after_min": Number(60, low=5, high=720),
        "mountain_min": Number(90, low=5, high=720),
        "missing_min": Number(120, low=10, high=1440),
    },
)

UNBRIEFED = Check(
    code="E20",
    subject_type="assignment",
    query=about_outages(
        SQL("""
            SELECT a.id AS subject_id, a.outage_id, o.organization_id, 1 AS band_rank, NULL::int AS keep_rank,
                   jsonb_build_object(
                       'told_crew', crew.name, 'since_at', a.on_site_at, 'task', a.task,
                       'no_briefing', CASE WHEN a.briefed_at IS NULL THEN 'yes' END,
                       'no_permit', CASE WHEN a.permit_no = '' THEN 'yes' END
                   ) AS facts
            FROM incidents_assignment a
            JOIN incidents_outage o ON o.id = a.outage_id
            JOIN incidents_crew crew ON crew.id = a.crew_id
            JOIN scope ON scope.organization_id = o.organization_id
            WHERE a.status = 'on_site' AND a.entry_mode = 'live'
              AND a.task IN ('isolate', 'repair', 'deice', 'melt', 'clear_corridor', 'generator')
              AND (a.briefed_at IS NULL OR a.permit_no = '')
              AND a.on_site_at <= {due}
        """).format(due=ago(given("after_min")))
    ),
    keeps=True,
    params={"after_min": Number(0, low=0, high=240)},
)
