from datetime import date
from typing import Any

import pytest
from django.contrib.auth import authenticate

from incidents.choices import Channel, Language
from incidents.errors import BrokenRule, Invalid, Missing
from incidents.journal import Actor
from incidents.models import JournalEntry, Person, User
from incidents.services import people
from tests.factories import make_organization, make_user

PASSWORD = "frost-on-the-ridge-26"


def test_adds_somebody_who_can_sign_in(by: Actor) -> None:
    user = people.add_user(
        username="zhou",
        display_name="周调度",
        email="zhou@example.com",
        phone="13800000000",
        language=Language.ENGLISH,
        password=PASSWORD,
        at=by.now,
        by=by,
    )

    assert authenticate(username="zhou", password=PASSWORD) == user
    assert (user.display_name, user.phone, user.language) == ("周调度", "13800000000", "en")


def test_without_a_password_nobody_can_sign_in(by: Actor) -> None:
    user = people.add_user(username="zhou", display_name="周调度", at=by.now, by=by)

    assert not user.has_usable_password()
    assert user.language == Language.CHINESE


def test_the_journal_learns_neither_password_nor_phone(by: Actor) -> None:
    user = people.add_user(
        username="zhou", display_name="周调度", phone="13800000000", password=PASSWORD, at=by.now, by=by
    )

    entry = JournalEntry.objects.get()
    assert (entry.kind, entry.subject_uuid) == ("user.added", user.uuid)
    assert entry.after["username"] == "zhou"
    assert {"password", "phone"}.isdisjoint(entry.after)


@pytest.mark.parametrize("password", ["short", "zhou-dispatch1"])
def test_refuses_a_weak_password(by: Actor, password: str) -> None:
    with pytest.raises(Invalid) as refused:
        people.add_user(username="zhou-dispatch", display_name="周调度", password=password, at=by.now, by=by)

    assert list(refused.value.fields["problems"]) == ["password"]  # type: ignore[call-overload]
    assert not User.objects.filter(username="zhou-dispatch").exists()


@pytest.mark.parametrize(
    ("taken", "rule"),
    [
        ({"username": "zhou"}, "incidents_user_username_key"),
        ({"email": "zhou@example.com"}, "user_email_once"),
    ],
)
def test_refuses_a_taken_name_or_address(by: Actor, taken: dict[str, str], rule: str) -> None:
    make_user(**taken)
    other: Any = {"username": "other", "email": "other@example.com"}
    before = User.objects.count()

    with pytest.raises(BrokenRule, match=rule):
        people.add_user(display_name="周调度", at=by.now, by=by, **(other | taken))

    assert User.objects.count() == before
    assert not JournalEntry.objects.exists()


def test_a_new_password_ends_the_old_one(by: Actor) -> None:
    user = make_user(username="zhou", password=PASSWORD)

    people.set_password(user, password="another-ridge-in-fog", at=by.now, by=by)

    assert authenticate(username="zhou", password=PASSWORD) is None
    assert authenticate(username="zhou", password="another-ridge-in-fog") == user
    entry = JournalEntry.objects.get()
    assert (entry.kind, entry.after) == ("user.password_set", {})


def test_refuses_a_weak_new_password_and_the_old_one_stays(by: Actor) -> None:
    user = make_user(username="zhou", password=PASSWORD)

    with pytest.raises(Invalid, match="password"):
        people.set_password(user, password="short", at=by.now, by=by)

    assert authenticate(username="zhou", password=PASSWORD) == user
    assert not JournalEntry.objects.exists()


def test_adds_somebody_who_works_on_the_grid(by: Actor) -> None:
    station = make_organization()

    person = people.add_person(
        name="王建国",
        organization=station,
        trade="配电线路工",
        phone="13900000000",
        certificate_valid_to=date(2025, 6, 30),
        at=by.now,
        by=by,
    )

    person.refresh_from_db()
    assert (person.trade, person.phone, person.certificate_valid_to) == (
        "配电线路工",
        "13900000000",
        date(2025, 6, 30),
    )
    entry = JournalEntry.objects.get()
    assert (entry.kind, entry.organization) == ("person.added", station)
    assert "phone" not in entry.after


def test_an_account_belongs_to_one_person(by: Actor) -> None:
    user, station = make_user(), make_organization()
    people.add_person(name="王建国", organization=station, user=user, at=by.now, by=by)

    with pytest.raises(BrokenRule, match="incidents_person_user_id_key"):
        people.add_person(name="李志强", organization=station, user=user, at=by.now, by=by)

    assert Person.objects.get().name == "王建国"


def test_corrects_also_what_the_journal_does_not_keep(by: Actor) -> None:
    person = Person.objects.create(name="王建国", organization=make_organization(), phone="1")

    people.correct_person(person, phone="2", trade="电缆工", reason="换号", at=by.now, by=by)

    person.refresh_from_db()
    assert (person.phone, person.trade) == ("2", "电缆工")
    entry = JournalEntry.objects.get()
    assert (entry.kind, entry.before, entry.after, entry.reason) == (
        "person.corrected",
        {"trade": ""},
        {"trade": "电缆工"},
        "换号",
    )


def test_a_correction_to_what_is_true_already_changes_nothing(by: Actor) -> None:
    person = Person.objects.create(name="王建国", organization=make_organization(), trade="电缆工")

    people.correct_person(person, trade="电缆工", reason="核对", at=by.now, by=by)

    assert not JournalEntry.objects.exists()


def test_a_correction_needs_a_reason(by: Actor) -> None:
    person = Person.objects.create(name="王建国", organization=make_organization())

    with pytest.raises(Missing):
        people.correct_person(person, trade="电缆工", reason="", at=by.now, by=by)

    person.refresh_from_db()
    assert person.trade == ""


def test_the_system_acts_under_one_account_that_nobody_signs_in_with(by: Actor) -> None:
    first = people.system_actor(now=by.now)
    again = people.system_actor(now=by.now)

    assert first.user == again.user == User.objects.get(username="system")
    assert (first.channel, first.now) == (Channel.SYSTEM, by.now)
    assert not first.user.has_usable_password()
    assert [entry.kind for entry in JournalEntry.objects.all()] == ["user.added"]
