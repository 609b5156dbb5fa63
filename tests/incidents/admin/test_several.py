"""Several records at once: what would happen is shown and not written; then each by itself."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from incidents.choices import AssignmentStatus, OutageStatus, Role
from incidents.models import Assignment, JournalEntry, Organization, Outage
from incidents.services import outages
from tests.desk import sign_in, verb_address
from tests.factories import make_actor, make_crew, make_outage
from tests.incidents.admin.test_scope import rows_in_all_tables

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def at() -> str:
    return timezone.localtime().strftime("%Y-%m-%dT%H:%M:%S")


@pytest.fixture
def desk(client: Client, ours: Organization) -> Client:
    sign_in(client, ours, Role.DISPATCHER)
    return client


def cancel(outage: Outage) -> None:
    outages.cancel(outage, reason="重复", at=timezone.now(), by=make_actor(now=timezone.now()))


def looked_at(client: Client, address: str, typed: dict[str, Any]) -> dict[str, Any]:
    """Look; return what the page would send to do it."""
    context = client.post(address, typed).context
    versions = [f"{one.row.pk}:{one.version}" for one in context["outcomes"] if one.is_done]
    sent = {"looked": context["looked"], "page": str(context["page"]), "version": versions, "do": "1"}
    return typed | sent


def test_looking_tells_what_would_happen_and_writes_nothing(
    desk: Client, ours: Organization, at: str
) -> None:
    able, gone = make_outage(organization=ours), make_outage(organization=ours)
    cancel(gone)
    before = rows_in_all_tables()

    page = desk.post(verb_address(able, "confirm", gone), {"at": at})

    first, second = page.context["outcomes"]
    assert (first.is_done, second.is_done, page.context["able"]) == (True, False, 1)
    [(entry, differences)] = first.changed
    assert (entry.kind, entry.after["status"]) == ("outage.confirmed", "confirmed")
    assert str(OutageStatus.CONFIRMED.label) in differences
    assert second.refusal
    assert second.refusal in page.content.decode()
    assert rows_in_all_tables() == before
    able.refresh_from_db()
    assert able.status == OutageStatus.REPORTED


def test_doing_writes_each_by_itself_and_leaves_out_who_refuses(
    desk: Client, ours: Organization, at: str
) -> None:
    able, gone = make_outage(organization=ours), make_outage(organization=ours)
    cancel(gone)
    address = verb_address(able, "confirm", gone)

    done = desk.post(address, looked_at(desk, address, {"at": at})).context["done"]

    assert [(one.row.pk, one.is_done) for one in done] == [(able.pk, True)]
    able.refresh_from_db()
    assert able.status == OutageStatus.CONFIRMED


def test_each_record_is_a_transaction_of_its_own(desk: Client, ours: Organization, at: str) -> None:
    rows = [make_outage(organization=ours) for _ in range(3)]
    address = verb_address(rows[0], "confirm", *rows[1:])

    desk.post(address, looked_at(desk, address, {"at": at}))

    entries = JournalEntry.objects.filter(kind="outage.confirmed")
    assert len({entry.transaction_id for entry in entries}) == 3


def test_a_record_that_changed_meanwhile_is_left_alone_and_told(
    desk: Client, ours: Organization, at: str
) -> None:
    fresh, stale = make_outage(organization=ours), make_outage(organization=ours)
    address = verb_address(fresh, "isolate", stale)
    sent = looked_at(desk, address, {"at": at})
    outages.confirm(stale, at=timezone.now(), by=make_actor(now=timezone.now()))

    done = desk.post(address, sent).context["done"]

    assert [one.is_done for one in done] == [True, False]
    stale.refresh_from_db()
    assert stale.isolated_at is None
    assert done[1].refusal


def test_one_crew_is_not_sent_to_two_places_unless_it_may_wait(
    desk: Client, ours: Organization, at: str
) -> None:
    first, second = (
        make_outage(organization=ours, status="confirmed", confirmed_at=timezone.now()) for _ in "ab"
    )
    crew = make_crew(organization=ours)
    address = verb_address(first, "assign", second)
    typed = {"crew": crew.pk, "task": "repair", "at": at}

    alone = desk.post(address, typed).context["outcomes"]
    queued = desk.post(address, typed | {"queue": "on"}).context["outcomes"]

    assert [one.is_done for one in alone] == [True, False]
    assert [one.is_done for one in queued] == [True, True]
    assert not Assignment.objects.exists()

    desk.post(address, looked_at(desk, address, typed | {"queue": "on"}))
    assert set(Assignment.objects.values_list("outage", "status")) == {
        (first.pk, AssignmentStatus.PLANNED),
        (second.pk, AssignmentStatus.QUEUED),
    }


def test_what_is_typed_after_looking_is_looked_at_first(desk: Client, ours: Organization, at: str) -> None:
    rows = [make_outage(organization=ours) for _ in range(2)]
    address = verb_address(rows[0], "confirm", rows[1])
    sent = looked_at(desk, address, {"at": at})
    earlier = datetime.fromisoformat(at) - timedelta(minutes=1)

    page = desk.post(address, sent | {"at": earlier.strftime("%Y-%m-%dT%H:%M:%S")})

    assert page.context["done"] is None
    assert len(page.context["outcomes"]) == 2
    assert set(Outage.objects.values_list("status", flat=True)) == {OutageStatus.REPORTED}


def test_sent_twice_nothing_is_done_twice(desk: Client, ours: Organization, at: str) -> None:
    rows = [make_outage(organization=ours) for _ in range(2)]
    address = verb_address(rows[0], "publish_estimate", rows[1])
    tomorrow = (datetime.fromisoformat(at) + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%S")
    sent = looked_at(desk, address, {"at": at, "kind": "area", "value_at": tomorrow})
    desk.post(address, sent)

    again = desk.post(address, sent).context["done"]

    assert [one.was_done for one in again] == [True, True]
    assert sum(row.estimates.count() for row in rows) == 2


@pytest.mark.parametrize("versions", [[], ["x"], ["1:x", ":", "999999999:0"]])
def test_versions_that_nobody_was_shown_do_nothing(
    desk: Client, ours: Organization, at: str, versions: list[str]
) -> None:
    rows = [make_outage(organization=ours) for _ in range(2)]
    address = verb_address(rows[0], "confirm", rows[1])
    sent = looked_at(desk, address, {"at": at}) | {"version": versions}

    assert list(desk.post(address, sent).context["done"]) == []
    assert set(Outage.objects.values_list("status", flat=True)) == {OutageStatus.REPORTED}
