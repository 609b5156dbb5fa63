from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from incidents.choices import OutageStatus, RestorationMethod, TaskKind
from incidents.errors import BadTransition, Inconsistent, Invalid, Missing, NaiveTime, OutOfRange
from incidents.journal import Actor
from incidents.models import JournalEntry, Outage, RestorationStep
from incidents.services import assignments, outages, restoration
from tests.factories import STORM_NIGHT, make_crew, make_outage

MINUTE = timedelta(minutes=1)
BEGAN = STORM_NIGHT - timedelta(hours=2)


def make_out(**over: Any) -> Outage:
    return make_outage(**({"occurred_at": BEGAN, "occurred_precision": "minute"} | over))


def give(outage: Outage, by: Actor, **over: Any) -> RestorationStep:
    told: dict[str, Any] = {"method": RestorationMethod.REPAIR, "at": STORM_NIGHT}
    return restoration.restore_step(outage, by=by, **(told | over))


def kinds() -> list[str]:
    return list(JournalEntry.objects.order_by("id").values_list("kind", flat=True))


def test_steps_add_up_until_nobody_is_out(by: Actor) -> None:
    outage = make_out(customers_affected=128)

    first = give(outage, by, customers=100, at=STORM_NIGHT - MINUTE)
    outage.refresh_from_db()
    between = (outage.status, outage.restored_at)
    second = give(outage, by, customers=28)

    outage.refresh_from_db()
    assert (first.seq, second.seq) == (1, 2)
    assert between == ("partially_restored", None)
    assert (outage.status, outage.restored_at) == ("restored", STORM_NIGHT)
    assert outage.not_reported == ["confirmed", "located", "isolated", "repairing"]
    assert kinds() == [
        "restoration_step.recorded",
        "outage.partially_restored",
        "restoration_step.recorded",
        "outage.restored",
    ]


def test_isolated_is_restored_directly(by: Actor) -> None:
    outage = outages.isolate(make_out(customers_affected=40), at=BEGAN, by=by)

    give(outage, by, customers=40, method=RestorationMethod.ISOLATE_AND_RECLOSE)

    outage.refresh_from_db()
    assert (outage.status, outage.repaired_at) == ("restored", None)


def test_the_same_step_again_is_the_same_step(by: Actor) -> None:
    outage = make_out(customers_affected=128)
    first = give(outage, by, customers=128)
    written = kinds()

    again = give(outage, by, customers=128)

    assert again == first
    assert RestorationStep.objects.count() == 1
    assert kinds() == written


def test_another_step_of_the_same_minute_says_what_it_is(by: Actor) -> None:
    outage = make_out(customers_affected=60)

    give(outage, by, customers=30, remark="1号支线")
    give(outage, by, customers=30, remark="2号支线")

    outage.refresh_from_db()
    assert outage.status == OutageStatus.RESTORED


def test_a_second_full_restoration_is_refused(by: Actor) -> None:
    outage = make_out(customers_affected=128)
    give(outage, by, customers=128)

    with pytest.raises(BadTransition) as refused:
        give(outage, by, customers=0, at=STORM_NIGHT + MINUTE)

    assert refused.value.fields["state"] == "restored"
    assert RestorationStep.objects.count() == 1


def test_refuses_more_than_were_out_and_names_the_numbers(by: Actor) -> None:
    outage = make_out(customers_affected=128)
    give(outage, by, customers=100, at=STORM_NIGHT - MINUTE)

    with pytest.raises(OutOfRange) as refused:
        give(outage, by, customers=29)

    assert (refused.value.fields["value"], refused.value.fields["high"]) == (129, 128)
    outage.refresh_from_db()
    assert outage.status == OutageStatus.PARTIALLY_RESTORED
    assert RestorationStep.objects.count() == 1


def test_refuses_more_transformer_areas_than_were_out(by: Actor) -> None:
    outage = make_out(mv_users=3)
    give(outage, by, mv_users=9, method=RestorationMethod.GENERATOR, at=STORM_NIGHT - MINUTE)

    with pytest.raises(OutOfRange) as refused:
        give(outage, by, mv_users=4)

    assert (refused.value.fields["field"], refused.value.fields["high"]) == ("mv_users", 3)
    assert RestorationStep.objects.count() == 1


def test_uncounted_customers_are_back_with_the_final_step(by: Actor) -> None:
    outage = make_out()
    give(outage, by, at=STORM_NIGHT - MINUTE)
    outage.refresh_from_db()
    between = outage.status

    give(outage, by, final=True)

    outage.refresh_from_db()
    assert (between, outage.status) == ("partially_restored", "restored")
    assert (outage.restored_at, outage.customers_affected) == (STORM_NIGHT, None)


def test_a_final_step_gives_all_the_rest(by: Actor) -> None:
    outage = make_out(customers_affected=128)
    give(outage, by, customers=20, at=STORM_NIGHT - MINUTE)

    give(outage, by, final=True)

    outage.refresh_from_db()
    assert outage.status == OutageStatus.RESTORED


def test_two_per_cent_are_written_off_with_a_remark(by: Actor) -> None:
    outage = make_out(customers_affected=100)

    give(outage, by, customers=98, final=True, remark="两户已搬迁")

    outage.refresh_from_db()
    assert outage.status == OutageStatus.RESTORED


@pytest.mark.parametrize(
    ("customers", "remark", "refusal"), [(98, "", Missing), (97, "三户已搬迁", OutOfRange)]
)
def test_more_or_without_a_remark_is_not_written_off(
    by: Actor, customers: int, remark: str, refusal: type[Exception]
) -> None:
    outage = make_out(customers_affected=100)

    with pytest.raises(refusal):
        give(outage, by, customers=customers, final=True, remark=remark)

    outage.refresh_from_db()
    assert outage.status == OutageStatus.REPORTED
    assert not JournalEntry.objects.exists()


def test_a_generator_supplies_and_restores_nobody(by: Actor) -> None:
    outage = make_out(customers_affected=128)

    give(outage, by, customers=128, method=RestorationMethod.GENERATOR)

    outage.refresh_from_db()
    assert (outage.status, outage.restored_at) == ("reported", None)
    assert kinds() == ["restoration_step.recorded"]


def test_a_generator_is_never_the_last_step(by: Actor) -> None:
    outage = make_out(customers_affected=128)

    with pytest.raises(Inconsistent):
        give(outage, by, method=RestorationMethod.GENERATOR, final=True)

    assert not RestorationStep.objects.exists()


@pytest.mark.parametrize(
    ("at", "refusal"),
    [
        (BEGAN - MINUTE, Inconsistent),
        (STORM_NIGHT + 6 * MINUTE, OutOfRange),
        (datetime(2024, 2, 26, 20, 0), NaiveTime),  # noqa: DTZ001 - the very thing refused
    ],
)
def test_refuses_a_step_out_of_time(by: Actor, at: datetime, refusal: type[Exception]) -> None:
    outage = make_out(customers_affected=128)
    give(outage, by, customers=1, at=STORM_NIGHT - MINUTE)

    with pytest.raises(refusal):
        give(outage, by, customers=2, at=at)

    assert RestorationStep.objects.count() == 1


def test_a_step_that_is_told_late_takes_its_place_among_the_others(by: Actor) -> None:
    outage = make_out(customers_affected=128)
    later = give(outage, by, customers=28, at=STORM_NIGHT - MINUTE)

    late = give(outage, by, customers=100, at=STORM_NIGHT - 2 * MINUTE)

    later.refresh_from_db()
    outage.refresh_from_db()
    assert (late.seq, later.seq) == (1, 2)
    assert (outage.status, outage.restored_at) == ("restored", STORM_NIGHT - MINUTE)
    assert [kind for kind in kinds() if "renumbered" in kind] == ["restoration_step.renumbered"]


def test_a_step_from_before_the_final_one_leaves_supply_restored(by: Actor) -> None:
    outage = make_out()
    give(outage, by, final=True, at=STORM_NIGHT - MINUTE)

    late = give(outage, by, customers=60, at=STORM_NIGHT - 2 * MINUTE)

    outage.refresh_from_db()
    assert (late.seq, outage.status, outage.restored_at) == (1, "restored", STORM_NIGHT - MINUTE)


def test_nothing_follows_the_final_step(by: Actor) -> None:
    outage = make_out()
    give(outage, by, final=True, at=STORM_NIGHT - 2 * MINUTE)

    with pytest.raises(Inconsistent) as refused:
        give(outage, by, customers=60, at=STORM_NIGHT - MINUTE)

    assert refused.value.fields["other"] == "final"
    assert RestorationStep.objects.count() == 1


def test_the_seed_comes_back_at_ten_past_nine(by: Actor) -> None:
    outage = make_outage(occurred_on=STORM_NIGHT.date(), occurred_precision="day")
    at = datetime(2024, 2, 26, 13, 10, tzinfo=UTC)
    later = Actor(user=by.user, now=at)

    give(outage, later, at=at, method=RestorationMethod.ISOLATE_AND_RECLOSE, final=True)

    outage.refresh_from_db()
    assert outage.restored_at == at


def test_restoring_leaves_the_crew_where_it_is(by: Actor) -> None:
    outage = make_out(customers_affected=5)
    job = assignments.assign(make_crew(), task=TaskKind.REPAIR, outage=outage, at=by.now, by=by)

    give(outage, by, customers=5)

    job.refresh_from_db()
    assert job.status == "planned"


def test_supply_repair_and_normal_mode_are_three_facts(by: Actor) -> None:
    outage = make_out(customers_affected=5)
    give(outage, by, customers=5, at=STORM_NIGHT - 2 * MINUTE)

    for _ in range(2):
        outage = restoration.repair(outage, at=STORM_NIGHT - MINUTE, by=by)
        outage = restoration.return_to_normal(outage, at=STORM_NIGHT, by=by)

    assert (outage.status, outage.restored_at, outage.repaired_at, outage.normal_mode_at) == (
        "restored",
        STORM_NIGHT - 2 * MINUTE,
        STORM_NIGHT - MINUTE,
        STORM_NIGHT,
    )
    assert kinds()[-2:] == ["outage.repaired", "outage.returned_to_normal"]


def test_no_normal_mode_before_supply_is_back(by: Actor) -> None:
    outage = outages.confirm(make_out(), at=by.now, by=by)

    with pytest.raises(BadTransition):
        restoration.return_to_normal(outage, at=by.now, by=by)

    outage.refresh_from_db()
    assert outage.normal_mode_at is None


def test_a_repair_whose_moment_nobody_stated_says_so(by: Actor) -> None:
    outage = outages.confirm(make_out(), at=by.now, by=by)

    outage = restoration.repair(outage, at=by.now, by=by, stated=False)

    assert (outage.status, outage.repaired_at) == ("confirmed", None)
    assert outage.unknown_reasons == {"repaired_at": "not_stated"}


def correct(step: RestorationStep, by: Actor, *, reason: str = "抄错", **changes: Any) -> RestorationStep:
    return restoration.correct_step(step, changes=changes, reason=reason, at=by.now, by=by)  # type: ignore[arg-type]


def test_corrects_a_step_between_others_and_keeps_what_stood_there(by: Actor) -> None:
    outage = make_out(customers_affected=128)
    step = give(outage, by, customers=10, at=STORM_NIGHT - 2 * MINUTE)
    give(outage, by, customers=5, at=STORM_NIGHT - MINUTE)
    written = len(kinds())

    for _ in range(2):
        step = correct(step, by, customers=100)

    entry = JournalEntry.objects.order_by("id")[written]
    assert (entry.kind, entry.reason) == ("restoration_step.corrected", "抄错")
    assert (entry.before, entry.after) == ({"customers": 10}, {"customers": 100})
    assert len(kinds()) == written + 1


def test_a_step_corrected_to_all_restores_supply(by: Actor) -> None:
    outage = make_out(customers_affected=128)
    step = give(outage, by, customers=12)

    correct(step, by, customers=128)

    outage.refresh_from_db()
    assert (outage.status, outage.restored_at) == ("restored", STORM_NIGHT)
    assert kinds()[-2:] == ["restoration_step.corrected", "outage.corrected"]


def test_the_moment_of_the_last_step_is_the_moment_of_restoration(by: Actor) -> None:
    outage = make_out(customers_affected=128)
    step = give(outage, by, customers=128)

    correct(step, by, at=STORM_NIGHT - MINUTE)

    outage.refresh_from_db()
    assert (outage.status, outage.restored_at) == ("restored", STORM_NIGHT - MINUTE)


def test_a_generator_taken_for_a_repair_leaves_supply_as_it_is_until_closing(by: Actor) -> None:
    outage = make_out(customers_affected=128)
    step = give(outage, by, customers=128)

    correct(step, by, method=RestorationMethod.GENERATOR)

    outage.refresh_from_db()
    assert (outage.status, outage.restored_at) == ("restored", STORM_NIGHT)


@pytest.mark.parametrize(
    ("changes", "reason", "refusal"),
    [
        ({"customers": 29}, "抄错", OutOfRange),
        ({"mv_users": 4}, "抄错", OutOfRange),
        ({"at": STORM_NIGHT - 2 * MINUTE}, "抄错", Inconsistent),
        ({"at": BEGAN - MINUTE}, "抄错", Inconsistent),
        ({"at": STORM_NIGHT + 6 * MINUTE}, "抄错", OutOfRange),
        ({"seq": 7}, "抄错", Invalid),
        ({"customers": 1}, " ", Missing),
    ],
)
def test_refuses_a_correction_of_a_step_and_changes_nothing(
    by: Actor, changes: dict[str, Any], reason: str, refusal: type[Exception]
) -> None:
    outage = make_out(customers_affected=128, mv_users=3)
    give(outage, by, customers=100, at=STORM_NIGHT - MINUTE)
    step = give(outage, by, customers=20)
    written = kinds()

    with pytest.raises(refusal):
        correct(step, by, reason=reason, **changes)

    step.refresh_from_db()
    assert (step.customers, step.at, step.seq) == (20, STORM_NIGHT, 2)
    assert kinds() == written
