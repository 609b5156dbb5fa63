from datetime import timedelta
from typing import Any

import pytest

from incidents.choices import HazardGrade, HazardKind, PatrolKind, PatrolStatus
from incidents.errors import BadTransition, BrokenRule, ExerciseMix, Inconsistent, Invalid, Missing
from incidents.journal import Actor
from incidents.models import Hazard, JournalEntry, Patrol
from incidents.services import hazards, patrols
from tests.factories import (
    make_assignment,
    make_crew,
    make_damage,
    make_line,
    make_outage,
    make_person,
    make_place,
    make_section,
    make_storm,
)

HOUR = timedelta(hours=1)


def order(by: Actor, **over: Any) -> Patrol:
    line = over.pop("line", None) or make_line()
    told: dict[str, Any] = {"kind": PatrolKind.INSPECT_AFTER, "at": by.now - 3 * HOUR}
    return patrols.order(organization=line.organization, line=line, **(told | over), by=by)


def walking(by: Actor, **over: Any) -> Patrol:
    return patrols.start(order(by, person=make_person(), **over), at=by.now - 2 * HOUR, by=by)


def danger(by: Actor, **over: Any) -> Hazard:
    return hazards.report(
        organization=make_line().organization,
        place=make_place(),
        kind=HazardKind.VEGETATION,
        grade=HazardGrade.SERIOUS,
        description="毛竹距边线不足2米",
        at=by.now - HOUR,
        by=by,
        **over,
    )


def test_orders_a_patrol_of_sections(by: Actor) -> None:
    section = make_section()

    patrol = order(by, line=section.line, sections=[section], crew=make_crew())

    patrol.refresh_from_db()
    assert (patrol.status, patrol.nothing_found) == (PatrolStatus.ORDERED, None)
    assert list(patrol.sections.all()) == [section]
    entry = JournalEntry.objects.get(kind="patrol.ordered")
    assert (entry.occurred_at, entry.organization) == (by.now - 3 * HOUR, patrol.organization)
    assert entry.after["sections"] == [section.pk]


def test_a_trip_says_who_walks_and_after_which_outage(by: Actor) -> None:
    job = make_assignment(outage=make_outage())

    patrol = order(by, assignment=job)

    assert (patrol.crew, patrol.outage, patrol.place) == (job.crew, job.outage, job.place)
    with pytest.raises(Inconsistent):
        order(by, assignment=job, crew=make_crew())


def test_refuses_what_does_not_belong_together(by: Actor) -> None:
    refused: list[tuple[type[Exception], dict[str, Any]]] = [
        (Invalid, {"sections": [make_section()]}),
        (ExerciseMix, {"line": make_line(is_exercise=True)}),
        (ExerciseMix, {"storm": make_storm(is_exercise=True)}),
        (BrokenRule, {"crew": make_crew(), "person": make_person()}),
        (Invalid, {"kind": "repair"}),
    ]
    for refusal, over in refused:
        with pytest.raises(refusal):
            order(by, **over)

    assert not Patrol.objects.exists()
    assert not JournalEntry.objects.filter(kind="patrol.ordered").exists()


def test_somebody_walks_it(by: Actor) -> None:
    patrol, person = order(by), make_person()
    with pytest.raises(Missing):
        patrols.start(patrol, at=by.now, by=by)

    for _ in range(2):  # sent again, it is the same deed
        patrols.start(patrol, at=by.now - HOUR, by=by, person=person)

    patrol.refresh_from_db()
    assert (patrol.status, patrol.person, patrol.begun_at) == ("under_way", person, by.now - HOUR)
    assert JournalEntry.objects.filter(kind="patrol.started").count() == 1


def test_does_not_begin_before_it_was_ordered_or_twice(by: Actor) -> None:
    patrol = order(by, person=make_person())
    with pytest.raises(Inconsistent):
        patrols.start(patrol, at=by.now - 4 * HOUR, by=by)
    patrols.start(patrol, at=by.now - 2 * HOUR, by=by)

    with pytest.raises(BadTransition):
        patrols.start(patrol, at=by.now - HOUR, by=by)

    patrol.refresh_from_db()
    assert patrol.begun_at == by.now - 2 * HOUR


def test_that_nothing_was_found_is_said(by: Actor) -> None:
    patrol = walking(by)

    patrols.finish(patrol, nothing_found=True, at=by.now, by=by)

    patrol.refresh_from_db()
    assert (patrol.status, patrol.nothing_found, patrol.ended_at) == ("finished", True, by.now)


def test_what_was_found_is_named(by: Actor) -> None:
    patrol, found = walking(by), danger(by)
    broken = make_damage()

    patrols.finish(patrol, nothing_found=False, hazards=[found], damages=[broken], at=by.now, by=by)

    patrol.refresh_from_db()
    assert (list(patrol.hazards.all()), list(patrol.damages.all())) == ([found], [broken])
    assert patrol.nothing_found is False
    entry = JournalEntry.objects.get(kind="patrol.finished")
    assert (entry.after["hazards"], entry.after["status"]) == ([found.pk], "finished")


def test_nothing_and_something_contradict_each_other(by: Actor) -> None:
    patrol, found = walking(by), danger(by)
    with pytest.raises(Inconsistent):
        patrols.finish(patrol, nothing_found=True, hazards=[found], at=by.now, by=by)
    with pytest.raises(Missing):
        patrols.finish(patrol, nothing_found=False, at=by.now, by=by)

    patrol.refresh_from_db()
    assert (patrol.status, patrol.hazards.count()) == ("under_way", 0)
    patrols.finish(patrol, nothing_found=False, remark="导线微风振动", at=by.now, by=by)


def test_what_arrives_later_is_added_and_changes_what_was_said(by: Actor) -> None:
    patrol = walking(by)
    patrols.finish(patrol, nothing_found=True, at=by.now - HOUR, by=by)
    found = danger(by)

    patrols.add_findings(patrol, hazards=[found], at=by.now, by=by)

    patrol.refresh_from_db()
    assert (patrol.nothing_found, patrol.ended_at) == (False, by.now - HOUR)
    entry = JournalEntry.objects.get(kind="patrol.findings_added")
    assert (entry.before, entry.after) == (
        {"nothing_found": True, "hazards": []},
        {"nothing_found": False, "hazards": [found.pk]},
    )


def test_a_drills_find_is_none_of_a_real_patrol(by: Actor) -> None:
    patrol = walking(by)
    found = danger(by, storm=make_storm(is_exercise=True))

    with pytest.raises(ExerciseMix):
        patrols.add_findings(patrol, hazards=[found], at=by.now, by=by)
    with pytest.raises(Missing):
        patrols.add_findings(patrol, at=by.now, by=by)

    assert not patrol.hazards.exists()


def test_is_called_off_with_a_reason_until_it_is_finished(by: Actor) -> None:
    patrol, over = order(by), walking(by)
    patrols.finish(over, nothing_found=True, at=by.now, by=by)
    with pytest.raises(Missing):
        patrols.cancel(patrol, reason="", at=by.now, by=by)
    with pytest.raises(BadTransition):
        patrols.cancel(over, reason="天气", at=by.now, by=by)

    patrols.cancel(patrol, reason="大雾", at=by.now, by=by)

    patrol.refresh_from_db()
    assert (patrol.status, patrol.ended_at) == ("cancelled", by.now)
    with pytest.raises(BadTransition):
        patrols.start(patrol, at=by.now, by=by, crew=make_crew())
