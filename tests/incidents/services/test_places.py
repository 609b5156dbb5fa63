from decimal import Decimal
from typing import Any

import pytest

from incidents.choices import CoordinateSystem, PlacePrecision, PlaceResolution
from incidents.errors import Inconsistent, Missing, OutOfRange
from incidents.journal import Actor
from incidents.models import JournalEntry, Place
from incidents.services import places
from tests.factories import make_division, make_line, make_place


def test_keeps_the_deepest_division_that_is_certain(by: Actor) -> None:
    make_division("330683", "嵊州市")
    make_division("330683102", "崇仁镇")
    make_division("330683102343", "岭头山村委会")

    place = places.create(text=" 嵊州市崇仁镇岭头山村 ", at=by.now, by=by)

    assert (place.text, place.division_id) == ("嵊州市崇仁镇岭头山村", "330683102343")
    assert (place.precision, place.resolved_by) == (PlacePrecision.VILLAGE, PlaceResolution.EXACT)
    entry = JournalEntry.objects.get()
    assert (entry.kind, entry.subject_uuid) == ("place.created", place.uuid)


@pytest.mark.parametrize(
    ("code", "name", "precision"),
    [
        ("3306", "绍兴市", PlacePrecision.CITY),
        ("330683", "嵊州市", PlacePrecision.COUNTY),
        ("330683102", "崇仁镇", PlacePrecision.TOWN),
        ("330683102343", "岭头山村委会", PlacePrecision.VILLAGE),
    ],
)
def test_a_person_may_say_where_it_is(by: Actor, code: str, name: str, precision: PlacePrecision) -> None:
    division = make_division(code, name)

    place = places.create(text="山上", division=division, at=by.now, by=by)

    assert (place.division, place.precision, place.resolved_by) == (
        division,
        precision,
        PlaceResolution.HUMAN,
    )


def test_a_whole_province_is_no_place(by: Actor) -> None:
    with pytest.raises(Inconsistent):
        places.create(text="浙江", division=make_division("33", "浙江省"), at=by.now, by=by)

    assert not Place.objects.exists()
    assert not JournalEntry.objects.exists()


def test_a_name_that_stands_alone_keeps_its_candidates(by: Actor) -> None:
    for code in ("331102200244", "331124204203", "330329100214"):
        make_division(code, "横岗村委会")

    place = places.create(text="横岗村山上", at=by.now, by=by)

    assert (place.division, place.precision, place.resolved_by) == (
        None,
        PlacePrecision.UNKNOWN,
        PlaceResolution.NONE,
    )
    assert place.candidates == ["330329100214", "331102200244", "331124204203"]


def test_where_the_speaker_is_helps_a_name_without_county(by: Actor) -> None:
    county = make_division("330683", "嵊州市")
    make_division("330683003260", "南田村委会")

    place = places.create(text="南田村", within=county, at=by.now, by=by)

    assert place.division_id == "330683003260"


def test_a_pole_is_its_line_branch_and_number(by: Actor) -> None:
    line = make_line(name="10千伏田彰线")

    place = places.create(line=line, branch="分包家坨", pole_no="025号杆", at=by.now, by=by)

    assert place.text == "10千伏田彰线 分包家坨 025号杆"
    assert (place.precision, place.division) == (PlacePrecision.POLE, None)


def test_a_pole_in_a_village_is_known_to_the_pole_and_keeps_the_village(by: Actor) -> None:
    make_division("330683", "嵊州市")
    make_division("330683102343", "岭头山村委会")

    place = places.create(text="嵊州市岭头山村", line=make_line(), pole_no="3", at=by.now, by=by)

    assert (place.precision, place.division_id) == (PlacePrecision.POLE, "330683102343")


def test_a_line_without_a_pole_says_nothing_of_where(by: Actor) -> None:
    place = places.create(line=make_line(name="10千伏田彰线"), at=by.now, by=by)

    assert (place.text, place.precision) == ("10千伏田彰线", PlacePrecision.UNKNOWN)


def test_keeps_a_coordinate_as_given_with_its_datum(by: Actor) -> None:
    place = places.create(
        text="塔顶",
        latitude=Decimal("29.580001"),
        longitude=Decimal("120.820001"),
        crs=CoordinateSystem.GCJ02,
        altitude_m=655,
        at=by.now,
        by=by,
    )

    place.refresh_from_db()
    assert (place.latitude, place.longitude) == (Decimal("29.580001"), Decimal("120.820001"))
    assert (place.crs, place.altitude_m, place.precision) == ("GCJ-02", 655, PlacePrecision.UNKNOWN)


@pytest.mark.parametrize(
    ("where", "field"),
    [
        ({}, "text"),
        ({"text": "  "}, "text"),
        ({"text": "山上", "pole_no": "3"}, "line"),
        ({"text": "山上", "branch": "支线"}, "line"),
        ({"text": "山上", "latitude": Decimal(29), "longitude": Decimal(120)}, "crs"),
        ({"text": "山上", "latitude": Decimal(29), "crs": CoordinateSystem.WGS84}, "longitude"),
        ({"text": "山上", "longitude": Decimal(120), "crs": CoordinateSystem.WGS84}, "latitude"),
        ({"text": "山上", "crs": CoordinateSystem.WGS84}, "latitude"),
    ],
)
def test_refuses_halves(by: Actor, where: dict[str, Any], field: str) -> None:
    with pytest.raises(Missing) as refused:
        places.create(at=by.now, by=by, **where)

    assert refused.value.fields["field"] == field
    assert not Place.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "low", "high"),
    [
        ("latitude", Decimal("90.1"), -90, 90),
        ("longitude", Decimal("-180.1"), -180, 180),
        ("altitude_m", 5001, -100, 5000),
    ],
)
def test_refuses_a_number_that_no_place_has(
    by: Actor, field: str, value: Decimal, low: int, high: int
) -> None:
    where: dict[str, Any] = {
        "latitude": Decimal(29),
        "longitude": Decimal(120),
        "crs": CoordinateSystem.WGS84,
    }

    with pytest.raises(OutOfRange) as refused:
        places.create(text="山上", at=by.now, by=by, **(where | {field: value}))

    fields = refused.value.fields
    assert (fields["field"], fields["value"], fields["low"], fields["high"]) == (field, value, low, high)
    assert not Place.objects.exists()


def test_a_person_identifies_a_place_and_its_candidates_are_done_with(by: Actor) -> None:
    village = make_division("330604112206", "横岗村委会")
    place = make_place(candidates=["331102200244"])

    places.identify(place, division=village, reason="与上虞核实", at=by.now, by=by)

    place.refresh_from_db()
    assert (place.text, place.division, place.candidates) == ("横岗村山上", village, [])
    assert (place.precision, place.resolved_by) == (PlacePrecision.VILLAGE, PlaceResolution.HUMAN)
    entry = JournalEntry.objects.get()
    assert (entry.kind, entry.reason) == ("place.identified", "与上虞核实")
    assert entry.before is not None
    assert entry.before["division_id"] is None


def test_a_pole_found_later_keeps_the_division(by: Actor) -> None:
    line = make_line()
    place = make_place()

    places.identify(place, division=None, line=line, pole_no="17", reason="现场", at=by.now, by=by)

    place.refresh_from_db()
    assert (place.line, place.pole_no, place.precision) == (line, "17", PlacePrecision.POLE)
    assert place.resolved_by == PlaceResolution.NONE


@pytest.mark.parametrize(
    ("reason", "where", "field"), [(" ", {}, "reason"), ("核实", {"pole_no": "17"}, "line")]
)
def test_refuses_to_identify_by_halves(by: Actor, reason: str, where: dict[str, Any], field: str) -> None:
    place = make_place()

    with pytest.raises(Missing) as refused:
        places.identify(place, division=None, reason=reason, at=by.now, by=by, **where)

    assert refused.value.fields["field"] == field
    place.refresh_from_db()
    assert (place.pole_no, place.precision) == ("", PlacePrecision.UNKNOWN)
    assert not JournalEntry.objects.exists()
