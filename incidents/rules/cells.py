"""Cells of a table as people and spreadsheets write them → values; what is not clear is refused."""

import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal, InvalidOperation
from typing import Final

LOCAL: Final = timezone(timedelta(hours=8), "Asia/Shanghai")
"""Times in files are local; since 1991 that is +08:00 without exception."""

YES: Final = frozenset({"是", "有", "yes", "true", "y", "1", "√"})
NO: Final = frozenset({"否", "无", "no", "false", "n", "0", "×"})

_MARKS: Final = "=+-@\t\r\n＝＋－＠"
_SCIENTIFIC: Final = re.compile(r"[+-]?\d(?:\.\d+)?[eE]\+\d{2,}")
_NUMBER: Final = re.compile(r"[+-]?\d+(?:\.\d+)?")
_DAY: Final = (
    r"(?P<year>\d{4})(?:[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})|年(?P<month>\d{1,2})月(?P<day>\d{1,2})日)"
)
_CLOCK: Final = (
    r"(?:[ T]*(?P<hour>\d{1,2})(?::|时|点)(?:(?P<minute>\d{1,2})分?"
    r"(?::?(?P<second>\d{1,2})(?:\.(?P<part>\d{1,6}))?秒?)?)?)?"
)
_MOMENT: Final = re.compile(_DAY + _CLOCK)
_ZONE: Final = re.compile(r"\d(?:Z|[+-]\d{2}:?\d{2})$|UTC|GMT|CST", re.IGNORECASE)
_EXACT_DIGITS: Final = 15  # a spreadsheet keeps no more of a number


class BadCell(ValueError):  # noqa: N818 - what is wrong with a cell is told to people by its code
    """A cell that says nothing clear.

    Attributes:
        code: What is wrong with it.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def plain(text: str) -> str:
    """Return a text without what spreadsheets add: full-width forms, spaces around, a mark against formulas.

    An apostrophe goes only before what it was put there to disarm, or before a number.
    """
    found = text.strip().strip("\u3000").strip()
    if found.startswith("'") and (found[1:2] in {*_MARKS, "'"} or _NUMBER.fullmatch(found[1:])):
        return found[1:]
    return found


def halved(text: str) -> str:
    """Return a text with full-width digits and marks as ordinary ones."""
    return unicodedata.normalize("NFKC", text).strip()


def disarmed(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in {*_MARKS, "'"} else text


def code_in(text: str) -> str:
    """Return a text that names something.

    Raises:
        BadCell: If a spreadsheet has rounded it: ``1.10001E+17`` stands for 100 different codes.
    """
    found = plain(text)
    if _SCIENTIFIC.fullmatch(found):
        raise BadCell("looks-rounded")
    return found


def number_in(text: str, *, places: int) -> Decimal:
    """Return a number.

    Args:
        text: Digits with at most one point; no thousands separators, units, percent or brackets.
        places: Most places after the point.

    Raises:
        BadCell: If it is none, or says more than can be kept.
    """
    found = halved(plain(text))
    if _SCIENTIFIC.fullmatch(found):
        raise BadCell("looks-rounded")
    if not _NUMBER.fullmatch(found):
        raise BadCell("not-a-number")
    try:
        number = Decimal(found)
    except InvalidOperation:  # pragma: no cover - the pattern admits numbers only
        raise BadCell("not-a-number") from None
    if len(found) > 2 * _EXACT_DIGITS or number != round(number, places):
        raise BadCell("too-exact" if places else "not-whole")
    return round(number, places)


def yes_in(text: str) -> bool:
    """Return whether a cell says yes.

    Raises:
        BadCell: If it says neither yes nor no.
    """
    found = halved(plain(text)).lower()
    if found in YES:
        return True
    if found in NO or text.strip() == "×":
        return False
    raise BadCell("neither-yes-nor-no")


def moment_in(text: str) -> datetime | date:
    """Return a local moment, or the day where no time is told.

    Raises:
        BadCell: If the order of day and month is not clear, a zone is named, or there is no such moment.
    """
    found = halved(plain(text))
    if _ZONE.search(found):
        raise BadCell("zone-in-text")
    told = _MOMENT.fullmatch(found)
    if told is None:
        raise BadCell("not-a-moment")
    try:
        day = date(int(told["year"]), int(told["m"] or told["month"]), int(told["d"] or told["day"]))
        if told["hour"] is None:
            return day
        clock = time(
            int(told["hour"]),
            int(told["minute"] or 0),
            int(told["second"] or 0),
            int((told["part"] or "").ljust(6, "0")),
        )
    except ValueError:
        raise BadCell("no-such-moment") from None
    return datetime.combine(day, clock, tzinfo=LOCAL).astimezone(UTC)


def moment_told(at: datetime) -> str:
    """Return a moment as files tell it: local, as exact as it is known; :func:`moment_in` reads it back."""
    local = at.astimezone(LOCAL)
    if local.microsecond:
        return local.strftime("%Y-%m-%d %H:%M:%S.%f")
    return local.strftime("%Y-%m-%d %H:%M:%S" if local.second else "%Y-%m-%d %H:%M")


def heading(text: str) -> str:
    """Return a heading as it is compared: without unit, spaces and width; ``厚度（mm）`` is ``厚度``."""
    found = re.sub(r"\(.*?\)|\[.*?\]|/(?:mm|m|kV|h|kW)$", "", halved(plain(text)), flags=re.IGNORECASE)
    return re.sub(r"[\s_*:：-]+", "", found).lower()


def unit_of(text: str) -> str:
    """Return the unit that a heading names in brackets; empty where it names none."""
    found = re.search(r"\(([^()]*)\)\s*\*?$|\[([^\[\]]*)\]\s*\*?$", halved(plain(text)))
    return "" if found is None else (found[1] or found[2] or "").strip()
