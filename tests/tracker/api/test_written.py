"""The brief as of a moment through the API: forms, languages, and whose it may be."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from incidents.choices import Role
from tests.factories import make_outage
from tests.incidents.api.conftest import Phone, make_phone

pytestmark = pytest.mark.django_db
PATH = "written-brief/"


@pytest.fixture
def desk() -> Phone:
    phone = make_phone(role=Role.VIEWER)
    now = datetime.now(UTC)
    make_outage(
        organization=phone.organization,
        customers_affected=128,
        reported_at=now - timedelta(hours=1),
        received_at=now - timedelta(hours=1),
    )
    return phone


def told(phone: Phone, **asked: Any) -> Any:
    return phone.get(PATH, organization=str(phone.organization.uuid), **asked)


def test_it_is_short_and_chinese_unless_something_else_is_asked_for(desk: Phone) -> None:
    body = told(desk).json()

    assert (body["length"], body["language"]) == ("short", "zh-hans")
    assert "10千伏线路停运1条（跳闸1条），已恢复0条；停电128户" in body["text"]
    assert len(body["text"]) <= 200


def test_english_in_full(desk: Phone) -> None:
    assert (
        "customers out 128, restored 0, still out 128"
        in told(desk, length="full", language="en").json()["text"]
    )


def test_as_of_an_hour_before_there_was_nothing(desk: Phone) -> None:
    before = (datetime.now(UTC) - timedelta(hours=2)).isoformat(timespec="seconds")

    assert "无停电" in told(desk, as_of=before).json()["text"]


@pytest.mark.parametrize(
    "asked",
    [
        {"length": "epic"},
        {"language": "fr"},
        {"as_of": "yesterday"},
        {"as_of": "2999-01-01T00:00:00Z"},
        {"colour": "red"},
        {"storm": "none-such"},
    ],
)
def test_what_cannot_be_asked_is_refused(desk: Phone, asked: dict[str, str]) -> None:
    assert told(desk, **asked).status_code == 400


def test_the_brief_of_strangers_is_not_told(desk: Phone) -> None:
    stranger = make_phone(role=Role.VIEWER)

    answers = [stranger.get(PATH, organization=str(each)) for each in (desk.organization.uuid, uuid4())]

    assert [answer.status_code for answer in answers] == [400, 400]
