from datetime import datetime, timedelta
from typing import Any

import pytest

from incidents.choices import EntryMode, Source, StormHazard
from incidents.errors import ExerciseMix, Missing, NaiveTime, OutOfRange
from incidents.journal import Actor
from incidents.models import JournalEntry, StormNote
from incidents.services import facts
from tests.factories import make_actor, make_crew, make_line, make_section, make_storm

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def test_keeps_who_told_a_fact_when_it_was_received_and_how_it_was_entered(by: Actor) -> None:
    past = make_actor(now=by.now, user=by.user, entry_mode=EntryMode.HISTORICAL)
    note = StormNote(kind="condition", text="平稳", source=Source.REPORTED)

    facts.keep(note, by=past, reasons={"place": "not_stated"})

    note.refresh_from_db()
    assert (note.reported_by, note.received_at, note.entry_mode) == (by.user, by.now, EntryMode.HISTORICAL)
    assert note.unknown_reasons == {"place": "not_stated"}


def test_splits_reasons_from_the_fields_of_a_fact() -> None:
    told: facts.Told = {"quote": "连日来", "unknown_reasons": {"place": "not_stated"}}

    assert facts.split(told) == ({"quote": "连日来"}, {"place": "not_stated"})
    assert facts.split({"quote": "连日来"}) == ({"quote": "连日来"}, {})
    assert "unknown_reasons" in told


def test_amends_what_differs_and_drops_reasons_that_are_over(by: Actor) -> None:
    storm = make_storm()
    note = StormNote(kind="condition", text="平稳")
    facts.keep(note, by=by, reasons={"storm": "pending", "place": "pending"})

    changes = {"storm": storm, "text": "平稳"}
    facts.amend("storm_note.corrected", note, changes, reason="核对", at=by.now, by=by)

    note.refresh_from_db()
    assert (note.storm, note.unknown_reasons) == (storm, {"place": "pending"})
    entry = JournalEntry.objects.get()
    assert entry.after == {"storm_id": storm.pk, "unknown_reasons": {"place": "pending"}}


@pytest.mark.parametrize(
    ("off", "refusal"),
    [(6 * MINUTE, OutOfRange), (-401 * DAY, OutOfRange), (None, NaiveTime)],
)
def test_refuses_moments_that_cannot_be(by: Actor, off: timedelta | None, refusal: type[Exception]) -> None:
    at = datetime(2024, 2, 26, 12) if off is None else by.now + off  # noqa: DTZ001 - naive on purpose

    with pytest.raises(refusal, match="found_at"):
        facts.check_moments(by=by, found_at=at, closed_at=None)


def test_what_is_told_after_the_fact_may_be_old(by: Actor) -> None:
    past = make_actor(now=by.now, entry_mode=EntryMode.HISTORICAL)

    facts.check_moments(by=past, found_at=by.now - 9999 * DAY)

    with pytest.raises(OutOfRange):
        facts.check_moments(by=past, found_at=by.now + DAY)


@pytest.mark.parametrize("part", ["line", "section", "crew"])
@pytest.mark.parametrize("storm_is_drill", [True, False, None])
def test_a_drill_and_the_real_thing_stay_apart(db: None, part: str, storm_is_drill: Any) -> None:
    storm = None if storm_is_drill is None else make_storm(is_exercise=storm_is_drill)
    parts: dict[str, Any] = {
        "line": lambda drill: make_line(is_exercise=drill),
        "section": lambda drill: make_section(line=make_line(is_exercise=drill)),
        "crew": lambda drill: make_crew(is_exercise=drill),
    }
    is_drill = bool(storm_is_drill)

    facts.check_exercise(storm, parts[part](is_drill), None)

    with pytest.raises(ExerciseMix):
        facts.check_exercise(storm, parts[part](not is_drill))


def test_a_fact_that_names_nothing_else_is_never_mixed(db: None) -> None:
    facts.check_exercise(make_storm(is_exercise=True, hazard=StormHazard.ICE), None)
    facts.check_exercise(None)


@pytest.mark.parametrize("blank", ["", "  ", "\n"])
def test_asks_for_words(blank: str) -> None:
    with pytest.raises(Missing) as refused:
        facts.require_words(purpose="close", remark="清理", reason=blank)

    assert (refused.value.fields["field"], refused.value.fields["purpose"]) == ("reason", "close")


def test_keys_are_in_order(db: None) -> None:
    storms = [make_storm(), make_storm()]

    assert facts.keys_of(storms[::-1]) == [storm.pk for storm in storms]
