"""Reporting duties of the National Energy Administration's notice of 2024: a formal report is due, not out.

When it is due is said by the reports themselves: their rows follow from the schedules, which a company edits.
A report that somebody decided not to send, with a reason, is a duty done as well.
"""

from psycopg.sql import SQL, Composable

from tracker.checks.base import Check, Number
from tracker.checks.parts import about_others, given

# A report that a person has to send, from its cut-off on; a correction has no hour of its own.
_OWED = SQL("""
    SELECT report.id AS subject_id, report.organization_id, report.is_exercise, passed.band_rank,
           NULL::int AS keep_rank,
           jsonb_build_object('company', company.name, 'level', nullif(report.level, ''),
                              'as_of_at', report.as_of, 'due_at', report.due_at) AS facts
    FROM tracker_situationreport report
    JOIN scope USING (organization_id)
    JOIN incidents_organization company ON company.id = report.organization_id
    CROSS JOIN LATERAL (
        SELECT max(edge.rank) AS band_rank FROM (VALUES {edges}) AS edge (rank, at)
        WHERE edge.at <= %(now)s AND ({holds})
    ) passed
    WHERE report.kind = {kind} AND report.state IN ('due', 'drafted', 'signed')
      AND report.corrects_id IS NULL AND passed.band_rank IS NOT NULL AND ({which})
""")


_ALWAYS = SQL("true")


def _owed(
    kind: str, *edges: Composable, holds: Composable = _ALWAYS, which: Composable = _ALWAYS
) -> Composable:
    """Return the query of a duty.

    Args:
        kind: Kind of report.
        edges: From when each band counts, mildest first.
        holds: Whether a band, ``edge.rank``, counts for a report as it stands.
        which: Which reports of this kind.
    """
    ranked = SQL(", ").join(SQL("({}, {})").format(rank, edge) for rank, edge in enumerate(edges, start=1))
    return about_others(_OWED.format(kind=kind, edges=ranked, holds=holds, which=which))


def _before(name: str, unit: str) -> Composable:
    return SQL("report.due_at - {} * {}::interval").format(given(name), f"1 {unit}")


_DUE = SQL("report.due_at")

FLASH = Check(
    code="E25",
    subject_type="situationreport",
    bands=("1", "2", "3"),
    query=_owed("flash", _before("before_min_1", "minute"), _before("before_min_2", "minute"), _DUE),
    keeps=True,
    params={
        "before_min_1": Number(30, low=1, high=240),
        "before_min_2": Number(10, low=1, high=240),
    },
)

# At the cut-off somebody has to begin. What is signed in time is only asked for again if it is not sent in
# time. A report whose hour is close to its cut-off is the company's own rhythm, for which nobody is called.
FOLLOW_UP = Check(
    code="E26",
    subject_type="situationreport",
    bands=("1", "2", "3", "4"),
    query=_owed(
        "follow_up",
        SQL("report.as_of"),
        _before("before_min_1", "minute"),
        _before("before_min_2", "minute"),
        _DUE,
        holds=SQL("report.state <> 'signed' OR edge.rank IN (1, 4)"),
        which=SQL("report.due_at - report.as_of >= {} * interval '1 minute'").format(given("cutoff_min")),
    ),
    keeps=True,
    params={
        "before_min_1": Number(30, low=1, high=600),
        "before_min_2": Number(10, low=1, high=600),
        "cutoff_min": Number(60, low=0, high=600),
    },
)

VERIFIED = Check(
    code="E27",
    subject_type="situationreport",
    bands=("1", "2", "3"),
    query=_owed("verified", _before("before_h_1", "hour"), _before("before_h_2", "hour"), _DUE),
    keeps=True,
    params={
        "before_h_1": Number(24, low=1, high=240),
        "before_h_2": Number(8, low=1, high=240),
    },
)
