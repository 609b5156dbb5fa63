from datetime import date, timedelta
from typing import Any

import pytest

from incidents.choices import EntryMode, TimePrecision
from incidents.errors import Inconsistent, OutOfRange
from incidents.journal import Actor
from incidents.services import moments
from tests.factories import STORM_NIGHT, make_actor, make_outage

DAY = date(2024, 2, 26)
OLD = STORM_NIGHT - timedelta(days=401)


@pytest.mark.parametrize(
    ("told", "stored"),
    [
        ({}, (None, None, "unknown")),
        ({"x_at": STORM_NIGHT}, (STORM_NIGHT, None, "minute")),
        ({"x_at": STORM_NIGHT + timedelta(seconds=5)}, (STORM_NIGHT + timedelta(seconds=5), None, "exact")),
        ({"x_on": DAY}, (None, DAY, "day")),
        (
            {"x_at": STORM_NIGHT + timedelta(minutes=-1), "x_precision": TimePrecision.HOUR},
            (STORM_NIGHT - timedelta(hours=1), None, "hour"),
        ),
        ({"x_at": None, "x_on": None, "x_precision": TimePrecision.UNKNOWN}, (None, None, "unknown")),
    ],
)
def test_stores_a_moment_no_more_exact_than_told(
    by: Actor, told: dict[str, Any], stored: tuple[Any, ...]
) -> None:
    assert tuple(moments.columns("x", told, by=by).values()) == stored


@pytest.mark.parametrize(
    ("told", "field"),
    [({"x_at": OLD}, "x_at"), ({"x_on": OLD.date()}, "x_on"), ({"x_on": date(2024, 2, 27)}, "x_on")],
)
def test_refuses_a_live_moment_that_cannot_be(by: Actor, told: dict[str, Any], field: str) -> None:
    with pytest.raises(OutOfRange) as refused:
        moments.columns("x", told, by=by)

    assert refused.value.fields["field"] == field


def test_what_is_told_after_the_fact_may_be_old(db: None) -> None:
    by = make_actor(entry_mode=EntryMode.HISTORICAL)

    assert moments.columns("x", {"x_at": OLD}, by=by)["x_at"] == OLD


def test_a_deed_lies_after_the_first_moment_of_the_day_of_the_beginning(by: Actor) -> None:
    outage = make_outage(occurred_on=DAY, occurred_precision="day")
    midnight = STORM_NIGHT - timedelta(hours=20)

    moments.check_deed(outage, "occurred", at=midnight, by=by)
    with pytest.raises(Inconsistent) as refused:
        moments.check_deed(outage, "occurred", at=midnight - timedelta(seconds=1), by=by)

    assert refused.value.fields["other"] == "occurred_at"
