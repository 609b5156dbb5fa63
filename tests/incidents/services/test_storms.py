from datetime import datetime, timedelta
from typing import Any

import pytest

from incidents.choices import NoteKind, StormHazard
from incidents.errors import BadTransition, BrokenRule, Invalid, Missing, NaiveTime, OutOfRange
from incidents.journal import Actor
from incidents.models import JournalEntry, Storm, StormNote
from incidents.services import storms
from tests.factories import make_organization, make_place, make_storm

HOUR = timedelta(hours=1)


def test_opens_a_storm_with_its_organisations(by: Actor) -> None:
    county = make_organization()

    storm = storms.open(
        slug="feb",
        name="2月寒潮",
        hazard=StormHazard.MIXED,
        organizations=[county],
        started_at=by.now - HOUR,
        by=by,
    )

    storm.refresh_from_db()
    assert (storm.started_at, storm.ended_at, storm.is_exercise) == (by.now - HOUR, None, False)
    entry = JournalEntry.objects.get()
    assert (entry.kind, entry.subject_uuid) == ("storm.opened", storm.uuid)
    assert (entry.after["organizations"], entry.after["slug"]) == ([county.pk], "feb")


@pytest.mark.parametrize(
    ("known", "refusal", "field"),
    [
        ({"name": ""}, Invalid, "name"),
        ({"slug": "不 好"}, Invalid, "slug"),
        ({"hazard": "typhoon"}, Invalid, "hazard"),
        ({"slug": "taken"}, BrokenRule, "incidents_storm_slug"),
        ({"started_at": datetime(2024, 2, 26)}, NaiveTime, "started_at"),  # noqa: DTZ001
    ],
)
def test_refuses_a_storm_that_cannot_be(
    by: Actor, known: dict[str, Any], refusal: type[Exception], field: str
) -> None:
    make_storm(slug="taken")
    told: dict[str, Any] = {"slug": "feb", "name": "2月寒潮", "hazard": StormHazard.ICE}

    with pytest.raises(refusal, match=field):
        storms.open(**(told | known), by=by)

    assert Storm.objects.get().slug == "taken"
    assert not JournalEntry.objects.exists()


def test_refuses_a_storm_that_begins_tomorrow(by: Actor) -> None:
    with pytest.raises(OutOfRange, match="started_at"):
        storms.open(slug="feb", name="寒潮", hazard=StormHazard.ICE, started_at=by.now + 24 * HOUR, by=by)

    assert not Storm.objects.exists()


def test_a_storm_ends_once(by: Actor) -> None:
    storm = make_storm(started_at=by.now - HOUR)

    storms.end(storm, at=by.now, by=by)

    with pytest.raises(BadTransition):
        storms.end(storm, at=by.now, by=by)
    storm.refresh_from_db()
    assert storm.ended_at == by.now
    assert JournalEntry.objects.get().kind == "storm.ended"


def test_refuses_to_end_a_storm_before_it_began(by: Actor) -> None:
    storm = make_storm(started_at=by.now)

    with pytest.raises(BrokenRule, match="storm_started_ended_in_order"):
        storms.end(storm, at=by.now - HOUR, by=by)

    storm.refresh_from_db()
    assert storm.ended_at is None
    assert not JournalEntry.objects.exists()


def test_corrects_a_storm_with_its_organisations(by: Actor) -> None:
    old, new = make_organization(), make_organization()
    storm = make_storm(name="寒潮")
    storm.organizations.set([old])

    storms.correct(storm, name="2月寒潮", organizations=[new], reason="改名", at=by.now, by=by)

    storm.refresh_from_db()
    assert (storm.name, list(storm.organizations.all())) == ("2月寒潮", [new])
    entry = JournalEntry.objects.get()
    assert entry.kind == "storm.corrected"
    assert entry.before == {"name": "寒潮", "organizations": [old.pk]}
    assert entry.after == {"name": "2月寒潮", "organizations": [new.pk]}


def test_corrects_a_storm_and_leaves_its_organisations(by: Actor) -> None:
    county = make_organization()
    storm = make_storm(ended_at=by.now)
    storm.organizations.set([county])

    storms.correct(storm, ended_at=None, reason="又来", at=by.now, by=by)

    storm.refresh_from_db()
    assert (storm.ended_at, list(storm.organizations.all())) == (None, [county])


@pytest.mark.parametrize(
    ("changes", "reason", "refusal"),
    [({"name": "x"}, "", Missing), ({"name": ""}, "改名", Invalid), ({"hazard": "typhoon"}, "改", Invalid)],
)
def test_refuses_a_correction_that_cannot_be(
    by: Actor, changes: dict[str, Any], reason: str, refusal: type[Exception]
) -> None:
    storm = make_storm(name="寒潮")

    with pytest.raises(refusal):
        storms.correct(storm, reason=reason, at=by.now, by=by, **changes)

    storm.refresh_from_db()
    assert (storm.name, storm.hazard) == ("寒潮", "ice")
    assert not JournalEntry.objects.exists()


def test_keeps_what_was_said_of_a_storm(by: Actor) -> None:
    county, place, storm = make_organization(), make_place(), make_storm()

    note = storms.add_note(
        kind=NoteKind.CONDITION,
        text="整体运行良好",
        organization=county,
        place=place,
        storm=storm,
        quote="部分线路存在覆冰覆雪",
        by=by,
    )

    note.refresh_from_db()
    assert (note.text, note.place, note.storm, note.received_at) == ("整体运行良好", place, storm, by.now)
    entry = JournalEntry.objects.get()
    assert (entry.kind, entry.organization) == ("storm_note.added", county)


def test_refuses_a_note_without_text(by: Actor) -> None:
    with pytest.raises(Invalid, match="text"):
        storms.add_note(kind=NoteKind.CONDITION, text="", by=by)

    assert not StormNote.objects.exists()
    assert not JournalEntry.objects.exists()
