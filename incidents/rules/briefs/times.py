"""Dates and clock times as briefs write them; every pattern looks at a bounded stretch.

``2月26日下午2时``, ``26日晚9点半``, ``2024-02-26 21:10``, ``二月二日十六时``, ``当晚22时许``.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

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
_MORNING: Final = ("凌晨", "清晨", "早晨", "早上", "上午", "清早", "一早", "早间", "早", "晨")
_NOON: Final = ("中午", "正午", "午间")
_EVENING: Final = ("下午", "傍晚", "晚上", "晚间", "夜间", "夜里", "深夜", "午后", "当晚", "今晚", "昨晚",
                   "晚", "夜")  # fmt: skip
_MIDNIGHT: Final = ("午夜", "半夜", "零时")
_PERIODS: Final = tuple(sorted((*_MORNING, *_NOON, *_EVENING, *_MIDNIGHT), key=len, reverse=True))
_WORDS: Final = tuple(sorted((*_RELATIVE, *_SAME), key=len, reverse=True))
_NUMERALS: Final = frozenset("0123456789零〇一二三四五六七八九十两")
_BEHIND_TIMES: Final = frozenset("年月日号时点:-./~至到、")
_FIRST: Final = _NUMERALS | {word[0] for word in (*_PERIODS, *_WORDS)}
_NOT_HOURS: Final = ("时间", "时期", "时段", "时刻", "时代", "点多", "点位", "点至", "点处", "点排", "点隐")
_YEARS: Final = range(1950, 2100)
_NOON_HOUR: Final = 12
_LAST_HOUR: Final = 24


@dataclass(frozen=True, slots=True)
class Stated:
    """A time as it stands in a text.

    Attributes:
        moment: The parts that are said; a year of two or four digits, hours of 24.
        days: Days after the day that the context gives, for 次日 and the like, or for an hour after midnight.
        relative: ``publication`` for 昨天, ``context`` for 当天, empty for a date or a bare clock time.
        period: Only 上午, 凌晨 and the like were said, without an hour.
    """

    moment: Moment
    start: int
    end: int
    days: int = 0
    relative: str = ""
    period: bool = False

    @property
    def has_day(self) -> bool:
        """Whether the words name a day."""
        return self.moment.day is not None or self.relative != ""


def time_at(text: str, place: int) -> Stated | None:
    """Return the date, clock time or both that begin at a place."""
    first = text[place]
    if first not in _FIRST or (first in _NUMERALS and not _may_be_time(text, place)):
        return None
    found = _date(text, place) or _word(text, place)
    clock = _clock(text, _past_comma(text, found.end) if found else place)
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


def _part(text: str, place: int, units: tuple[str, ...], high: int) -> tuple[int, int] | None:
    """Return a small whole number before one of some units, and where the unit ends."""
    number = number_at(text, place) if place < len(text) else None
    if number is None or number.value is None or number.value != int(number.value):
        return None
    for unit in units:
        if text.startswith(unit, number.end) and 0 <= number.value <= high:
            return int(number.value), number.end + len(unit)
    return None


def _date(text: str, place: int) -> Stated | None:
    year = _part(text, place, ("年",), 9999)
    end = year[1] if year else place
    if year and year[0] not in _YEARS:
        return None
    month = _part(text, end, ("月份", "月"), _NOON_HOUR)
    end = month[1] if month else end
    day = _part(text, end, ("日", "号"), 31) or (_range(text, end) if month or not year else None)
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
    return _part(text, first.end + 1, ("日", "号"), 31)


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


def _clock(text: str, place: int) -> Stated | None:
    """Return ``晚上9时10分``, ``下午2:30``, ``21时许``, or a period of the day alone."""
    period = next((word for word in _PERIODS if text.startswith(word, place)), "")
    start = place + len(period) if period != "零时" else place
    hour = _part(text, start, ("时", "点钟", "点", ":"), _LAST_HOUR)
    if hour is None or (hour[1] and any(text.startswith(word, hour[1] - 1) for word in _NOT_HOURS)):
        return Stated(Moment(), place, start, 0, "", period=True) if period and start > place else None
    colon = text[hour[1] - 1] == ":"
    minute, end = _minute(text, hour[1], colon=colon)
    if colon and minute is None:
        return None
    value, days = _of_day(hour[0], period)
    if minute is None and text[end : end + 1] in ("许", "整"):
        minute, end = (0 if text[end] == "整" else None), end + 1
    return Stated(Moment(hour=value, minute=minute), place, _end(text, end), days)


def _end(text: str, end: int) -> int:
    return end + (text[end : end + 1] == "许" and bool(text[end : end + 1]))


def _minute(text: str, place: int, *, colon: bool) -> tuple[int | None, int]:
    """Return the minute behind an hour and where it ends; 分 may be missing, as scanners lose it."""
    if text.startswith("半", place) and not text.startswith("半小时", place):
        return 30, place + 1
    number = number_at(text, place) if place < len(text) else None
    if number is None or number.value is None or number.value != int(number.value) or number.value > 59:  # noqa: PLR2004
        return None, place
    if text[number.end : number.end + 1] == "分" and text[number.end : number.end + 2] != "分钟":
        return int(number.value), number.end + 1
    two_digits = number.end - place == 2  # noqa: PLR2004
    if two_digits and (colon or text[number.end : number.end + 1] in ("，", "。", "许", "左", "")):
        return int(number.value), number.end
    return None, place


def _of_day(hour: int, period: str) -> tuple[int, int]:
    """Return an hour of 24 and the days it lies further on."""
    if hour == _LAST_HOUR:
        return 0, 1
    if period in _EVENING:
        if hour == _NOON_HOUR and period not in ("下午", "午后"):
            return 0, 1
        late = period in ("晚上", "晚", "深夜", "夜里", "夜") and 0 <= hour < 5  # noqa: PLR2004
        if late:
            return hour, 1
        return (hour + 12, 0) if hour < _NOON_HOUR else (hour, 0)
    if period in _NOON and hour < 3:  # noqa: PLR2004
        return hour + 12, 0
    if period in (*_MIDNIGHT, "凌晨") and hour == _NOON_HOUR:
        return 0, 0
    return hour, 0
