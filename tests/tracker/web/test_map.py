"""The map's page: whose it is, how honest about precision, what it costs, and what it may load."""

import re
from http import HTTPStatus
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.fixtures import Settings

from incidents.choices import PlacePrecision, PlaceResolution, Role
from incidents.models import Organization, Place
from tests.desk import sign_in
from tests.factories import make_division, make_organization, make_outage, make_place, make_road_block
from tracker.rules.ground import Ring
from tracker.selectors import outlines

pytestmark = pytest.mark.django_db
MAP, NOW = reverse("map"), reverse("map-now")
SQUARE: list[Ring] = [[(120.0, 29.0), (121.0, 29.0), (121.0, 30.0), (120.0, 30.0)]]


@pytest.fixture
def ours() -> Organization:
    return make_organization()


@pytest.fixture
def dispatcher(client: Client, ours: Organization) -> Client:
    sign_in(client, ours, Role.DISPATCHER)
    client.cookies["django_language"] = "en"
    return client


def at(longitude: float, latitude: float, **over: Any) -> Place:
    return make_place(longitude=longitude, latitude=latitude, crs="EPSG:4326", **over)


def in_county(**over: Any) -> Place:
    division = make_division("330683", "嵊州市")
    return make_place(
        division=division, precision=PlacePrecision.COUNTY, resolved_by=PlaceResolution.EXACT, **over
    )


def shown(client: Client, **query: Any) -> Any:
    return client.get(MAP, query).context["map"]


def test_a_stranger_and_nothing_of_another_company(client: Client, dispatcher: Client) -> None:
    make_outage(organization=make_organization(name="国网外县供电公司"), place=at(120, 29, text="外县某地"))

    assert "外县" not in dispatcher.get(MAP).content.decode()
    assert Client().get(MAP)["Location"].startswith(reverse("admin:login"))


def test_a_point_is_a_point_a_county_a_county_and_the_unknown_a_list(
    dispatcher: Client, ours: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outlines, "_province", lambda _path, _code: {"330683": SQUARE})
    make_outage(organization=ours, place=at(120.4, 29.4))
    make_outage(organization=ours, place=in_county())
    make_outage(organization=ours, place=make_place(text="某山上"))

    found = shown(dispatcher)

    assert [len(sign.things) for sign in found.signs] == [1]
    assert [(county.name, len(county.things)) for county in found.counties] == [("嵊州市", 1)]
    assert ([thing.item.text for thing in found.unknown], found.lost) == (["某山上"], 1)
    assert 'fill="url(#hatch)" d="M' in dispatcher.get(MAP).content.decode()


def test_without_outlines_there_are_points_only_and_the_page_says_so(
    dispatcher: Client, ours: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outlines, "find_spec", lambda _name: None)
    outlines._province.cache_clear()
    make_outage(organization=ours, place=at(120.4, 29.4))
    make_outage(organization=ours, place=in_county())

    found = shown(dispatcher)
    outlines._province.cache_clear()

    assert (len(found.signs), found.counties, [each.name for each in found.bare]) == (1, [], ["嵊州市"])
    assert "Points only" in dispatcher.get(MAP).content.decode()


def test_the_package_has_the_counties_of_the_record() -> None:
    known = outlines.outlines(frozenset({"330683", "331122", "000000"}))
    assert set(known) == {"330683", "331122"}
    longitudes = [x for ring in known["331122"] for x, _y in ring]
    assert (min(longitudes), max(longitudes)) == pytest.approx((119.867, 120.422), abs=0.001)


def test_kinds_are_chosen_and_the_part_that_is_enlarged(dispatcher: Client, ours: Organization) -> None:
    make_outage(organization=ours, place=at(120.1, 29.1))
    make_outage(organization=ours, place=at(120.9, 29.9))
    make_road_block(organization=ours, place=at(120.1, 29.1))

    assert len(shown(dispatcher).listed) == 3
    assert {each.item.kind for each in shown(dispatcher, show="road").listed} == {"road"}
    assert len(shown(dispatcher, box="120,29,120.2,29.2").listed) == 2


def test_what_phone_maps_shift_is_put_right(dispatcher: Client, ours: Organization) -> None:
    place = at(120.4, 29.4)
    Place.objects.filter(pk=place.pk).update(crs="GCJ-02")
    make_outage(organization=ours, place=place)

    [thing] = shown(dispatcher).listed

    assert 0.002 < 120.4 - thing.item.point[0] < 0.007


def test_the_choice_of_the_board_is_the_choice_of_the_map(dispatcher: Client, ours: Organization) -> None:
    county = make_organization(parent=ours)
    make_outage(organization=ours, place=at(120, 29))
    make_outage(organization=county, place=at(120, 29))

    assert len(shown(dispatcher, organization=str(county.uuid), of="real").listed) == 1
    assert (
        f"organization={county.uuid}"
        in dispatcher.get(reverse("home"), {"organization": str(county.uuid)})
        .content.decode()
        .split(f"{MAP}?")[1]
    )


@pytest.mark.parametrize("number", [3, 30])
def test_the_statements_are_the_same_whatever_is_out(
    dispatcher: Client, ours: Organization, number: int
) -> None:
    for step in range(number):
        make_outage(organization=ours, place=at(120 + step / 100, 29))
    dispatcher.get(NOW)

    with CaptureQueriesContext(connection) as captured:
        dispatcher.get(NOW)

    assert len(captured) == STATEMENTS


def test_nothing_new_is_304(dispatcher: Client, ours: Organization) -> None:
    etag = dispatcher.get(NOW)["ETag"]
    assert dispatcher.get(NOW, headers={"if-none-match": etag}).status_code == HTTPStatus.NOT_MODIFIED
    assert dispatcher.get(NOW, {"show": "ice"}, headers={"if-none-match": etag}).status_code == HTTPStatus.OK


def test_tiles_are_loaded_where_the_settings_say_and_on_this_page_alone(
    dispatcher: Client, ours: Organization, settings: Settings
) -> None:
    make_outage(organization=ours, place=at(120, 29))
    assert "tiles.example" not in dispatcher.get(MAP)["Content-Security-Policy"]
    settings.MAP_TILES = "https://tiles.example/{z}/{x}/{y}.png"

    answer = dispatcher.get(MAP)

    assert "img-src 'self' data: https://tiles.example" in answer["Content-Security-Policy"]
    assert re.search(r'<image href="https://tiles\.example/\d+/\d+/\d+\.png"', answer.content.decode())
    assert "tiles.example" not in dispatcher.get(reverse("home"))["Content-Security-Policy"]


def test_no_part_of_the_map_needs_an_inline_script_or_style(dispatcher: Client, ours: Organization) -> None:
    make_outage(organization=ours, place=at(120, 29))
    html = dispatcher.get(MAP).content.decode()
    assert re.search(r"<script(?![^>]*\ssrc=)[^>]*>|<style|\sstyle=|\son\w+=\"", html) is None


STATEMENTS = 15
