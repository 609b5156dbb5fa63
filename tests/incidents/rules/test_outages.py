"""Who is back and who is not after each step of an outage."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.choices import OutageStatus, RestorationMethod
from incidents.errors import BadTransition, Inconsistent, Missing, NaiveTime, OutOfRange
from incidents.rules.lifecycles import OutageVerb
from incidents.rules.outages import Step, balance, status_after

START = datetime(2024, 2, 26, 4, 0, tzinfo=UTC)
TRANSFER, GENERATOR = RestorationMethod.TRANSFER, RestorationMethod.GENERATOR


def step(
    minutes: float,
    customers: int | None,
    method: RestorationMethod = TRANSFER,
    *,
    final: bool = False,
) -> Step:
    return Step(at=START + timedelta(minutes=minutes), customers=customers, method=method, final=final)


def test_before_any_step_everybody_is_out() -> None:
    found = balance(affected=100, steps=[])

    assert found.remaining == 100
    assert found.verb is None
    assert status_after(state=OutageStatus.ISOLATED, balance=found) == OutageStatus.ISOLATED


def test_some_are_back() -> None:
    found = balance(affected=100, steps=[step(10, 60)])

    assert (found.restored, found.remaining, found.restored_at) == (60, 40, None)
    assert found.verb == OutageVerb.RESTORE_STEP
    assert status_after(state=OutageStatus.REPAIRING, balance=found) == OutageStatus.PARTIALLY_RESTORED


def test_all_are_back_when_the_steps_add_up() -> None:
    found = balance(affected=100, steps=[step(10, 60), step(20, 40)])

    assert (found.restored, found.remaining) == (100, 0)
    assert found.restored_at == START + timedelta(minutes=20)
    assert status_after(state=OutageStatus.PARTIALLY_RESTORED, balance=found) == OutageStatus.RESTORED


def test_an_isolated_fault_restores_all_at_once() -> None:
    found = balance(affected=100, steps=[step(10, 100, RestorationMethod.ISOLATE_AND_RECLOSE)])

    assert status_after(state=OutageStatus.ISOLATED, balance=found) == OutageStatus.RESTORED


def test_a_generator_supplies_and_does_not_restore() -> None:
    found = balance(affected=100, steps=[step(10, 100, GENERATOR)])

    assert (found.restored, found.remaining, found.supplied_by_generator) == (0, 100, 100)
    assert found.restored_at is None
    assert status_after(state=OutageStatus.REPAIRING, balance=found) == OutageStatus.REPAIRING


def test_who_is_back_on_the_grid_is_off_the_generator() -> None:
    found = balance(affected=100, steps=[step(10, 50, GENERATOR), step(20, 80)])

    assert (found.restored, found.remaining, found.supplied_by_generator) == (80, 20, 20)


def test_an_outage_without_customers_ends_with_its_first_step() -> None:
    assert balance(affected=0, steps=[]).restored_at is None
    assert balance(affected=0, steps=[step(10, 0)]).verb == OutageVerb.RESTORE_LAST


def test_with_customers_unknown_the_final_step_restores() -> None:
    partly = balance(affected=None, steps=[step(10, 40), step(15, 5, GENERATOR)])
    whole = balance(affected=None, steps=[step(10, 40), step(20, None, final=True)])

    assert (partly.restored, partly.remaining, partly.supplied_by_generator) == (40, None, 5)
    assert (whole.restored, whole.remaining, whole.uncounted_steps) == (40, 0, 1)
    assert whole.restored_at == START + timedelta(minutes=20)


def test_a_final_step_that_nobody_counted_restores_the_rest() -> None:
    found = balance(affected=100, steps=[step(10, 40), step(20, None, final=True)])

    assert (found.restored, found.remaining) == (100, 0)
    assert found.verb == OutageVerb.RESTORE_LAST


def test_a_step_that_nobody_counted_restores_nobody_yet() -> None:
    found = balance(affected=100, steps=[step(10, None)])

    assert (found.restored, found.remaining, found.uncounted_steps) == (0, 100, 1)
    assert found.verb == OutageVerb.RESTORE_STEP


def test_a_person_may_write_off_two_percent_with_a_reason() -> None:
    found = balance(affected=100, steps=[step(10, 98, final=True)], reason="two houses empty")

    assert (found.restored, found.remaining) == (98, 2)
    assert found.verb == OutageVerb.RESTORE_LAST


def test_writing_off_needs_a_reason() -> None:
    with pytest.raises(Missing) as refusal:
        balance(affected=100, steps=[step(10, 98, final=True)], reason=" ")

    assert refusal.value.fields["field"] == "reason"


@pytest.mark.parametrize(("affected", "restored", "most"), [(100, 97, 2), (149, 146, 2), (49, 48, 0)])
def test_more_than_two_percent_is_not_written_off(affected: int, restored: int, most: int) -> None:
    with pytest.raises(OutOfRange) as refusal:
        balance(affected=affected, steps=[step(10, restored, final=True)], reason="moved away")

    assert refusal.value.fields["field"] == "remaining"
    assert refusal.value.fields["high"] == most


@pytest.mark.parametrize("method", [TRANSFER, GENERATOR])
def test_refuses_more_than_were_affected(method: RestorationMethod) -> None:
    with pytest.raises(OutOfRange) as refusal:
        balance(affected=100, steps=[step(10, 60, method), step(20, 41, method)])

    assert refusal.value.fields["value"] == 101
    assert refusal.value.fields["high"] == 100


@pytest.mark.parametrize(
    ("affected", "customers", "field"), [(-1, 0, "customers_affected"), (None, -1, "customers")]
)
def test_refuses_negative_customers(affected: int | None, customers: int, field: str) -> None:
    with pytest.raises(OutOfRange) as refusal:
        balance(affected=affected, steps=[step(10, customers)])

    assert refusal.value.fields["field"] == field


@pytest.mark.parametrize(
    ("steps", "other"),
    [
        ([step(20, 1), step(10, 1)], "previous_step_at"),
        ([step(10, 1, final=True), step(20, 1)], "final"),
        ([step(10, 1, GENERATOR, final=True)], "final"),
    ],
)
def test_refuses_steps_that_contradict(steps: list[Step], other: str) -> None:
    with pytest.raises(Inconsistent) as refusal:
        balance(affected=None, steps=steps)

    assert refusal.value.fields["other"] == other


def test_refuses_a_step_without_an_offset() -> None:
    naive = Step(at=datetime(2024, 2, 26, 12, 0), customers=1, method=TRANSFER)  # noqa: DTZ001

    with pytest.raises(NaiveTime):
        balance(affected=1, steps=[naive])


def test_refuses_a_step_after_everybody_is_back() -> None:
    found = balance(affected=100, steps=[step(10, 100), step(20, 0)])

    with pytest.raises(BadTransition):
        status_after(state=OutageStatus.RESTORED, balance=found)


@given(
    affected=st.integers(0, 10_000),
    parts=st.lists(st.tuples(st.floats(0, 1), st.sampled_from(RestorationMethod)), max_size=8),
)
def test_affected_is_always_restored_plus_remaining(
    affected: int, parts: list[tuple[float, RestorationMethod]]
) -> None:
    left = {True: affected, False: affected}
    steps = []
    for number, (share, method) in enumerate(parts):
        grid = method != GENERATOR
        customers = int(left[grid] * share)
        left[grid] -= customers
        steps.append(step(number, customers, method))

    found = balance(affected=affected, steps=steps)

    assert found.remaining is not None
    assert found.restored + found.remaining == affected
    assert 0 <= found.supplied_by_generator <= found.remaining
