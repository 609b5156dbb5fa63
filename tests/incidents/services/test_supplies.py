from datetime import timedelta
from typing import Any

import pytest

from incidents.choices import SupplyKind
from incidents.errors import BrokenRule, ExerciseMix, Invalid, OutOfRange
from incidents.journal import Actor
from incidents.models import JournalEntry, Supply
from incidents.services import supplies
from tests.factories import make_crew, make_organization, make_storm

HOUR = timedelta(hours=1)


def test_keeps_what_nobody_counted(by: Actor) -> None:
    city = make_organization()

    supply = supplies.record(
        organization=city, kind=SupplyKind.KNEE_PAD, unknown_reasons={"quantity": "not_stated"}, by=by
    )

    supply.refresh_from_db()
    assert (supply.quantity, supply.unknown_reasons) == (None, {"quantity": "not_stated"})
    entry = JournalEntry.objects.get()
    assert (entry.kind, entry.organization, entry.occurred_at) == ("supply.recorded", city, by.now)


def test_keeps_what_a_crew_got_and_when(by: Actor) -> None:
    crew = make_crew()

    supply = supplies.record(
        organization=crew.organization,
        kind=SupplyKind.SELF_HEATING_MEAL,
        quantity=12,
        unit="份",
        crew=crew,
        delivered_at=by.now - HOUR,
        by=by,
    )

    supply.refresh_from_db()
    assert (supply.quantity, supply.unit, supply.crew) == (12, "份", crew)
    assert JournalEntry.objects.get().occurred_at == by.now - HOUR


@pytest.mark.parametrize(
    ("told", "refusal", "words"),
    [
        ({"quantity": 0}, BrokenRule, "supply_quantity_is_positive"),
        ({"quantity": -1}, Invalid, "quantity"),
        ({"kind": "wine"}, Invalid, "kind"),
        ({"unknown_reasons": {"quantity": "lost"}}, Invalid, "unknown_reasons"),
    ],
)
def test_refuses_what_cannot_be(
    by: Actor, told: dict[str, Any], refusal: type[Exception], words: str
) -> None:
    known: dict[str, Any] = {"organization": make_organization(), "kind": SupplyKind.WATER}

    with pytest.raises(refusal, match=words):
        supplies.record(**(known | told), by=by)

    assert not Supply.objects.exists()
    assert not JournalEntry.objects.exists()


def test_refuses_what_comes_tomorrow(by: Actor) -> None:
    with pytest.raises(OutOfRange, match="delivered_at"):
        supplies.record(
            organization=make_organization(),
            kind=SupplyKind.WATER,
            delivered_at=by.now + 24 * HOUR,
            by=by,
        )

    assert not Supply.objects.exists()


def test_a_crew_of_a_drill_gets_nothing_real(by: Actor) -> None:
    crew = make_crew(is_exercise=True)
    told: Any = {"organization": crew.organization, "kind": SupplyKind.WATER, "crew": crew, "by": by}

    with pytest.raises(ExerciseMix):
        supplies.record(**told)

    assert not Supply.objects.exists()
    assert supplies.record(**told, storm=make_storm(is_exercise=True)).is_exercise
