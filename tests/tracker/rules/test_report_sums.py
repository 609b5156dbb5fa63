"""The numbers of a report always add up, and a number that is tampered with shows."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.rules.report_numbers import Control, Numbers, OutageRow, Step, Tally, as_json, from_json
from tracker.rules.report_sums import flaws, sum_up

BEGAN = datetime(2024, 2, 26, 12, 0, tzinfo=UTC)


def row(number: int = 1, **over: object) -> OutageRow:
    values: dict[str, object] = {"id": number, "began_at": BEGAN} | over
    return msgspec.convert(values, OutageRow, strict=False) if not over else OutageRow(**values)  # type: ignore[arg-type]


def later(hours: float) -> datetime:
    return BEGAN + timedelta(hours=hours)


def whole(*rows: OutageRow) -> Numbers:
    return Numbers(**vars(sum_up(rows)), rows=rows)


@st.composite
def outages(draw: st.DrawFn) -> OutageRow:
    """Outages as the record lets them be: steps never give back more than was out."""
    customers = draw(st.none() | st.integers(0, 500))
    left, steps = customers or 0, []
    for hour in range(draw(st.integers(0, 3))):
        share = draw(st.integers(0, left))
        is_generator = draw(st.booleans())
        steps.append(Step(at=later(hour), customers=share, is_generator=is_generator))
        left -= 0 if is_generator else share
    restored_at = later(5) if draw(st.booleans()) else None
    if restored_at and left:
        steps.append(Step(at=later(5), customers=left))
    low = draw(st.booleans())
    return OutageRow(
        id=draw(st.integers(1, 10**6)),
        line_id=draw(st.none() | st.integers(1, 5)),
        kv="0.4" if low else draw(st.sampled_from(["10", "35", "110"])),
        how=draw(st.sampled_from(["tripped", "switched_off", "unknown"])),
        is_low_voltage=low,
        began_at=BEGAN,
        restored_at=restored_at,
        lines_tripped=draw(st.none() | st.integers(1, 4)),
        customers=customers,
        mv_users=draw(st.none() | st.integers(0, 40)),
        explained=draw(st.booleans()),
        village=draw(st.sampled_from(["", "330683102343", "330683102344"])),
        town=draw(st.sampled_from(["", "330683102"])),
        steps=tuple(steps),
    )


@given(st.lists(outages(), max_size=12))
@settings(max_examples=150, deadline=None)
def test_every_class_is_out_or_back_or_still_out(rows: list[OutageRow]) -> None:
    numbers = whole(*rows)

    assert flaws(numbers) == []
    assert from_json(as_json(numbers)) == numbers
    counted = [one for one in rows if not one.explained]
    assert numbers.customers.affected == sum(one.customers or 0 for one in counted)
    assert numbers.customers.unknown == sum(one.customers is None for one in counted)
    if numbers.curve:
        assert numbers.curve[-1].customers == numbers.customers.remaining
        assert numbers.curve[-1].outages == numbers.outages.remaining
        assert min(point.customers for point in numbers.curve) >= 0


@given(st.lists(outages(), min_size=1, max_size=6), st.integers(-3, 3).filter(bool))
@settings(max_examples=60, deadline=None)
def test_a_changed_number_shows(rows: list[OutageRow], change: int) -> None:
    numbers = whole(*rows)
    forged = msgspec.structs.replace(numbers.customers, restored=numbers.customers.restored + change)

    found = flaws(msgspec.structs.replace(numbers, customers=forged))

    assert {"balance", "rows"} <= {flaw.check for flaw in found}


def test_the_report_of_2008_adds_up() -> None:
    towns = Tally(affected=133, restored=50, remaining=83)
    villages = Tally(affected=5050, restored=2098, remaining=2952)
    assert not [one for one in flaws(Numbers(towns=towns, villages=villages)) if one.check == "balance"]


def test_a_line_that_tripped_twice_is_one_line_and_out_while_either_is() -> None:
    numbers = whole(row(1, line_id=7, how="tripped", restored_at=later(1)), row(2, line_id=7, how="tripped"))
    [lines] = numbers.lines
    assert lines.tally == Tally(affected=1, restored=0, remaining=1)
    assert numbers.outages == Tally(affected=2, restored=1, remaining=1)


def test_tripped_and_switched_off_stand_apart() -> None:
    numbers = whole(row(1, how="tripped"), row(2, how="switched_off"), row(3, kv="35", how="tripped"))
    assert [(one.kv, one.how, one.tally.affected) for one in numbers.lines] == [
        ("35", "tripped", 1),
        ("10", "switched_off", 1),
        ("10", "tripped", 1),
    ]


def test_customers_on_a_generator_are_still_out() -> None:
    numbers = whole(row(customers=100, steps=(Step(at=later(1), customers=40, is_generator=True),)))
    assert numbers.customers == Tally(affected=100, restored=0, remaining=100)
    assert numbers.on_generator == 40


def test_what_another_outage_explains_is_not_counted_twice() -> None:
    numbers = whole(row(1, customers=100), row(2, customers=30, explained=True))
    assert numbers.customers.affected == 100
    assert numbers.explained == 1


@pytest.mark.parametrize(
    ("over", "wrong"),
    [
        ({"customers": 10, "steps": (Step(at=later(1), customers=11),)}, {"negative", "steps"}),
        ({"customers": 100, "restored_at": later(2), "steps": (Step(at=later(2), customers=97),)}, {"steps"}),
        ({"customers": 100, "restored_at": later(2), "steps": (Step(at=later(2), customers=98),)}, set()),
        ({"customers": 100, "restored_at": later(2), "steps": (Step(at=later(2)),)}, set()),
    ],
)
def test_steps_are_held_against_their_outage(over: dict[str, object], wrong: set[str]) -> None:
    assert {flaw.check for flaw in flaws(whole(row(**over)))} == wrong  # type: ignore[arg-type]


def test_the_database_sums_them_once_more() -> None:
    control = Control(outages=1, outages_remaining=1, customers=12, customers_remaining=12)
    numbers = msgspec.structs.replace(whole(row(customers=10)), control=control)
    assert {flaw.where for flaw in flaws(numbers)} == {"customers", "customers_remaining"}
