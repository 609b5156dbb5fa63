"""Numbers as briefs write them: ``1.2万``, ``两万五千余``, ``百余``, ``3万多``, ``二〇二四``."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from incidents.rules.briefs.values import Roughly

_DIGITS: Final = {**dict(zip("零一二三四五六七八九", range(10), strict=True)), "〇": 0, "两": 2}
_TIMES: Final = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
_RUN: Final = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_ARABIC: Final = frozenset("0123456789")
_CHINESE: Final = frozenset(_DIGITS) | frozenset(_TIMES)
_LONGEST: Final = 12
"""No count of the field has more digits; longer runs are numbers of something else."""
_LONGEST_WORDS: Final = 20
_UNITS_OF_THOUSANDS: Final = frozenset("伏瓦米克安优")
_BEFORE: Final = (
    ("不少于", Roughly.MORE), ("不低于", Roughly.MORE), ("至少", Roughly.MORE), ("超过", Roughly.MORE),
    ("超", Roughly.MORE), ("逾", Roughly.MORE), ("不足", Roughly.LESS), ("不到", Roughly.LESS),
    ("接近", Roughly.ABOUT), ("大约", Roughly.ABOUT), ("将近", Roughly.ABOUT), ("近", Roughly.ABOUT),
    ("约", Roughly.ABOUT),
)  # fmt: skip
_LAST_OF_BOUNDS: Final = frozenset("于少过超逾足到近约")
_AFTER: Final = {"余": Roughly.MORE, "多": Roughly.MORE, "来": Roughly.ABOUT, "几": Roughly.MORE}


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a text.

    Attributes:
        value: None for a run of digits too long to count anything.
        start: Where its words begin, a bound before it (超, 近) included; ``end`` where they end.
        digits: Where the number itself begins.
        roughly: How it was meant.
    """

    value: Decimal | None
    start: int
    end: int
    digits: int
    roughly: Roughly | None = None


def number_at(text: str, place: int) -> Number | None:
    """Return the number that begins at a place, if one does."""
    first = text[place]
    if first in _ARABIC:
        return _arabic(text, place)
    if first in _CHINESE:
        return _chinese(text, place)
    return None


def with_bounds(text: str, number: Number) -> Number:
    """Return the number with the words around it that make it a bound."""
    start, end, roughly = number.start, number.end, number.roughly
    for word, meaning in _BEFORE if text[start - 1 : start] in _LAST_OF_BOUNDS else ():
        if text.endswith(word, max(0, start - len(word)), start) and start >= len(word):
            start, roughly = start - len(word), roughly or meaning
            break
    if text[end : end + 1] in _AFTER and text[end : end + 1]:
        roughly, end = roughly or _AFTER[text[end]], end + 1
        if text[end : end + 1] == "万":
            return Number(_times(number.value, 10_000), start, end + 1, number.digits, roughly)
    return Number(number.value, start, end, number.digits, roughly)


def _times(value: Decimal | None, by: int) -> Decimal | None:
    return None if value is None else value * by


def _arabic(text: str, place: int) -> Number:
    run = _RUN.match(text, place)
    end = run.end() if run else place + 1
    if end - place > _LONGEST:
        return Number(None, place, end, place)
    if text[end : end + 1] == "点" and text[end + 1 : end + 2] in _ARABIC and text[end + 2 : end + 3] == "万":
        return Number(Decimal(f"{text[place:end]}.{text[end + 1]}") * 10_000, place, end + 3, place)
    value = Decimal(text[place:end])
    roughly = None
    if text[end : end + 1] in ("余", "多") and text[end + 1 : end + 2] == "万":
        roughly, end = Roughly.MORE, end + 1
    while text[end : end + 1] in ("万", "亿") or (
        text[end : end + 1] in ("百", "千")
        and text[end + 1 : end + 2] not in ("伏", "瓦", "米", "优", "克", "安")
    ):
        value, end = value * _TIMES[text[end]], end + 1
        if not text[end : end + 1]:
            break
    return Number(value, place, end, place, roughly)


def _chinese(text: str, place: int) -> Number | None:
    end = place
    while end < len(text) and text[end] in _CHINESE:
        end += 1
    if end - place > _LONGEST_WORDS:
        return Number(None, place, end, place)
    if text[end - 1] == "千" and text[end : end + 1] in _UNITS_OF_THOUSANDS:
        end -= 1
    words = text[place:end]
    if not words:
        return None
    pointed = _pointed(text, words, place, end)
    if pointed:
        return pointed
    if not any(character in _TIMES for character in words):
        return Number(Decimal("".join(str(_DIGITS[character]) for character in words)), place, end, place)
    return Number(Decimal(_sum(words)), place, end, place)


def _pointed(text: str, words: str, place: int, end: int) -> Number | None:
    """Return ``一百八十三点六万``; a point counts only where 万 or 亿 follows, else it is a time of day."""
    if text[end : end + 1] != "点":
        return None
    stop = end + 1
    while stop < len(text) and stop - end < 4 and text[stop] in _DIGITS:  # noqa: PLR2004
        stop += 1
    times = _TIMES.get(text[stop : stop + 1], 0)
    if stop == end + 1 or times < 10_000:  # noqa: PLR2004
        return None
    fraction = "".join(str(_DIGITS[character]) for character in text[end + 1 : stop])
    return Number(Decimal(f"{_sum(words)}.{fraction}") * times, place, stop + 1, place)


def _sum(words: str) -> int:
    """Return what numerals with 十百千万亿 add up to; 百余 begins with 100, 三万五 ends with 5,000."""
    total = section = digit = 0
    last = 1
    for character in words:
        if character in _DIGITS:
            digit = _DIGITS[character]
            last = 1 if character in "零〇" else last
            continue
        times = _TIMES[character]
        if times >= 10_000:  # noqa: PLR2004
            total = (total + section + digit or 1) * times
            section = 0
        else:
            section += (digit or 1) * times
        digit, last = 0, times
    return total + section + digit * (last // 10 if last > 10 else 1)  # noqa: PLR2004
