"""Known answers of the weighing method and of ice as a load."""

import pytest

from incidents.errors import OutOfRange
from incidents.rules import ice_load
from incidents.rules.ice_load import StringLoad, Suspension

D = 15.07
POINT = Suspension(
    vertical_span_m=80, string_weight_n=100, bare_weight_n_per_m=4.5777, conductor_diameter_mm=D
)


@pytest.mark.parametrize(
    ("standard_mm", "kg_per_m"),
    [(0, 0), (5, 0.284), (10, 0.709), (15, 1.275), (20, 1.983), (30, 3.823)],
)
def test_mass_per_metre_and_its_inverse(standard_mm: float, kg_per_m: float) -> None:
    mass = ice_load.mass_per_metre(standard_mm=standard_mm, conductor_diameter_mm=D)
    back = ice_load.standard_from_mass(mass_kg_per_m=mass, conductor_diameter_mm=D)

    assert mass == pytest.approx(kg_per_m, abs=5e-4)
    assert back == pytest.approx(standard_mm, abs=1e-9)


def test_thirty_millimetres_weigh_eight_times_the_conductor() -> None:
    mass = ice_load.mass_per_metre(standard_mm=30, conductor_diameter_mm=D)

    assert mass * ice_load.GRAVITY == pytest.approx(37.5, abs=0.05)
    assert mass / 0.4668 == pytest.approx(8.2, abs=0.05)
    assert round(ice_load.RING_WEIGHT, 6) == 27.728e-3


@pytest.mark.parametrize(
    ("force_n", "swing_deg", "expected"),
    [(466.22, 0, 0.0), (1500, 0, 15.330), (1500, 20, 14.420), (1500, -20, 14.420)],
)
def test_weighing(force_n: float, swing_deg: float, expected: float) -> None:
    found = ice_load.weigh(loads=[StringLoad(force_n=force_n, swing_deg=swing_deg)], suspension=POINT)

    assert found.mm == pytest.approx(expected, abs=5e-4)
    assert found.uncertainty_mm == pytest.approx(0.2 * found.mm)
    assert not found.clamped


def test_weighing_tells_the_weight_of_the_ice() -> None:
    found = ice_load.weigh(loads=[StringLoad(force_n=1500)], suspension=POINT)

    assert found.ice_n_per_m == pytest.approx(12.9223, abs=5e-5)


def test_two_strings_and_a_bundle_share_the_load() -> None:
    bundle = Suspension(
        vertical_span_m=80,
        string_weight_n=200,
        bare_weight_n_per_m=4.5777,
        conductor_diameter_mm=D,
        sub_conductors=2,
    )

    found = ice_load.weigh(loads=[StringLoad(force_n=1500), StringLoad(force_n=1500)], suspension=bundle)

    assert found.mm == pytest.approx(15.330, abs=5e-4)


def test_a_little_below_zero_is_zero_and_says_so() -> None:
    found = ice_load.weigh(loads=[StringLoad(force_n=440)], suspension=POINT)

    assert found.mm == 0
    assert found.clamped
    assert found.ice_n_per_m == pytest.approx(-0.3277, abs=5e-5)


def test_too_little_load_is_a_fault_of_the_sensor() -> None:
    with pytest.raises(OutOfRange) as refusal:
        ice_load.weigh(loads=[StringLoad(force_n=429)], suspension=POINT)

    assert refusal.value.fields["field"] == "vertical_load_n"
    assert refusal.value.fields["low"] == pytest.approx(100 + 0.9 * 4.5777 * 80)


def test_far_below_zero_is_a_fault_of_the_sensor() -> None:
    thick = Suspension(
        vertical_span_m=80, string_weight_n=100, bare_weight_n_per_m=22, conductor_diameter_mm=40
    )

    with pytest.raises(OutOfRange) as refusal:
        ice_load.weigh(loads=[StringLoad(force_n=1690)], suspension=thick)

    assert refusal.value.fields["field"] == "standard_mm"
    assert refusal.value.fields["low"] == -2


def test_more_ice_than_there_can_be_is_a_fault_of_the_sensor() -> None:
    with pytest.raises(OutOfRange) as refusal:
        ice_load.weigh(loads=[StringLoad(force_n=900_000)], suspension=POINT)

    assert refusal.value.fields["high"] == 150


@pytest.mark.parametrize(
    ("loads", "field"),
    [
        ([], "loads"),
        ([StringLoad(force_n=-1)], "force_n"),
        ([StringLoad(force_n=1500, swing_deg=90)], "swing_deg"),
    ],
)
def test_refuses_loads_that_cannot_be(loads: list[StringLoad], field: str) -> None:
    with pytest.raises(OutOfRange) as refusal:
        ice_load.weigh(loads=loads, suspension=POINT)

    assert refusal.value.fields["field"] == field


def test_refuses_a_point_that_carries_nothing() -> None:
    with pytest.raises(OutOfRange) as refusal:
        Suspension(vertical_span_m=0, string_weight_n=100, bare_weight_n_per_m=4.6, conductor_diameter_mm=D)

    assert refusal.value.fields["field"] == "vertical_span_m"


def test_refuses_a_negative_mass() -> None:
    with pytest.raises(OutOfRange) as refusal:
        ice_load.standard_from_mass(mass_kg_per_m=-0.1, conductor_diameter_mm=D)

    assert refusal.value.fields["field"] == "mass_kg_per_m"
