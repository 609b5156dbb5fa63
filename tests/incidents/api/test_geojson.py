"""Lists and rows as features: the same rows, honest about where they are."""

from typing import Any

import pytest

from incidents.api.geojson import MEDIA_TYPE
from incidents.choices import Role
from incidents.models import Hazard, Visit
from incidents.rules.coordinates import Point, to_gcj02
from incidents.urls import router
from tests.factories import STORM_NIGHT, make_organization, make_outage, make_place
from tests.incidents.api.conftest import Phone, make_phone
from tests.incidents.api.test_who_may_what import TABLE
from tests.world import World, divisions

VIEWS: list[Any] = [view for _prefix, view, _name in router.registry]
KNOWN = {"longitude": "120.9", "latitude": "29.8", "crs": "EPSG:4490"}
LOCATED = {
    "assignments",
    "damages",
    "deployments",
    "hazards",
    "ice-readings",
    "outages",
    "patrols",
    "road-blocks",
    "visits",
    "weather-readings",
}


@pytest.fixture
def desk(db: None) -> Phone:
    return make_phone(role=Role.DISPATCHER)


def features(phone: Phone, path: str, **query: Any) -> Any:
    return phone.client.get(f"/api/v1/{path}", query, headers={"Accept": MEDIA_TYPE})


def outage_at(phone: Phone, **place: Any) -> str:
    return str(make_outage(organization=phone.organization, place=make_place(**place)).uuid)


def test_all_that_lies_somewhere_has_features_and_nothing_else(db: None) -> None:
    world = World(make_organization())
    world.rows[TABLE["divisions"][0]] = divisions()
    desk = make_phone(role=Role.DISPATCHER, organization=world.organization)

    answers = {name: features(desk, f"{name}/") for name in TABLE}

    assert {name for name, answer in answers.items() if answer.status_code == 200} == LOCATED
    assert {answer.status_code for answer in answers.values()} == {200, 406}
    assert {view.home for view in VIEWS if view.place} == LOCATED
    refused = answers["crews"]
    assert (refused.json()["code"], refused["Content-Type"]) == ("not-acceptable", "application/problem+json")


def test_a_row_is_a_feature_in_wgs_84_longitude_first(desk: Phone) -> None:
    uuid = outage_at(desk, **KNOWN)

    answer = features(desk, f"outages/{uuid}/")

    body = answer.json()
    assert answer["Content-Type"] == MEDIA_TYPE
    assert (body["type"], body["id"]) == ("Feature", uuid)
    assert body["geometry"] == {"type": "Point", "coordinates": [120.9, 29.8]}
    assert body["properties"] == desk.get(f"outages/{uuid}/").json() | {"converted_from": None}


def test_what_has_no_coordinate_has_no_geometry(desk: Phone) -> None:
    outage_at(desk)

    [feature] = features(desk, "outages/").json()["features"]

    assert feature["geometry"] is None
    assert feature["properties"]["place"]["text"] == "横岗村山上"


def test_a_shifted_coordinate_is_shifted_back_and_says_so(desk: Phone) -> None:
    shifted = to_gcj02(Point(120.9, 29.8))
    longitude, latitude = round(shifted.longitude, 6), round(shifted.latitude, 6)
    outage_at(desk, longitude=longitude, latitude=latitude, crs="GCJ-02")

    [feature] = features(desk, "outages/").json()["features"]

    assert feature["geometry"]["coordinates"] == pytest.approx([120.9, 29.8], abs=1e-6)
    assert feature["properties"]["converted_from"] == "GCJ-02"
    assert feature["properties"]["place"]["longitude"] == longitude


def test_several_places_are_several_points(desk: Phone) -> None:
    told = {"received_at": STORM_NIGHT, "reported_by": desk.user}
    visit = Visit.objects.create(organization=desk.organization, **told)
    visit.places.set([make_place(**KNOWN), make_place(), make_place(**KNOWN | {"latitude": "29.9"})])

    [feature] = features(desk, "visits/").json()["features"]

    assert feature["geometry"]["type"] == "MultiPoint"
    assert sorted(feature["geometry"]["coordinates"]) == [[120.9, 29.8], [120.9, 29.9]]


def test_pages_filters_and_rights_are_those_of_the_list(desk: Phone) -> None:
    made = {outage_at(desk, **KNOWN) for _ in range(3)}
    outage_at(make_phone(), **KNOWN)

    first = features(desk, "outages/", page_size=2).json()
    second = features(desk, "outages/", page_size=2, cursor=first["next"]).json()

    assert first["type"] == "FeatureCollection"
    assert {each["id"] for each in [*first["features"], *second["features"]]} == made
    assert second["next"] is None
    assert features(desk, "outages/", bbox="121,29,122,30").json()["features"] == []
    assert features(desk, "outages/", colour="red").status_code == 400


def test_errors_and_deeds_stay_json(desk: Phone) -> None:
    missing = features(desk, "outages/00000000-0000-4000-8000-000000000000/")
    deed = desk.client.post("/api/v1/hazards/", {}, format="json", headers={"Accept": MEDIA_TYPE})

    assert (missing.status_code, missing["Content-Type"]) == (404, "application/problem+json")
    assert missing.json()["code"] == "not-found"
    assert deed.status_code == 406
    assert not Hazard.objects.exists()


def test_caches_are_told_that_the_form_was_asked_for(desk: Phone) -> None:
    assert "Accept" in desk.get("outages/")["Vary"]
    assert "Accept" in features(desk, "outages/")["Vary"]
