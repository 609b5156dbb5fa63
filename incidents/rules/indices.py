"""Reliability indices, by restoration step: IEEE 1366 and the Chinese DL/T 836.1-2016.

One time of restoration for a whole outage would overstate it: 1,000 customers back in three steps were
out for 103,000 customer-minutes, not the 370,000 up to the last of them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from incidents.rules.outages import Step, balance
from incidents.rules.ranges import check_range
from incidents.rules.times import not_before

SUSTAINED: Final = timedelta(minutes=5)
"""An interruption counts in IEEE 1366 if it is longer than this."""

SHORT: Final = timedelta(minutes=3)
"""An interruption up to this is short in DL/T 836.1; only its "-4" indices leave it out."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Interruption:
    """An outage as the indices see it.

    Attributes:
        started_at: When customers lost power, aware.
        customers: How many; ``None`` if unknown.
        steps: How they got it back, in order.
    """

    started_at: datetime
    customers: int | None
    steps: Sequence[Step] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Tally:
    """What several outages add up to.

    Attributes:
        outages: Outages counted.
        customers_interrupted: Customers times interruptions, CI.
        customer_minutes: Customers times minutes out, CMI.
        without_count: Outages left out because nobody knows their customers; to be shown.
    """

    outages: int
    customers_interrupted: int
    customer_minutes: float
    without_count: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Indices:
    """Indices of IEEE 1366.

    Attributes:
        saifi: Interruptions per customer.
        saidi_min: Minutes out per customer.
        caidi_min: Minutes per interruption; ``None`` without any interruption.
        asai_percent: Share of customer-hours supplied, %.
    """

    saifi: float
    saidi_min: float
    caidi_min: float | None
    asai_percent: float


@dataclass(frozen=True, kw_only=True, slots=True)
class ChinaIndices:
    """Indices of DL/T 836.1-2016 that leave nothing out (suffix 1).

    Attributes:
        saidi_1_h: Hours out per customer, h (户均停电时间).
        saifi_1: Interruptions per customer (户均停电次数).
        asai_1_percent: Reliability of supply, % (供电可靠率).
    """

    saidi_1_h: float
    saifi_1: float
    asai_1_percent: float


def customer_minutes(
    *, interruption: Interruption, until: datetime, longer_than: timedelta = timedelta(0)
) -> tuple[int, float] | None:
    """Return customers interrupted and their minutes out, step by step.

    Customers on a generator stay out until the grid carries them. Customers that no counted step
    brought back are out until the final step, or until ``until`` if there is none.

    Args:
        interruption: The outage.
        until: When to stop counting those who are still out, aware.
        longer_than: Customers out no longer than this do not count.

    Returns:
        Customers and customer-minutes; ``None`` if nobody knows how many were affected.

    Raises:
        OutOfRange: If steps add up to more than were affected.
        Inconsistent: If a step lies before the start or before an earlier one.
    """
    if interruption.customers is None:
        return None
    _check(interruption)
    parts = [(step.at, step.customers or 0) for step in interruption.steps if step.restores]
    rest = interruption.customers - sum(customers for _, customers in parts)
    final = [step.at for step in interruption.steps if step.final]
    ends = [*parts, (final[0] if final else until, rest)]
    out = [
        (customers, end - interruption.started_at)
        for end, customers in ((min(at, until), customers) for at, customers in ends)
        if end - interruption.started_at > longer_than
    ]
    return (
        sum(customers for customers, _ in out),
        sum(customers * span.total_seconds() / 60 for customers, span in out),
    )


def tally(
    *,
    interruptions: Iterable[Interruption],
    until: datetime,
    longer_than: timedelta = timedelta(0),
) -> Tally:
    """Add up outages; those without a number of customers are left out and counted.

    Args:
        interruptions: The outages of the period.
        until: When to stop counting those who are still out, aware.
        longer_than: Customers out no longer than this do not count: ``SUSTAINED`` for IEEE 1366,
            nothing for the Chinese indices with suffix 1.

    Raises:
        OutOfRange: If steps add up to more than were affected.
        Inconsistent: If the times of an outage contradict each other.
    """
    found = [
        customer_minutes(interruption=interruption, until=until, longer_than=longer_than)
        for interruption in interruptions
    ]
    counted = [pair for pair in found if pair is not None]
    return Tally(
        outages=len(counted),
        customers_interrupted=sum(customers for customers, _ in counted),
        customer_minutes=sum(minutes for _, minutes in counted),
        without_count=len(found) - len(counted),
    )


def ieee_1366(*, tally: Tally, customers_served: int, period_hours: float) -> Indices:
    """Return SAIFI, SAIDI, CAIDI and ASAI.

    Args:
        tally: Sum of the sustained interruptions.
        customers_served: Customers of the company, N_T.
        period_hours: Length of the period, h.

    Raises:
        OutOfRange: If nobody is served or the period has no length.
    """
    _check_base(customers_served, period_hours)
    interrupted, minutes = tally.customers_interrupted, tally.customer_minutes
    return Indices(
        saifi=interrupted / customers_served,
        saidi_min=minutes / customers_served,
        caidi_min=minutes / interrupted if interrupted else None,
        asai_percent=(1 - minutes / 60 / customers_served / period_hours) * 100,
    )


def dlt_836(*, tally: Tally, customers_served: int, period_hours: float) -> ChinaIndices:
    """Return SAIDI-1, SAIFI-1 and ASAI-1 of DL/T 836.1-2016.

    Args:
        tally: Sum of all interruptions, short ones too; customers are those of the statistics, for
            medium voltage one public transformer each.
        customers_served: Customers in the same unit.
        period_hours: Length of the period, h.

    Raises:
        OutOfRange: If nobody is served or the period has no length.
    """
    indices = ieee_1366(tally=tally, customers_served=customers_served, period_hours=period_hours)
    return ChinaIndices(
        saidi_1_h=indices.saidi_min / 60,
        saifi_1=indices.saifi,
        asai_1_percent=indices.asai_percent,
    )


def year_hours(*, year: int) -> int:
    """Return the hours of a calendar year, h: 8,784 in a leap year, else 8,760.

    Args:
        year: The year.
    """
    return (date(year + 1, 1, 1) - date(year, 1, 1)).days * 24


def period_hours(*, start: datetime, end: datetime) -> float:
    """Return the length of a period, h.

    Args:
        start: Its first moment, aware.
        end: Its end, aware.

    Raises:
        Inconsistent: If it ends before it starts.
    """
    not_before(field="end", at=end, other="start", earliest=start)
    return (end - start).total_seconds() / 3600


def _check(interruption: Interruption) -> None:
    """Refuse steps that do not add up or precede the outage."""
    balance(affected=interruption.customers, steps=interruption.steps, reason="index")
    for step in interruption.steps:
        not_before(field="step_at", at=step.at, other="occurred_at", earliest=interruption.started_at)


def _check_base(customers_served: int, period_hours: float) -> None:
    """Refuse a base that nothing can be divided by."""
    check_range(field="customers_served", value=customers_served, limits=(1, None))
    check_range(field="period_hours", value=period_hours, limits=(1 / 3600, None), unit="h")
