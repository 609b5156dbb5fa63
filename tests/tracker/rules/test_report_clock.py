"""The clock of the regulator's reports, by known answers."""

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

import pytest

from tracker.rules.report_clock import ZONE, Moment, after_event, newest_due, next_due

TWICE = [time(8), time(17)]


def china(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZONE)  # type: ignore[arg-type, misc]


def test_news_of_ten_past_nine_is_reported_by_ten_past_ten() -> None:
    assert after_event(china(2024, 2, 26, 21, 10), after_min=60).due_at == china(2024, 2, 26, 22, 10)


def test_the_next_follow_up_is_that_of_the_morning_as_of_six() -> None:
    expected = Moment(china(2024, 2, 27, 8), china(2024, 2, 27, 6))
    assert next_due(TWICE, cutoff_min=120, after=china(2024, 2, 26, 21, 10)) == expected


def test_the_verified_report_is_due_in_48_hours_of_a_leap_year() -> None:
    ended = china(2024, 2, 28, 12)
    assert after_event(ended, after_min=2880, cutoff_min=2880) == Moment(china(2024, 3, 1, 12), ended)


def test_numbers_are_never_taken_before_the_event() -> None:
    at = china(2024, 2, 26, 21, 10)
    assert after_event(at, after_min=60, cutoff_min=90).as_of == at


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (china(2024, 2, 27, 5, 59, 59), china(2024, 2, 26, 17)),
        (china(2024, 2, 27, 6), china(2024, 2, 27, 8)),
        (china(2024, 2, 27, 14, 59, 59), china(2024, 2, 27, 8)),
        (china(2024, 2, 27, 15), china(2024, 2, 27, 17)),
    ],
)
def test_the_newest_report_is_that_whose_cut_off_has_come(now: datetime, due: datetime) -> None:
    assert newest_due(TWICE, cutoff_min=120, by=now.astimezone(UTC)).due_at == due


def test_hours_of_a_whole_year_follow_each_other_without_gap_or_double() -> None:
    at, seen = china(2024, 1, 1), []
    for _ in range(2 * 366):
        found = next_due(TWICE, cutoff_min=120, after=at)
        seen.append(found.due_at)
        at = found.as_of
    assert len(set(seen)) == 2 * 366
    assert seen[-1] == china(2024, 12, 31, 17)
    assert max(b - a for a, b in pairwise(seen)) == timedelta(hours=15)
