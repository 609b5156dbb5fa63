"""A sketch of points: where on a sheet each lies, north up, with a bar that says how far is how far.

No map and no guess: only what has coordinates is drawn. Over a few kilometres a degree of longitude is one
length, the cosine of the latitude times that of a degree of latitude.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, floor, log10, radians
from typing import Final

from incidents.rules.coordinates import Point

METRES_A_DEGREE: Final = 111_320.0  # of latitude
_LEAST_M: Final = 400.0  # one point alone is drawn as the middle of that much
_BAR_SHARE: Final = 0.35


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """Points on a sheet.

    Attributes:
        spots: Where each point lies, from the upper left corner, in the order of the points.
        bar: Length of the bar on the sheet.
        bar_m: How many metres it stands for.
    """

    spots: Sequence[tuple[float, float]]
    bar: float
    bar_m: int


def sheet_of(points: Sequence[Point], *, width: float, height: float, margin: float) -> Sheet:
    """Return where points lie on a sheet of that size.

    Args:
        points: At least one.
        width: Width of the sheet, in units of its own.
        height: Its height.
        margin: What stays free on each side.
    """
    middle = Point(
        (min(p.longitude for p in points) + max(p.longitude for p in points)) / 2,
        (min(p.latitude for p in points) + max(p.latitude for p in points)) / 2,
    )
    across = METRES_A_DEGREE * cos(radians(middle.latitude))
    east = [(p.longitude - middle.longitude) * across for p in points]
    north = [(p.latitude - middle.latitude) * METRES_A_DEGREE for p in points]
    wide, high = (max(2 * max(map(abs, each)), _LEAST_M) for each in (east, north))
    scale = min((width - 2 * margin) / wide, (height - 2 * margin) / high)
    spots = [
        (round(width / 2 + x * scale, 1), round(height / 2 - y * scale, 1))
        for x, y in zip(east, north, strict=True)
    ]
    bar_m = _round_below(width * _BAR_SHARE / scale)
    return Sheet(spots=spots, bar=round(bar_m * scale, 1), bar_m=bar_m)


def _round_below(metres: float) -> int:
    """Return the largest of 1, 2, 5, 10, 20 … that is not more."""
    power = 10 ** floor(log10(metres))
    return int(next(step * power for step in (5, 2, 1) if step * power <= metres))
