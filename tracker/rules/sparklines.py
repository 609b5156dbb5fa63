"""Curves as paths of an SVG: numbers over time in a box, drawn without a library and without styles."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Box:
    """Where a curve is drawn.

    Attributes:
        width: Units of the drawing.
        height: Units of the drawing; y grows downwards, as SVG has it.
        since: First moment, any unit.
        until: Last moment, the same unit.
        top: The number at the upper edge; 0 is at the lower one.
    """

    width: float
    height: float
    since: float
    until: float
    top: float

    def x(self, at: float) -> float:
        """Return where a moment lies; beyond the edges it lies on them."""
        span = self.until - self.since
        share = (at - self.since) / span if span > 0 else 1.0
        return round(min(max(share, 0.0), 1.0) * self.width, 1)

    def y(self, value: float) -> float:
        """Return where a number lies; beyond the edges it lies on them."""
        share = value / self.top if self.top > 0 else 0.0
        return round((1 - min(max(share, 0.0), 1.0)) * self.height, 1)


def line(points: Sequence[tuple[float, float]], box: Box) -> str:
    """Return the path from point to point; a single one is a short dash, none is an empty path."""
    if not points:
        return ""
    corners = [(box.x(at), box.y(value)) for at, value in points]
    if len(corners) == 1:
        x, y = corners[0]
        corners = [(max(x - 2, 0.0), y), (x, y)]
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in corners)


def area(points: Sequence[tuple[float, float]], box: Box) -> str:
    """Return the path around what lies below a line."""
    if not points:
        return ""
    first, last = box.x(points[0][0]), box.x(points[-1][0])
    return f"{line(points, box)}L{last:g} {box.height:g}L{first:g} {box.height:g}Z"


def round_up(value: float) -> int:
    """Return the next number from 1, 2, 4 or 5 times a power of ten, at least 4: a calm upper edge."""
    scale = 1
    while True:
        for step in (1, 2, 4, 5):
            if step * scale >= max(value, 4):
                return step * scale
        scale *= 10
