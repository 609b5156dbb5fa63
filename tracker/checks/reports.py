"""Reporting duties of the National Energy Administration's notice of 2024: due, and not yet sent.

The clock starts when a company's response is ordered, which is when it has learned of an event in scope.
"""

from psycopg.sql import SQL

from tracker.checks.base import Check, Number
from tracker.checks.parts import about_others, given
from tracker.checks.report_duties import SENT

FLASH = Check(
    code="E25",
    subject_type="organization",
    bands=("1", "2", "3"),
    query=about_others(
        SQL("""
            SELECT r.organization_id AS subject_id, r.organization_id, r.is_exercise, passed.band_rank,
                   NULL::int AS keep_rank,
                   jsonb_build_object('company', company.name, 'level', r.level, 'since_at', r.decided_at,
                                      'due_at', r.decided_at + {m3} * interval '1 minute') AS facts
            FROM tracker_emergencyresponse r
            JOIN scope USING (organization_id)
            JOIN incidents_organization company ON company.id = r.organization_id
            CROSS JOIN LATERAL (
                SELECT count(*)::int AS band_rank FROM (VALUES ({m1}), ({m2}), ({m3})) AS one (minutes)
                WHERE r.decided_at <= %(now)s::timestamptz - one.minutes * interval '1 minute'
            ) passed
            WHERE r.state = 'started' AND r.follows_id IS NULL AND passed.band_rank > 0
              AND NOT EXISTS (
                  SELECT FROM ({sent}) s
                  WHERE s.organization_id = r.organization_id AND s.is_exercise = r.is_exercise
                    AND s.kind = 'flash' AND s.sent_at >= r.decided_at
              )
        """).format(m1=given("minutes_1"), m2=given("minutes_2"), m3=given("minutes_3"), sent=SENT)
    ),
    keeps=True,
    params={
        "minutes_1": Number(30, low=1, high=240),
        "minutes_2": Number(50, low=1, high=240),
        "minutes_3": Number(60, low=1, high=240),
    },
)

# The two cut-offs of a day, each due two hours later; the newest one that has passed is asked for.
FOLLOW_UP = Check(
    code="E26",
    subject_type="organization",
    bands=("1", "2", "3", "4"),
    query=about_others(
        SQL("""
            SELECT r.organization_id AS subject_id, r.organization_id, r.is_exercise, passed.band_rank,
                   NULL::int AS keep_rank,
                   jsonb_build_object('company', company.name, 'level', r.level, 'as_of_at', cut.at,
                                      'due_at', cut.at + {m4} * interval '1 minute') AS facts
            FROM tracker_emergencyresponse r
            JOIN scope USING (organization_id)
            JOIN incidents_organization company ON company.id = r.organization_id
            CROSS JOIN LATERAL (
                SELECT max(one.at) AS at
                FROM generate_series(0, 1) AS back (days),
                     (VALUES ({first_hour}), ({second_hour})) AS hours (hour),
                     LATERAL (
                         SELECT (date_trunc('day', %(now)s::timestamptz AT TIME ZONE %(zone)s)
                                 - back.days * interval '1 day' + hours.hour * interval '1 hour')
                                AT TIME ZONE %(zone)s AS at
                     ) one
                WHERE one.at <= %(now)s::timestamptz
            ) cut
            CROSS JOIN LATERAL (
                SELECT count(*)::int AS band_rank FROM (VALUES (0), ({m2}), ({m3}), ({m4})) AS one (minutes)
                WHERE cut.at <= %(now)s::timestamptz - one.minutes * interval '1 minute'
            ) passed
            WHERE r.state = 'started' AND r.decided_at <= cut.at AND passed.band_rank > 0
              AND NOT EXISTS (
                  SELECT FROM ({sent}) s
                  WHERE s.organization_id = r.organization_id AND s.is_exercise = r.is_exercise
                    AND s.kind = 'follow_up' AND s.as_of >= cut.at
              )
        """).format(
            first_hour=given("first_hour"),
            second_hour=given("second_hour"),
            m2=given("minutes_2"),
            m3=given("minutes_3"),
            m4=given("minutes_4"),
            sent=SENT,
        )
    ),
    keeps=True,
    params={
        "first_hour": Number(6, low=0, high=23),
        "second_hour": Number(15, low=0, high=23),
        "minutes_2": Number(90, low=1, high=600),
        "minutes_3": Number(110, low=1, high=600),
        "minutes_4": Number(120, low=1, high=600),
    },
)

VERIFIED = Check(
    code="E27",
    subject_type="emergencyresponse",
    bands=("1", "2", "3"),
    query=about_others(
        SQL("""
            SELECT r.id AS subject_id, r.organization_id, r.is_exercise, passed.band_rank,
                   NULL::int AS keep_rank,
                   jsonb_build_object('company', company.name, 'level', r.level, 'since_at', r.ended_at,
                                      'due_at', r.ended_at + {h3} * interval '1 hour') AS facts
            FROM tracker_emergencyresponse r
            JOIN scope USING (organization_id)
            JOIN incidents_organization company ON company.id = r.organization_id
            CROSS JOIN LATERAL (
                SELECT count(*)::int AS band_rank FROM (VALUES ({h1}), ({h2}), ({h3})) AS one (hours)
                WHERE r.ended_at <= %(now)s::timestamptz - one.hours * interval '1 hour'
            ) passed
            WHERE r.state = 'ended' AND passed.band_rank > 0
              AND NOT EXISTS (SELECT FROM tracker_emergencyresponse next WHERE next.follows_id = r.id)
              AND NOT EXISTS (
                  SELECT FROM ({sent}) s
                  WHERE s.organization_id = r.organization_id AND s.is_exercise = r.is_exercise
                    AND s.kind = 'verified' AND s.sent_at >= r.ended_at
              )
        """).format(h1=given("hours_1"), h2=given("hours_2"), h3=given("hours_3"), sent=SENT)
    ),
    keeps=True,
    params={
        "hours_1": Number(24, low=1, high=240),
        "hours_2": Number(40, low=1, high=240),
        "hours_3": Number(48, low=1, high=240),
    },
)
