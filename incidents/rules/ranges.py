"""What a number may be at all, and the refusal of everything else."""

from math import inf
from typing import Final

from incidents.errors import OutOfRange

APPARENT_RANGE_MM: Final = (0.0, 300.0)
"""Thickness as seen, mm (invariant 12; rime of the 2008 class lies far inside)."""

STANDARD_RANGE_MM: Final = (0.0, 150.0)
"""Standard thickness, mm (invariant 12)."""

DENSITY_RANGE: Final = (0.05, 0.92)
"""Density of ice and snow on a conductor, g/cm³ (invariant 12; 0.917 is ice without a bubble)."""

DIAMETER_RANGE_MM: Final = (1.0, 60.0)
"""Bare diameters of conductors, mm (the range of the line section's field)."""

AXIS_RANGE_MM: Final = (1.0, 660.0)
"""Diameters of an iced conductor, mm: the thickest conductor in 300 mm of ice; our default."""

LENGTH_RANGE_M: Final = (0.01, 100.0)
"""Lengths of a sample that somebody could weigh, m; our default."""

WEIGHT_RANGE_G: Final = (0.0, 99_999.0)
"""Weights of a sample that somebody could weigh, g; our default."""


def check_range(*, field: str, value: float, limits: tuple[float, float | None], unit: str = "") -> None:
    """Refuse a value outside its limits, and not-a-number.

    Args:
        field: Name to refuse it under.
        value: The value.
        limits: Lowest and highest value allowed; ``None`` without a highest.
        unit: Unit of all of them.

    Raises:
        OutOfRange: If the value is outside or no finite number.
    """
    low, high = limits
    if not (low <= value < inf and (high is None or value <= high)):
        raise OutOfRange(field=field, value=value, low=low, high=high, unit=unit)
