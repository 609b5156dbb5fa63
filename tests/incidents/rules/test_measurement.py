"""What no ice can be is refused by field, value and allowed range."""

from typing import Any

import pytest

from incidents.choices import IceMethod, ThicknessKind
from incidents.errors import Inconsistent, OutOfRange
from incidents.rules.measurement import Measurement

D = 15.07


@pytest.mark.parametrize(
    ("given", "field", "allowed"),
    [
        ({"thickness_mm": -0.1}, "thickness_mm", "0.0 – 300.0 mm"),
        ({"thickness_mm": 300.1}, "thickness_mm", "0.0 – 300.0 mm"),
        ({"thickness_mm": 150.1, "kind": ThicknessKind.STANDARD}, "thickness_mm", "0.0 – 150.0 mm"),
        ({"density_g_cm3": 0.04}, "density_g_cm3", "0.05 – 0.92 g/cm³"),
        ({"density_g_cm3": 0.93}, "density_g_cm3", "0.05 – 0.92 g/cm³"),
        ({"long_axis_mm": 661}, "long_axis_mm", "1.0 – 660.0 mm"),
        ({"short_axis_mm": 0}, "short_axis_mm", "1.0 – 660.0 mm"),
        ({"weight_g": -1}, "weight_g", "0.0 – 99999.0 g"),
        ({"sample_length_m": 0}, "sample_length_m", "0.01 – 100.0 m"),
        ({"conductor_diameter_mm": 0.9}, "conductor_diameter_mm", "1.0 – 60.0 mm"),
        ({"thickness_mm": float("nan")}, "thickness_mm", "0.0 – 300.0 mm"),
    ],
)
def test_refuses_values_out_of_range(given: dict[str, Any], field: str, allowed: str) -> None:
    with pytest.raises(OutOfRange) as refusal:
        Measurement(**given)

    assert refusal.value.fields["field"] == field
    assert refusal.value.fields["allowed"] == allowed


@pytest.mark.parametrize(
    ("given", "field", "other"),
    [
        ({"long_axis_mm": 50, "short_axis_mm": 62}, "long_axis_mm", "short_axis_mm"),
        ({"short_axis_mm": 15, "conductor_diameter_mm": D}, "short_axis_mm", "conductor_diameter_mm"),
        ({"long_axis_mm": 15, "conductor_diameter_mm": D}, "long_axis_mm", "conductor_diameter_mm"),
    ],
)
def test_refuses_axes_that_contradict(given: dict[str, Any], field: str, other: str) -> None:
    with pytest.raises(Inconsistent) as refusal:
        Measurement(**given)

    assert refusal.value.fields["field"] == field
    assert refusal.value.fields["other"] == other


def test_only_a_model_estimates() -> None:
    assert Measurement(thickness_mm=1, method=IceMethod.MODEL).is_estimate
    assert not Measurement(thickness_mm=1, method=IceMethod.VISUAL).is_estimate
