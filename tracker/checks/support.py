"""Support across regions: unanswered, late, not briefed."""

from psycopg.sql import SQL

from tracker.checks.base import Check, Number
from tracker.checks.parts import about_others, given

# The matter of whoever is asked: the answer is theirs.
UNANSWERED = Check(
    code="E21",
    subject_type="supportrequest",
    query=about_others(
        SQL("""
            SELECT r.id AS subject_id, r.asked_organization_id AS organization_id,
                   coalesce(storm.is_exercise, false) AS is_exercise, 1 AS band_rank, NULL::int AS keep_rank,
                   jsonb_build_object(
                       'asker', asker.name, 'asked', asked.name, 'need', left(r.need, 100),
                       'headcount', r.headcount, 'request_status', r.status, 'since_at', waiting.since_at
                   ) AS facts
            FROM incidents_supportrequest r
            JOIN scope ON scope.organization_id = r.asked_organization_id
            JOIN incidents_organization asker ON asker.id = r.organization_id
            JOIN incidents_organization asked ON asked.id = r.asked_organization_id
            LEFT JOIN incidents_storm storm ON storm.id = r.storm_id
            CROSS JOIN LATERAL (
                SELECT CASE r.status WHEN 'requested' THEN r.requested_at ELSE r.decided_at END AS since_at,
                       CASE r.status WHEN 'requested' THEN {answer} ELSE {mobilise} END AS limit_min
            ) waiting
            WHERE r.entry_mode = 'live' AND r.status IN ('requested', 'approved')
              AND waiting.since_at <= %(now)s::timestamptz - waiting.limit_min * interval '1 minute'
              AND NOT EXISTS (
                  SELECT FROM incidents_deployment d WHERE d.request_id = r.id AND d.status <> 'cancelled'
              )
        """).format(answer=given("answer_min"), mobilise=given("mobilise_min"))
    ),
    keeps=True,
    params={"answer_min": Number(30, low=5, high=1440), "mobilise_min": Number(60, low=5, high=1440)},
)

LATE = Check(
    code="E22",
    subject_type="deployment",
    bands=("1", "2"),
    query=about_others(
        SQL("""
            SELECT d.id AS subject_id, scope.organization_id, coalesce(storm.is_exercise, false)
                AS is_exercise,
                   late.band_rank, NULL::int AS keep_rank,
                   jsonb_build_object(
                       'sender', sender.name, 'headcount', d.headcount,
                       'host', coalesce(host.name, d.host_text), 'host_contact', nullif(d.host_contact, ''),
                       'since_at', late.since_at
                   ) AS facts
            FROM incidents_deployment d
            JOIN scope ON scope.organization_id = coalesce(d.host_organization_id, d.organization_id)
            JOIN incidents_organization sender ON sender.id = d.organization_id
            LEFT JOIN incidents_organization host ON host.id = d.host_organization_id
            LEFT JOIN incidents_storm storm ON storm.id = d.storm_id
            CROSS JOIN LATERAL (
                SELECT CASE WHEN d.status IN ('mobilised', 'en_route') THEN 1 WHEN d.status = 'arrived' THEN
                    2 END
                           AS band_rank,
                       CASE WHEN d.status = 'arrived' THEN d.arrived_at ELSE d.expected_at END AS since_at,
                       CASE WHEN d.status = 'arrived' THEN {brief} ELSE {arrive} END AS limit_min
            ) late
            WHERE d.entry_mode = 'live' AND late.band_rank > 0
              AND (late.band_rank = 1 OR d.briefed_at IS NULL)
              AND late.since_at <= %(now)s::timestamptz - late.limit_min * interval '1 minute'
        """).format(brief=given("brief_min"), arrive=given("arrive_min"))
    ),
    keeps=True,
    params={"arrive_min": Number(60, low=5, high=1440), "brief_min": Number(60, low=5, high=1440)},
)
