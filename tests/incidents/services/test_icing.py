from datetime import timedelta
from decimal import Decimal

import pytest

from incidents.choices import Grade, IceMethod
from incidents.errors import Inconsistent, Missing
from incidents.journal import Actor
from incidents.models import JournalEntry, SectionIcing
from incidents.services import ice, icing
from tests.factories import STORM_NIGHT, make_section
from tests.incidents.services.test_ice import seen


@pytest.fixture
def graded(by: Actor) -> SectionIcing:
    ice.record(seen(make_section()), by=by)
    return SectionIcing.objects.get()


def read(icing_row: SectionIcing, mm: float, *, minutes: int, by: Actor, model: bool = False) -> SectionIcing:
    told = seen(
        icing_row.section,
        thickness_mm=Decimal(str(mm)),
        observed_at=STORM_NIGHT + timedelta(minutes=minutes),
        method=IceMethod.MODEL if model else IceMethod.CALIPER,
    )
    late = Actor(user=by.user, now=STORM_NIGHT + timedelta(hours=6))
    ice.record(told, by=late)
    return SectionIcing.objects.get()


def test_one_calm_reading_is_kept_in_mind_and_the_second_lowers(graded: SectionIcing, by: Actor) -> None:
    once = read(graded, 1, minutes=10, by=by)
    twice = read(graded, 1, minutes=20, by=by)

    assert (once.grade, once.below_count) == (Grade.YELLOW, 1)
    assert (twice.grade, twice.below_count, twice.below_since_at) == (Grade.NONE, 0, None)
    assert twice.grade_since_at == STORM_NIGHT + timedelta(minutes=20)


def test_a_model_never_calms_what_was_measured(graded: SectionIcing, by: Actor) -> None:
    for minutes in (10, 20, 30):
        read(graded, 0, minutes=minutes, by=by, model=True)

    after = SectionIcing.objects.get()
    assert (after.grade, after.measured_at) == (Grade.YELLOW, STORM_NIGHT)


def test_a_measurement_told_late_counts_against_a_model_that_ran_meanwhile(
    graded: SectionIcing, by: Actor
) -> None:
    raised = read(graded, 15, minutes=30, by=by, model=True)

    after = read(graded, 1, minutes=20, by=by)

    assert (raised.grade, after.grade, after.below_count) == (Grade.RED, Grade.RED, 1)
    assert after.measured_at == STORM_NIGHT + timedelta(minutes=20)
    assert after.reading == raised.reading, "the newest reading stays the model's"


def test_a_persons_grade_stands_beside_the_computed_one(graded: SectionIcing, by: Actor) -> None:
    until = by.now + timedelta(hours=2)

    changed = icing.override(graded, grade=Grade.RED, until=until, reason="现场目测更厚", at=by.now, by=by)

    assert (changed.grade, changed.override_grade) == (Grade.YELLOW, Grade.RED)
    entry = JournalEntry.objects.get(kind="icing.overridden")
    assert (entry.reason, entry.after["override_grade"]) == ("现场目测更厚", Grade.RED)


def test_the_computed_grade_counts_again_once(graded: SectionIcing, by: Actor) -> None:
    until = by.now + timedelta(hours=2)
    icing.override(graded, grade=Grade.RED, until=until, reason="现场目测更厚", at=by.now, by=by)

    icing.clear_override(graded, reason="已复测", at=by.now, by=by)
    cleared = icing.clear_override(graded, reason="已复测", at=by.now, by=by)

    assert (cleared.override_grade, cleared.override_by, cleared.override_until_at) == ("", None, None)
    assert JournalEntry.objects.filter(kind="icing.override_cleared").count() == 1


def test_refuses_a_grade_without_reason_or_end_and_changes_nothing(graded: SectionIcing, by: Actor) -> None:
    earlier = by.now - timedelta(minutes=1)

    with pytest.raises(Missing, match="reason"):
        icing.override(graded, grade=Grade.RED, until=by.now, reason="", at=by.now, by=by)
    with pytest.raises(Inconsistent, match="until"):
        icing.override(graded, grade=Grade.RED, until=earlier, reason="错", at=by.now, by=by)

    graded.refresh_from_db()
    assert graded.override_grade == ""
    assert not JournalEntry.objects.filter(kind="icing.overridden").exists()
