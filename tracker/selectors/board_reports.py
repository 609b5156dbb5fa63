"""The board's duties towards others: the response level, and the reports that are due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tracker.choices import ReportState, ResponseLevel, ResponseState
from tracker.models import EmergencyResponse, SituationReport
from tracker.models.reports import FORMAL
from tracker.selectors.board_scope import Scope

LONGEST = 3  # reports that are named
_OWED = (ReportState.DUE, ReportState.DRAFTED, ReportState.SIGNED)


@dataclass(frozen=True, kw_only=True)
class Duties:
    """What is in force and what is owed.

    Attributes:
        response: The highest level in force; None without one.
        proposal: The highest level that the watch proposes and nobody has decided on.
        reports: Formal reports that are not out, the earliest first.
        owed: How many these are in all.
        next_at: When the next one falls due after those.
    """

    response: EmergencyResponse | None
    proposal: EmergencyResponse | None
    reports: Sequence[SituationReport]
    owed: int
    next_at: datetime | None


def duties(scope: Scope, *, now: datetime) -> Duties:
    """Return the duties of a board: three statements."""
    responses = EmergencyResponse.objects.filter(
        organization__in=scope.organizations,
        is_exercise=scope.is_exercise,
        state__in=[ResponseState.STARTED, ResponseState.PROPOSED],
    ).select_related("organization")
    reports = SituationReport.objects.filter(
        organization__in=scope.organizations, is_exercise=scope.is_exercise, kind__in=FORMAL
    )
    by_level = sorted(
        responses, key=lambda row: (ResponseLevel.values.index(row.level), -row.pk), reverse=True
    )
    owed = list(reports.filter(state__in=_OWED).select_related("organization").order_by("due_at", "pk"))
    upcoming = (
        reports.filter(next_due_at__gt=now).order_by("next_due_at").values_list("next_due_at", flat=True)
    )
    return Duties(
        response=_first(by_level, ResponseState.STARTED),
        proposal=_first(by_level, ResponseState.PROPOSED),
        reports=owed[:LONGEST],
        owed=len(owed),
        next_at=upcoming.first(),
    )


def _first(rows: Sequence[EmergencyResponse], state: ResponseState) -> EmergencyResponse | None:
    return next((row for row in rows if row.state == state), None)
