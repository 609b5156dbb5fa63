"""The board's curves and lines as its template draws them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from incidents.choices import Grade
from tracker.mail.headlines import headline
from tracker.models import Alert
from tracker.rules.sparklines import Box, area, line, round_up
from tracker.selectors.board import Board
from tracker.selectors.board_ice import LOOKED_BACK, Section
from tracker.selectors.board_outages import Outages
from tracker.selectors.board_scope import Scope

CURVE = (600.0, 150.0)  # width and height of the drawing of the curve
SPARK = (120.0, 32.0)
_TICKS = 4


@dataclass(frozen=True, kw_only=True)
class Curve:
    """Customers, or outages where nobody counted customers, over time."""

    width: float
    height: float
    line: str
    area: str
    top: int
    ticks: Sequence[str]
    of_customers: bool
    highest: int
    highest_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Spark:
    """The ice of a section over a day, with the line of what it was built for."""

    section: Section
    width: float
    height: float
    line: str
    design_y: float | None
    percent: int | None


@dataclass(frozen=True, kw_only=True)
class Told:
    """An alert and what it says."""

    alert: Alert
    words: str


@dataclass(frozen=True, kw_only=True)
class Part:
    """A part of the bar of grades."""

    grade: Grade
    number: int
    x: float
    width: float


def shown(board: Board, scope: Scope, *, now: datetime, language: str) -> dict[str, Any]:
    """Return what the template draws besides the figures themselves."""
    return {
        "curve": _curve(board.outages, since=scope.since_at, now=now),
        "sparks": [_spark(section, now=now) for section in board.ice.sections],
        "alerts": [
            Told(alert=alert, words=headline(alert, language=language, now=now))
            for alert in board.alerts.firing
        ],
        "grades": _parts(board.ice.grades),
    }


def _curve(found: Outages, *, since: datetime, now: datetime) -> Curve:
    of_customers = any(point.customers for point in found.curve)
    series = [(point.at, point.customers if of_customers else point.outages) for point in found.curve]
    highest = max((value for _at, value in series), default=0)
    top = round_up(highest)
    width, height = CURVE
    box = Box(width=width, height=height, since=since.timestamp(), until=now.timestamp(), top=top)
    points = [(at.timestamp(), float(value)) for at, value in series]
    return Curve(
        width=width,
        height=height,
        line=line(points, box),
        area=area(points, box),
        top=top,
        ticks=_ticks(since, now),
        of_customers=of_customers,
        highest=highest,
        highest_at=next((at for at, value in series if value == highest), None) if highest else None,
    )


def _ticks(since: datetime, now: datetime) -> list[str]:
    """Return a few moments, evenly along the curve; with the day where it is longer than one."""
    pattern = "%H:%M" if now - since <= timedelta(hours=26) else "%m-%d %H:%M"
    moments = [since + (now - since) * part / (_TICKS - 1) for part in range(_TICKS)]
    return [f"{timezone.localtime(at):{pattern}}" for at in moments]


def _spark(section: Section, *, now: datetime) -> Spark:
    design = section.icing.section.design_ice_mm
    highest = max((thickness for _at, thickness in section.readings), default=Decimal(0))
    top = float(max(highest, Decimal(design or 0))) * 1.15 or 1.0
    width, height = SPARK
    box = Box(
        width=width,
        height=height,
        since=(now - LOOKED_BACK).timestamp(),
        until=now.timestamp(),
        top=top,
    )
    ratio = section.ratio
    return Spark(
        section=section,
        width=width,
        height=height,
        line=line([(at.timestamp(), float(value)) for at, value in section.readings], box),
        design_y=box.y(design) if design else None,
        percent=None if ratio is None else round(ratio * 100),
    )


def _parts(grades: dict[Grade, int]) -> list[Part]:
    """Return the bar of grades: the worst first, each as wide as it is many."""
    total, x, parts = sum(grades.values()), 0.0, []
    for grade, number in grades.items():
        width = round(100 * number / total, 2) if total else 0.0
        parts.append(Part(grade=grade, number=number, x=round(x, 2), width=width))
        x += width
    return parts
