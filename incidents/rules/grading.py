"""The icing grade of a line section: how much of what it was built for hangs on it.

The measure is the icing ratio (覆冰比值), standard thickness by design thickness. Without a design
value the thickness itself is graded, and the grade says that it was.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from incidents.choices import Grade, GradeBasis
from incidents.rules.ladder import DEFAULT_LADDER, Edges, Ladder
from incidents.rules.ranges import STANDARD_RANGE_MM, check_range

RULE_VERSION: Final = "grade-1"
"""Stored with every grade; change it with every change of a result."""

ORDER: Final = (Grade.NONE, Grade.BLUE, Grade.YELLOW, Grade.ORANGE, Grade.RED)
"""Grades from mildest to worst; colours and Roman levels as in every Chinese warning, red is I."""

TOLERANCE: Final = 1e-9
"""How far below an edge still counts as on it, so that 7.5 of 15 mm is 0.5 however it was reckoned."""

DESIGN_RANGE_MM: Final = (0.0, 60.0)
"""Design thicknesses, mm: classes 0..50 of GB 50061 and GB 50545, and local classes above."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Scale:
    """What a thickness is held against on one line section.

    Attributes:
        unit_mm: Thickness that counts as 1, mm: the design value, or 1 where there is none.
        edges: Lower edges of blue, yellow, orange and red in that unit.
        margin: How far below an edge is calm, in that unit.
    """

    unit_mm: float
    edges: Edges
    margin: float

    def grade(self, *, thickness_mm: float, eased: float = 0.0) -> Grade:
        """Return the worst grade whose edge the thickness reaches.

        Args:
            thickness_mm: Standard thickness, mm.
            eased: By how much every edge is lowered, in the scale's unit.
        """
        value = thickness_mm / self.unit_mm + eased
        return ORDER[sum([value >= edge - TOLERANCE for edge in self.edges])]

    def is_calm(self, *, thickness_mm: float, grade: Grade) -> bool:
        """Say whether a thickness lies below a grade by more than the margin.

        Args:
            thickness_mm: Standard thickness, mm.
            grade: The grade held.
        """
        eased = self.grade(thickness_mm=thickness_mm, eased=self.margin)
        return rank(grade=eased) < rank(grade=grade)


@dataclass(frozen=True, kw_only=True, slots=True)
class Graded:
    """A grade and what it rests on.

    Attributes:
        grade: The grade.
        ratio: Icing ratio; ``None`` where the design is unknown or 0.
        basis: The weightiest assumption: an unknown design before an unknown density.
        assumptions: All of them, weightiest first; empty if everything was measured.
    """

    grade: Grade
    ratio: float | None
    basis: GradeBasis
    assumptions: tuple[GradeBasis, ...]


def rank(*, grade: Grade) -> int:
    """Return how bad a grade is, 0 for none to 4 for red."""
    return ORDER.index(grade)


def icing_ratio(*, thickness_mm: float, design_mm: float | None) -> float | None:
    """Return standard thickness by design thickness; ``None`` where no such ratio exists.

    Args:
        thickness_mm: Standard thickness, mm, not rounded.
        design_mm: Design thickness, mm; 0 for a line built for no ice, ``None`` if unknown.

    Raises:
        OutOfRange: If one of them cannot be.
    """
    _check(thickness_mm, design_mm)
    return thickness_mm / design_mm if design_mm else None


def scale_for(*, design_mm: float | None, ladder: Ladder = DEFAULT_LADDER) -> Scale:
    """Return what thicknesses on a section are held against.

    A line of class 0 was built for no ice: all ice that is more than frost is beyond its design,
    so that all its edges are one and it is either normal or red.

    Args:
        design_mm: Design thickness, mm; ``None`` if unknown.
        ladder: The company's numbers.
    """
    if design_mm is None:
        return Scale(unit_mm=1.0, edges=ladder.thicknesses_mm, margin=ladder.margin_mm)
    if design_mm == 0:
        edge = ladder.no_ice_mm
        return Scale(unit_mm=1.0, edges=(edge, edge, edge, edge), margin=ladder.no_ice_margin_mm)
    return Scale(unit_mm=design_mm, edges=ladder.ratios, margin=ladder.margin)


@lru_cache(maxsize=4096)  # sensors say the same again and again
def grade_thickness(
    *,
    thickness_mm: float,
    design_mm: float | None,
    basis: GradeBasis = GradeBasis.MEASURED,
    ladder: Ladder = DEFAULT_LADDER,
) -> Graded:
    """Grade one standard thickness by itself, without regard to what was before.

    Args:
        thickness_mm: Standard thickness, mm, not rounded.
        design_mm: Design thickness of the section, mm; ``None`` if unknown.
        basis: What the thickness assumes.
        ladder: The company's numbers.

    Raises:
        OutOfRange: If a thickness cannot be.
    """
    _check(thickness_mm, design_mm)
    found = assumptions(thickness_basis=basis, design_mm=design_mm)
    return Graded(
        grade=scale_for(design_mm=design_mm, ladder=ladder).grade(thickness_mm=thickness_mm),
        ratio=icing_ratio(thickness_mm=thickness_mm, design_mm=design_mm),
        basis=found[0] if found else GradeBasis.MEASURED,
        assumptions=found,
    )


def assumptions(*, thickness_basis: GradeBasis, design_mm: float | None) -> tuple[GradeBasis, ...]:
    """Return everything that a grade assumes, weightiest first.

    Args:
        thickness_basis: What the thickness assumes.
        design_mm: Design thickness, mm; ``None`` if unknown.
    """
    design = (GradeBasis.ABSOLUTE_NO_DESIGN,) if design_mm is None else ()
    thickness = (thickness_basis,) if thickness_basis != GradeBasis.MEASURED else ()
    return design + thickness


def _check(thickness_mm: float, design_mm: float | None) -> None:
    """Refuse a thickness that cannot be."""
    check_range(field="standard_mm", value=thickness_mm, limits=STANDARD_RANGE_MM, unit="mm")
    if design_mm is not None:
        check_range(field="design_ice_mm", value=design_mm, limits=DESIGN_RANGE_MM, unit="mm")
