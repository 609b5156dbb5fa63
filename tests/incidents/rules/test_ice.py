"""Which way a measurement becomes a standard thickness, what it assumes, and when it cannot."""

import pytest

from incidents.choices import GradeBasis, IceType, ThicknessKind, UnknownReason
from incidents.errors import OutOfRange
from incidents.rules.ice import Formula, standardise
from incidents.rules.measurement import Measurement

D = 15.07
APPARENT = ThicknessKind.APPARENT


def test_a_number_of_unknown_kind_and_type_is_taken_for_glaze() -> None:
    found = standardise(measurement=Measurement(thickness_mm=30))

    assert found.mm == 30
    assert found.basis == GradeBasis.ASSUMED_GLAZE
    assert found.formula == Formula.RING
    assert found.density == 0.9
    assert not found.suspect


@pytest.mark.parametrize(
    ("ice_type", "expected", "basis"),
    [
        (IceType.GLAZE, 30.0, GradeBasis.ASSUMED_DENSITY),
        (IceType.MIXED, 23.419, GradeBasis.ASSUMED_DENSITY),
        (IceType.WET_SNOW, 20.889, GradeBasis.ASSUMED_DENSITY),
        (IceType.RIME, 14.992, GradeBasis.ASSUMED_DENSITY),
        (IceType.RAIN_SNOW, 30.0, GradeBasis.ASSUMED_GLAZE),
        (IceType.UNKNOWN, 30.0, GradeBasis.ASSUMED_GLAZE),
    ],
)
def test_density_of_the_type(ice_type: IceType, expected: float, basis: GradeBasis) -> None:
    found = standardise(
        measurement=Measurement(thickness_mm=30, kind=APPARENT, ice_type=ice_type, conductor_diameter_mm=D)
    )

    assert found.mm == pytest.approx(expected, abs=5e-4)
    assert found.basis == basis


def test_a_company_may_have_its_own_densities() -> None:
    found = standardise(
        measurement=Measurement(
            thickness_mm=30, kind=APPARENT, ice_type=IceType.RIME, conductor_diameter_mm=D
        ),
        densities={IceType.RIME: 0.2},
    )

    assert found.mm == pytest.approx(11.366, abs=5e-4)


def test_a_measured_density_beats_that_of_the_type() -> None:
    found = standardise(
        measurement=Measurement(
            thickness_mm=30, kind=APPARENT, ice_type=IceType.GLAZE, density_g_cm3=0.3, conductor_diameter_mm=D
        )
    )

    assert found.mm == pytest.approx(14.992, abs=5e-4)
    assert found.basis == GradeBasis.MEASURED


def test_a_number_of_unknown_kind_is_never_reduced() -> None:
    found = standardise(
        measurement=Measurement(
            thickness_mm=30, ice_type=IceType.RIME, density_g_cm3=0.3, conductor_diameter_mm=D
        )
    )

    assert found.mm == 30
    assert found.basis == GradeBasis.ASSUMED_GLAZE


def test_weight_beats_everything_and_tells_its_density() -> None:
    found = standardise(
        measurement=Measurement(
            thickness_mm=25,
            kind=APPARENT,
            density_g_cm3=0.3,
            weight_g=2000,
            sample_length_m=1,
            long_axis_mm=62,
            short_axis_mm=50,
            conductor_diameter_mm=D,
        )
    )

    assert found.mm == pytest.approx(20.1079, abs=5e-5)
    assert found.basis == GradeBasis.MEASURED
    assert found.formula == Formula.WEIGHT
    assert found.density == pytest.approx(0.88638, abs=5e-6)
    assert not found.suspect


def test_weight_alone_has_no_density() -> None:
    found = standardise(measurement=Measurement(weight_g=900, sample_length_m=1, conductor_diameter_mm=D))

    assert found.mm == pytest.approx(11.832, abs=5e-4)
    assert found.density is None


def test_axes_that_leave_no_room_for_the_weight_tell_no_density() -> None:
    found = standardise(
        measurement=Measurement(
            weight_g=900, sample_length_m=1, long_axis_mm=D, short_axis_mm=D, conductor_diameter_mm=D
        )
    )

    assert found.mm == pytest.approx(11.832, abs=5e-4)
    assert found.density is None


def test_a_weight_that_its_axes_cannot_hold_is_suspect() -> None:
    found = standardise(
        measurement=Measurement(
            weight_g=4000, sample_length_m=1, long_axis_mm=62, short_axis_mm=50, conductor_diameter_mm=D
        )
    )

    assert found.density == pytest.approx(1.77276, abs=5e-6)
    assert found.suspect


def test_a_stated_standard_thickness_is_taken_as_it_is() -> None:
    found = standardise(
        measurement=Measurement(thickness_mm=12.5, kind=ThicknessKind.STANDARD, ice_type=IceType.RIME)
    )

    assert found.mm == 12.5
    assert found.basis == GradeBasis.MEASURED
    assert found.formula == Formula.STATED


@pytest.mark.parametrize(
    ("density", "ice_type", "expected", "basis"),
    [
        (0.6, IceType.UNKNOWN, 15.608, GradeBasis.MEASURED),
        (None, IceType.RIME, 9.675, GradeBasis.ASSUMED_DENSITY),
        (None, IceType.UNKNOWN, 20.304, GradeBasis.ASSUMED_GLAZE),
    ],
)
def test_axes_beat_a_thickness_as_seen(
    density: float | None, ice_type: IceType, expected: float, basis: GradeBasis
) -> None:
    found = standardise(
        measurement=Measurement(
            thickness_mm=40,
            kind=APPARENT,
            ice_type=ice_type,
            density_g_cm3=density,
            long_axis_mm=62,
            short_axis_mm=50,
            conductor_diameter_mm=D,
        )
    )

    assert found.mm == pytest.approx(expected, abs=5e-4)
    assert found.basis == basis
    assert found.formula == Formula.AXES


def test_without_a_diameter_axes_and_weight_fall_back_to_what_was_seen() -> None:
    found = standardise(
        measurement=Measurement(
            thickness_mm=20, kind=APPARENT, weight_g=900, sample_length_m=1, long_axis_mm=62, short_axis_mm=50
        )
    )

    assert found.mm == 20
    assert found.formula == Formula.RING


def test_without_a_diameter_another_density_than_that_of_glaze_has_no_answer() -> None:
    found = standardise(measurement=Measurement(thickness_mm=30, kind=APPARENT, ice_type=IceType.RIME))

    assert found.mm is None
    assert found.formula == Formula.NONE
    assert found.unknown_reason == UnknownReason.NOT_STATED
    assert found.missing == "conductor_diameter_mm"


def test_no_ice_needs_no_diameter() -> None:
    found = standardise(measurement=Measurement(thickness_mm=0, kind=APPARENT, ice_type=IceType.RIME))

    assert found.mm == 0


def test_nothing_measured_has_no_answer() -> None:
    found = standardise(measurement=Measurement(weight_g=900, kind=ThicknessKind.STANDARD))

    assert found.mm is None
    assert found.unknown_reason == UnknownReason.NOT_MEASURED
    assert found.missing == "thickness_mm"


@pytest.mark.parametrize(
    ("kind", "thickness_mm", "suspect"),
    [
        (ThicknessKind.STANDARD, 60.0, False),
        (ThicknessKind.STANDARD, 60.1, True),
        (APPARENT, 80.0, False),
        (APPARENT, 80.1, True),
    ],
)
def test_thick_ice_is_to_be_looked_at_again(
    kind: ThicknessKind, thickness_mm: float, *, suspect: bool
) -> None:
    found = standardise(
        measurement=Measurement(
            thickness_mm=thickness_mm, kind=kind, ice_type=IceType.RIME, conductor_diameter_mm=D
        )
    )

    assert found.suspect is suspect


def test_an_assumption_never_makes_more_than_the_limit() -> None:
    found = standardise(measurement=Measurement(thickness_mm=300))

    assert found.mm == 150
    assert found.suspect


def test_measured_beyond_the_limit_is_refused() -> None:
    with pytest.raises(OutOfRange) as refusal:
        standardise(measurement=Measurement(thickness_mm=300, kind=APPARENT, density_g_cm3=0.9))

    assert refusal.value.fields["field"] == "standard_mm"
    assert refusal.value.fields["high"] == 150
