from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from incidents.choices import (
    EntryMode,
    Grade,
    GradeBasis,
    IceMethod,
    IceType,
    ThicknessKind,
    TimePrecision,
)
from incidents.errors import (
    BrokenRule,
    ClientIdTaken,
    ExerciseMix,
    Inconsistent,
    Missing,
    NaiveTime,
    OutOfRange,
)
from incidents.journal import Actor
from incidents.models import IceReading, JournalEntry, LineSection, SectionIcing
from incidents.services import ice
from incidents.services.ice import Observation
from tests.factories import STORM_NIGHT, make_actor, make_line, make_place, make_section, make_storm


def seen(section: LineSection | None, **over: Any) -> Observation:
    values: dict[str, Any] = {
        "kind": ThicknessKind.STANDARD,
        "method": IceMethod.CALIPER,
        "thickness_mm": Decimal("7.5"),
        "observed_at": STORM_NIGHT,
        "section": section,
    }
    return Observation(**(values | over))


def test_stores_standard_thickness_ratio_and_grade(by: Actor) -> None:
    section = make_section(design_ice_mm=15)

    reading = ice.record(seen(section), by=by).reading

    reading.refresh_from_db()
    assert (reading.standard_mm, reading.ratio) == (Decimal("7.500"), Decimal("0.5000"))
    assert (reading.grade, reading.grade_basis) == (Grade.YELLOW, GradeBasis.MEASURED)
    assert reading.rule_version == "ice-1/grade-1/p0"
    icing = SectionIcing.objects.get(section=section)
    assert (icing.grade, icing.reading, icing.measured_at) == (Grade.YELLOW, reading, STORM_NIGHT)


def test_rime_just_under_the_edge_is_blue(by: Actor) -> None:
    section = make_section(design_ice_mm=30)
    told = seen(section, kind=ThicknessKind.APPARENT, thickness_mm=Decimal(30), ice_type=IceType.RIME)

    reading = ice.record(told, by=by).reading

    assert (reading.standard_mm, reading.ratio, reading.grade) == (
        Decimal("14.992"),
        Decimal("0.4997"),
        Grade.BLUE,
    )
    assert reading.thickness_basis == GradeBasis.ASSUMED_DENSITY


def test_a_dummy_wire_is_not_taken_for_the_conductor(by: Actor) -> None:
    told = seen(
        make_section(conductor_diameter_mm="15.07"),
        method=IceMethod.DUMMY_WIRE_WEIGHT,
        thickness_mm=None,
        weight_g=Decimal(900),
        sample_length_m=Decimal(1),
    )

    reading = ice.record(told, by=by).reading

    assert reading.standard_mm is None
    assert reading.why_unknown("standard_mm") is not None
    assert not SectionIcing.objects.exists()


def test_without_a_section_the_absolute_ladder_grades(by: Actor) -> None:
    told = seen(None, place=make_place(), kind=ThicknessKind.UNKNOWN, thickness_mm=Decimal(30))

    reading = ice.record(told, by=by).reading

    assert (reading.grade, reading.grade_basis) == (Grade.RED, GradeBasis.ABSOLUTE_NO_DESIGN)
    assert reading.ratio is None
    assert not SectionIcing.objects.exists()


def test_writes_the_fact_and_its_journal_entries_together(by: Actor) -> None:
    ice.record(seen(make_section()), by=by)
    ice.record(seen(IceReading.objects.get().section, observed_at=STORM_NIGHT + timedelta(minutes=1)), by=by)

    kinds = JournalEntry.objects.order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["ice.recorded", "icing.graded", "ice.recorded"]


def test_the_same_submission_twice_is_one_reading(by: Actor) -> None:
    section, client_id = make_section(), uuid4()

    first = ice.record(seen(section), by=by, client_id=client_id)
    again = ice.record(seen(section), by=by, client_id=client_id)

    assert (first.is_replay, again.is_replay) == (False, True)
    assert again.reading == first.reading
    assert JournalEntry.objects.filter(kind="ice.recorded").count() == 1


def test_another_observation_under_the_same_number_is_refused(by: Actor) -> None:
    section, client_id = make_section(), uuid4()
    ice.record(seen(section), by=by, client_id=client_id)

    with pytest.raises(ClientIdTaken):
        ice.record(seen(section, thickness_mm=Decimal(8)), by=by, client_id=client_id)

    assert IceReading.objects.get().thickness_mm == Decimal("7.5")


def test_two_people_may_use_the_same_number(by: Actor) -> None:
    section, client_id = make_section(), uuid4()

    ice.record(seen(section), by=by, client_id=client_id)
    other = ice.record(seen(section), by=make_actor(), client_id=client_id)

    assert not other.is_replay
    assert IceReading.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_twenty_sendings_at_once_are_one_reading() -> None:
    by, section, client_id = make_actor(), make_section(), uuid4()

    def send(_: int) -> bool:
        try:
            return ice.record(seen(section), by=by, client_id=client_id).is_replay
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        replays = list(pool.map(send, range(20)))

    assert sorted(replays) == [False] + [True] * 19
    assert IceReading.objects.count() == 1
    assert JournalEntry.objects.filter(kind="ice.recorded").count() == 1


def test_an_older_reading_is_kept_and_changes_no_grade(by: Actor) -> None:
    section = make_section()
    newest = ice.record(seen(section, thickness_mm=Decimal(15)), by=by).reading

    older = ice.record(seen(section, observed_at=STORM_NIGHT - timedelta(hours=1)), by=by).reading

    assert older.grade == Grade.YELLOW
    icing = SectionIcing.objects.get()
    assert (icing.grade, icing.reading) == (Grade.RED, newest)


@pytest.mark.parametrize(
    ("over", "refusal", "told"),
    [
        ({"thickness_mm": Decimal("300.1")}, OutOfRange, "300.1"),
        ({"thickness_mm": Decimal("-0.1")}, OutOfRange, "-0.1"),
        ({"observed_at": STORM_NIGHT + timedelta(minutes=6)}, OutOfRange, "observed_at"),
        ({"observed_at": STORM_NIGHT - timedelta(days=401)}, OutOfRange, "observed_at"),
        ({"observed_at": STORM_NIGHT.replace(tzinfo=None)}, NaiveTime, "observed_at"),
        ({"long_axis_mm": Decimal(50), "short_axis_mm": Decimal(60)}, Inconsistent, "long_axis_mm"),
        ({"air_temp_c": Decimal(60)}, OutOfRange, "air_temp_c"),
        ({"section": None}, Missing, "section"),
    ],
)
def test_refuses_what_cannot_be_and_writes_nothing(
    by: Actor, over: dict[str, Any], refusal: type[Exception], told: str
) -> None:
    with pytest.raises(refusal, match=told):
        ice.record(seen(**({"section": make_section()} | over)), by=by)

    assert not IceReading.objects.exists()
    assert not SectionIcing.objects.exists()
    assert not JournalEntry.objects.exists()


def test_a_day_without_a_time_is_kept_as_a_day(by: Actor) -> None:
    told = seen(
        make_section(),
        observed_at=None,
        observed_on=STORM_NIGHT.date(),
        observed_precision=TimePrecision.DAY,
    )

    reading = ice.record(told, by=by).reading

    assert (reading.observed_at, reading.observed_on) == (None, STORM_NIGHT.date())
    assert not SectionIcing.objects.exists(), "without a moment nobody knows what is newest"


def test_a_day_to_come_is_refused(by: Actor) -> None:
    told = seen(
        make_section(),
        observed_at=None,
        observed_on=STORM_NIGHT.date() + timedelta(days=1),
        observed_precision=TimePrecision.DAY,
    )

    with pytest.raises(OutOfRange, match="observed_at"):
        ice.record(told, by=by)

    assert not IceReading.objects.exists()


def test_records_made_after_the_fact_may_be_old(by: Actor) -> None:
    historian = make_actor(user=by.user, entry_mode=EntryMode.HISTORICAL)
    told = seen(
        make_section(),
        observed_at=None,
        observed_precision=TimePrecision.UNKNOWN,
        unknown_reasons={"observed_at": "not_stated"},
    )

    undated = ice.record(told, by=historian).reading
    old = ice.record(seen(undated.section, observed_at=STORM_NIGHT - timedelta(days=5000)), by=historian)

    assert undated.unknown_reasons == {"observed_at": "not_stated"}
    assert old.reading.entry_mode == EntryMode.HISTORICAL


def test_a_broken_rule_stays_one_with_a_client_id(by: Actor) -> None:
    told = seen(make_section(), observed_precision=TimePrecision.DAY)

    with pytest.raises(BrokenRule, match="ice_observed_is_honest"):
        ice.record(told, by=by, client_id=uuid4())

    assert not IceReading.objects.exists()


def test_a_drills_section_is_graded_in_a_drill_only(by: Actor) -> None:
    section = make_section(line=make_line(is_exercise=True))
    drill = make_storm(is_exercise=True)

    with pytest.raises(ExerciseMix):
        ice.record(seen(section), by=by)
    ice.record(seen(section, storm=drill), by=by)

    assert SectionIcing.objects.get().is_exercise


def test_a_drill_on_a_real_section_leaves_its_real_grade_alone(by: Actor) -> None:
    section, drill = make_section(), make_storm(is_exercise=True)
    ice.record(seen(section), by=by)

    ice.record(seen(section, storm=drill, thickness_mm=Decimal(20)), by=by)

    grades = SectionIcing.objects.order_by("is_exercise").values_list("is_exercise", "grade")
    assert list(grades) == [(False, Grade.YELLOW), (True, Grade.RED)]


def test_a_correction_takes_the_place_of_a_reading_and_keeps_it(by: Actor) -> None:
    section = make_section()
    wrong = ice.record(seen(section, thickness_mm=Decimal(75)), by=by).reading

    right = ice.correct(wrong, seen(section), reason="小数点错误", by=by)

    assert right.supersedes == wrong
    entry = JournalEntry.objects.get(kind="ice.corrected")
    assert (entry.reason, entry.subject_uuid) == ("小数点错误", right.uuid)
    with pytest.raises(BrokenRule):
        ice.correct(wrong, seen(section), reason="再来一次", by=by)
    with pytest.raises(Missing):
        ice.correct(right, seen(section), reason=" ", by=by)
    assert IceReading.objects.count() == 2
