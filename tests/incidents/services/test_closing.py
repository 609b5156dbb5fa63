from datetime import date, timedelta
from typing import Any

import pytest

from incidents.choices import CauseCode, OutageStatus, PlacePrecision, RestorationMethod
from incidents.errors import (
    AlreadyOut,
    BadTransition,
    Conflict,
    ExerciseMix,
    Inconsistent,
    Invalid,
    Missing,
    OutOfRange,
)
from incidents.journal import Actor
from incidents.models import JournalEntry, Outage, RestorationStep
from incidents.services import closing, outages, restoration
from tests.factories import (
    STORM_NIGHT,
    make_division,
    make_line,
    make_outage,
    make_place,
    make_section,
    make_storm,
)

MINUTE = timedelta(minutes=1)


def make_whole(by: Actor, *, given: int | None = 128, **over: Any) -> Outage:
    """A restored outage of 128 customers on a known pole, its cause known."""
    place = make_place(text="37号杆", precision=PlacePrecision.POLE, line=make_line(), pole_no="37")
    values = {"customers_affected": 128, "cause_code": CauseCode.BAMBOO_ICE, "place": place}
    outage = make_outage(**(values | over))
    restoration.restore_step(
        outage,
        method=RestorationMethod.REPAIR,
        customers=given,
        final=outage.customers_affected is None,
        at=STORM_NIGHT - MINUTE,
        by=by,
    )
    return outage


def correct(outage: Outage, by: Actor, *, reason: str = "核实", **changes: Any) -> Outage:
    return closing.correct(outage, changes=changes, reason=reason, at=by.now, by=by)  # type: ignore[arg-type]


def kinds() -> list[str]:
    return list(JournalEntry.objects.order_by("id").values_list("kind", flat=True))


def test_closes_what_is_whole_and_signs_it(by: Actor) -> None:
    outage = make_whole(by)

    for _ in range(2):
        outage = closing.close(outage, at=by.now, by=by)

    assert (outage.status, outage.ended_at, outage.ended_by) == ("closed", by.now, by.user)
    assert kinds()[2:] == ["outage.closed"]


def test_does_not_close_before_supply_is_back(by: Actor) -> None:
    outage = make_outage(cause_code=CauseCode.WIND, customers_affected=1)

    with pytest.raises(BadTransition):
        closing.close(outage, at=by.now, by=by)

    outage.refresh_from_db()
    assert outage.status == OutageStatus.REPORTED


def test_does_not_close_at_a_time_before_supply_was_back(by: Actor) -> None:
    outage = make_whole(by)

    with pytest.raises(Inconsistent) as refused:
        closing.close(outage, at=by.now - 2 * MINUTE, by=by)

    assert refused.value.fields["other"] == "restored_at"


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"cause_code": CauseCode.UNKNOWN}, "cause_code"),
        ({"customers_affected": None}, "customers_affected"),
    ],
)
def test_does_not_close_with_gaps(by: Actor, over: dict[str, Any], field: str) -> None:
    outage = make_whole(by, **over)

    with pytest.raises(Missing) as refused:
        closing.close(outage, at=by.now, by=by)

    assert refused.value.fields["field"] == field
    outage.refresh_from_db()
    assert (outage.status, outage.ended_at) == ("restored", None)


def test_closes_uncounted_customers_when_it_is_said_why(by: Actor) -> None:
    outage = make_whole(by, given=None, customers_affected=None)

    outage = closing.close(outage, at=by.now, by=by, unknown_reasons={"customers_affected": "not_stated"})

    assert (outage.status, outage.unknown_reasons) == ("closed", {"customers_affected": "not_stated"})


def test_closes_a_vague_place_with_a_reason_only(by: Actor) -> None:
    outage = make_whole(by, place=make_place(text="横岗村山上"))
    with pytest.raises(Missing) as refused:
        closing.close(outage, at=by.now, by=by)

    outage = closing.close(outage, at=by.now, by=by, reason="报道未说明所在县")

    assert refused.value.fields == {"field": "reason", "purpose": "place-precision"}
    assert (outage.status, outage.end_reason) == ("closed", "报道未说明所在县")


def test_a_village_is_exact_enough(by: Actor) -> None:
    make_division("33", "浙江省")
    make_division("3306", "绍兴市")
    make_division("330683", "嵊州市")
    make_division("330683102", "崇仁镇")
    village = make_division("330683102343", "岭头山村")
    place = make_place(
        text="岭头山村", precision=PlacePrecision.VILLAGE, division=village, resolved_by="exact"
    )

    assert closing.close(make_whole(by, place=place), at=by.now, by=by).status == "closed"


def test_closes_without_the_steps_of_nobody(by: Actor) -> None:
    outage = make_whole(by)
    RestorationStep.objects.all().delete()

    with pytest.raises(Missing) as refused:
        closing.close(outage, at=by.now, by=by)

    assert refused.value.fields["field"] == "restoration_step"


def test_opens_again_with_a_reason_and_closes_anew(by: Actor) -> None:
    outage = closing.close(make_whole(by), at=by.now, by=by)

    for _ in range(2):
        outage = closing.reopen(outage, reason="户数有误", at=by.now, by=by)
    between = (outage.status, outage.ended_at, outage.ended_by, outage.restored_at)
    outage = closing.close(outage, at=by.now, by=by)

    assert between == ("reopened", None, None, STORM_NIGHT - MINUTE)
    assert outage.status == OutageStatus.CLOSED
    assert kinds()[2:] == ["outage.closed", "outage.reopened", "outage.closed"]


def test_does_not_open_again_without_a_reason(by: Actor) -> None:
    outage = closing.close(make_whole(by), at=by.now, by=by)

    with pytest.raises(Missing):
        closing.reopen(outage, reason="", at=by.now, by=by)

    outage.refresh_from_db()
    assert outage.status == OutageStatus.CLOSED


def test_two_per_cent_of_difference_close_with_a_reason(by: Actor) -> None:
    outage = closing.reopen(
        closing.close(make_whole(by), at=by.now, by=by), reason="户数有误", at=by.now, by=by
    )
    outage = correct(outage, by, customers_affected=130)
    with pytest.raises(Missing) as refused:
        closing.close(outage, at=by.now, by=by)

    outage = closing.close(outage, at=by.now, by=by, reason="两户早已销户")

    assert refused.value.fields == {"field": "reason", "purpose": "difference"}
    assert (outage.status, outage.end_reason) == ("closed", "两户早已销户")


def test_more_than_two_per_cent_never_close(by: Actor) -> None:
    outage = correct(make_whole(by), by, customers_affected=131)

    with pytest.raises(OutOfRange) as refused:
        closing.close(outage, at=by.now, by=by, reason="三户早已销户")

    assert (refused.value.fields["value"], refused.value.fields["high"]) == (3, 2)


def test_what_was_written_off_with_the_last_step_needs_no_second_reason(by: Actor) -> None:
    outage = make_outage(
        customers_affected=100,
        cause_code=CauseCode.WIND,
        place=make_place(text="37号杆", precision="pole", line=make_line(), pole_no="37"),
    )
    restoration.restore_step(
        outage,
        method=RestorationMethod.REPAIR,
        customers=98,
        final=True,
        remark="两户已搬迁",
        at=by.now,
        by=by,
    )

    assert closing.close(outage, at=by.now, by=by).status == "closed"


def test_corrects_and_keeps_what_stood_there(by: Actor) -> None:
    outage = make_outage(customers_affected=12)

    for _ in range(2):
        outage = correct(outage, by, customers_affected=128, cause_code=CauseCode.ICE_LOAD, reason="台账核对")

    entry = JournalEntry.objects.get()
    assert (entry.kind, entry.reason) == ("outage.corrected", "台账核对")
    assert entry.before == {"customers_affected": 12, "cause_code": "unknown"}
    assert entry.after == {"customers_affected": 128, "cause_code": "ice_load"}


def test_does_not_correct_without_a_reason(by: Actor) -> None:
    outage = make_outage(customers_affected=12)

    with pytest.raises(Missing):
        correct(outage, by, reason=" ", customers_affected=128)

    outage.refresh_from_db()
    assert outage.customers_affected == 12


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"status": "restored"}, "status"),
        ({"restored_at": STORM_NIGHT}, "restored_at"),
        ({"located_at": STORM_NIGHT}, "located_at"),
        ({"entry_mode": "historical"}, "entry_mode"),
    ],
)
def test_does_not_correct_what_follows_from_deeds(by: Actor, changes: dict[str, Any], field: str) -> None:
    outage = make_outage()

    with pytest.raises(Invalid) as refused:
        correct(outage, by, **changes)

    assert list(refused.value.fields["problems"]) == [field]  # type: ignore[call-overload]
    assert not JournalEntry.objects.exists()


def test_what_is_closed_is_opened_again_first(by: Actor) -> None:
    outage = closing.close(make_whole(by), at=by.now, by=by)

    with pytest.raises(BadTransition) as refused:
        correct(outage, by, cause_text="毛竹压线")

    assert refused.value.fields["allowed"] == ["reopen"]
    outage.refresh_from_db()
    assert outage.cause_text == ""


def test_corrects_the_whole_of_a_beginning(by: Actor) -> None:
    outage = make_outage(
        occurred_at=STORM_NIGHT, occurred_precision="minute", unknown_reasons={"occurred_on": "not_stated"}
    )

    outage = correct(outage, by, occurred_on=date(2024, 2, 26))

    assert (outage.occurred_at, outage.occurred_on, outage.occurred_precision) == (
        None,
        date(2024, 2, 26),
        "day",
    )
    assert outage.unknown_reasons == {}


def test_a_value_becomes_unknown_with_its_reason(by: Actor) -> None:
    outage = make_outage(mv_users=3)

    outage = correct(outage, by, mv_users=None, unknown_reasons={"mv_users": "pending"})

    assert (outage.mv_users, outage.unknown_reasons) == (None, {"mv_users": "pending"})


def test_moves_the_moment_of_a_stage(by: Actor) -> None:
    outage = outages.locate(make_outage(), at=by.now, by=by)

    outage = correct(outage, by, located_at=by.now - MINUTE)

    assert (outage.located_at, outage.not_reported) == (by.now - MINUTE, ["confirmed"])


def test_a_stage_that_nobody_told_is_told_when_the_record_is_open_again(by: Actor) -> None:
    outage = closing.close(make_whole(by), at=by.now, by=by)
    outage = closing.reopen(outage, reason="补录", at=by.now, by=by)

    outage = correct(outage, by, located_at=STORM_NIGHT - 5 * MINUTE)

    assert outage.located_at == STORM_NIGHT - 5 * MINUTE
    assert outage.not_reported == ["confirmed", "isolated", "repairing"]


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"located_at": None}, Missing),
        ({"located_at": STORM_NIGHT + timedelta(hours=1)}, OutOfRange),
        ({"reported_at": STORM_NIGHT + timedelta(hours=1)}, OutOfRange),
        ({"occurred_at": STORM_NIGHT + MINUTE}, Inconsistent),
    ],
)
def test_refuses_moments_that_cannot_be(by: Actor, changes: dict[str, Any], refusal: type[Exception]) -> None:
    outage = outages.locate(make_outage(), at=by.now, by=by)

    with pytest.raises(refusal):
        correct(outage, by, **changes)

    outage.refresh_from_db()
    assert (outage.located_at, outage.occurred_at) == (by.now, None)


def test_customers_corrected_to_what_came_back_restore_supply(by: Actor) -> None:
    outage = make_outage(customers_affected=130)
    restoration.restore_step(
        outage, method=RestorationMethod.REPAIR, customers=128, at=STORM_NIGHT - MINUTE, by=by
    )

    outage = correct(outage, by, customers_affected=128)

    assert (outage.status, outage.restored_at) == ("restored", STORM_NIGHT - MINUTE)


def test_customers_are_never_fewer_than_came_back(by: Actor) -> None:
    outage = make_outage(customers_affected=130)
    restoration.restore_step(outage, method=RestorationMethod.REPAIR, customers=128, at=by.now, by=by)

    with pytest.raises(OutOfRange) as refused:
        correct(outage, by, customers_affected=127)

    assert (refused.value.fields["value"], refused.value.fields["high"]) == (128, 127)
    outage.refresh_from_db()
    assert outage.customers_affected == 130


def test_a_line_told_later_brings_its_previous_outage(by: Actor) -> None:
    section = make_section()
    previous = make_outage(line=section.line, status="restored", restored_at=STORM_NIGHT - MINUTE)
    outage = make_outage()

    outage = correct(outage, by, section=section)
    found = (outage.line, outage.previous_outage)
    outage = correct(outage, by, section=None, line=None)

    assert found == (section.line, previous)
    assert (outage.line, outage.previous_outage) == (None, None)


def test_does_not_move_to_a_section_that_is_out(by: Actor) -> None:
    section = make_section()
    make_outage(line=section.line, section=section)
    outage = make_outage()

    with pytest.raises(AlreadyOut):
        correct(outage, by, section=section)

    outage.refresh_from_db()
    assert outage.section is None


def test_what_is_over_may_be_moved_to_a_section_that_is_out(by: Actor) -> None:
    section = make_section()
    make_outage(line=section.line, section=section)
    outage = make_outage(status="restored", restored_at=STORM_NIGHT)

    assert correct(outage, by, section=section).section == section


def test_does_not_become_a_drill_on_a_real_line(by: Actor) -> None:
    outage = make_outage(line=make_line())

    with pytest.raises(ExerciseMix):
        correct(outage, by, storm=make_storm(is_exercise=True))

    outage.refresh_from_db()
    assert outage.storm is None


def test_outages_do_not_explain_each_other_in_a_ring(by: Actor) -> None:
    top = make_outage()
    middle = make_outage(parent=top)
    below = make_outage(parent=middle)

    with pytest.raises(Conflict):
        correct(top, by, parent=below)

    top.refresh_from_db()
    assert top.parent is None


def test_refuses_a_correction_told_for_tomorrow(by: Actor) -> None:
    outage = make_outage()

    with pytest.raises(OutOfRange):
        closing.correct(
            outage,
            changes={"remark": "?"},
            reason="核实",
            at=by.now + timedelta(days=1),
            by=by,
        )
