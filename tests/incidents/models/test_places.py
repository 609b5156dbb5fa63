from typing import Any

import pytest

from incidents.models import Division
from tests.constraints import breaks
from tests.factories import make_division, make_line, make_place

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("rule", "over"),
    [
        ("division_code_fits_level", {"code": "33060", "level": "county"}),
        ("division_code_fits_level", {"code": "33060X", "level": "county"}),
        ("division_code_fits_level", {"code": "330604", "level": "town"}),
        ("division_code_begins_with_parent", {"code": "340604", "level": "county"}),
        ("division_code_begins_with_parent", {"code": "330604", "level": "county", "parent_id": None}),
    ],
)
def test_refuses_a_division_whose_code_does_not_fit(rule: str, over: dict[str, Any]) -> None:
    city = make_division("3306", "绍兴市")

    with breaks(rule):
        Division.objects.create(**({"name": "上虞区", "stem": "上虞", "parent_id": city.pk} | over))


@pytest.mark.parametrize(
    ("rule", "over"),
    [
        ("place_is_no_more_exact_than_known", {"precision": "village"}),
        ("place_is_no_more_exact_than_known", {"precision": "pole", "pole_no": "25"}),
        ("place_has_words", {"text": ""}),
        ("place_coordinate_has_a_datum", {"latitude": "30", "longitude": "120"}),
        ("place_coordinate_has_a_datum", {"latitude": "30", "crs": "EPSG:4490"}),
        ("place_latitude_in_range", {"latitude": "90.000001", "longitude": "120", "crs": "EPSG:4490"}),
        ("place_longitude_in_range", {"latitude": "30", "longitude": "-180.000001", "crs": "EPSG:4490"}),
        ("place_altitude_m_in_range", {"altitude_m": -101}),
        ("place_altitude_m_in_range", {"altitude_m": 5001}),
        ("place_resolution_fits", {"resolved_by": "exact"}),
    ],
)
def test_refuses_a_place_that_says_more_than_is_known(rule: str, over: dict[str, Any]) -> None:
    with breaks(rule):
        make_place(**over)


def test_a_place_is_as_exact_as_the_division_it_names_and_no_more() -> None:
    county = make_division("330604", "上虞区")

    place = make_place(division=county, precision="county", resolved_by="human")
    with breaks("place_is_no_more_exact_than_known"):
        make_place(division=county, precision="town", resolved_by="human")

    assert place.precision == "county"


def test_a_pole_on_a_line_is_exact_without_a_division() -> None:
    place = make_place(line=make_line(), pole_no="25", precision="pole")

    assert str(place) == place.text
