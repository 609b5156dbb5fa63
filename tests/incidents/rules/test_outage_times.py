"""Order and duration of an outage's times."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from incidents.choices import TimePrecision
from incidents.errors import Inconsistent, NaiveTime
from incidents.rules.outage_times import OutageTimes, check_order, duration

START = datetime(2024, 2, 26, 12, 5, tzinfo=UTC)  # 20:05 in China
MINUTE, DAY = TimePrecision.MINUTE, TimePrecision.DAY


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def make_times(**over: Any) -> OutageTimes:
    return OutageTimes(**{"reported_at": START, "occurred_at": START, "precision": MINUTE, **over})


def test_the_record_of_tangyin_is_in_order_and_lasted_130_minutes() -> None:
    times = OutageTimes(
        reported_at=START,
        occurred_at=START,
        precision=MINUTE,
        located_at=at(25),
        repaired_at=at(130),
        step_times=[at(130)],
    )

    check_order(times=times)
    lasted = duration(times=times, restored_at=at(130), now=at(999))

    assert lasted.value == timedelta(minutes=130)
    assert lasted.start_known
    assert lasted.ended


@pytest.mark.parametrize(
    "times",
    [
        {},
        {"reported_at": at(-5)},
        {"isolated_at": at(10), "step_times": [at(11)], "repaired_at": at(500)},
        {"repaired_at": at(10), "step_times": [at(11), at(11)]},
        {"occurred_at": None, "precision": TimePrecision.UNKNOWN, "located_at": at(-90)},
        {"precision": TimePrecision.HOUR, "located_at": at(-4)},
        {"occurred_at": None, "occurred_on": date(2024, 2, 26), "precision": DAY, "reported_at": at(-1200)},
    ],
)
def test_times_in_order(times: dict[str, Any]) -> None:
    check_order(times=make_times(**times))


@pytest.mark.parametrize(
    ("times", "field", "other"),
    [
        ({"reported_at": at(-5.1)}, "reported_at", "occurred_at"),
        ({"located_at": at(-1)}, "located_at", "occurred_at"),
        ({"step_times": [at(-1)]}, "step_at", "occurred_at"),
        ({"step_times": [at(9), at(8)]}, "step_at", "step_at"),
        ({"located_at": at(9), "isolated_at": at(8)}, "isolated_at", "located_at"),
        ({"isolated_at": at(9), "repaired_at": at(8)}, "repaired_at", "isolated_at"),
        ({"located_at": at(9), "repaired_at": at(8)}, "repaired_at", "located_at"),
    ],
)
def test_refuses_times_out_of_order(times: dict[str, Any], field: str, other: str) -> None:
    with pytest.raises(Inconsistent) as refusal:
        check_order(times=make_times(**times))

    assert refusal.value.fields["field"] == field
    assert refusal.value.fields["other"] == other


@pytest.mark.parametrize("field", ["reported_at", "occurred_at", "located_at"])
def test_refuses_a_time_without_an_offset(field: str) -> None:
    times: dict[str, Any] = {"reported_at": START, "precision": MINUTE, field: datetime(2024, 2, 26, 20)}  # noqa: DTZ001

    with pytest.raises(NaiveTime) as refusal:
        check_order(times=OutageTimes(**times))

    assert refusal.value.fields["field"] == field


@pytest.mark.parametrize(
    "times",
    [
        OutageTimes(reported_at=at(10)),
        OutageTimes(reported_at=at(10), occurred_on=date(2024, 2, 26), precision=DAY),
    ],
)
def test_with_an_unknown_start_it_counts_from_the_report_and_says_so(times: OutageTimes) -> None:
    lasted = duration(times=times, restored_at=None, now=at(70))

    assert lasted.value == timedelta(minutes=60)
    assert not lasted.start_known
    assert not lasted.ended


def test_reported_after_its_end_with_an_unknown_start_it_lasted_nobody_knows_how_long() -> None:
    assert duration(times=OutageTimes(reported_at=at(10)), restored_at=START, now=at(70)).value is None


def test_a_clock_that_runs_ahead_makes_no_negative_duration() -> None:
    times = OutageTimes(reported_at=START, occurred_at=at(4), precision=TimePrecision.EXACT)

    assert duration(times=times, restored_at=None, now=START).value == timedelta(0)
