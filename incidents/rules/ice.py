"""From a measurement of ice to the one thickness that compares with a design value.

The best evidence wins: weight, then two diameters, then a thickness as seen. Density is what was
measured, else what is usual for the type of ice, else that of glaze, which is the worst case.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import isclose
from types import MappingProxyType
from typing import Final

from incidents.choices import GradeBasis, IceType, ThicknessKind, UnknownReason
from incidents.rules.ice_formulae import (
    STANDARD_DENSITY,
    density_from_axes,
    standard_from_axes,
    standard_from_ring,
    standard_from_weight,
)
from incidents.rules.measurement import Measurement
from incidents.rules.ranges import (
    DENSITY_RANGE,
    STANDARD_RANGE_MM,
    check_range,
)

RULE_VERSION: Final = "ice-1"
"""Stored with every standard thickness; change it with every change of a result."""

DEFAULT_DENSITY: Final[Mapping[IceType, float]] = MappingProxyType(
    {IceType.GLAZE: 0.9, IceType.MIXED: 0.6, IceType.RIME: 0.3, IceType.WET_SNOW: 0.5}
)
"""Density by type when nobody measured it, g/cm³; our defaults. Other types count as glaze."""

SUSPECT_APPARENT_MM: Final = 80.0
"""Thickness as seen above which a person should look again, mm; our default."""

SUSPECT_STANDARD_MM: Final = 60.0
"""Standard thickness above which a person should look again, mm; our default."""


class Formula(StrEnum):
    """Which way a standard thickness was found."""

    WEIGHT = "weight"
    STATED = "stated"
    AXES = "axes"
    RING = "ring"
    NONE = "none"


@dataclass(frozen=True, kw_only=True, slots=True)
class StandardThickness:
    """The standard thickness of a measurement, or why there is none.

    Attributes:
        mm: Standard thickness, mm, not rounded: 14.992 of 30 mm is blue where 15.0 would be yellow.
        basis: What it assumes.
        formula: Which way it was found.
        density: Density it was found with, or that weight and axes imply, g/cm³.
        suspect: Whether a person should look again before anybody relies on it.
        unknown_reason: Why there is none.
        missing: Name of the field that would help.
    """

    mm: float | None
    basis: GradeBasis
    formula: Formula
    density: float | None = None
    suspect: bool = False
    unknown_reason: UnknownReason | None = None
    missing: str = ""


def standardise(
    *, measurement: Measurement, densities: Mapping[IceType, float] = DEFAULT_DENSITY
) -> StandardThickness:
    """Return the standard thickness of a measurement by the best evidence that it holds.

    In this order: weight on a length; a stated standard thickness; two diameters; a thickness as
    seen, taken for an even ring. Weight with diameters adds no other result (both formulae agree),
    but its density tells whether the sample makes sense.

    Args:
        measurement: What was measured.
        densities: Density by type of ice, g/cm³, as the company has it.

    Raises:
        OutOfRange: If what was measured, nothing assumed, makes more than 150 mm.
    """
    diameter = measurement.conductor_diameter_mm
    if measurement.weight_g is not None and measurement.sample_length_m is not None and diameter:
        return _from_weight(measurement, measurement.weight_g, measurement.sample_length_m, diameter)
    if measurement.kind == ThicknessKind.STANDARD and measurement.thickness_mm is not None:
        mm, basis = measurement.thickness_mm, GradeBasis.MEASURED
        return _found(measurement, mm, basis, Formula.STATED, STANDARD_DENSITY)
    axes = measurement.long_axis_mm, measurement.short_axis_mm
    if axes[0] is not None and axes[1] is not None and diameter:
        density, basis = _density(measurement, densities)
        mm = standard_from_axes(
            long_axis_mm=axes[0],
            short_axis_mm=axes[1],
            density=density,
            conductor_diameter_mm=diameter,
        )
        return _found(measurement, mm, basis, Formula.AXES, density)
    return _from_ring(measurement, densities)


def _from_weight(
    measurement: Measurement, weight_g: float, length_m: float, diameter_mm: float
) -> StandardThickness:
    """Standardise weighed ice; suspect if its axes imply a density that no ice has."""
    mm = standard_from_weight(weight_g=weight_g, length_m=length_m, conductor_diameter_mm=diameter_mm)
    long, short, density = measurement.long_axis_mm, measurement.short_axis_mm, measurement.density_g_cm3
    if long is not None and short is not None and long * short > diameter_mm * diameter_mm:
        density = density_from_axes(
            weight_g=weight_g,
            length_m=length_m,
            long_axis_mm=long,
            short_axis_mm=short,
            conductor_diameter_mm=diameter_mm,
        )
    return _found(measurement, mm, GradeBasis.MEASURED, Formula.WEIGHT, density)


def _from_ring(measurement: Measurement, densities: Mapping[IceType, float]) -> StandardThickness:
    """Standardise a thickness as seen; a ring of 0.9 g/cm³ is its own standard on any conductor."""
    density, basis = _density(measurement, densities)
    if measurement.kind != ThicknessKind.APPARENT:
        # The number may already be the standard thickness: reducing it again would hide ice.
        density, basis = STANDARD_DENSITY, GradeBasis.ASSUMED_GLAZE
    seen, diameter = measurement.thickness_mm, measurement.conductor_diameter_mm
    if seen is None:
        return _unknown(basis, UnknownReason.NOT_MEASURED, "thickness_mm")
    if seen == 0 or isclose(density, STANDARD_DENSITY):
        return _found(measurement, seen, basis, Formula.RING, density)
    if diameter is None:
        return _unknown(basis, UnknownReason.NOT_STATED, "conductor_diameter_mm")
    mm = standard_from_ring(apparent_mm=seen, density=density, conductor_diameter_mm=diameter)
    return _found(measurement, mm, basis, Formula.RING, density)


def _density(measurement: Measurement, densities: Mapping[IceType, float]) -> tuple[float, GradeBasis]:
    """Return the density to reckon with, g/cm³, and what it rests on."""
    if measurement.density_g_cm3 is not None:
        return measurement.density_g_cm3, GradeBasis.MEASURED
    usual = densities.get(measurement.ice_type)
    if usual is not None:
        return usual, GradeBasis.ASSUMED_DENSITY
    return STANDARD_DENSITY, GradeBasis.ASSUMED_GLAZE


def _found(
    measurement: Measurement,
    mm: float,
    basis: GradeBasis,
    formula: Formula,
    density: float | None,
) -> StandardThickness:
    """Bound and mark a result; what an assumption drives over the limit stays at the limit."""
    if basis == GradeBasis.MEASURED:
        check_range(field="standard_mm", value=mm, limits=STANDARD_RANGE_MM, unit="mm")
    low, high = DENSITY_RANGE
    return StandardThickness(
        mm=min(mm, STANDARD_RANGE_MM[1]),
        basis=basis,
        formula=formula,
        density=density,
        suspect=mm > SUSPECT_STANDARD_MM
        or (measurement.thickness_mm or 0) > SUSPECT_APPARENT_MM
        or (density is not None and not low <= density <= high),
    )


def _unknown(basis: GradeBasis, reason: UnknownReason, missing: str) -> StandardThickness:
    """Return that there is no standard thickness, and what would help."""
    return StandardThickness(
        mm=None, basis=basis, formula=Formula.NONE, unknown_reason=reason, missing=missing
    )
