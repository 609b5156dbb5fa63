"""A measurement of ice as told, and the refusal of what no ice can be."""

from dataclasses import dataclass

from incidents.choices import IceMethod, IceType, ThicknessKind
from incidents.errors import Inconsistent
from incidents.rules.ranges import (
    APPARENT_RANGE_MM,
    AXIS_RANGE_MM,
    DENSITY_RANGE,
    DIAMETER_RANGE_MM,
    LENGTH_RANGE_M,
    STANDARD_RANGE_MM,
    WEIGHT_RANGE_G,
    check_range,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Measurement:
    """What was measured or seen; ``None`` where nobody said.

    Attributes:
        thickness_mm: The thickness told, mm.
        kind: Which thickness that is.
        ice_type: Type of the ice.
        density_g_cm3: Measured density, g/cm³.
        long_axis_mm: Longer diameter including the conductor, mm.
        short_axis_mm: Shorter diameter across it, mm.
        weight_g: Weight of the ice of a sample, g.
        sample_length_m: Length of that sample, m.
        conductor_diameter_mm: Bare diameter of what the ice was on (line or dummy wire), mm.
        method: How it was measured.
    """

    thickness_mm: float | None = None
    kind: ThicknessKind = ThicknessKind.UNKNOWN
    ice_type: IceType = IceType.UNKNOWN
    density_g_cm3: float | None = None
    long_axis_mm: float | None = None
    short_axis_mm: float | None = None
    weight_g: float | None = None
    sample_length_m: float | None = None
    conductor_diameter_mm: float | None = None
    method: IceMethod = IceMethod.VISUAL

    @property
    def is_estimate(self) -> bool:
        """Whether a model says so and nobody looked; an estimate never calms a measured grade."""
        return self.method == IceMethod.MODEL

    def __post_init__(self) -> None:
        """Refuse what no ice can be.

        Raises:
            OutOfRange: If a value is outside its range.
            Inconsistent: If the axes contradict each other or the conductor.
        """
        standard = self.kind == ThicknessKind.STANDARD
        for field, value, limits, unit in (
            ("thickness_mm", self.thickness_mm, STANDARD_RANGE_MM if standard else APPARENT_RANGE_MM, "mm"),
            ("density_g_cm3", self.density_g_cm3, DENSITY_RANGE, "g/cm³"),
            ("long_axis_mm", self.long_axis_mm, AXIS_RANGE_MM, "mm"),
            ("short_axis_mm", self.short_axis_mm, AXIS_RANGE_MM, "mm"),
            ("weight_g", self.weight_g, WEIGHT_RANGE_G, "g"),
            ("sample_length_m", self.sample_length_m, LENGTH_RANGE_M, "m"),
            ("conductor_diameter_mm", self.conductor_diameter_mm, DIAMETER_RANGE_MM, "mm"),
        ):
            if value is not None:
                check_range(field=field, value=value, limits=limits, unit=unit)
        _check_not_below("long_axis_mm", self.long_axis_mm, "short_axis_mm", self.short_axis_mm)
        for name, axis in (("short", self.short_axis_mm), ("long", self.long_axis_mm)):
            _check_not_below(f"{name}_axis_mm", axis, "conductor_diameter_mm", self.conductor_diameter_mm)


def _check_not_below(field: str, value: float | None, other: str, limit: float | None) -> None:
    """Refuse a value smaller than another, where both are known."""
    if value is not None and limit is not None and value < limit:
        raise Inconsistent(field=field, value=value, relation="≥", other=other, other_value=limit)
