"""What the changes tell and when: late commits, scopes that grow and shrink, pages, cursors."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from incidents.api import change_cursors
from incidents.api.feed import KINDS
from incidents.choices import DamageKind, IceMethod, Role, TaskKind, ThicknessKind
from incidents.models import IceReading, JournalEntry, Membership, Organization, Outage, SyncScope
from incidents.selectors.commit_order import horizon
from incidents.services import assignments, damage, ice, ice_bulk, organizations, outages
from incidents.services.ice_bulk import Told
from incidents.services.ice_observations import Observation
from incidents.urls import router
from tests import waiting
from tests.constraints import breaks
from tests.factories import STORM_NIGHT, make_actor, make_crew, make_organization, make_outage
from tests.incidents.api.conftest import Phone, enrolled, make_phone
from tests.incidents.api.syncing import Slow, Synced, listed
from tests.incidents.api.test_changes_converge import everything_is_over
from tests.incidents.api.test_who_may_what import person_at
from tests.world import World
from tracker.urls import router as watch

pytestmark = [pytest.mark.alone, pytest.mark.django_db(transaction=True)]


def acting() -> Any:
    return make_actor(now=datetime.now(UTC))


def settled(synced: Synced, size: int = 200) -> list[dict[str, Any]]:
    """Return what came after all that was done is over."""
    waiting.until(everything_is_over)
    return synced.catch_up(size)


def ready(phone: Phone) -> Synced:
    """A phone that has everything, and whose own enrolment is over."""
    synced = Synced(phone)
    settled(synced)
    settled(synced)
    return synced


def told(items: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [item for item in items if item["kind"] == kind]


def confirm(outage: Outage) -> Outage:
    by = acting()
    return outages.confirm(outage, at=by.now, by=by)


def outage_of(organization: Organization, **over: Any) -> Outage:
    return make_outage(organization=organization, **over)


def test_every_resource_is_in_the_changes_or_left_out_on_purpose() -> None:
    homes = {prefix for prefix, _view, _name in [*router.registry, *watch.registry]}

    left_out = {"divisions", "me/devices", "reports"}  # common knowledge; the phone itself; by mail
    left_out |= {"briefs", "brief-items"}  # the desk's: phones see what became of them
    assert homes - set(KINDS) == left_out
    assert set(KINDS) <= homes


def test_the_first_call_tells_everything_and_the_next_nothing() -> None:
    world = World(make_organization(parent=make_organization(level="city")))
    phone = person_at("inside", world.organization, Role.DISPATCHER)
    synced = Synced(phone)

    synced.catch_up()

    assert synced.things == listed(phone)
    assert len(synced.things) > len(KINDS)
    assert synced.catch_up() == []


def test_resuming_at_every_page_boundary_loses_and_doubles_nothing() -> None:
    world = World(make_organization(parent=make_organization(level="city")))
    phone = person_at("inside", world.organization, Role.DISPATCHER)
    one_by_one = Synced(phone)

    seen = one_by_one.catch_up(size=1)

    names = [(item["kind"], item["uuid"]) for item in seen]
    assert len(names) == len(set(names))
    assert one_by_one.things == listed(phone)
    assert one_by_one.pages > len(names)


def test_a_page_asked_for_twice_is_the_same_page() -> None:
    world = World(make_organization(parent=make_organization(level="city")))
    phone = person_at("inside", world.organization, Role.DISPATCHER)
    cursor = phone.get("changes/", page_size=7).json()["next"]

    first, again = (phone.get("changes/", page_size=7, cursor=cursor).json() for _ in range(2))

    assert first["results"] == again["results"]
    assert len(first["results"]) == 7


def test_a_deed_comes_with_the_thing_as_it_is_now() -> None:
    phone = make_phone()
    outage = outage_of(phone.organization)
    synced = ready(phone)
    confirm(outage)

    [item] = settled(synced)

    [entry] = JournalEntry.objects.filter(kind="outage.confirmed")
    shown = phone.get(f"outages/{outage.uuid}/").json()
    assert (item["kind"], item["uuid"], item["removed"]) == ("outages", str(outage.uuid), False)
    assert (item["version"], item["thing"]) == (entry.pk, shown)
    assert [deed["kind"] for deed in item["deeds"]] == ["outage.confirmed"]


def test_several_deeds_to_one_thing_are_one_item() -> None:
    phone = make_phone()
    outage = outage_of(phone.organization)
    synced = ready(phone)
    by = acting()
    outages.locate(confirm(outage), at=by.now, by=by)

    [item] = settled(synced)

    assert [deed["kind"] for deed in item["deeds"]] == ["outage.confirmed", "outage.located"]
    assert item["thing"]["status"] == "located"


def test_what_commits_late_is_not_passed_over_though_a_cursor_by_number_would() -> None:
    phone = make_phone()
    late, early = outage_of(phone.organization), outage_of(phone.organization)
    synced = ready(phone)
    slow = Slow(lambda: confirm(late))
    confirm(early)

    meanwhile = synced.catch_up()
    highest_seen = JournalEntry.objects.order_by("-id")[0].pk
    slow.end()

    [passed_over] = JournalEntry.objects.filter(subject_uuid=late.uuid)
    assert passed_over.pk < highest_seen  # `id > highest_seen` never finds it
    assert told(meanwhile, "outages") == []
    names = [item["uuid"] for item in settled(synced)]
    assert sorted(names) == sorted([str(late.uuid), str(early.uuid)])


def test_what_is_taken_back_is_never_told() -> None:
    phone = make_phone()
    outage = outage_of(phone.organization)
    synced = ready(phone)
    slow = Slow(lambda: confirm(outage))
    slow.end(keeps=False)

    assert settled(synced) == []


def test_a_crew_that_is_sent_is_a_change_of_the_outage_too() -> None:
    phone = make_phone()
    outage, crew = outage_of(phone.organization), make_crew(organization=phone.organization)
    synced = ready(phone)
    by = acting()
    assignments.assign(crew, task=TaskKind.REPAIR, outage=outage, at=by.now, by=by)

    items = settled(synced)

    [shown] = told(items, "outages")
    assert [each["crew_name"] for each in shown["thing"]["crews"]] == [crew.name]
    assert [deed["kind"] for deed in shown["deeds"]] == ["assignment.assigned"]
    assert len(told(items, "assignments")) == 1


def observation(phone: Phone, thickness_mm: int = 3) -> Observation:
    return Observation(
        kind=ThicknessKind.STANDARD,
        method=IceMethod.CALIPER,
        thickness_mm=thickness_mm,  # type: ignore[arg-type]
        observed_at=datetime.now(UTC),
        section=phone.section,
    )


def test_ice_is_a_change_of_the_outage_even_where_the_grade_stays() -> None:
    phone = make_phone()
    outage = outage_of(phone.organization, section=phone.section, line=phone.section.line)
    by = acting()
    ice.record(observation(phone, 1), by=by)
    synced = ready(phone)
    ice.record(observation(phone, 2), by=acting())

    items = settled(synced)

    [shown] = told(items, "outages")
    assert shown["uuid"] == str(outage.uuid)
    assert shown["thing"]["icing"]["standard_mm"] == 2.0
    assert not JournalEntry.objects.filter(kind="icing.graded").count() > 1


def test_readings_in_bulk_come_one_by_one_in_bounded_pages() -> None:
    phone = make_phone()
    synced = ready(phone)
    rows = [Told(client_id=uuid4(), observation=observation(phone)) for _ in range(25)]
    ice_bulk.record(rows, by=acting())
    waiting.until(everything_is_over)

    sizes = []
    while True:
        page = synced.turn(10)
        sizes.append(len(page["results"]))
        if not page["more"]:
            break

    assert JournalEntry.objects.filter(kind="ice.recorded_in_bulk").count() == 1
    assert max(sizes) == 10
    assert sum(sizes) == 25
    assert IceReading.objects.count() == sum(1 for kind, _uuid in synced.things if kind == "ice-readings")


def test_a_job_that_ends_takes_the_outage_of_others_away_with_all_its_parts() -> None:
    phone = make_phone()
    city = make_organization(level="city")
    Organization.objects.filter(pk=phone.organization.pk).update(parent=city)
    outage = make_outage(organization=make_organization(parent=city))
    crew = make_crew(organization=phone.organization)
    by = acting()
    harm = damage.record(outage, kind=DamageKind.POLE_BROKEN, at=by.now, by=by)
    synced = ready(phone)
    assert ("outages", str(outage.uuid)) not in synced.things

    job = assignments.assign(crew, task=TaskKind.REPAIR, outage=outage, at=by.now, by=by)
    came = settled(synced)
    assignments.abort(job, why="weather", at=by.now, by=by)  # type: ignore[arg-type]
    left = settled(synced)

    [shown] = told(came, "outages")
    [part] = told(came, "damages")
    assert (shown["removed"], part["uuid"]) == (False, str(harm.uuid))
    gone = {(item["kind"], item["uuid"]): item["thing"] for item in left if item["removed"]}
    assert gone == {("outages", str(outage.uuid)): None, ("damages", str(harm.uuid)): None}
    assert synced.things == listed(phone)


def test_a_role_that_ends_by_the_clock_alone_takes_all_away_and_one_that_begins_brings_it() -> None:
    phone = make_phone()
    other = make_organization()
    outage = outage_of(other)
    now = datetime.now(UTC)
    Membership.objects.create(
        user=phone.user,
        organization=other,
        role=Role.VIEWER,
        since_at=now + timedelta(hours=1),
        until_at=now + timedelta(hours=2),
    )
    synced = ready(phone)
    found = []
    for hours in (0, 1.5, 3):
        later = SimpleNamespace(now=lambda hours=hours: now + timedelta(hours=hours))
        with patch("incidents.api.authentication.timezone", later):
            found.append(told(synced.catch_up(), "outages"))

    before, during, after = found
    assert before == []
    assert [(item["uuid"], item["removed"]) for item in during] == [(str(outage.uuid), False)]
    assert [(item["uuid"], item["removed"], item["thing"]) for item in after] == [
        (str(outage.uuid), True, None)
    ]


def test_an_organisation_that_moves_takes_its_outages_along() -> None:
    city, other_city = make_organization(level="city"), make_organization(level="city")
    county = make_organization(parent=city)
    outage = outage_of(county)
    here, there = (ready(make_phone(role=Role.DISPATCHER, organization=each)) for each in (city, other_city))
    by = acting()
    organizations.move(county, parent=other_city, at=by.now, by=by, reason="划转")

    lost, won = settled(here), settled(there)

    assert [(i["uuid"], i["removed"]) for i in told(lost, "outages")] == [(str(outage.uuid), True)]
    assert [(i["uuid"], i["removed"]) for i in told(won, "outages")] == [(str(outage.uuid), False)]


def test_sight_that_is_lost_in_the_middle_of_a_round_shows_nothing_more() -> None:
    phone = make_phone()
    other = make_organization()
    rows = [outage_of(other) for _ in range(6)]
    by = acting()
    role = organizations.join(user=phone.user, organization=other, role=Role.VIEWER, at=by.now, by=by)
    synced = Synced(phone)
    while sum(1 for kind, _uuid in synced.things if kind == "outages") < 3:
        synced.turn(1)
    organizations.leave(role, at=datetime.now(UTC), by=by, reason="调离")

    rest = settled(synced)

    shown = [item for item in told(rest, "outages") if not item["removed"]]
    assert shown == []
    assert synced.things == listed(phone)
    assert not {("outages", str(row.uuid)) for row in rows} & synced.things.keys()


def test_others_see_nothing_of_it() -> None:
    phone, stranger = make_phone(), make_phone()
    outage = outage_of(phone.organization)
    synced = ready(stranger)
    confirm(outage)

    assert settled(synced) == []


@pytest.mark.parametrize("cursor", ["x", "a:b:c", "", "1" * 3000])
def test_a_cursor_that_was_not_made_here_is_malformed(cursor: str) -> None:
    phone = make_phone()

    answer = phone.get("changes/", cursor=cursor)

    assert answer.status_code == 400
    assert [error["code"] for error in answer.json()["errors"]] == ["cursor-malformed"]


def test_a_cursor_belongs_to_one_person_and_one_phone() -> None:
    phone = make_phone()
    cursor = phone.get("changes/").json()["next"]
    colleague = make_phone(organization=phone.organization)
    second = Phone(
        client=enrolled(phone.user), user=phone.user, organization=phone.organization, section=phone.section
    )

    for other in (colleague, second):
        answer = other.get("changes/", cursor=cursor)
        assert answer.status_code == 400
        assert [error["code"] for error in answer.json()["errors"]] == ["cursor-foreign"]


def assert_resync(answer: Any) -> None:
    assert (answer.status_code, answer.json()["code"], answer.json()["final"]) == (410, "resync", True)


def test_a_cursor_that_is_too_old_asks_to_begin_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """B101."""
    phone = make_phone()
    cursor = phone.get("changes/").json()["next"]
    monkeypatch.setattr(change_cursors, "KEPT_DAYS", -1)

    assert_resync(phone.get("changes/", cursor=cursor))


def test_a_cursor_whose_scope_is_no_longer_kept_asks_to_begin_anew() -> None:
    phone = make_phone()
    cursor = phone.get("changes/").json()["next"]
    Membership.objects.filter(user=phone.user).update(until_at=datetime.now(UTC))
    SyncScope.objects.all().delete()

    assert_resync(phone.get("changes/", cursor=cursor))


@pytest.mark.parametrize("other", [{"cluster": 1}, {"timeline": 99}, {"oldest": 3}])
def test_a_cursor_of_another_database_or_of_its_future_asks_to_begin_anew(other: dict[str, int]) -> None:
    phone = make_phone()
    cursor = phone.get("changes/").json()["next"]
    present = vars(horizon())

    with patch("incidents.api.change_pages.horizon", lambda: SimpleNamespace(**present | other)):
        assert_resync(phone.get("changes/", cursor=cursor))


@pytest.mark.parametrize(
    ("query", "code"), [({"since": "1"}, "unknown-filter"), ({"page_size": 201}, "out-of-range")]
)
def test_what_is_not_known_is_refused(query: dict[str, Any], code: str) -> None:
    answer = make_phone().get("changes/", **query)

    assert answer.status_code == 400
    assert [error["code"] for error in answer.json()["errors"]] == [code]


def asked(synced: Synced, size: int) -> int:
    with CaptureQueriesContext(connection) as queries:
        synced.turn(size)
    return len(queries)


def test_the_number_of_queries_does_not_grow_with_what_is_told() -> None:
    phone = make_phone(role=Role.DISPATCHER)
    rows = [outage_of(phone.organization) for _ in range(9)]
    synced = ready(phone)
    idle = asked(synced, 200)
    counts = []
    for some in (rows[:1], rows[1:3], rows[3:]):
        for row in some:
            confirm(row)
        waiting.until(everything_is_over)
        counts.append(asked(synced, 200))

    # Token, begin, isolation, horizon, scope, kept scopes, journal, alerts, commit; then what outages take.
    assert idle == 9
    assert counts == [13, 13, 13]


def test_a_scope_is_kept_once() -> None:
    phone = make_phone()
    ready(phone)
    before = SyncScope.objects.count()
    Synced(phone).catch_up()

    assert SyncScope.objects.count() == before
    digest = SyncScope.objects.order_by("pk")[0].digest
    with breaks("sync_scope_once"), transaction.atomic():
        SyncScope.objects.create(digest=digest, body={}, made_at=STORM_NIGHT, touched_at=STORM_NIGHT)
    with breaks("sync_scope_digest_is_whole"), transaction.atomic():
        SyncScope.objects.create(digest="x", body={}, made_at=STORM_NIGHT, touched_at=STORM_NIGHT)
