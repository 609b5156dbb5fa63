"""Warnings as phones ask for them: what holds now, here."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from incidents.choices import Role
from incidents.models import WeatherWarning
from tests.factories import make_division, make_organization, make_warning
from tests.incidents.api.conftest import Phone, just_now, make_phone

HOUR = timedelta(hours=1)


@pytest.fixture
def desk(db: None) -> Phone:
    return make_phone(role=Role.DISPATCHER)


def held(phone: Phone, **over: Any) -> WeatherWarning:
    before = datetime.now(UTC) - HOUR
    return make_warning(
        **({"organization": phone.organization, "issued_at": before, "valid_from_at": before} | over)
    )


def listed(phone: Phone, **query: Any) -> list[str]:
    return [each["uuid"] for each in phone.get("weather-warnings/", **query).json()["results"]]


def test_what_holds_now_is_asked_for_by_place(desk: Phone) -> None:
    county = make_division("330604", "上虞区")
    here = held(desk, areas=[county])
    over = held(desk, areas=[county], expires_at=datetime.now(UTC) - HOUR / 2)
    elsewhere = held(desk, areas=[make_division("330683", "嵊州市")])

    assert listed(desk, current="true", division="330604") == [str(here.uuid)]
    assert listed(desk, current="false") == [str(over.uuid)]
    assert set(listed(desk, current="true", division="3306")) == {str(here.uuid), str(elsewhere.uuid)}
    assert desk.get("weather-warnings/", current="maybe").status_code == 400


def test_a_new_warning_is_answered_and_the_old_one_names_it(desk: Phone) -> None:
    old = held(desk, areas=[make_division("330604", "上虞区")])
    path = f"weather-warnings/{old.uuid}/supersede/"
    seen = desk.get(f"weather-warnings/{old.uuid}/")["ETag"]

    answer = desk.act(path, seen=seen, level="red", text="升级为红色预警信号", at=just_now())
    again = desk.act(path, seen=seen, level="orange", text="又一次", at=just_now())

    new = answer.json()
    assert (answer.status_code, new["update_of"], new["areas"]) == (200, str(old.uuid), ["330604"])
    assert (again.status_code, again.json()["code"]) == (412, "stale")
    shown = desk.get(f"weather-warnings/{old.uuid}/").json()
    assert (shown["superseded_by"], shown["text"]) == (new["uuid"], old.text)


def test_a_county_sees_the_citys_warning_and_does_not_cancel_it(db: None) -> None:
    city = make_organization(level="city")
    desk = make_phone(role=Role.DISPATCHER, organization=make_organization(parent=city))
    warning = held(desk, organization=city)

    answer = desk.act(f"weather-warnings/{warning.uuid}/cancel/", at=just_now(), reason="解除")

    assert listed(desk) == [str(warning.uuid)]
    assert (answer.status_code, answer.json()["code"]) == (403, "right-missing")
    assert WeatherWarning.objects.get().cancelled_at is None
