"""Grades of single thicknesses: every example of the handbook, the edges and the assumptions."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.choices import Grade, GradeBasis
from incidents.errors import Inconsistent, OutOfRange
from incidents.rules.grading import assumptions, grade_thickness, icing_ratio, rank, scale_for
from incidents.rules.ladder import Ladder


@pytest.mark.parametrize(
    ("thickness", "design", "ratio", "grade"),
    [
        (30, 5, 6.0, Grade.RED),
        (30, 10, 3.0, Grade.RED),
        (30, 15, 2.0, Grade.RED),
        (30, 20, 1.5, Grade.RED),
        (30, 30, 1.0, Grade.RED),
        (30, 40, 0.75, Grade.ORANGE),
        (30, 50, 0.6, Grade.YELLOW),
        (14.99223, 20, 0.7496, Grade.ORANGE),
        (14.99223, 30, 0.4997, Grade.BLUE),
        (7.5, 15, 0.5, Grade.YELLOW),
        (1.5, 5, 0.3, Grade.BLUE),
        (9, 30, 0.3, Grade.BLUE),
        (2.9, 10, 0.29, Grade.NONE),
        (10.5, 15, 0.7, Grade.ORANGE),
        (0, 10, 0.0, Grade.NONE),
    ],
)
def test_grade_by_ratio(thickness: float, design: float, ratio: float, grade: Grade) -> None:
    found = grade_thickness(thickness_mm=thickness, design_mm=design)

    assert found.ratio == pytest.approx(ratio, abs=5e-5)
    assert found.grade == grade
    assert found.basis == GradeBasis.MEASURED
    assert found.assumptions == ()


@pytest.mark.parametrize("design", [5, 10, 15, 20, 30, 40, 50])
@pytest.mark.parametrize(
    ("edge", "grade"),
    [(0.3, Grade.BLUE), (0.5, Grade.YELLOW), (0.7, Grade.ORANGE), (1.0, Grade.RED)],
)
def test_an_edge_belongs_to_its_grade_however_it_was_reckoned(
    design: float, edge: float, grade: Grade
) -> None:
    assert grade_thickness(thickness_mm=design * edge, design_mm=design).grade == grade


@pytest.mark.parametrize(
    ("thickness", "grade"),
    [
        (9.99, Grade.NONE),
        (10, Grade.BLUE),
        (14.99, Grade.BLUE),
        (15, Grade.YELLOW),
        (20, Grade.ORANGE),
        (29.99, Grade.ORANGE),
        (30, Grade.RED),
    ],
)
def test_grade_by_thickness_without_a_design(thickness: float, grade: Grade) -> None:
    found = grade_thickness(thickness_mm=thickness, design_mm=None)

    assert found.grade == grade
    assert found.ratio is None
    assert found.basis == GradeBasis.ABSOLUTE_NO_DESIGN


@pytest.mark.parametrize(("thickness", "grade"), [(0, Grade.NONE), (0.9, Grade.NONE), (1, Grade.RED)])
def test_a_line_built_for_no_ice_is_normal_or_red(thickness: float, grade: Grade) -> None:
    found = grade_thickness(thickness_mm=thickness, design_mm=0)

    assert found.grade == grade
    assert found.ratio is None


def test_all_assumptions_are_told_weightiest_first() -> None:
    found = grade_thickness(thickness_mm=30, design_mm=None, basis=GradeBasis.ASSUMED_GLAZE)

    assert found.basis == GradeBasis.ABSOLUTE_NO_DESIGN
    assert found.assumptions == (GradeBasis.ABSOLUTE_NO_DESIGN, GradeBasis.ASSUMED_GLAZE)
    assert assumptions(thickness_basis=GradeBasis.ASSUMED_DENSITY, design_mm=30) == (
        GradeBasis.ASSUMED_DENSITY,
    )


def test_a_company_may_move_the_edges() -> None:
    strict = Ladder(ratios=(0.2, 0.4, 0.6, 0.8))

    assert grade_thickness(thickness_mm=8, design_mm=10, ladder=strict).grade == Grade.RED
    assert scale_for(design_mm=10, ladder=strict).edges == (0.2, 0.4, 0.6, 0.8)


@pytest.mark.parametrize(
    ("numbers", "field"),
    [
        ({"ratios": (0.0, 0.5, 0.7, 1.0)}, "ratios"),
        ({"ratios": (0.3, 0.5, 0.7, 11.0)}, "ratios"),
        ({"margin": 0.31}, "margin"),
        ({"margin_mm": -1.0}, "margin_mm"),
        ({"no_ice_margin_mm": 1.1}, "no_ice_margin_mm"),
        ({"calm_readings": 0}, "calm_readings"),
    ],
)
def test_refuses_a_ladder_that_cannot_grade(numbers: dict[str, Any], field: str) -> None:
    with pytest.raises(OutOfRange) as refusal:
        Ladder(**numbers)

    assert refusal.value.fields["field"] == field


def test_refuses_edges_that_do_not_rise() -> None:
    with pytest.raises(Inconsistent) as refusal:
        Ladder(thicknesses_mm=(10, 20, 20, 30))

    assert refusal.value.fields["field"] == "thicknesses_mm"


@pytest.mark.parametrize(
    ("thickness", "design", "field"),
    [(-1, 10, "standard_mm"), (151, 10, "standard_mm"), (10, -5, "design_ice_mm"), (10, 61, "design_ice_mm")],
)
def test_refuses_thicknesses_that_cannot_be(thickness: float, design: float, field: str) -> None:
    with pytest.raises(OutOfRange) as refusal:
        icing_ratio(thickness_mm=thickness, design_mm=design)

    assert refusal.value.fields["field"] == field


@given(
    thinner=st.floats(0, 150),
    thicker=st.floats(0, 150),
    design=st.sampled_from([None, 0, 5, 10, 15, 20, 30, 40, 50]),
)
def test_more_ice_is_never_a_milder_grade(thinner: float, thicker: float, design: float | None) -> None:
    low, high = sorted((thinner, thicker))

    milder = grade_thickness(thickness_mm=low, design_mm=design).grade
    worse = grade_thickness(thickness_mm=high, design_mm=design).grade

    assert rank(grade=milder) <= rank(grade=worse)
