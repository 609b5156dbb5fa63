"""Logging out of a phone ends what its person is told, but never so that nobody is told any more."""

from datetime import timedelta

import pytest

from incidents.choices import DeviceScope
from incidents.errors import NotFound
from incidents.journal import Actor
from incidents.models import Device, JournalEntry, Organization, User
from incidents.services import devices
from tests.factories import make_organization, make_user
from tests.tracker.watchers import make_member, minutes
from tracker.choices import DutyRole
from tracker.models import DutyPost
from tracker.selectors.duty import on_duty
from tracker.services.log_out import log_out

pytestmark = pytest.mark.django_db
DUTY = DutyRole.DUTY_OFFICER


@pytest.fixture
def person(db: None) -> User:
    return make_user()


@pytest.fixture
def himself(person: User) -> Actor:
    return Actor(user=person, now=minutes(10))


def phone(by: Actor) -> tuple[Device, str]:
    return devices.enrol(user=by.user, name="手机", scopes=[DeviceScope.WORK], by=by)


def post(user: User, organization: Organization, **over: object) -> DutyPost:
    values: dict[str, object] = {"role": DUTY, "since_at": minutes(0)} | over
    return DutyPost.objects.create(user=make_member(user, organization), organization=organization, **values)


def test_ends_the_duty_and_the_token_where_somebody_else_is_told(person: User, himself: Actor) -> None:
    county = make_organization(parent=make_organization(level="city"))
    own, other = post(person, county), make_user()
    assert county.parent is not None
    post(other, county.parent)
    device, token = phone(himself)

    put_down = log_out(device, by=himself)

    assert (put_down.left, put_down.kept) == ([own], [])
    assert [each.user_id for each in on_duty(county, roles=[DUTY], now=minutes(10))] == [other.pk]
    with pytest.raises(NotFound):
        devices.authenticate(devices.digest_of(token), now=minutes(10))
    entry = JournalEntry.objects.latest("id")
    assert (entry.kind, entry.by, entry.reason) == ("duty_post.left", person, "log-out")


def test_keeps_the_last_one_on_duty(person: User, himself: Actor) -> None:
    own = post(person, make_organization())
    device, _token = phone(himself)

    put_down = log_out(device, by=himself)

    assert (put_down.left, put_down.kept) == ([], [own])
    assert DutyPost.objects.get().until_at is None
    assert Device.objects.get().revoked_at == minutes(10)
    assert not JournalEntry.objects.filter(kind="duty_post.left").exists()


def test_keeps_the_duty_with_another_phone_or_where_it_is_wanted(person: User, himself: Actor) -> None:
    county = make_organization()
    own = post(person, county)
    post(make_user(), county)
    first, _token = phone(himself)
    second, _token = phone(himself)

    assert log_out(first, by=himself).kept == [own]
    assert log_out(second, by=himself, stay_on_duty=True).kept == [own]

    assert DutyPost.objects.filter(until_at=None).count() == 2


def test_leaves_shifts_that_are_over_or_to_come(person: User, himself: Actor) -> None:
    county = make_organization()
    post(make_user(), county)
    post(person, county, since_at=minutes(-60), until_at=minutes(10))
    post(person, county, since_at=minutes(60), until_at=minutes(120))
    device, _token = phone(himself)

    put_down = log_out(device, by=himself)

    assert (put_down.left, put_down.kept) == ([], [])
    assert DutyPost.objects.filter(user=person, until_at=minutes(120)).exists()


def test_of_two_on_duty_together_the_second_stays(person: User, himself: Actor) -> None:
    county, other = make_organization(), make_user()
    post(person, county)
    last = post(other, county)
    colleague = Actor(user=other, now=minutes(11))

    log_out(phone(himself)[0], by=himself)
    put_down = log_out(phone(colleague)[0], by=colleague)

    assert put_down.kept == [last]


def test_a_second_log_out_changes_nothing(person: User, himself: Actor) -> None:
    device, _token = phone(himself)
    log_out(device, by=himself)
    entries = JournalEntry.objects.count()

    log_out(device, by=Actor(user=person, now=minutes(10) + timedelta(hours=1)))

    assert Device.objects.get().revoked_at == minutes(10)
    assert JournalEntry.objects.count() == entries
