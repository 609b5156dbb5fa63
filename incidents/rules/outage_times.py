"""The times of an outage: in what order they stand and how long it lasted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from incidents.choices import TimePrecision
from incidents.rules.times import CLOCK_SKEW, not_before, occurred_span, require_aware


@dataclass(frozen=True, kw_only=True, slots=True)
class Duration:
    """How long an outage lasted or has lasted.

    Attributes:
        value: The time; ``None`` if it was reported only after it had ended, its start unknown.
        start_known: Whether it counts from the start; else from the report, and was longer.
        ended: Whether it has ended.
    """

    value: timedelta | None
    start_known: bool
    ended: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class OutageTimes:
    """What is known about when; ``None`` where nobody said.

    Attributes:
        reported_at: When it was reported, aware.
        occurred_at: When it began, aware.
        occurred_on: The day it began, where only that is known.
        precision: How exactly that is known.
        located_at: When the fault was found, aware.
        isolated_at: When it was cut out, aware.
        repaired_at: When the equipment was repaired, aware; before, with or after the supply.
        step_times: When customers got power back, in the order of the steps, aware.
    """

    reported_at: datetime
    occurred_at: datetime | None = None
    occurred_on: date | None = None
    precision: TimePrecision = TimePrecision.UNKNOWN
    located_at: datetime | None = None
    isolated_at: datetime | None = None
    repaired_at: datetime | None = None
    step_times: Sequence[datetime] = ()


def check_order(*, times: OutageTimes) -> None:
    """Refuse times that contradict each other (invariants 1 to 3).

    A start known to the day or hour counts from the first moment that it can mean. A report may come
    5 min before the start, for clocks differ. Repair may follow the supply or precede it.

    Args:
        times: The times of one outage.

    Raises:
        NaiveTime: If a time carries no offset.
        Inconsistent: If one lies before another that it has to follow.
    """
    require_aware(field="reported_at", at=times.reported_at)
    span = occurred_span(at=times.occurred_at, on=times.occurred_on, precision=times.precision)
    work = [
        (name, require_aware(field=name, at=at))
        for name, at in (
            ("located_at", times.located_at),
            ("isolated_at", times.isolated_at),
            ("repaired_at", times.repaired_at),
        )
        if at is not None
    ]
    steps = [("step_at", require_aware(field="step_at", at=at)) for at in times.step_times]
    for facts in (work, steps):
        for (other, earlier), (field, later) in pairwise(facts):
            not_before(field=field, at=later, other=other, earliest=earlier)
    if span is not None:
        start = span.earliest
        reported = times.reported_at + CLOCK_SKEW
        for field, at in (("reported_at", reported), *work, *steps):
            not_before(field=field, at=at, other="occurred_at", earliest=start)


def duration(*, times: OutageTimes, restored_at: datetime | None, now: datetime) -> Duration:
    """Return how long customers were out.

    A start known to the hour or better counts; one known only to the day, or not at all, does not:
    the time then counts from the report and says so.

    Args:
        times: The times of the outage.
        restored_at: When the last customers were back, aware; ``None`` while somebody is out.
        now: The present, aware.
    """
    end = now if restored_at is None else restored_at
    known = times.precision != TimePrecision.DAY
    span = occurred_span(at=times.occurred_at, precision=times.precision) if known else None
    value = end - (times.reported_at if span is None else span.earliest)
    return Duration(
        value=max(value, timedelta(0)) if span or value >= timedelta(0) else None,
        start_known=span is not None,
        ended=restored_at is not None,
    )
