"""Ice as a load: mass and weight per metre, and the thickness that a tension sensor weighs.

The weighing method holds for suspension towers; strain towers need the conductor's equation of
state, which is the monitoring system's business. Its known errors are swing angle, tilt, the sensor
itself and the vertical span, which shifts with uneven ice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, radians, sqrt
from typing import Final

from incidents.errors import OutOfRange
from incidents.rules.ice_formulae import STANDARD_DENSITY, standard_from_weight
from incidents.rules.ranges import DIAMETER_RANGE_MM, STANDARD_RANGE_MM, check_range

GRAVITY: Final = 9.80665
"""Standard gravity, m/s² (3rd CGPM, 1901)."""

RING_WEIGHT: Final = STANDARD_DENSITY * pi * GRAVITY / 1000
"""Weight of standard ice, N/m for each ``b (b + d)`` in mm²: 27.728e-3."""

SLACK: Final = 0.9
"""Share of the bare conductor's weight that a sound sensor sees at least; our default."""

ZERO_BAND_MM: Final = 2.0
"""How far below zero a thickness is still taken for zero, mm; our default."""

UNCERTAINTY: Final = 0.2
"""Least uncertainty of a weighed thickness, as a share of it; our default."""

LOAD_RANGE_N: Final = (0.0, 1_000_000.0)
"""Loads of one string cell, N; our default."""

SWING_RANGE_DEG: Final = (-80.0, 80.0)
"""Swing of a string from the vertical, degrees; our default."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StringLoad:
    """What one load cell of an insulator string shows.

    Attributes:
        force_n: Force along the string, N.
        swing_deg: Swing of the string from the vertical, degrees.
    """

    force_n: float
    swing_deg: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Suspension:
    """A suspension point: what hangs there when there is no ice.

    Attributes:
        vertical_span_m: Length of conductor ``L_v`` whose weight the point carries, m.
        string_weight_n: Weight of the insulator string, N.
        bare_weight_n_per_m: Weight of one bare sub-conductor ``q0``, N/m.
        conductor_diameter_mm: Its bare diameter ``d``, mm.
        sub_conductors: Conductors of the bundle.
    """

    vertical_span_m: float
    string_weight_n: float
    bare_weight_n_per_m: float
    conductor_diameter_mm: float
    sub_conductors: int = 1

    def __post_init__(self) -> None:
        """Refuse what cannot hang anywhere; the upper limits are our defaults."""
        for field, value, limits, unit in (
            ("vertical_span_m", self.vertical_span_m, (1.0, 3000.0), "m"),
            ("string_weight_n", self.string_weight_n, (0.0, 100_000.0), "N"),
            ("bare_weight_n_per_m", self.bare_weight_n_per_m, (0.1, 100.0), "N/m"),
            ("conductor_diameter_mm", self.conductor_diameter_mm, DIAMETER_RANGE_MM, "mm"),
            ("sub_conductors", self.sub_conductors, (1, 12), ""),
        ):
            check_range(field=field, value=value, limits=limits, unit=unit)


@dataclass(frozen=True, kw_only=True, slots=True)
class WeighedThickness:
    """What a tension sensor says about the ice.

    Attributes:
        mm: Standard thickness, mm.
        uncertainty_mm: Least uncertainty either way, mm.
        clamped: Whether a value slightly below zero was taken for zero.
        ice_n_per_m: Weight of the ice on one sub-conductor, N/m, before that.
    """

    mm: float
    uncertainty_mm: float
    clamped: bool
    ice_n_per_m: float


def weigh(*, loads: Sequence[StringLoad], suspension: Suspension) -> WeighedThickness:
    """Return the standard thickness from the load of a suspension string, the weighing method.

    ``V = Σ F cos θ``; ``q = (V - G) / (n L_v) - q0``; ``b = (√(d² + 4q/27.728e-3) - d) / 2``.

    Args:
        loads: The load cells of the string, at least one.
        suspension: What hangs there without ice.

    Raises:
        OutOfRange: If a value cannot be or there is no load cell; if the load is less than nine
            tenths of the bare conductor's or the thickness more than 2 mm below zero, which is a
            fault of the sensor and not negative ice.
    """
    check_range(field="loads", value=len(loads), limits=(1, 12))
    vertical = sum(_vertical(load) for load in loads)
    length = suspension.vertical_span_m * suspension.sub_conductors
    least = suspension.string_weight_n + SLACK * suspension.bare_weight_n_per_m * length
    if vertical < least:
        raise OutOfRange(field="vertical_load_n", value=vertical, low=least, unit="N")
    ice = (vertical - suspension.string_weight_n) / length - suspension.bare_weight_n_per_m
    diameter = suspension.conductor_diameter_mm
    square = max(0.0, diameter * diameter + 4 * ice / RING_WEIGHT)
    thickness = (sqrt(square) - diameter) / 2
    low, high = -ZERO_BAND_MM, STANDARD_RANGE_MM[1]
    if not low <= thickness <= high:
        raise OutOfRange(field="standard_mm", value=thickness, low=low, high=high, unit="mm")
    mm = max(0.0, thickness)
    return WeighedThickness(mm=mm, uncertainty_mm=UNCERTAINTY * mm, clamped=thickness < 0, ice_n_per_m=ice)


def mass_per_metre(*, standard_mm: float, conductor_diameter_mm: float) -> float:
    """Return the mass of a ring of standard ice, ``0.9 π b (b + d) / 1000``.

    Args:
        standard_mm: Standard thickness ``b``, mm; 0 for a bare conductor.
        conductor_diameter_mm: Bare diameter ``d``, mm.

    Returns:
        Mass, kg/m.

    Raises:
        OutOfRange: If thickness or diameter cannot be.
    """
    check_range(
        field="conductor_diameter_mm",
        value=conductor_diameter_mm,
        limits=DIAMETER_RANGE_MM,
        unit="mm",
    )
    check_range(field="standard_mm", value=standard_mm, limits=STANDARD_RANGE_MM, unit="mm")
    return STANDARD_DENSITY * pi * standard_mm * (standard_mm + conductor_diameter_mm) / 1000


def standard_from_mass(*, mass_kg_per_m: float, conductor_diameter_mm: float) -> float:
    """Return the standard thickness of a mass per metre, the inverse of ``mass_per_metre``.

    Args:
        mass_kg_per_m: Mass of the ice ``m``, kg/m.
        conductor_diameter_mm: Bare diameter ``2r``, mm.

    Returns:
        Standard thickness ``√(1000m/(0.9π) + r²) - r``, mm.

    Raises:
        OutOfRange: If mass or diameter cannot be.
    """
    check_range(field="mass_kg_per_m", value=mass_kg_per_m, limits=(0, None), unit="kg/m")
    return standard_from_weight(
        weight_g=mass_kg_per_m * 1000, length_m=1, conductor_diameter_mm=conductor_diameter_mm
    )


def _vertical(load: StringLoad) -> float:
    """Return the vertical part of the force of one cell, N."""
    check_range(field="force_n", value=load.force_n, limits=LOAD_RANGE_N, unit="N")
    check_range(field="swing_deg", value=load.swing_deg, limits=SWING_RANGE_DEG, unit="°")
    return load.force_n * cos(radians(load.swing_deg))
