"""Known answers of the reliability indices, by step."""

from datetime import UTC, datetime, timedelta

import pytest

from incidents.choices import RestorationMethod
from incidents.errors import Inconsistent, OutOfRange
from incidents.rules import indices
from incidents.rules.indices import Interruption, Tally
from incidents.rules.outages import Step

START = datetime(2024, 2, 26, 4, 0, tzinfo=UTC)
LATER = START + timedelta(days=2)
REPAIR, GENERATOR = RestorationMethod.REPAIR, RestorationMethod.GENERATOR


def step(
    minutes: float,
    customers: int | None,
    method: RestorationMethod = REPAIR,
    *,
    final: bool = False,
) -> Step:
    return Step(at=START + timedelta(minutes=minutes), customers=customers, method=method, final=final)


def out(customers: int | None, *steps: Step) -> Interruption:
    return Interruption(started_at=START, customers=customers, steps=steps)


FIVE = [out(n, step(t, n)) for t, n in ((90, 200), (60, 600), (30, 25), (240, 90), (120, 700))]


def test_the_worked_example_of_ieee_1366() -> None:
    tally = indices.tally(interruptions=FIVE, until=LATER, longer_than=indices.SUSTAINED)
    found = indices.ieee_1366(tally=tally, customers_served=2000, period_hours=8760)

    assert tally == Tally(outages=5, customers_interrupted=1615, customer_minutes=160_350, without_count=0)
    assert found.saifi == pytest.approx(0.8075)
    assert found.saidi_min == pytest.approx(80.175)
    assert found.caidi_min == pytest.approx(99.288, abs=5e-4)
    assert found.asai_percent == pytest.approx(99.984746, abs=5e-7)


def test_the_same_by_dl_t_836_in_a_leap_year() -> None:
    tally = indices.tally(interruptions=FIVE, until=LATER)
    found = indices.dlt_836(tally=tally, customers_served=2000, period_hours=indices.year_hours(year=2024))

    assert found.saidi_1_h == pytest.approx(1.33625)
    assert found.saifi_1 == pytest.approx(0.8075)
    assert found.asai_1_percent == pytest.approx(99.984788, abs=5e-7)


@pytest.mark.parametrize(("year", "hours"), [(2023, 8760), (2024, 8784), (2000, 8784), (2100, 8760)])
def test_hours_of_a_year(year: int, hours: int) -> None:
    assert indices.year_hours(year=year) == hours


def test_hours_of_a_period() -> None:
    assert indices.period_hours(start=START, end=LATER) == 48
    with pytest.raises(Inconsistent):
        indices.period_hours(start=LATER, end=START)


def test_customers_count_to_the_step_that_brought_them_back() -> None:
    outage = out(1000, step(45, 600), step(130, 300), step(370, 100))

    assert indices.customer_minutes(interruption=outage, until=LATER) == (1000, 103_000)
    assert indices.customer_minutes(interruption=out(1000, step(370, 1000)), until=LATER) == (1000, 370_000)


def test_customers_on_a_generator_are_still_out() -> None:
    outage = out(100, step(30, 100, GENERATOR), step(120, 100))

    assert indices.customer_minutes(interruption=outage, until=LATER) == (100, 12_000)


def test_who_is_still_out_counts_up_to_the_given_moment() -> None:
    outage = out(100, step(30, 40))

    until = START + timedelta(minutes=60)
    assert indices.customer_minutes(interruption=outage, until=until) == (100, 40 * 30 + 60 * 60)


def test_nothing_counts_after_the_given_moment() -> None:
    until = START + timedelta(minutes=60)

    assert indices.customer_minutes(interruption=FIVE[4], until=until) == (700, 700 * 60)


def test_customers_whom_no_step_counted_are_out_to_the_final_one() -> None:
    outage = out(100, step(30, None), step(60, 40), step(90, None, final=True))

    assert indices.customer_minutes(interruption=outage, until=LATER) == (100, 40 * 60 + 60 * 90)


def test_only_sustained_interruptions_count_for_ieee() -> None:
    outage = out(100, step(5, 60), step(6, 40))

    assert indices.customer_minutes(interruption=outage, until=LATER, longer_than=indices.SUSTAINED) == (
        40,
        240,
    )


def test_unknown_customers_are_left_out_and_counted() -> None:
    tally = indices.tally(
        interruptions=[*FIVE, out(None, step(60, None, final=True)), out(None)], until=LATER
    )

    assert tally == Tally(outages=5, customers_interrupted=1615, customer_minutes=160_350, without_count=2)


def test_without_interruptions_there_is_no_caidi() -> None:
    tally = indices.tally(interruptions=[], until=LATER)
    found = indices.ieee_1366(tally=tally, customers_served=2000, period_hours=24)

    assert found.caidi_min is None
    assert found.asai_percent == 100


def test_refuses_a_step_before_the_outage() -> None:
    with pytest.raises(Inconsistent) as refusal:
        indices.customer_minutes(interruption=out(10, step(-1, 10)), until=LATER)

    assert refusal.value.fields["other"] == "occurred_at"


def test_refuses_more_customers_back_than_were_out() -> None:
    with pytest.raises(OutOfRange):
        indices.customer_minutes(interruption=out(10, step(1, 6), step(2, 5)), until=LATER)


@pytest.mark.parametrize(
    ("customers", "hours", "field"), [(0, 24, "customers_served"), (10, 0, "period_hours")]
)
def test_refuses_a_base_of_nothing(customers: int, hours: float, field: str) -> None:
    tally = indices.tally(interruptions=FIVE, until=LATER)

    with pytest.raises(OutOfRange) as refusal:
        indices.ieee_1366(tally=tally, customers_served=customers, period_hours=hours)

    assert refusal.value.fields["field"] == field
