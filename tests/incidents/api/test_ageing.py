"""What grows old says so in headers (RFC 9745, RFC 8594), and is gone at its sunset."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import get_resolver
from django.utils.http import parse_http_date

from incidents.api import ageing
from incidents.api.ageing import Ageing, MayEnd
from incidents.choices import Role
from incidents.models import Outage
from tests.factories import make_outage
from tests.incidents.api.conftest import Phone, just_now, make_phone
from tests.incidents.api.test_who_may_what import routes

SINCE = datetime(2024, 2, 26, 12, tzinfo=UTC)


@pytest.fixture
def desk(db: None) -> Phone:
    return make_phone(role=Role.DISPATCHER)


def announce(monkeypatch: pytest.MonkeyPatch, name: str, *, sunset_at: datetime | None) -> None:
    told = Ageing(since_at=SINCE, sunset_at=sunset_at, replacement="/api/v1/hazards/")
    monkeypatch.setitem(ageing.VERSIONS if name == "v1" else ageing.OPERATIONS, name, told)


def test_nothing_is_announced_now(desk: Phone) -> None:
    assert (ageing.OPERATIONS, ageing.FIELDS, ageing.VERSIONS) == ({}, {}, {})
    assert {"Deprecation", "Sunset", "Link"} & set(desk.get("outages/").headers) == set()


def test_an_operation_that_will_end_says_so_and_works(desk: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    sunset_at = (datetime.now(UTC) + timedelta(days=180)).replace(microsecond=0)
    announce(monkeypatch, "outages.list", sunset_at=sunset_at)

    answer = desk.get("outages/")

    assert answer.status_code == 200
    assert answer["Deprecation"] == "@1708948800"
    assert parse_http_date(answer["Sunset"]) == sunset_at.timestamp()
    assert answer["Link"] == (
        '</api/v1/docs/>; rel="deprecation"; type="text/html", </api/v1/hazards/>; rel="successor-version"'
    )
    assert "Deprecation" not in desk.get("crews/").headers


def test_refusals_say_it_too(desk: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    announce(monkeypatch, "outages.list", sunset_at=None)

    answer = desk.get("outages/", nonsense="1")

    assert (answer.status_code, answer["Deprecation"]) == (400, "@1708948800")
    assert "Sunset" not in answer.headers


def test_past_its_sunset_an_operation_is_gone_and_nothing_is_done(
    desk: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    outage = make_outage(organization=desk.organization, reported_at=datetime.now(UTC) - timedelta(hours=1))
    announce(monkeypatch, "outages.confirm", sunset_at=datetime.now(UTC))

    answer = desk.act(f"outages/{outage.uuid}/confirm/", at=just_now())

    body = answer.json()
    assert (answer.status_code, body["code"], body["final"]) == (410, "gone", True)
    assert answer["Content-Type"] == "application/problem+json"
    assert Outage.objects.get().status == "reported"
    assert desk.get("outages/").status_code == 200


def test_a_version_ends_as_a_whole(desk: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    announce(monkeypatch, "v1", sunset_at=datetime.now(UTC))

    assert {desk.get(path).status_code for path in ("me/", "outages/", "alerts/")} == {410}
    assert desk.client.post("/api/v1/ice-readings/bulk/", [], format="json").status_code == 410


def test_every_address_can_be_announced() -> None:
    views = {}
    for address in routes(get_resolver().url_patterns):
        callback = get_resolver().resolve(f"/api/v1/{filled(address)}").func
        views[address] = getattr(callback, "cls", None) or getattr(callback, "view_class", None)

    unable = {address for address, view in views.items() if view and not issubclass(view, MayEnd)}
    assert unable == {"schema/", "docs/"}  # they tell of it


def filled(address: str) -> str:
    nothing = "00000000-0000-4000-8000-000000000000"
    return address.replace("<uuid:uuid>", nothing).replace("<slug:slug>", "s").replace("<slug:code>", "33")
