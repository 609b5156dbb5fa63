from typing import Any
from uuid import uuid4

import pytest

from incidents.models import IceReading
from tests.constraints import breaks
from tests.factories import STORM_NIGHT, make_place, make_section, make_user

pytestmark = pytest.mark.django_db
GRADED = {"standard_mm": 8, "thickness_basis": "measured", "grade": "blue", "grade_basis": "measured"}


def make_reading(**over: Any) -> IceReading:
    values: dict[str, Any] = {
        "observed_at": STORM_NIGHT,
        "received_at": STORM_NIGHT,
        "thickness_mm": 8,
        "kind": "apparent",
        "method": "visual",
        "rule_version": "1",
    }
    for name, make in (("place", make_place), ("reported_by", make_user)):
        values[name] = over.pop(name) if name in over else make()
    return IceReading.objects.create(**(values | over))


@pytest.mark.parametrize(
    ("rule", "over"),
    [
        ("ice_observed_is_honest", {"observed_at": None}),
        ("ice_observed_is_honest", {"observed_precision": "day"}),
        ("ice_thickness_mm_in_range", {"thickness_mm": "300.1"}),
        ("ice_thickness_mm_in_range", {"thickness_mm": "-0.1"}),
        ("ice_standard_mm_in_range", GRADED | {"standard_mm": "150.001"}),
        ("ice_density_g_cm3_in_range", {"density_g_cm3": "0.04"}),
        ("ice_density_g_cm3_in_range", {"density_g_cm3": "0.93"}),
        ("ice_air_temp_c_in_range", {"air_temp_c": "-60.1"}),
        ("ice_air_temp_c_in_range", {"air_temp_c": "50.1"}),
        ("ice_conductor_diameter_mm_in_range", {"conductor_diameter_mm": "60.01"}),
        ("ice_weight_g_in_range", {"weight_g": "-0.1"}),
        ("ice_sample_length_is_positive", {"sample_length_m": 0}),
        ("ice_axes_in_order", {"long_axis_mm": 20, "short_axis_mm": 21}),
        ("ice_axes_in_order", {"long_axis_mm": 20}),
        ("ice_axes_in_order", {"short_axis_mm": 20}),
        ("ice_axes_in_order", {"short_axis_mm": -1, "long_axis_mm": 20}),
        (
            "ice_axes_hold_the_conductor",
            {"long_axis_mm": 20, "short_axis_mm": 14, "conductor_diameter_mm": 15},
        ),
        ("ice_is_somewhere", {"place": None}),
        ("ice_says_something", {"thickness_mm": None}),
        ("ice_standard_has_a_basis", {"standard_mm": 8}),
        ("ice_standard_has_a_basis", GRADED | {"thickness_basis": ""}),
        ("ice_grade_has_a_basis", GRADED | {"grade_basis": ""}),
    ],
)
def test_refuses_a_reading_that_cannot_be(rule: str, over: dict[str, Any]) -> None:
    with breaks(rule):
        make_reading(**over)


def test_a_reading_is_sent_once() -> None:
    first = make_reading(client_id=uuid4())

    with breaks("ice_client_id_once"):
        make_reading(client_id=first.client_id, reported_by=first.reported_by)
    make_reading(client_id=first.client_id)

    assert IceReading.objects.count() == 2


def test_a_reading_does_not_correct_itself() -> None:
    with breaks("ice_does_not_supersede_itself"):
        make_reading(pk=7, supersedes_id=7)


def test_a_reading_is_never_changed_or_deleted() -> None:
    reading = make_reading()

    with breaks("icereading_is_append_only"):
        IceReading.objects.update(note="改写")
    with breaks("icereading_is_append_only"):
        reading.delete()

    assert IceReading.objects.get().note == ""


def test_a_reading_of_a_section_needs_no_other_place() -> None:
    reading = make_reading(place=None, section=make_section())

    assert str(reading) == f"{reading.section}: 8 mm"
