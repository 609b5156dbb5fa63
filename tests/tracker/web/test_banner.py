from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from incidents.choices import Role
from tests.desk import sign_in
from tests.factories import make_organization
from tests.tracker.watchers import make_alert
from tracker.choices import Part
from tracker.selectors import watch_state
from tracker.selectors.clock import database_now
from tracker.selectors.health import LONGEST_SILENCE
from tracker.services import heartbeats

pytestmark = pytest.mark.django_db
PAGES = ["admin:index", "admin:tracker_alert_changelist", "admin:incidents_outage_add"]


@pytest.fixture(autouse=True)
def anew() -> Iterator[None]:
    watch_state.forget()
    yield
    watch_state.forget()


@pytest.fixture
def desk(client: Client) -> Client:
    user = sign_in(client, make_organization(), Role.DISPATCHER)
    user.language = "en"
    user.save(update_fields=["language"])
    return client


def pages(desk: Client) -> list[str]:
    return [desk.get(reverse(name)).content.decode() for name in PAGES]


def test_no_page_says_anything_while_all_is_well(desk: Client) -> None:
    heartbeats.beat([Part.CYCLE, *LONGEST_SILENCE])

    assert not any('class="watch-banner' in page for page in pages(desk))


def test_every_page_says_that_the_watch_is_dead(desk: Client) -> None:
    for page in pages(desk):
        assert 'class="watch-banner dead" role="alert"' in page
        assert "nobody is being told" in page


def test_every_page_says_by_how_much_it_is_late(desk: Client) -> None:
    heartbeats.beat([Part.CYCLE, *LONGEST_SILENCE])
    make_alert(next_due_at=database_now() - timedelta(minutes=3, seconds=5))

    assert all("late by 3 min" in page for page in pages(desk))


def test_a_part_without_a_sign_of_life_is_named(desk: Client) -> None:
    heartbeats.beat([Part.CYCLE, *(part for part in LONGEST_SILENCE if part is not Part.WORKER)])

    for page in pages(desk):
        assert 'class="watch-banner limping"' in page
        assert "Worker" in page


def test_strangers_are_told_nothing(client: Client) -> None:
    assert "watch-banner" not in client.get(reverse("admin:login")).content.decode()
