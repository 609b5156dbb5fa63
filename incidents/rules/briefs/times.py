"""Dates and clock times as briefs write them; every pattern looks at a bounded stretch.

``2月26日下午2时``, ``26日晚9点半``, ``2024-02-26 21:10``, ``二月二日十六时``, ``当晚22时许``.
"""

from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from incidents.rules.briefs.clocks import PERIODS, Stated, clock_at, part_at
from incidents.rules.briefs.numerals import number_at
from incidents.rules.briefs.values import Moment

_RELATIVE: Final = {
    "今天": 0, "今日": 0, "今晨": 0, "今晚": 0, "今早": 0, "昨天": -1, "昨日": -1, "昨晚": -1, "昨夜": -1,
    "前天": -2, "前日": -2, "前晚": -2, "明天": 1, "明日": 1, "明晚": 1, "后天": 2,
}  # fmt: skip
_SAME: Final = {
    "当天": 0, "当日": 0, "当晚": 0, "当夜": 0, "同日": 0, "同一天": 0, "当地时间": 0,
    "次日": 1, "翌日": 1, "第二天": 1, "隔天": 1,
}  # fmt: skip
_WORDS: Final = tuple(sorted((*_RELATIVE, *_SAME), key=len, reverse=True))
_NUMERALS: Final = frozenset("0123456789零〇一二三四五六七八九十两")
_BEHIND_TIMES: Final = frozenset("年月日号时点:-./~至到、")
_FIRST: Final = _NUMERALS | {word[0] for word in (*PERIODS, *_WORDS)}
_YEARS: Final = range(1950, 2100)


def time_at(text: str, place: int) -> Stated | None:
    """Return the date, clock time or both that begin at a place."""
    first = text[place]
    if first not in _FIRST or (first in _NUMERALS and not _may_be_time(text, place)):
        return None
    found = _date(text, place) or _word(text, place)
    clock = clock_at(text, _past_comma(text, found.end) if found else place)
    if found is None:
        return clock
    if clock is None:
        return found
    moment = replace(found.moment, hour=clock.moment.hour, minute=clock.moment.minute)
    return Stated(moment, found.start, clock.end, found.days + clock.days, found.relative, clock.period)


def _may_be_time(text: str, place: int) -> bool:
    """Say whether what follows a number may make it a time; most numbers count something."""
    number = number_at(text, place)
    return number is None or number.value is None or text[number.end : number.end + 1] in _BEHIND_TIMES


def resolved(stated: Stated, *, year: int | None, context: date | None, published_on: date | None) -> Moment:
    """Return a stated time with what its surroundings give it.

    Args:
        stated: The time.
        year: The year that counts here, where the words have none.
        context: The day that the sentence is about.
        published_on: The day that 今天 means.
    """
    moment = stated.moment
    day = _day_of(moment, year=year, context=context)
    if stated.relative == "publication":
        day = published_on
    elif moment.day is None:
        day = context
    if day is None:
        return moment
    try:
        day += timedelta(days=stated.days)
    except OverflowError:
        return moment
    return replace(moment, year=day.year, month=day.month, day=day.day)


def year_of(month: int, day: int, published_on: date) -> int | None:
    """Return the year in which a day lies that was told on a date: the last one, a week ahead allowed."""
    for year in (published_on.year + 1, published_on.year, published_on.year - 1):
        found = _valid(year, month, day)
        if found and found <= published_on + timedelta(days=7):
            return year
    return None


def _day_of(moment: Moment, *, year: int | None, context: date | None) -> date | None:
    month, given = moment.month, moment.year
    if moment.day is None:
        return None
    if month is None and context:
        month, given = context.month, given or context.year
    year = given or year
    return _valid(year, month, moment.day) if year and month else None


def _valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _past_comma(text: str, place: int) -> int:
    """Return where a clock time may follow a date: behind a blank, a bracketed weekday or a word like 的."""
    if text[place : place + 1] in (" ", "的", "，"):
        return place + 1
    return place


def _date(text: str, place: int) -> Stated | None:
    year = part_at(text, place, ("年",), 9999)
    end = year[1] if year else place
    if year and year[0] not in _YEARS:
        return None
    month = part_at(text, end, ("月份", "月"), 12)
    end = month[1] if month else end
    day = part_at(text, end, ("日", "号"), 31) or (_range(text, end) if month or not year else None)
    if day is None:
        return _numeric(text, place)
    if not day[0] or (not month and _is_no_day(text, day[1])):
        return None
    moment = Moment(year=year and year[0], month=month and month[0], day=day[0])
    return Stated(moment, place, day[1])


def _is_no_day(text: str, end: int) -> bool:
    """Say whether a number with 号 or 日 is no day: 29号杆, 第3号预警, 5日内, 3号台风, 10号线."""
    word = text[end - 1]
    following = text[end : end + 1]
    if word == "号":
        return following not in ("，", "。", "晚", "上", "下", "凌", "早", "中", "至", "~", "-", "夜")
    return following in ("内", "均") or text[end : end + 2] in ("之内", "以内")


def _range(text: str, place: int) -> tuple[int, int] | None:
    """Return the last day of ``26日至28日``, ``26~27日`` or ``26-27日``."""
    first = number_at(text, place) if place < len(text) else None
    if (
        first is None
        or first.value is None
        or text[first.end : first.end + 1] not in ("~", "-", "至", "到", "、")
    ):
        return None
    return part_at(text, first.end + 1, ("日", "号"), 31)


def _numeric(text: str, place: int) -> Stated | None:
    """Return ``2024-02-26``, ``2024.2.26`` or ``2024/2/26``."""
    window = text[place : place + 10]
    for mark in "-./":
        parts = window.split(mark, 2)
        if len(parts) != 3 or len(parts[0]) != 4 or not (parts[0] + parts[1]).isascii():  # noqa: PLR2004
            continue
        if not (parts[0].isdecimal() and parts[1].isdecimal()):
            continue
        digits = "".join(c for c in parts[2][:2] if c in "0123456789")
        if digits and _valid(int(parts[0]), int(parts[1]), int(digits)) and int(parts[0]) in _YEARS:
            end = place + len(parts[0]) + len(parts[1]) + 2 + len(digits)
            return Stated(Moment(year=int(parts[0]), month=int(parts[1]), day=int(digits)), place, end)
    return None


def _word(text: str, place: int) -> Stated | None:
    for word in _WORDS:
        if text.startswith(word, place):
            end = place + len(word)
            if word[-1] in "晨晚早夜":
                end -= 1
            if word in _RELATIVE:
                return Stated(Moment(), place, end, _RELATIVE[word], "publication")
            return Stated(Moment(), place, end, _SAME[word], "context")
    return None
