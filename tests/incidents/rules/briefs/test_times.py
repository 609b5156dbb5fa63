from datetime import date

import pytest

from incidents.rules.briefs.times import resolved, time_at, year_of
from incidents.rules.briefs.values import Moment


@pytest.mark.parametrize(
    ("words", "moment", "days"),
    [
        ("2月26日下午2时，", Moment(month=2, day=26, hour=14), 0),
        ("26日晚9点半", Moment(day=26, hour=21, minute=30), 0),
        ("晚上9时10分，", Moment(hour=21, minute=10), 0),
        ("21:10恢复", Moment(hour=21, minute=10), 0),
        ("下午2:30分", Moment(hour=14, minute=30), 0),
        ("9时10，", Moment(hour=9, minute=10), 0),
        ("凌晨3时20分", Moment(hour=3, minute=20), 0),
        ("中午1点", Moment(hour=13), 0),
        ("24时", Moment(hour=0), 1),
        ("晚上12点", Moment(hour=0), 1),
        ("2024-02-26 21:10", Moment(year=2024, month=2, day=26, hour=21, minute=10), 0),
        ("2024/2/26", Moment(year=2024, month=2, day=26), 0),
        ("二月二日十六时", Moment(month=2, day=2, hour=16), 0),
        ("12月26~27日", Moment(month=12, day=27), 0),
    ],
)
def test_reads_times(words: str, moment: Moment, days: int) -> None:
    found = time_at(words, 0)

    assert found is not None
    assert (found.moment, found.days) == (moment, days)


@pytest.mark.parametrize(
    "words", ["29号杆", "3号台风", "6个小时", "一时间", "5日内", "10千伏", "2024年", "30分钟"]
)
def test_what_only_looks_like_a_time_is_none(words: str) -> None:
    assert time_at(words, 0) is None


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("昨晚8时", date(2024, 2, 26)),
        ("次日凌晨1时", date(2024, 2, 25)),
        ("当天8时", date(2024, 2, 24)),
        ("24时", date(2024, 2, 25)),
    ],
)
def test_a_time_takes_its_day_from_what_stands_around_it(words: str, day: date) -> None:
    found = time_at(words, 0)

    assert found is not None
    told = resolved(found, year=2024, context=date(2024, 2, 24), published_on=date(2024, 2, 27))
    assert told.on == day


@pytest.mark.parametrize(
    ("month", "day", "year"), [(1, 5, 2024), (12, 30, 2023), (1, 12, 2024), (2, 29, 2024), (2, 30, None)]
)
def test_a_day_without_a_year_is_the_last_one_or_next_weeks(month: int, day: int, year: int | None) -> None:
    assert year_of(month, day, date(2024, 1, 6) if month != 2 else date(2024, 3, 1)) == year
