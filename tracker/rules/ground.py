"""The ground of the map: places as a drawing (Web Mercator, as tiles are), outlines, clusters."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import atan, cos, degrees, floor, hypot, log2, pi, radians, sinh, tan
from math import log as ln
from typing import Final, TypeAlias

Ring: TypeAlias = Sequence[tuple[float, float]]

_LEAST_SPAN: Final = 1e-5  # of the world, about 400 m: nothing is drawn larger
_TILE: Final = 256
_FINEST: Final = 16  # zoom of tiles


@dataclass(frozen=True, slots=True)
class Box:
    """A part of the world in degrees."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, longitude: float, latitude: float) -> bool:
        """Return whether a point lies in it; its edges belong to it."""
        return self.west <= longitude <= self.east and self.south <= latitude <= self.north

    def __str__(self) -> str:
        """Return it as an address carries it."""
        return ",".join(f"{each:.5f}" for each in (self.west, self.south, self.east, self.north))


def box_of(text: str) -> Box | None:
    """Return the part of the world that an address names; nothing for what is none."""
    try:
        west, south, east, north = (float(each) for each in text.split(","))
    except ValueError:
        return None
    fits = -180 <= west < east <= 180 and -85 <= south < north <= 85  # noqa: PLR2004 - where Mercator ends
    return Box(west, south, east, north) if fits else None


def around(points: Iterable[tuple[float, float]]) -> Box | None:
    """Return the smallest box around points, None without any."""
    found = list(points)
    if not found:
        return None
    longitudes, latitudes = [each[0] for each in found], [each[1] for each in found]
    return Box(min(longitudes), min(latitudes), max(longitudes), max(latitudes))


@dataclass(frozen=True, slots=True)
class Tile:
    """A picture of a tile server and where it lies in the drawing."""

    z: int
    x: int
    y: int
    left: float
    top: float
    size: float


class Frame:
    """Where in a drawing a place lies: a box of the world, whole, in the middle of it."""

    def __init__(self, box: Box, *, width: float, height: float, margin: float = 0.04) -> None:
        self.width, self.height = width, height
        left, top = _world(box.west, box.north)
        right, bottom = _world(box.east, box.south)
        across, down = max(right - left, _LEAST_SPAN), max(bottom - top, _LEAST_SPAN)
        self.scale = min(width / across, height / down) * (1 - 2 * margin)
        self._left = (left + right) / 2 - width / self.scale / 2
        self._top = (top + bottom) / 2 - height / self.scale / 2

    def place(self, longitude: float, latitude: float) -> tuple[float, float]:
        """Return where a point lies in the drawing."""
        x, y = _world(longitude, latitude)
        return round((x - self._left) * self.scale, 1), round((y - self._top) * self.scale, 1)

    def shows(self, x: float, y: float) -> bool:
        """Return whether a point of the drawing can be seen."""
        return 0 <= x <= self.width and 0 <= y <= self.height

    @property
    def box(self) -> Box:
        """The part of the world that is seen."""
        west, north = _degrees(self._left, self._top)
        right, bottom = self._left + self.width / self.scale, self._top + self.height / self.scale
        east, south = _degrees(right, bottom)
        return Box(west, south, east, north)

    def path(self, rings: Iterable[Ring]) -> str:
        """Return an outline as a path; points nearer to the last one than a unit are left out."""
        return "".join(self._ring(ring) for ring in rings)

    def tiles(self) -> list[Tile]:
        """Return the tiles that cover the drawing, about as sharp as it is."""
        zoom = min(max(floor(log2(self.scale / _TILE) + 0.5), 0), _FINEST)
        number = 2**zoom
        size = self.scale / number
        columns = range(
            max(floor(self._left * number), 0), floor((self._left + self.width / self.scale) * number) + 1
        )
        rows = range(
            max(floor(self._top * number), 0), floor((self._top + self.height / self.scale) * number) + 1
        )
        return [
            Tile(
                zoom,
                column,
                row,
                round((column / number - self._left) * self.scale, 1),
                round((row / number - self._top) * self.scale, 1),
                round(size, 2),
            )
            for row in rows
            if row < number
            for column in columns
            if column < number
        ]

    def _ring(self, ring: Ring) -> str:
        corners: list[tuple[float, float]] = []
        for longitude, latitude in ring:
            corner = self.place(longitude, latitude)
            if not corners or hypot(corner[0] - corners[-1][0], corner[1] - corners[-1][1]) >= 1:
                corners.append(corner)
        if len(corners) < 3:  # noqa: PLR2004 - an area has three corners
            return ""
        return "M" + "L".join(f"{x:g} {y:g}" for x, y in corners) + "Z"


def middle(rings: Iterable[Ring]) -> tuple[float, float]:
    """Return the centre of gravity of the largest ring: where the name of an area stands."""
    largest = max(rings, key=lambda ring: abs(_area(ring)))
    area = _area(largest)
    if not area:
        return largest[0]
    x = y = 0.0
    for (x1, y1), (x2, y2) in zip(largest, [*largest[1:], largest[0]], strict=True):
        cross = x1 * y2 - x2 * y1
        x, y = x + (x1 + x2) * cross, y + (y1 + y2) * cross
    return x / (6 * area), y / (6 * area)


def clusters(places: Iterable[tuple[float, float]], *, cell: float) -> list[list[int]]:
    """Return which points of a drawing are drawn together: those in one cell of a grid.

    Args:
        places: Where the points lie.
        cell: Width of a cell.

    Returns:
        Numbers of the points, a list a cell, in the order of the first of each.
    """
    found: dict[tuple[int, int], list[int]] = defaultdict(list)
    for number, (x, y) in enumerate(places):
        found[floor(x / cell), floor(y / cell)].append(number)
    return list(found.values())


def _area(ring: Ring) -> float:
    pairs = zip(ring, [*ring[1:], ring[0]], strict=True)
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs) / 2


def _world(longitude: float, latitude: float) -> tuple[float, float]:
    phi = radians(min(max(latitude, -85.0), 85.0))
    return (longitude + 180) / 360, (1 - ln(tan(phi) + 1 / cos(phi)) / pi) / 2


def _degrees(x: float, y: float) -> tuple[float, float]:

    return x * 360 - 180, degrees(atan(sinh(pi * (1 - 2 * y))))
