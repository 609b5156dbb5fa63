"""Aware, not in the future, not absurdly old, and no more exact than known."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from incidents.choices import TimePrecision
from incidents.errors import Inconsistent, NaiveTime, OutOfRange
from incidents.rules import times
from incidents.rules.times import Span

NOW = datetime(2024, 2, 26, 13, 10, 42, 7, tzinfo=UTC)  # 21:10:42 in China
NAIVE = datetime(2024, 2, 26, 21, 10)  # noqa: DTZ001


def china(*clock: int) -> datetime:
    day, hour, minute = clock
    return datetime(2024, 2, day, hour, minute, tzinfo=timezone(timedelta(hours=8)))


def test_the_same_moment_in_china_and_in_utc() -> None:
    assert china(26, 21, 10) == datetime(2024, 2, 26, 13, 10, tzinfo=UTC)
    assert times.require_aware(field="at", at=NOW) is NOW


def test_refuses_a_time_without_an_offset() -> None:
    with pytest.raises(NaiveTime) as refusal:
        times.require_aware(field="observed_at", at=NAIVE)

    assert refusal.value.fields == {"field": "observed_at", "value": NAIVE}


def test_the_future_begins_after_five_minutes() -> None:
    times.check_not_future(field="at", at=NOW + timedelta(minutes=5), now=NOW)

    with pytest.raises(OutOfRange) as refusal:
        times.check_not_future(field="at", at=NOW + timedelta(minutes=5, seconds=1), now=NOW)

    assert refusal.value.fields["high"] == NOW + timedelta(minutes=5)


def test_the_past_ends_after_four_hundred_days() -> None:
    times.check_not_too_old(field="at", at=NOW - timedelta(days=400), now=NOW)

    with pytest.raises(OutOfRange) as refusal:
        times.check_not_too_old(field="at", at=NOW - timedelta(days=400, seconds=1), now=NOW)

    assert refusal.value.fields["low"] == NOW - timedelta(days=400)


def test_one_moment_may_be_that_of_the_other() -> None:
    times.not_before(field="b", at=NOW, other="a", earliest=NOW)

    with pytest.raises(Inconsistent):
        times.not_before(field="b", at=NOW - timedelta(seconds=1), other="a", earliest=NOW)


@pytest.mark.parametrize(("minutes", "late"), [(0, False), (15, False), (16, True)])
def test_late(minutes: int, *, late: bool) -> None:
    assert times.is_late(occurred_at=NOW, received_at=NOW + timedelta(minutes=minutes)) is late


def test_a_day_is_a_day_in_china() -> None:
    assert times.local_day(at=datetime(2024, 2, 26, 16, 0, tzinfo=UTC)) == date(2024, 2, 27)
    assert times.local_day(at=datetime(2024, 2, 26, 15, 59, tzinfo=UTC)) == date(2024, 2, 26)
    assert times.start_of_day(day=date(2024, 2, 27)) == datetime(2024, 2, 26, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("precision", "earliest", "latest"),
    [
        (TimePrecision.EXACT, NOW, NOW),
        (TimePrecision.MINUTE, china(26, 21, 10), china(26, 21, 11)),
        (TimePrecision.HOUR, china(26, 21, 0), china(26, 22, 0)),
        (TimePrecision.DAY, china(26, 0, 0), china(27, 0, 0)),
    ],
)
def test_what_a_stated_time_can_mean(precision: TimePrecision, earliest: datetime, latest: datetime) -> None:
    assert times.occurred_span(at=NOW, precision=precision) == Span(earliest=earliest, latest=latest)


def test_a_date_without_a_time_is_a_date() -> None:
    found = times.occurred_span(at=None, on=date(2024, 2, 29), precision=TimePrecision.DAY)

    assert found is not None
    assert found.earliest == datetime(2024, 2, 28, 16, 0, tzinfo=UTC)
    assert found.latest == datetime(2024, 2, 29, 16, 0, tzinfo=UTC)


def test_an_unknown_time_can_mean_anything() -> None:
    assert times.occurred_span(at=None, precision=TimePrecision.MINUTE) is None
    assert times.occurred_span(at=NOW, precision=TimePrecision.UNKNOWN) is None
    with pytest.raises(NaiveTime):
        times.occurred_span(at=NAIVE, precision=TimePrecision.MINUTE)


def test_a_moment_of_long_ago_has_an_offset_of_rfc_3339() -> None:
    """Until 1901 Shanghai went by the sun, 8:05:43 from Greenwich."""
    told = [times.told_in_china(datetime(year, 6, 1, tzinfo=UTC)) for year in (257, 1901, 2024)]

    assert told == ["0257-06-01T08:00:00+08:00", "1901-06-01T08:00:00+08:00", "2024-06-01T08:00:00+08:00"]
