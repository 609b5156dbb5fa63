"""When reports fall due: times of day in Chinese time, or a span after an event."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
_DAY = timedelta(days=1)


@dataclass(frozen=True, order=True)
class Moment:
    """One report to come.

    Attributes:
        due_at: When it has to be out.
        as_of: When its numbers are taken.
    """

    due_at: datetime
    as_of: datetime


def after_event(at: datetime, *, after_min: int, cutoff_min: int = 0) -> Moment:
    """Return the report that an event makes due.

    Args:
        at: When the event was learned of, or when the response ended.
        after_min: Minutes until it has to be out.
        cutoff_min: How long before that its numbers are taken, minutes; never before the event.
    """
    due_at = at + timedelta(minutes=after_min)
    return Moment(due_at, max(due_at - timedelta(minutes=cutoff_min), at))


def next_due(times: Iterable[time], *, cutoff_min: int, after: datetime) -> Moment:
    """Return the first report whose cut-off lies after a moment.

    Args:
        times: Times of day in Chinese time at which reports have to be out; at least one.
        cutoff_min: How long before its numbers are taken, minutes.
        after: The moment, aware.
    """
    return min(one for one in _around(times, cutoff_min, after, days=3) if one.as_of > after)


def newest_due(times: Iterable[time], *, cutoff_min: int, by: datetime) -> Moment:
    """Return the last report whose cut-off has come; the arguments are those of :func:`next_due`."""
    return max(one for one in _around(times, cutoff_min, by, days=3) if one.as_of <= by)


def _around(times: Iterable[time], cutoff_min: int, at: datetime, *, days: int) -> list[Moment]:
    today = at.astimezone(ZONE).date()
    cutoff = timedelta(minutes=cutoff_min)
    dates = [today + _DAY * offset for offset in range(-days, days + 1)]
    moments = (datetime.combine(date, each, ZONE) for date in dates for each in times)
    return [Moment(due_at, due_at - cutoff) for due_at in moments]
