"""Known answers of the formulae for a conductor of 15.07 mm (r = 7.535 mm), each reckoned by hand as well."""

import pytest

from incidents.errors import Inconsistent, OutOfRange
from incidents.rules import ice_formulae as ice

D = 15.07


@pytest.mark.parametrize(("weight_g", "expected"), [(900, 11.832), (3823, 30.000), (0, 0)])
def test_standard_thickness_from_weight(weight_g: float, expected: float) -> None:
    found = ice.standard_from_weight(weight_g=weight_g, length_m=1, conductor_diameter_mm=D)

    assert found == pytest.approx(expected, abs=5e-4)


def test_half_the_length_is_half_the_weight() -> None:
    whole = ice.standard_from_weight(weight_g=900, length_m=1, conductor_diameter_mm=D)
    half = ice.standard_from_weight(weight_g=450, length_m=0.5, conductor_diameter_mm=D)

    assert half == pytest.approx(whole)


@pytest.mark.parametrize(("density", "expected"), [(0.9, 20.304), (0.6, 15.608), (0.3, 9.675)])
def test_standard_thickness_from_axes(density: float, expected: float) -> None:
    found = ice.standard_from_axes(
        long_axis_mm=62, short_axis_mm=50, density=density, conductor_diameter_mm=D
    )

    assert found == pytest.approx(expected, abs=5e-4)


def test_weight_and_axes_agree_with_the_density_that_they_imply() -> None:
    density = ice.density_from_axes(
        weight_g=2000, length_m=1, long_axis_mm=62, short_axis_mm=50, conductor_diameter_mm=D
    )
    by_axes = ice.standard_from_axes(
        long_axis_mm=62, short_axis_mm=50, density=density, conductor_diameter_mm=D
    )
    by_weight = ice.standard_from_weight(weight_g=2000, length_m=1, conductor_diameter_mm=D)

    assert density == pytest.approx(0.88638, abs=5e-6)
    assert by_axes == pytest.approx(20.1079, abs=5e-5)
    assert by_weight == pytest.approx(20.1079, abs=5e-5)


def test_density_from_circumference() -> None:
    found = ice.density_from_circumference(
        weight_g=2000, length_m=1, circumference_mm=180, conductor_diameter_mm=D
    )

    assert found == pytest.approx(0.83335, abs=5e-6)


def test_density_from_area_is_that_of_the_same_oval() -> None:
    found = ice.density_from_area(weight_g=2000, length_m=1, area_mm2=2434.734306543, conductor_diameter_mm=D)

    assert found == pytest.approx(0.88638, abs=5e-6)


def test_standard_thickness_from_survey() -> None:
    found = ice.standard_from_survey(
        iced_radius_mm=30, shape_factor=0.9, density=0.7, conductor_diameter_mm=D
    )

    assert found == pytest.approx(17.815, abs=5e-4)


@pytest.mark.parametrize(
    ("density", "expected"),
    [(0.9, 30.00), (0.8, 27.94), (0.6, 23.42), (0.5, 20.89), (0.3, 14.99), (0.2, 11.37)],
)
def test_thirty_millimetres_as_seen(density: float, expected: float) -> None:
    found = ice.standard_from_ring(apparent_mm=30, density=density, conductor_diameter_mm=D)

    assert found == pytest.approx(expected, abs=5e-3)


@pytest.mark.parametrize("diameter", [1.0, 6.7, 15.07, 26.8, 33.6, 60.0])
def test_no_ice_is_no_thickness_on_any_conductor(diameter: float) -> None:
    assert ice.standard_from_ring(
        apparent_mm=0, density=0.3, conductor_diameter_mm=diameter
    ) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("area", [178.0, 0.0, float("nan")])
def test_refuses_a_density_without_ice(area: float) -> None:
    with pytest.raises(Inconsistent) as refusal:
        ice.density_from_area(weight_g=100, length_m=1, area_mm2=area, conductor_diameter_mm=D)

    assert refusal.value.fields["field"] == "iced_section_mm2"
    assert refusal.value.fields["relation"] == ">"


def test_refuses_a_section_smaller_than_its_conductor() -> None:
    with pytest.raises(Inconsistent) as refusal:
        ice.standard_from_survey(iced_radius_mm=7, shape_factor=0.9, density=0.7, conductor_diameter_mm=D)

    assert refusal.value.fields["other_value"] == pytest.approx(178.368, abs=1e-3)


@pytest.mark.parametrize(
    ("weight_g", "length_m", "diameter", "field"),
    [
        (-1, 1, D, "weight_g"),
        (900, 0, D, "length_m"),
        (900, 1, 0, "conductor_diameter_mm"),
        (900, 1, 61, "conductor_diameter_mm"),
        (float("nan"), 1, D, "weight_g"),
        (float("inf"), 1, D, "weight_g"),
    ],
)
def test_refuses_what_cannot_be(weight_g: float, length_m: float, diameter: float, field: str) -> None:
    with pytest.raises(OutOfRange) as refusal:
        ice.standard_from_weight(weight_g=weight_g, length_m=length_m, conductor_diameter_mm=diameter)

    assert refusal.value.fields["field"] == field


def test_refuses_a_density_that_no_ice_has() -> None:
    with pytest.raises(OutOfRange) as refusal:
        ice.standard_from_ring(apparent_mm=30, density=0.93, conductor_diameter_mm=D)

    assert refusal.value.fields["allowed"] == "0.05 – 0.92 g/cm³"
