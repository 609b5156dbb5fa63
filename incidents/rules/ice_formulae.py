"""The physics of ice on a conductor: weight, density and standard thickness.

The standard (equivalent) ice thickness is that of an even ring of ice of 0.9 g/cm³ that weighs as
much as the ice found; it is the only thickness that compares with a design value. The formulae of
density and standard thickness are those of 覆冰密度及标准冰厚计算方法 (ice density and standard ice
thickness, the method behind the State Grid's icing-zone maps); ``r`` is the conductor's radius.
"""

from math import pi, sqrt
from typing import Final

from incidents.errors import Inconsistent
from incidents.rules.ranges import (
    APPARENT_RANGE_MM,
    DENSITY_RANGE,
    DIAMETER_RANGE_MM,
    LENGTH_RANGE_M,
    WEIGHT_RANGE_G,
    check_range,
)

STANDARD_DENSITY: Final = 0.9
"""Density of standard ice, g/cm³ (覆冰密度及标准冰厚计算方法; ISO 12494 for glaze)."""


def density_from_axes(
    *,
    weight_g: float,
    length_m: float,
    long_axis_mm: float,
    short_axis_mm: float,
    conductor_diameter_mm: float,
) -> float:
    """Return the density of a sample from its weight and two diameters: ``4G / (πL(ab - 4r²))``.

    Args:
        weight_g: Weight of the ice ``G``, g.
        length_m: Length of the sample ``L``, m.
        long_axis_mm: Longer diameter ``a`` including the conductor, mm.
        short_axis_mm: Shorter diameter ``b`` including the conductor, mm.
        conductor_diameter_mm: Bare diameter ``2r``, mm.

    Returns:
        Density, g/cm³.

    Raises:
        OutOfRange: If weight or length cannot be.
        Inconsistent: If the section holds no ice.
    """
    iced = pi * (long_axis_mm * short_axis_mm) / 4
    return _density(weight_g, length_m, iced, _circle(conductor_diameter_mm))


def density_from_circumference(
    *, weight_g: float, length_m: float, circumference_mm: float, conductor_diameter_mm: float
) -> float:
    """Return the density of a sample from its weight and girth: ``4πG / (L(I² - 4π²r²))``.

    Args:
        weight_g: Weight of the ice ``G``, g.
        length_m: Length of the sample ``L``, m.
        circumference_mm: Girth ``I`` including the conductor, mm.
        conductor_diameter_mm: Bare diameter ``2r``, mm.

    Returns:
        Density, g/cm³.

    Raises:
        OutOfRange: If weight or length cannot be.
        Inconsistent: If the section holds no ice.
    """
    iced = circumference_mm**2 / (4 * pi)
    return _density(weight_g, length_m, iced, _circle(conductor_diameter_mm))


def density_from_area(
    *, weight_g: float, length_m: float, area_mm2: float, conductor_diameter_mm: float
) -> float:
    """Return the density of a sample from its weight and section: ``G / (L(A - πr²))``.

    Args:
        weight_g: Weight of the ice ``G``, g.
        length_m: Length of the sample ``L``, m.
        area_mm2: Section ``A`` including the conductor, mm².
        conductor_diameter_mm: Bare diameter ``2r``, mm.

    Returns:
        Density, g/cm³.

    Raises:
        OutOfRange: If weight or length cannot be.
        Inconsistent: If the section holds no ice.
    """
    return _density(weight_g, length_m, area_mm2, _circle(conductor_diameter_mm))


def standard_from_weight(*, weight_g: float, length_m: float, conductor_diameter_mm: float) -> float:
    """Return the standard thickness of weighed ice, the best way: ``√(G/(0.9πL) + r²) - r``.

    Args:
        weight_g: Weight of the ice ``G``, g.
        length_m: Length of the sample ``L``, m.
        conductor_diameter_mm: Bare diameter ``2r``, mm.

    Returns:
        Standard thickness, mm.

    Raises:
        OutOfRange: If weight, length or diameter cannot be.
    """
    check_range(field="length_m", value=length_m, limits=LENGTH_RANGE_M, unit="m")
    check_range(field="weight_g", value=weight_g, limits=WEIGHT_RANGE_G, unit="g")
    return _ring(weight_g / (STANDARD_DENSITY * pi * length_m), conductor_diameter_mm)


def standard_from_axes(
    *, long_axis_mm: float, short_axis_mm: float, density: float, conductor_diameter_mm: float
) -> float:
    """Return the standard thickness of an oval of ice: ``√(ρ/3.6 (ab - 4r²) + r²) - r``.

    Args:
        long_axis_mm: Longer diameter ``a`` including the conductor, mm.
        short_axis_mm: Shorter diameter ``b`` including the conductor, mm.
        density: Density ``ρ``, g/cm³.
        conductor_diameter_mm: Bare diameter ``2r``, mm.

    Returns:
        Standard thickness, mm.

    Raises:
        OutOfRange: If density or diameter cannot be.
        Inconsistent: If the oval is smaller than the conductor.
    """
    iced = pi * (long_axis_mm * short_axis_mm) / 4
    return _standard(iced, density, conductor_diameter_mm)


def standard_from_survey(
    *, iced_radius_mm: float, shape_factor: float, density: float, conductor_diameter_mm: float
) -> float:
    """Return the standard thickness of a surveyed line: ``√(ρ/0.9 (K_S R² - r²) + r²) - r``.

    Args:
        iced_radius_mm: Longest radius ``R`` including the conductor, mm.
        shape_factor: Share ``K_S`` of the circle of that radius that is filled, 0..1.
        density: Density ``ρ``, g/cm³.
        conductor_diameter_mm: Bare diameter ``2r``, mm.

    Returns:
        Standard thickness, mm.

    Raises:
        OutOfRange: If density or diameter cannot be.
        Inconsistent: If the section is smaller than the conductor.
    """
    return _standard(pi * shape_factor * iced_radius_mm**2, density, conductor_diameter_mm)


def standard_from_ring(*, apparent_mm: float, density: float, conductor_diameter_mm: float) -> float:
    """Return the standard thickness of an even ring, the oval with ``a = b = 2r + 2t``.

    Args:
        apparent_mm: Thickness as seen ``t``, mm.
        density: Density ``ρ``, g/cm³.
        conductor_diameter_mm: Bare diameter ``2r``, mm.

    Returns:
        Standard thickness, mm.

    Raises:
        OutOfRange: If thickness or diameter cannot be.
    """
    check_range(field="value_mm", value=apparent_mm, limits=APPARENT_RANGE_MM, unit="mm")
    iced = conductor_diameter_mm + 2 * apparent_mm
    return standard_from_axes(
        long_axis_mm=iced,
        short_axis_mm=iced,
        density=density,
        conductor_diameter_mm=conductor_diameter_mm,
    )


def _density(weight_g: float, length_m: float, iced_mm2: float, bare_mm2: float) -> float:
    """Return the density of a weight on a section of ice; g / (m · mm²) is g/cm³."""
    check_range(field="length_m", value=length_m, limits=LENGTH_RANGE_M, unit="m")
    check_range(field="weight_g", value=weight_g, limits=WEIGHT_RANGE_G, unit="g")
    if not iced_mm2 > bare_mm2:
        raise _smaller_than_bare(">", iced_mm2, bare_mm2)
    return weight_g / (length_m * (iced_mm2 - bare_mm2))


def _standard(iced_mm2: float, density: float, diameter_mm: float) -> float:
    """Return the standard thickness of a section of ice of some density."""
    check_range(field="density", value=density, limits=DENSITY_RANGE, unit="g/cm³")
    bare_mm2 = _circle(diameter_mm)
    if not iced_mm2 >= bare_mm2:
        raise _smaller_than_bare("≥", iced_mm2, bare_mm2)
    return _ring(density / STANDARD_DENSITY * (iced_mm2 - bare_mm2) / pi, diameter_mm)


def _ring(square_mm2: float, diameter_mm: float) -> float:
    """Return ``√(s + r²) - r``, the ring of section ``πs`` around a conductor of radius ``r``."""
    check_range(field="conductor_diameter_mm", value=diameter_mm, limits=DIAMETER_RANGE_MM, unit="mm")
    return sqrt(square_mm2 + diameter_mm**2 / 4) - diameter_mm / 2


def _circle(diameter_mm: float) -> float:
    """Return the area of a circle, mm²."""
    return pi * (diameter_mm * diameter_mm) / 4


def _smaller_than_bare(relation: str, iced_mm2: float, bare_mm2: float) -> Inconsistent:
    """Return the refusal of a section that leaves no room for ice."""
    return Inconsistent(
        field="iced_section_mm2",
        value=iced_mm2,
        relation=relation,
        other="bare_section_mm2",
        other_value=bare_mm2,
    )
