"""Important users: what they are, what supplies them, and for how long."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from incidents.choices import EmergencySupply, UserGrade
from incidents.errors import BadTransition, BrokenRule, ExerciseMix, Inconsistent, Missing
from incidents.journal import Actor
from incidents.models import ImportantUser, JournalEntry
from incidents.services import important_users
from tests.factories import make_line, make_organization

pytestmark = pytest.mark.django_db


def hospital(by: Actor, **over: object) -> ImportantUser:
    line = make_line()
    values = {
        "organization": line.organization,
        "name": "人民医院",
        "grade": UserGrade.FIRST,
        "feeders": [line],
        "endurance_h": Decimal(8),
    }
    return important_users.register(at=by.now, by=by, **(values | over))  # type: ignore[arg-type]


def test_is_put_on_record_with_its_feeders(by: Actor) -> None:
    user = hospital(by)

    assert user.feeders.count() == 1
    entry = JournalEntry.objects.get()
    assert (entry.kind, entry.organization) == ("important_user.registered", user.organization)
    assert entry.after["feeders"] == [user.feeders.get().pk]
    assert "phone" not in entry.after


def test_its_own_supply_lasts_as_long_as_is_known(by: Actor) -> None:
    user = important_users.supply(hospital(by), supplied_by=EmergencySupply.OWN_GENERATOR, at=by.now, by=by)

    assert user.supplied_until_at is not None
    assert (user.supplied_until_at - by.now).total_seconds() == 8 * 3600
    ended = important_users.end_supply(user, at=by.now, by=by)
    assert (ended.supplied_by, ended.supplied_since_at, ended.supplied_until_at) == ("", None, None)


def test_a_generator_car_lasts_unknown(by: Actor) -> None:
    user = important_users.supply(hospital(by), supplied_by=EmergencySupply.GENERATOR_CAR, at=by.now, by=by)

    assert user.supplied_until_at is None


def test_is_corrected_and_taken_off(by: Actor) -> None:
    user = important_users.correct(hospital(by), grade=UserGrade.SPECIAL, reason="核定", at=by.now, by=by)
    gone = important_users.retire(user, reason="搬迁", at=by.now, by=by)

    assert (gone.grade, gone.retired_at) == (UserGrade.SPECIAL, by.now)
    with pytest.raises(BadTransition):
        important_users.retire(gone, reason="再次", at=by.now, by=by)


def test_refusals_write_nothing(by: Actor) -> None:
    user = hospital(by)
    before = (ImportantUser.objects.values().get(), JournalEntry.objects.count())

    with pytest.raises(BrokenRule, match="important_user_once"):
        hospital(by, organization=user.organization)
    with pytest.raises(ExerciseMix):
        hospital(by, name="另一家", feeders=[make_line(), make_line(is_exercise=True)])
    with pytest.raises(Missing):
        important_users.correct(user, grade=UserGrade.SECOND, reason="", at=by.now, by=by)
    with pytest.raises(BadTransition):
        important_users.end_supply(user, at=by.now, by=by)
    with pytest.raises(Inconsistent):
        important_users.supply(
            user,
            supplied_by=EmergencySupply.GENERATOR_CAR,
            at=by.now,
            until=by.now.replace(year=2023),
            by=by,
        )

    assert (ImportantUser.objects.values().get(), JournalEntry.objects.count()) == before


@pytest.mark.parametrize(
    ("rule", "over"),
    [
        ("important_user_own_generator_kw_in_range", {"own_generator_kw": 0}),
        ("important_user_endurance_h_in_range", {"endurance_h": -1}),
        ("important_user_supply_is_whole", {"supplied_by": "own_generator"}),
        (
            "important_user_supplied_since_supplied_until_in_order",
            {
                "supplied_by": "own_generator",
                "supplied_since_at": "2024-02-26T12:00Z",
                "supplied_until_at": "2024-02-26T11:00Z",
            },
        ),
    ],
)
def test_a_row_that_breaks_a_rule_is_refused(rule: str, over: dict[str, object]) -> None:
    organization = make_organization()
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        ImportantUser.objects.create(organization=organization, name="某用户", grade="first", **over)
