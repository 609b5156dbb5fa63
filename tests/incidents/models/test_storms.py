from datetime import timedelta

import pytest

from incidents.models import Storm, StormNote
from tests.constraints import breaks
from tests.factories import STORM_NIGHT, make_storm, make_user

pytestmark = pytest.mark.django_db


def test_a_storm_has_a_name() -> None:
    with breaks("storm_has_a_name"):
        make_storm(name="")


def test_a_storm_does_not_end_before_it_begins() -> None:
    with breaks("storm_started_ended_in_order"):
        make_storm(started_at=STORM_NIGHT, ended_at=STORM_NIGHT - timedelta(minutes=1))


def test_a_note_says_something() -> None:
    with breaks("storm_note_has_text"):
        StormNote.objects.create(kind="condition", text="", reported_by=make_user(), received_at=STORM_NIGHT)


def test_a_drill_says_so_first() -> None:
    assert str(Storm(name="冬季演练", is_exercise=True)) == "【演练】冬季演练"
    assert str(StormNote(text="路" * 50)) == "路" * 40
