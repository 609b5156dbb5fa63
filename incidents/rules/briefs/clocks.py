"""Clock times as briefs write them: ``晚上9时10分``, ``下午2:30``, ``21时许``."""

from dataclasses import dataclass
from typing import Final

from incidents.rules.briefs.numerals import number_at
from incidents.rules.briefs.values import Moment

_MORNING: Final = ("凌晨", "清晨", "早晨", "早上", "上午", "清早", "一早", "早间", "早", "晨")
_NOON: Final = ("中午", "正午", "午间")
_EVENING: Final = ("下午", "傍晚", "晚上", "晚间", "夜间", "夜里", "深夜", "午后", "当晚", "今晚", "昨晚",
                   "晚", "夜")  # fmt: skip
_MIDNIGHT: Final = ("午夜", "半夜", "零时")
PERIODS: Final = tuple(sorted((*_MORNING, *_NOON, *_EVENING, *_MIDNIGHT), key=len, reverse=True))
_NOT_HOURS: Final = ("时间", "时期", "时段", "时刻", "时代", "点多", "点位", "点至", "点处", "点排", "点隐")
_NIGHT: Final = ("晚上", "晚", "深夜", "夜里", "夜")
_SMALL: Final = 3
"""Hours below it behind 中午 are of the afternoon: 中午1点."""
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


def part_at(text: str, place: int, units: tuple[str, ...], high: int) -> tuple[int, int] | None:
    """Return a small whole number before one of some units, and where the unit ends."""
    number = number_at(text, place) if place < len(text) else None
    if number is None or number.value is None or number.value != int(number.value):
        return None
    for unit in units:
        if text.startswith(unit, number.end) and 0 <= number.value <= high:
            return int(number.value), number.end + len(unit)
    return None


def clock_at(text: str, place: int) -> Stated | None:
    """Return ``晚上9时10分``, ``下午2:30``, ``21时许``, or a period of the day alone."""
    period = next((word for word in PERIODS if text.startswith(word, place)), "")
    start = place + len(period) if period != "零时" else place
    hour = part_at(text, start, ("时", "点钟", "点", ":"), _LAST_HOUR)
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
        return _of_evening(hour, period)
    if period in _NOON and hour < _SMALL:
        return hour + 12, 0
    return (0 if period in (*_MIDNIGHT, "凌晨") and hour == _NOON_HOUR else hour), 0


def _of_evening(hour: int, period: str) -> tuple[int, int]:
    """Return an hour behind 下午, 晚上 and the like: 晚上12点 and 深夜1点 are of the next day."""
    afternoon = period in ("下午", "午后")
    if hour == _NOON_HOUR:
        return (hour, 0) if afternoon else (0, 1)
    if period in _NIGHT and hour < _SMALL + 2:
        return hour, 1
    return (hour + 12 if hour < _NOON_HOUR else hour), 0
