from datetime import timedelta
from typing import Any

import pytest

from incidents.models import Estimate, Outage, RestorationStep
from tests.constraints import breaks
from tests.factories import STORM_NIGHT, make_outage

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def make_step(outage: Outage, seq: int, **over: Any) -> RestorationStep:
    values: dict[str, Any] = {"at": STORM_NIGHT, "method": "repair", "recorded_by": outage.reported_by}
    return RestorationStep.objects.create(outage=outage, seq=seq, **(values | over))


def make_estimate(**over: Any) -> Estimate:
    outage = make_outage()
    values = {"published_at": STORM_NIGHT, "published_by": outage.reported_by}
    return Estimate.objects.create(outage=outage, **(values | over))


def test_steps_that_fit() -> None:
    outage = make_outage(customers_affected=10, occurred_at=STORM_NIGHT - HOUR, occurred_precision="minute")

    make_step(outage, 1, customers=4, at=STORM_NIGHT - HOUR)
    make_step(outage, 2, customers=99, method="generator")
    make_step(outage, 3, customers=6)

    assert outage.steps.count() == 3


@pytest.mark.parametrize(
    ("rule", "seq", "over"),
    [
        ("step_times_run_forward", 3, {"at": STORM_NIGHT - timedelta(seconds=1)}),
        ("step_number_once", 2, {}),
        ("step_numbers_follow", 4, {}),
        ("step_sum_within_affected", 3, {"customers": 8}),
        ("step_generator_never_final", 3, {"method": "generator", "is_final": True}),
    ],
)
def test_refuses_a_step_that_does_not_fit(rule: str, seq: int, over: dict[str, Any]) -> None:
    outage = make_outage(customers_affected=10)
    make_step(outage, 1, customers=1)
    make_step(outage, 2, customers=2)

    with breaks(rule):
        make_step(outage, seq, **over)


def test_refuses_a_step_before_the_beginning() -> None:
    outage = make_outage(occurred_at=STORM_NIGHT, occurred_precision="exact")

    with breaks("step_times_run_forward"):
        make_step(outage, 1, at=STORM_NIGHT - timedelta(seconds=1))


def test_steps_are_numbered_from_one() -> None:
    outage = make_outage()
    make_step(outage, 1)

    with breaks("step_number_from_one"):
        outage.steps.update(seq=0)


def test_a_number_is_used_once() -> None:
    outage = make_outage()
    make_step(outage, 1)
    second = make_step(outage, 2)

    with breaks("step_number_once"):
        RestorationStep.objects.filter(pk=second.pk).update(seq=1)


def test_one_step_is_the_last() -> None:
    outage = make_outage()
    make_step(outage, 1, is_final=True)

    with breaks("step_one_final"):
        make_step(outage, 2, is_final=True)


def test_a_step_moves_between_its_neighbours_only() -> None:
    outage = make_outage(customers_affected=10)
    for seq in (1, 2, 3):
        make_step(outage, seq, customers=3, at=STORM_NIGHT + seq * HOUR)
    middle = RestorationStep.objects.filter(outage=outage, seq=2)

    middle.update(at=STORM_NIGHT + 1.5 * HOUR, customers=4)

    assert middle.get().at == STORM_NIGHT + 1.5 * HOUR
    with breaks("step_times_run_forward"):
        middle.update(at=STORM_NIGHT + 4 * HOUR)
    with breaks("step_times_run_forward"):
        middle.update(at=STORM_NIGHT)
    with breaks("step_sum_within_affected"):
        middle.update(customers=5)


@pytest.mark.parametrize(
    ("rule", "over"),
    [
        ("estimate_none_has_no_time", {"kind": "none", "value_at": STORM_NIGHT + HOUR}),
        ("estimate_none_has_no_time", {"kind": "crew"}),
        ("estimate_lies_ahead", {"kind": "crew", "value_at": STORM_NIGHT}),
    ],
)
def test_refuses_an_estimate_that_is_none(rule: str, over: dict[str, Any]) -> None:
    with breaks(rule):
        make_estimate(**over)


def test_an_estimate_stays_as_it_was_published() -> None:
    estimate = make_estimate(kind="none")

    with breaks("estimate_is_append_only"):
        Estimate.objects.update(reason="改写")
    with breaks("estimate_is_append_only"):
        estimate.delete()

    assert Estimate.objects.get().reason == ""


def test_say_what_they_are() -> None:
    assert str(make_step(make_outage(), 1)).startswith("1. ")
    assert str(make_estimate(kind="none"))
