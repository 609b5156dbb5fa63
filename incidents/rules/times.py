"""Rules of time: aware, not in the future, not absurdly old, and no more exact than it is known.

Every function takes the present as an argument; only interfaces read the clock.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from typing import Final
from zoneinfo import ZoneInfo

from incidents.choices import TimePrecision
from incidents.errors import Inconsistent, NaiveTime, OutOfRange

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
_BEIJING: Final = timezone(timedelta(hours=8))
_SUN_TIME_UNTIL: Final = 1901
"""The one legal time of China, UTC+8 without summer time; a date in a record is a date here."""

CLOCK_SKEW: Final = timedelta(minutes=5)
"""How far a device's clock may run ahead (invariant 2 of the record)."""

OLDEST: Final = timedelta(days=400)
"""How old a live fact may be: a winter and the report on it; our default."""

LATE: Final = timedelta(minutes=15)
"""From when a fact counts as told late: a quarter of an hour; our default."""

_WIDTH: Final = {
    TimePrecision.MINUTE: timedelta(minutes=1),
    TimePrecision.HOUR: timedelta(hours=1),
    TimePrecision.DAY: timedelta(days=1),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """The moments that a stated time can mean.

    Attributes:
        earliest: First moment.
        latest: End of the span, itself excluded unless it equals ``earliest``.
    """

    earliest: datetime
    latest: datetime


def require_aware(*, field: str, at: datetime) -> datetime:
    """Return the time if it knows its offset from UTC.

    Args:
        field: Name to refuse it under.
        at: The time.

    Raises:
        NaiveTime: If it carries no offset.
    """
    if at.utcoffset() is None:
        raise NaiveTime(field=field, value=at)
    return at


def check_not_future(*, field: str, at: datetime, now: datetime) -> None:
    """Refuse a fact that has not happened yet, with 5 min for clocks that run ahead.

    Args:
        field: Name to refuse it under.
        at: When it is said to have happened, aware; for a date its first moment.
        now: The present, aware.

    Raises:
        NaiveTime: If ``at`` carries no offset.
        OutOfRange: If it lies more than 5 min ahead.
    """
    require_aware(field=field, at=at)
    if at > now + CLOCK_SKEW:
        raise OutOfRange(field=field, value=at, high=now + CLOCK_SKEW)


def check_not_too_old(*, field: str, at: datetime, now: datetime) -> None:
    """Refuse a live fact older than 400 days: far more often a slip of the year than the truth.

    Records made after the fact are not checked by it.

    Args:
        field: Name to refuse it under.
        at: When it is said to have happened, aware.
        now: The present, aware.

    Raises:
        NaiveTime: If ``at`` carries no offset.
        OutOfRange: If it lies more than 400 days back.
    """
    require_aware(field=field, at=at)
    if at < now - OLDEST:
        raise OutOfRange(field=field, value=at, low=now - OLDEST)


def not_before(*, field: str, at: datetime, other: str, earliest: datetime) -> None:
    """Refuse a time that lies before one it has to follow; the same moment is fine.

    Args:
        field: Name to refuse it under.
        at: The time, aware.
        other: Name of the time it has to follow.
        earliest: That time, aware.

    Raises:
        Inconsistent: If it lies before.
    """
    if at < earliest:
        raise Inconsistent(field=field, value=at, relation="≥", other=other, other_value=earliest)


def not_after(*, field: str, at: datetime, other: str, latest: datetime) -> None:
    """Refuse a time that lies after one that has to follow it; the same moment is fine.

    Args:
        field: Name to refuse it under.
        at: The time, aware.
        other: Name of the time that has to follow it.
        latest: That time, aware.

    Raises:
        Inconsistent: If it lies after.
    """
    if at > latest:
        raise Inconsistent(field=field, value=at, relation="≤", other=other, other_value=latest)


def is_late(*, occurred_at: datetime, received_at: datetime, after: timedelta = LATE) -> bool:
    """Say whether a fact reached us so late that lists should mark it.

    Args:
        occurred_at: When it happened, aware.
        received_at: When the server got it, aware.
        after: Delay from which it is late, itself excluded.
    """
    return received_at - occurred_at > after


def local_day(*, at: datetime) -> date:
    """Return the day in China in which a moment lies.

    Args:
        at: The moment, aware.

    Raises:
        NaiveTime: If it carries no offset.
    """
    return require_aware(field="at", at=at).astimezone(SHANGHAI).date()


def told_in_china(at: datetime) -> str:
    """Return a moment as RFC 3339 in Chinese time, for machines.

    Args:
        at: The moment, aware. One before 1901, a slip of somebody's, is told in today's offset: that of the
            sun over Shanghai had seconds, which RFC 3339 does not.
    """
    local = at.astimezone(SHANGHAI)
    if local.year <= _SUN_TIME_UNTIL:
        local = at.astimezone(_BEIJING)
    return local.isoformat()


def start_of_day(*, day: date) -> datetime:
    """Return the first moment of a date in China, to compare it; it is never stored in its place.

    Args:
        day: The date.
    """
    return datetime.combine(day, time.min, tzinfo=SHANGHAI)


def occurred_span(*, at: datetime | None, on: date | None = None, precision: TimePrecision) -> Span | None:
    """Return the moments that a stated time can mean.

    Args:
        at: The moment as stored, aware; ``None`` if only the day or nothing is known.
        on: The day as stored, for precision ``day``.
        precision: How exactly it is known.

    Returns:
        The span, of no length for an exact time; ``None`` if the time is unknown.

    Raises:
        NaiveTime: If the moment carries no offset.
    """
    if precision == TimePrecision.DAY and on is not None:
        at = start_of_day(day=on)
    if at is None or precision == TimePrecision.UNKNOWN:
        return None
    local = require_aware(field="occurred_at", at=at).astimezone(SHANGHAI)
    if precision == TimePrecision.EXACT:
        return Span(earliest=local, latest=local)
    start = local.replace(second=0, microsecond=0)
    if precision != TimePrecision.MINUTE:
        start = start.replace(minute=0)
    if precision == TimePrecision.DAY:
        start = start.replace(hour=0)
    return Span(earliest=start, latest=start + _WIDTH[precision])
