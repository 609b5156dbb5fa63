"""Response levels: a change that is proposed, a national threshold that is near, a company that is silent."""

from psycopg.sql import SQL

from tracker.checks.base import Check, Number
from tracker.checks.measures import MEASURED_SHARES
from tracker.checks.parts import about_others, given

# Proposals are rows that ``services/responses.py`` makes, renews and withdraws; here they are only seen.
PROPOSED = Check(
    code="E23",
    subject_type="organization",
    query=about_others(
        SQL("""
            SELECT r.organization_id AS subject_id, r.organization_id, r.is_exercise, 1 AS band_rank,
                   NULL::int AS keep_rank,
                   jsonb_build_object('company', company.name, 'level', r.level, 'in_force', force.level,
                       'basis', r.basis,
                                      'since_at', r.proposed_at, 'void_at', r.expires_at) AS facts
            FROM tracker_emergencyresponse r
            JOIN scope USING (organization_id)
            JOIN incidents_organization company ON company.id = r.organization_id
            LEFT JOIN tracker_emergencyresponse force ON force.organization_id = r.organization_id
                AND force.is_exercise = r.is_exercise AND force.state = 'started'
            WHERE r.state = 'proposed'
        """)
    ),
    keeps=True,
)

# The worst of load and customers counts. A threshold that was reached stays reached down to the edge of
# "near", and that down to its own lower edge.
NATIONAL = Check(
    code="E24",
    subject_type="organization",
    bands=("1", "2"),
    query=about_others(
        SQL("""
            SELECT worst.organization_id AS subject_id, worst.organization_id, worst.is_exercise,
                   CASE WHEN worst.share >= 100 THEN 2 WHEN worst.share >= {near} THEN 1 END AS band_rank,
                   CASE WHEN worst.share >= {near} THEN 2 WHEN worst.share >= {clear} THEN 1 END AS keep_rank,
                   jsonb_build_object(
                       'company', company.name, 'level', worst.level, 'measure', worst.measure,
                       'value_pct', round(worst.value::numeric, 1), 'threshold_pct', worst.at_least,
                       'basis', worst.basis
                   ) AS facts
            FROM (
                WITH RECURSIVE {measured}
                SELECT DISTINCT ON (n.organization_id, n.is_exercise)
                       n.organization_id, n.is_exercise, n.level, n.measure, n.value, n.share, n.basis,
                       round((100 * n.value / nullif(n.share, 0))::numeric, 1) AS at_least
                FROM national n
                ORDER BY n.organization_id, n.is_exercise, n.is_met DESC,
                         CASE WHEN n.is_met THEN array_position(ARRAY['I', 'II', 'III', 'IV'],
                             n.level::text) END,
                         n.share DESC
            ) worst
            JOIN scope USING (organization_id)
            JOIN incidents_organization company ON company.id = worst.organization_id
            WHERE worst.share >= {clear}
        """).format(measured=MEASURED_SHARES, near=given("near_pct"), clear=given("clear_pct"))
    ),
    keeps=True,
    params={"near_pct": Number(80, low=10, high=100), "clear_pct": Number(70, low=1, high=100)},
)

# Whoever fights a storm at level III or above writes something every two hours; what the watch itself writes
# does not count.
SILENT = Check(
    code="E35",
    subject_type="organization",
    query=about_others(
        SQL("""
            SELECT r.organization_id AS subject_id, r.organization_id, r.is_exercise, 1 AS band_rank,
                   NULL::int AS keep_rank,
                   jsonb_build_object('company', company.name, 'level', r.level, 'since_at',
                       greatest(last.at, r.decided_at)) AS facts
            FROM tracker_emergencyresponse r
            JOIN scope USING (organization_id)
            JOIN incidents_organization company ON company.id = r.organization_id
            LEFT JOIN LATERAL (
                SELECT j.written_at AS at FROM incidents_journalentry j
                WHERE j.organization_id = r.organization_id
                  AND j.subject_type NOT IN ('alert', 'rule', 'dutypost', 'emergencyresponse', 'replay')
                ORDER BY j.id DESC LIMIT 1
            ) last ON true
            WHERE r.state = 'started' AND r.level IN ('I', 'II', 'III')
              AND greatest(last.at, r.decided_at) <= %(now)s::timestamptz - {after} * interval '1 minute'
        """).format(after=given("after_min"))
    ),
    keeps=True,
    params={"after_min": Number(120, low=10, high=1440)},
)
