from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

import pytest

from incidents.errors import ClientIdTaken
from incidents.journal import Actor
from incidents.models import WeatherReading
from incidents.services.submissions import digest_of, sent_before
from tests.factories import make_actor, make_place


def test_the_same_words_give_the_same_digest_in_any_order(db: None) -> None:
    place = make_place()
    at = datetime(2024, 2, 26, tzinfo=UTC)

    one = digest_of({"place": place, "at": at, "temp": Decimal("-5.0")})

    assert one == digest_of({"temp": Decimal("-5.0"), "at": at, "place": place})
    assert len(one) == 64


def test_any_other_value_gives_another_digest(db: None) -> None:
    one, other = make_place(), make_place()

    assert digest_of({"place": one}) != digest_of({"place": other})
    assert digest_of({"temp": Decimal(-5)}) != digest_of({"temp": Decimal(5)})
    assert digest_of({"temp": None}) != digest_of({})


def reading(by: Actor, **over: object) -> WeatherReading:
    told = {"client_id": uuid4(), "client_digest": "a" * 64, "observed_precision": "unknown"}
    return WeatherReading.objects.create(
        place=make_place(), received_at=by.now, reported_by=by.user, **(told | over)
    )


def test_finds_what_the_same_person_sent_before(by: Actor) -> None:
    first = reading(by)
    rows = WeatherReading.objects.all()

    assert sent_before(rows, client_id=first.client_id, digest="a" * 64, by=by) == first
    assert sent_before(rows, client_id=uuid4(), digest="a" * 64, by=by) is None
    assert sent_before(rows, client_id=first.client_id, digest="b" * 64, by=make_actor()) is None


def test_what_no_phone_sent_was_never_sent_before(by: Actor) -> None:
    reading(by, client_id=None, client_digest="")

    assert sent_before(WeatherReading.objects.all(), client_id=None, digest="", by=by) is None


def test_refuses_another_thing_under_the_same_number(by: Actor) -> None:
    first = reading(by)

    with pytest.raises(ClientIdTaken):
        sent_before(WeatherReading.objects.all(), client_id=first.client_id, digest="b" * 64, by=by)
