"""The figures of the back office's overview: what waits, each with the list that shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from incidents.choices import Grade
from tracker.choices import Severity
from tracker.selectors.board import Board, Pulse, board, pulse
from tracker.selectors.board_people import people
from tracker.web.board_views import View, reach_of, view_of


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A number that leads to its rows.

    Attributes:
        tone: Colour besides the words: a severity or a grade; empty for none.
    """

    words: str
    number: int | None
    address: str
    tone: str = ""


def overview(request: HttpRequest) -> dict[str, Any]:
    """Return the figures by area, and whether they are of the drill."""
    beat = pulse()
    view = view_of(request, reach_of(request), now=beat.now)
    found = board(view.scope, storms=view.storms, warnings=view.warnings, now=beat.now)
    side = {"is_exercise__exact": str(int(view.scope.is_exercise))}  # the lists hold both
    return {
        "figures": {
            "storm": _storm(view, found, side),
            "outages": _outages(found),
            "ice": _ice(found, side),
            "crews": _crews(found),
            "alerts": _alerts(found, side),
            "reports": _reports(found, side),
            "grid": _people(view, beat),
        },
        "view": view,
        "board": found,
        "now": beat.now,
    }


def _list(model: str, **filters: str) -> str:
    address = reverse(f"admin:{model}_changelist")
    return f"{address}?{urlencode(filters)}" if filters else address


def _storm(view: View, found: Board, side: dict[str, str]) -> Sequence[Figure]:
    return (
        Figure(words=_("under way"), number=len(view.storms), address=_list("incidents_storm")),
        Figure(
            words=_("weather warnings in force"),
            number=len(found.warnings),
            address=_list("incidents_weatherwarning"),
        ),
        Figure(
            words=_("responses proposed"),
            number=int(found.duties.proposal is not None),
            address=_list("tracker_emergencyresponse", state__exact="proposed", **side),
            tone="warning" if found.duties.proposal else "",
        ),
    )


def _outages(found: Board) -> Sequence[Figure]:
    every, of = _list("incidents_outage"), found.outages
    return (
        Figure(words=_("outages open"), number=of.open + of.explained, address=every),
        Figure(words=_("customers out"), number=of.customers_out, address=every),
        Figure(
            words=_("estimates passed"), number=of.passed, address=every, tone="warning" if of.passed else ""
        ),
        Figure(words=_("without a crew"), number=of.unsent, address=every),
    )


def _ice(found: Board, side: dict[str, str]) -> Sequence[Figure]:
    return tuple(
        Figure(
            words=str(grade.label),
            number=number,
            address=_list("incidents_sectionicing", grade__exact=grade.value, **side),
            tone=grade.value if number else "",
        )
        for grade, number in found.ice.grades.items()
        if grade != Grade.NONE
    )


def _crews(found: Board) -> Sequence[Figure]:
    jobs = "incidents_assignment"
    return (
        Figure(
            words=pgettext("crews", "on site"),
            number=found.crews.on_site,
            address=_list(jobs, status__exact="on_site"),
        ),
        Figure(
            words=pgettext("crews", "en route"),
            number=found.crews.en_route,
            address=_list(jobs, status__exact="en_route"),
        ),
        Figure(words=_("crews free"), number=found.crews.free, address=_list("incidents_crew")),
        Figure(
            words=_("requests waiting"),
            number=found.aid.waiting,
            address=_list("incidents_supportrequest", status__exact="requested"),
            tone="warning" if found.aid.waiting else "",
        ),
    )


def _alerts(found: Board, side: dict[str, str]) -> Sequence[Figure]:
    severities = found.alerts.severities
    taken = Figure(
        words=pgettext("alerts", "acknowledged"),
        number=found.alerts.acknowledged,
        address=_list("tracker_alert", state__exact="acknowledged", **side),
    )
    unacknowledged = [
        Figure(
            words=str(severity.label),
            number=severities[severity],
            address=_list("tracker_alert", state__exact="firing", severity__exact=severity.value, **side),
            tone=severity.value if severities[severity] else "",
        )
        for severity in (Severity.CRITICAL, Severity.WARNING, Severity.NOTICE)
    ]
    return [*unacknowledged, taken]


def _reports(found: Board, side: dict[str, str]) -> Sequence[Figure]:
    late = sum(1 for report in found.duties.reports if report.state != "signed")
    return (
        Figure(
            words=_("not sent yet"),
            number=found.duties.owed,
            address=_list("tracker_situationreport", state__exact="drafted", **side),
            tone="warning" if late else "",
        ),
    )


def _people(view: View, beat: Pulse) -> Sequence[Figure]:
    found = people(view.scope, now=beat.now)
    return (
        Figure(words=_("on duty now"), number=found.on_duty, address=_list("tracker_dutypost")),
        Figure(words=_("lines on record"), number=found.lines, address=_list("incidents_line")),
    )
