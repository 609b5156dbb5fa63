"""GCJ-02, the shifted coordinates of Chinese phone maps, and back to WGS 84.

The shift is a published polynomial and sine series on the Krasovsky 1940 ellipsoid; its inverse is found by
iteration. Inside China it is 100 to 700 m; WGS 84 and CGCS2000 differ by centimetres and count as one here.
"""

from dataclasses import dataclass
from math import cos, pi, sin, sqrt
from typing import Final

_A_M: Final = 6378245.0  # semi-major axis of Krasovsky 1940
_EE: Final = 0.00669342162296594323  # square of its eccentricity
_WEST, _EAST, _SOUTH, _NORTH = 72.004, 137.8347, 0.8293, 55.8271
_CLOSE: Final = 1e-9  # degrees, 0.1 mm
_MOST_STEPS: Final = 20


@dataclass(frozen=True, slots=True)
class Point:
    """A point in degrees, east and north."""

    longitude: float
    latitude: float


def is_shifted_there(point: Point) -> bool:
    """Return whether GCJ-02 differs from WGS 84 at a point: only in the box around China."""
    return _WEST <= point.longitude <= _EAST and _SOUTH <= point.latitude <= _NORTH


def to_gcj02(point: Point) -> Point:
    """Return a WGS 84 point in GCJ-02."""
    if not is_shifted_there(point):
        return point
    x, y = point.longitude - 105, point.latitude - 35
    waves = (20 * sin(6 * x * pi) + 20 * sin(2 * x * pi)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + waves
    north += (20 * sin(y * pi) + 40 * sin(y / 3 * pi)) * 2 / 3
    north += (160 * sin(y / 12 * pi) + 320 * sin(y * pi / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + waves
    east += (20 * sin(x * pi) + 40 * sin(x / 3 * pi)) * 2 / 3
    east += (150 * sin(x / 12 * pi) + 300 * sin(x / 30 * pi)) * 2 / 3
    phi = point.latitude / 180 * pi
    magic = 1 - _EE * sin(phi) ** 2
    return Point(
        point.longitude + east * 180 / (_A_M / sqrt(magic) * cos(phi) * pi),
        point.latitude + north * 180 / (_A_M * (1 - _EE) / (magic * sqrt(magic)) * pi),
    )


def from_gcj02(point: Point) -> Point:
    """Return a GCJ-02 point in WGS 84, to less than a millimetre."""
    guess = point
    for _step in range(_MOST_STEPS):
        shifted = to_gcj02(guess)
        east, north = point.longitude - shifted.longitude, point.latitude - shifted.latitude
        guess = Point(guess.longitude + east, guess.latitude + north)
        if abs(east) < _CLOSE and abs(north) < _CLOSE:
            break
    return guess
