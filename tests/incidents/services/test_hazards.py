from datetime import timedelta
from typing import Any

import pytest

from incidents.choices import HazardGrade, HazardKind
from incidents.errors import (
    BadTransition,
    BrokenRule,
    ExerciseMix,
    Inconsistent,
    Invalid,
    Missing,
    OutOfRange,
)
from incidents.journal import Actor
from incidents.models import Hazard, JournalEntry
from incidents.services import hazards
from tests.factories import make_line, make_organization, make_place, make_section, make_storm

HOUR = timedelta(hours=1)


def report(by: Actor, **over: Any) -> Hazard:
    told: dict[str, Any] = {
        "kind": HazardKind.VEGETATION,
        "grade": HazardGrade.GENERAL,
        "description": "毛竹距边线不足2米",
        "at": by.now - HOUR,
        "organization": make_organization(),
        "place": make_place(),
    }
    return hazards.report(**(told | over), by=by)


def test_reports_a_hidden_danger(by: Actor) -> None:
    section = make_section()

    hazard = report(
        by, section=section, due_at=by.now + 24 * HOUR, unknown_reasons={"storm": "not_applicable"}
    )

    hazard.refresh_from_db()
    assert (hazard.section, hazard.found_at, hazard.closed_at) == (section, by.now - HOUR, None)
    assert hazard.unknown_reasons == {"storm": "not_applicable"}
    entry = JournalEntry.objects.get()
    assert (entry.kind, entry.occurred_at, entry.organization) == (
        "hazard.reported",
        by.now - HOUR,
        hazard.organization,
    )


@pytest.mark.parametrize(
    ("known", "refusal", "words"),
    [
        ({"description": ""}, Invalid, "description"),
        ({"grade": "huge"}, Invalid, "grade"),
        ({"hours": 2}, OutOfRange, "at"),
        ({"due": -2}, BrokenRule, "hazard_found_due_in_order"),
        ({"drill": True}, ExerciseMix, "exercise-mix"),
    ],
)
def test_refuses_what_cannot_be(
    by: Actor, known: dict[str, Any], refusal: type[Exception], words: str
) -> None:
    told = {key: value for key, value in known.items() if key not in {"hours", "due", "drill"}}
    if "hours" in known:
        told["at"] = by.now + known["hours"] * HOUR
    if "due" in known:
        told["due_at"] = by.now + known["due"] * HOUR
    if "drill" in known:
        told["section"] = make_section(line=make_line(is_exercise=True))

    with pytest.raises(refusal, match=words):
        report(by, **told)

    assert not Hazard.objects.exists()
    assert not JournalEntry.objects.exists()


def test_a_danger_found_in_a_drill_is_part_of_it(by: Actor) -> None:
    section = make_section(line=make_line(is_exercise=True))

    hazard = report(by, section=section, storm=make_storm(is_exercise=True))

    assert hazard.is_exercise


def test_a_second_look_corrects_the_grade(by: Actor) -> None:
    hazard = report(by)

    hazards.correct(hazard, grade=HazardGrade.CRITICAL, reason="复核", at=by.now, by=by)

    hazard.refresh_from_db()
    assert hazard.grade == HazardGrade.CRITICAL
    entry = JournalEntry.objects.get(kind="hazard.corrected")
    assert (entry.before, entry.after) == ({"grade": "general"}, {"grade": "critical"})


def test_a_correction_needs_a_reason_and_an_open_danger(by: Actor) -> None:
    hazard = report(by)

    with pytest.raises(Missing, match="reason"):
        hazards.correct(hazard, grade=HazardGrade.CRITICAL, reason="", at=by.now, by=by)
    hazards.close(hazard, remark="已砍伐", at=by.now, by=by)
    with pytest.raises(BadTransition):
        hazards.correct(hazard, grade=HazardGrade.CRITICAL, reason="复核", at=by.now, by=by)

    hazard.refresh_from_db()
    assert hazard.grade == HazardGrade.GENERAL


def test_a_correction_does_not_mix_in_a_drill(by: Actor) -> None:
    hazard = report(by)
    section = make_section(line=make_line(is_exercise=True))

    with pytest.raises(ExerciseMix):
        hazards.correct(hazard, section=section, reason="复核", at=by.now, by=by)

    hazard.refresh_from_db()
    assert hazard.section is None


def test_closes_a_danger_in_words(by: Actor) -> None:
    hazard = report(by)

    hazards.close(hazard, remark="已砍伐清理", at=by.now, by=by)

    hazard.refresh_from_db()
    assert (hazard.closed_at, hazard.close_remark) == (by.now, "已砍伐清理")
    assert JournalEntry.objects.filter(kind="hazard.closed", occurred_at=by.now).count() == 1


@pytest.mark.parametrize(
    ("remark", "hours", "refusal"),
    [(" ", 0, Missing), ("已清", 1, OutOfRange), ("已清", -2, Inconsistent)],
)
def test_refuses_to_close_without_words_or_at_a_moment_that_cannot_be(
    by: Actor, remark: str, hours: int, refusal: type[Exception]
) -> None:
    hazard = report(by)

    with pytest.raises(refusal):
        hazards.close(hazard, remark=remark, at=by.now + hours * HOUR, by=by)

    hazard.refresh_from_db()
    assert hazard.closed_at is None


def test_a_danger_is_removed_once(by: Actor) -> None:
    hazard = report(by)
    hazards.close(hazard, remark="已砍伐", at=by.now, by=by)

    with pytest.raises(BadTransition) as refused:
        hazards.close(hazard, remark="又砍", at=by.now, by=by)

    assert (refused.value.fields["state"], refused.value.fields["allowed"]) == ("closed", [])
    hazard.refresh_from_db()
    assert hazard.close_remark == "已砍伐"
