"""The numbers by which a company grades ice."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Final

from incidents.errors import Inconsistent
from incidents.rules.ranges import STANDARD_RANGE_MM, check_range

Edges = tuple[float, float, float, float]
"""Lower edges of blue, yellow, orange and red, each part of its grade."""


def _check_edges(field: str, edges: Edges, highest: float) -> None:
    """Refuse edges that do not rise from above zero."""
    check_range(field=field, value=edges[0], limits=(0.01, highest))
    check_range(field=field, value=edges[3], limits=(0.01, highest))
    for lower, upper in pairwise(edges):
        if not lower < upper:
            raise Inconsistent(field=field, value=upper, relation=">", other=field, other_value=lower)


@dataclass(frozen=True, kw_only=True, slots=True)
class Ladder:
    """The numbers by which a company grades; every one may be changed.

    Attributes:
        ratios: Edges by icing ratio. 0.3 and 0.5 are "medium" and "heavy" of China Southern Grid, where
            melting is due from 0.3; 0.7 is our default; at 1.0 the design is exceeded.
        thicknesses_mm: Edges by standard thickness where the design is unknown, mm; our default.
        margin: How far below an edge the ratio must be before a grade is lowered; our default.
        margin_mm: The same by thickness, mm; our default: the margin of 0.05 on the 30 mm which stand
            for a ratio of 1 among the thicknesses.
        no_ice_mm: Thickness from which a line built for no ice at all (class 0) is beyond its
            design, mm; less than this is frost or error; our default.
        no_ice_margin_mm: Its margin, mm; our default.
        calm_readings: Readings in a row below the margin that lower a grade; our default.
        calm_time: Time below the margin that lowers it as well; our default.
        fresh_mild: How long a reading holds at none or blue; our default.
        fresh_severe: How long it holds from yellow up; our default.
    """

    ratios: Edges = (0.3, 0.5, 0.7, 1.0)
    thicknesses_mm: Edges = (10.0, 15.0, 20.0, 30.0)
    margin: float = 0.05
    margin_mm: float = 1.5
    no_ice_mm: float = 1.0
    no_ice_margin_mm: float = 0.5
    calm_readings: int = 2
    calm_time: timedelta = timedelta(hours=2)
    fresh_mild: timedelta = timedelta(hours=3)
    fresh_severe: timedelta = timedelta(hours=1)

    def __hash__(self) -> int:
        """Return a number that is the same for equal ladders; of two of the numbers, since all cost more."""
        return hash((self.ratios, self.margin))

    def __post_init__(self) -> None:
        """Refuse a ladder that cannot grade.

        Raises:
            OutOfRange: If a lowest edge, a margin or a count cannot be.
            Inconsistent: If edges do not rise.
        """
        _check_edges("ratios", self.ratios, 10.0)
        _check_edges("thicknesses_mm", self.thicknesses_mm, STANDARD_RANGE_MM[1])
        for field, value, high in (
            ("margin", self.margin, self.ratios[0]),
            ("margin_mm", self.margin_mm, self.thicknesses_mm[0]),
            ("no_ice_margin_mm", self.no_ice_margin_mm, self.no_ice_mm),
        ):
            check_range(field=field, value=value, limits=(0.0, high))
        check_range(field="calm_readings", value=self.calm_readings, limits=(1, 20))


DEFAULT_LADDER: Final = Ladder()
