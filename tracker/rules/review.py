"""Figures of a storm: reliability by step, how good estimates were, ages of the long tail, rest of crews."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Final

from incidents.choices import RestorationMethod
from incidents.rules.indices import (
    SUSTAINED,
    ChinaIndices,
    Indices,
    Interruption,
    Tally,
    dlt_836,
    ieee_1366,
    period_hours,
    tally,
)
from incidents.rules.outages import Step
from tracker.rules.report_numbers import OutageRow

AGES: Final = (timedelta(hours=6), timedelta(hours=24), timedelta(hours=72))
UNPROMISED: Final = timedelta(hours=2)  # without an estimate for longer than this is told
_CLOSE_MIN: Final = (30, 60)


@dataclass(frozen=True, kw_only=True)
class Reliability:
    """Reliability of supply in a storm.

    Attributes:
        sustained: Interruptions of more than 5 min, for IEEE 1366.
        everything: All interruptions, for DL/T 836.1 with the suffix 1.
        areas: The same in transformer areas, one public transformer a user (中压).
        customers_served: N_T; None where no profile of the area says so, and then there are no indices.
        started_unknown: Outages counted from the latest moment at which they can have begun.
    """

    sustained: Tally
    everything: Tally
    areas: Tally
    customers_served: int | None
    hours: float
    ieee: Indices | None
    china: ChinaIndices | None
    started_unknown: int

    @property
    def caidi_min(self) -> float | None:
        """Minutes an interruption; needs no number of customers served."""
        return _per(self.sustained.customer_minutes, self.sustained.customers_interrupted)


@dataclass(frozen=True, kw_only=True)
class Promise:
    """The estimates of an outage.

    Attributes:
        revisions: How many came after the first.
        is_blown: Whether the newest has passed and the outage lasts.
    """

    began_at: datetime
    restored_at: datetime | None
    first_value_at: datetime | None
    first_published_at: datetime | None
    revisions: int
    is_blown: bool


@dataclass(frozen=True, kw_only=True)
class Accuracy:
    """How good first estimates were; an error is actual less promised, + is late.

    Attributes:
        judged: Restored outages with an estimate; the errors are theirs.
        unpromised: Outages that had no estimate within two hours.
        late_share, within_30_share, within_60_share: Of those judged; None without any.
    """

    judged: int
    median_min: float | None
    p90_min: float | None
    late_share: float | None
    within_30_share: float | None
    within_60_share: float | None
    unpromised: int
    revisions: int
    blown: int


@dataclass(frozen=True, kw_only=True)
class Job:
    """A job of a crew, as far as it had come at the moment that is looked at.

    Attributes:
        rest: From the end of the job before it, None for the first.
    """

    crew: str
    organization: str
    place: str
    line: str
    outage_id: int | None
    assigned_at: datetime
    departed_at: datetime | None
    on_site_at: datetime | None
    ended_at: datetime | None
    check_ins: int
    rest: timedelta | None = None

    @property
    def began_at(self) -> datetime:
        """When the crew began to be away for it."""
        return self.departed_at or self.on_site_at or self.assigned_at


def interruptions(rows: Iterable[OutageRow], *, of_areas: bool = False) -> list[Interruption]:
    """Return outages as the indices see them: back step by step, as the restoration curve has it.

    Args:
        rows: The outages; those that another one explains are left out.
        of_areas: Whether transformer areas are counted instead of customers.
    """
    return [_interruption(row, of_areas=of_areas) for row in rows if not row.explained]


def reliability(
    rows: Sequence[OutageRow], *, since: datetime, until: datetime, customers_served: int | None
) -> Reliability:
    """Return the indices of a storm.

    Args:
        rows: The outages, as of ``until``.
        since: Beginning of the period.
        until: Its end; who is still out counts up to it.
        customers_served: N_T; None if unknown.
    """
    found = interruptions(rows)
    sustained = tally(interruptions=found, until=until, longer_than=SUSTAINED)
    everything = tally(interruptions=found, until=until)
    hours = period_hours(start=since, end=max(since, until))
    base = customers_served if hours else None
    return Reliability(
        sustained=sustained,
        everything=everything,
        areas=tally(interruptions=interruptions(rows, of_areas=True), until=until),
        customers_served=customers_served,
        hours=hours,
        ieee=ieee_1366(tally=sustained, customers_served=base, period_hours=hours) if base else None,
        china=dlt_836(tally=everything, customers_served=base, period_hours=hours) if base else None,
        started_unknown=sum(not row.began_known for row in rows if not row.explained),
    )


def accuracy(promises: Iterable[Promise], *, until: datetime) -> Accuracy:
    """Return how good the first estimates of outages were."""
    known = list(promises)
    errors = sorted(
        (each.restored_at - each.first_value_at).total_seconds() / 60
        for each in known
        if each.restored_at and each.first_value_at
    )
    close = [_share(sum(abs(error) <= limit for error in errors), len(errors)) for limit in _CLOSE_MIN]
    return Accuracy(
        judged=len(errors),
        median_min=percentile(errors, 50),
        p90_min=percentile(errors, 90),
        late_share=_share(sum(error > 0 for error in errors), len(errors)),
        within_30_share=close[0],
        within_60_share=close[1],
        unpromised=sum(_unpromised(each, until) for each in known),
        revisions=sum(each.revisions for each in known),
        blown=sum(each.is_blown for each in known),
    )


def percentile(ordered: Sequence[float], percent: int) -> float | None:
    """Return a percentile by the nearest rank; the median of an even number is the mean of the middle two."""
    if not ordered:
        return None
    half = len(ordered) // 2
    if percent == 50 and len(ordered) % 2 == 0:  # noqa: PLR2004 - the median
        return (ordered[half - 1] + ordered[half]) / 2
    return ordered[max(ceil(len(ordered) * percent / 100) - 1, 0)]


def ages(rows: Iterable[OutageRow], *, until: datetime) -> list[tuple[timedelta | None, int]]:
    """Return how many outages last at a moment, by age: up to each of ``AGES``, and longer (None)."""
    lasting = [until - row.began_at for row in rows if row.restored_at is None and not row.explained]
    numbers = [sum(age <= limit for age in lasting) for limit in AGES]
    parts = [number - before for number, before in zip(numbers, [0, *numbers], strict=False)]
    return [*zip(AGES, parts, strict=True), (None, len(lasting) - numbers[-1])]


def rested(jobs: Iterable[Job]) -> list[Job]:
    """Return jobs crew by crew in the order of their beginnings, each with the rest before it."""
    ordered = sorted(jobs, key=lambda job: (job.organization, job.crew, job.began_at))
    found: list[Job] = []
    for job in ordered:
        before = found[-1] if found and found[-1].crew == job.crew else None
        ended = before.ended_at if before else None
        rest = max(job.began_at - ended, timedelta(0)) if ended else None
        found.append(Job(**{**vars(job), "rest": rest}))
    return found


def _interruption(row: OutageRow, *, of_areas: bool) -> Interruption:
    """Return what the curve draws: a step gives back at most what is out, the end gives back the rest."""
    affected = row.mv_users if of_areas else row.customers
    left, steps = affected or 0, []
    for step in sorted(row.steps, key=lambda step: step.at):
        number = (step.mv_users if of_areas else step.customers) or 0
        if step.is_generator or (row.restored_at is not None and step.at >= row.restored_at):
            continue
        given = min(number, left)
        left -= given
        steps.append(_step(max(step.at, row.began_at), given))
    if row.restored_at is not None:
        steps.append(_step(max(row.restored_at, row.began_at), left, final=True))
    return Interruption(started_at=row.began_at, customers=affected, steps=steps)


def _step(at: datetime, customers: int, *, final: bool = False) -> Step:
    return Step(at=at, customers=customers, method=RestorationMethod.REPAIR, final=final)


def _unpromised(promise: Promise, until: datetime) -> bool:
    end = min(promise.restored_at or until, until)
    told = promise.first_published_at or end
    return min(told, end) - promise.began_at > UNPROMISED


def _share(number: int, of: int) -> float | None:
    return number / of if of else None


def _per(number: float, of: int) -> float | None:
    return number / of if of else None
