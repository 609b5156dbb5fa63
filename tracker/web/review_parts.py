"""Curves of a storm's page as paths, and the words for what happened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.choices import BlockCause, RestorationMethod
from tracker.choices import ReportKind, Severity
from tracker.rules.sparklines import Box, area, line, round_up
from tracker.selectors.review import Event, Hour, Icy, Review

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

CURVE = (900.0, 220.0)
ICE = (420.0, 110.0)
_TICKS = 5

WHAT: dict[str, "StrPromise"] = {
    "occurred": _("Outage began"),
    "reported": _("Outage reported"),
    "confirmed": _("Outage confirmed"),
    "located": _("Fault located"),
    "isolated": _("Fault isolated"),
    "restored": _("Supply restored"),
    "repaired": _("Equipment repaired"),
    "ended": _("Outage closed"),
    "step": _("Restoration step"),
    "blocked": _("Road blocked"),
    "cleared": _("Road cleared"),
    "response": _("Response decided"),
    "support": _("Support arrived"),
    "report": _("Report sent"),
    "alert": _("Alert opened"),
    "on_site": _("Crew on site"),
}
_PAGES = {
    "blocked": "incidents_roadblock",
    "cleared": "incidents_roadblock",
    "response": "tracker_emergencyresponse",
    "support": "incidents_deployment",
    "report": "tracker_situationreport",
    "alert": "tracker_alert",
    "on_site": "incidents_crew",
}
_MORE: dict[str, Any] = {
    "step": RestorationMethod,
    "blocked": BlockCause,
    "cleared": BlockCause,
    "report": ReportKind,
    "alert": Severity,
}


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """A curve with its axes; ``mark_x`` is where the moment that is looked at lies."""

    width: float
    height: float
    line: str
    area: str
    top: int
    ticks: Sequence[str]
    of_customers: bool
    highest: int
    highest_at: datetime | None
    mark_x: float


@dataclass(frozen=True, kw_only=True)
class IceDrawing:
    """The ice of a section over the storm, what it was built for, and the temperature of the hours."""

    icy: Icy
    width: float
    height: float
    line: str
    design_y: float | None
    temperature: str
    percent: int | None
    top: float


@dataclass(frozen=True, kw_only=True)
class Told:
    """Something that happened, in words, with the address of its page."""

    event: Event
    what: "StrPromise"
    more: Any
    page: str


def curve(found: Review) -> Drawing:
    """Return the restoration curve, in stairs: a number holds until the next one."""
    of_customers = any(point.customers for point in found.numbers.curve)
    series = [(point.at, point.customers if of_customers else point.outages) for point in found.numbers.curve]
    highest = max((value for _at, value in series), default=0)
    width, height = CURVE
    box = Box(
        width=width,
        height=height,
        since=found.span.since.timestamp(),
        until=found.span.until.timestamp(),
        top=round_up(highest),
    )
    stairs = _stairs([(at.timestamp(), float(value)) for at, value in series], found.at.timestamp())
    return Drawing(
        width=width,
        height=height,
        line=line(stairs, box),
        area=area(stairs, box),
        top=round_up(highest),
        ticks=_ticks(found.span.since, found.span.until),
        of_customers=of_customers,
        highest=highest,
        highest_at=next((at for at, value in series if value == highest), None) if highest else None,
        mark_x=box.x(found.at.timestamp()),
    )


def ice(found: Review) -> list[IceDrawing]:
    """Return the curves of ice, each with its design thickness and the temperature."""
    return [_ice(each, found) for each in found.ice]


def told(events: Sequence[Event]) -> list[Told]:
    """Return events in words."""
    return [
        Told(
            event=each,
            what=WHAT[each.kind],
            more=_more(each),
            page=reverse(f"admin:{_PAGES.get(each.kind, 'incidents_outage')}_change", args=[each.pk]),
        )
        for each in events
    ]


def _more(event: Event) -> Any:
    labels = _MORE.get(event.kind)
    return labels(event.more).label if labels is not None and event.more in labels.values else event.more


def _stairs(points: list[tuple[float, float]], until: float) -> list[tuple[float, float]]:
    corners: list[tuple[float, float]] = []
    for at, value in points:
        corners += [(at, corners[-1][1] if corners else 0.0), (at, value)]
    return [*corners, (until, corners[-1][1])] if corners else []


def _ice(icy: Icy, found: Review) -> IceDrawing:
    width, height = ICE
    top = max(float(icy.highest), float(icy.design_mm or 0)) * 1.15 or 1.0
    since, until = found.span.since.timestamp(), found.span.until.timestamp()
    box = Box(width=width, height=height, since=since, until=until, top=top)
    return IceDrawing(
        icy=icy,
        width=width,
        height=height,
        line=line([(at.timestamp(), float(value)) for at, value in icy.points], box),
        design_y=box.y(icy.design_mm) if icy.design_mm else None,
        temperature=_temperature(found.weather, since=since, until=until),
        percent=None if icy.ratio is None else round(icy.ratio * 100),
        top=round(top, 1),
    )


def _temperature(hours: Sequence[Hour], *, since: float, until: float) -> str:
    """Return the coldest of each hour as a path; the upper edge is +5 °C, the lower one -15 °C."""
    width, height = ICE
    box = Box(width=width, height=height, since=since, until=until, top=20)
    points = [
        (each.at.timestamp(), float(each.air_temp_c) + 15) for each in hours if each.air_temp_c is not None
    ]
    return line(points, box)


def _ticks(since: datetime, until: datetime) -> list[str]:
    pattern = "%H:%M" if until - since <= timedelta(hours=26) else "%m-%d %H:%M"
    moments = [since + (until - since) * part / (_TICKS - 1) for part in range(_TICKS)]
    return [f"{timezone.localtime(at):{pattern}}" for at in moments]
