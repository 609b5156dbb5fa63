"""The grade that a line section holds over time: up at once, down only after calm.

Without that delay a thickness that trembles around an edge would raise and clear an alert every hour.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from incidents.choices import Grade, GradeBasis
from incidents.rules.grading import (
    Graded,
    Scale,
    grade_thickness,
    rank,
    scale_for,
)
from incidents.rules.ladder import DEFAULT_LADDER, Ladder


@dataclass(frozen=True, kw_only=True, slots=True)
class IcingReading:
    """One standard thickness on one section.

    Attributes:
        observed_at: When it was so, aware.
        standard_mm: Standard thickness, mm, not rounded.
        design_mm: Design thickness of the section, mm; ``None`` if unknown.
        basis: What the thickness assumes.
        is_estimate: Whether a model says so and nobody looked.
    """

    observed_at: datetime
    standard_mm: float
    design_mm: float | None = None
    basis: GradeBasis = GradeBasis.MEASURED
    is_estimate: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class IcingState:
    """The grade that a section holds and what it takes to change it.

    Attributes:
        grade: The grade held.
        since: Since when, aware.
        observed_at: When the reading behind it was made, aware; the age of the grade counts from it.
        standard_mm: Standard thickness of the last reading taken into account, mm.
        ratio: Its icing ratio; ``None`` where there is none.
        basis: Its weightiest assumption.
        below_count: Readings in a row that were calm.
        below_since: Time of the first of them.
        is_estimate: Whether that reading is of a model.
        measured_at: When somebody last measured, aware; ``None`` if nobody ever did.
    """

    grade: Grade
    since: datetime
    observed_at: datetime
    standard_mm: float
    ratio: float | None
    basis: GradeBasis
    below_count: int = 0
    below_since: datetime | None = None
    is_estimate: bool = False
    measured_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Override:
    """A grade set by a person for a time.

    Attributes:
        grade: The grade set.
        expires_at: When the computed grade counts again, aware.
    """

    grade: Grade
    expires_at: datetime


class _Held(NamedTuple):
    """A grade, and how much of the calm that lowers it was seen."""

    grade: Grade
    since: datetime
    below_count: int = 0
    below_since: datetime | None = None


def advance(
    *, state: IcingState | None, reading: IcingReading, ladder: Ladder = DEFAULT_LADDER
) -> IcingState:
    """Return the state after a reading; the same state if the reading changes nothing.

    A worse grade holds at once. A milder one holds after the thickness has been below the lower
    edge by more than the margin for 2 readings in a row or 2 h, and then only as mild as the worse
    of the last two readings allows. A reading older than the last of its sort changes nothing; a
    measurement told late still counts against a model that ran meanwhile. Where anybody has ever
    measured, a model may raise the grade but neither lowers nor refreshes it.

    Args:
        state: The state so far; ``None`` before the first reading.
        reading: The reading.
        ladder: The company's numbers.

    Raises:
        OutOfRange: If a thickness cannot be.
    """
    graded = grade_thickness(
        thickness_mm=reading.standard_mm,
        design_mm=reading.design_mm,
        basis=reading.basis,
        ladder=ladder,
    )
    if state is None:
        return _raised(None, reading, graded)
    last = state.observed_at if reading.is_estimate else state.measured_at
    if last is not None and reading.observed_at < last:
        return state
    if rank(grade=graded.grade) > rank(grade=state.grade):
        return _raised(state, reading, graded)
    if reading.observed_at == last or (reading.is_estimate and state.measured_at):
        return state
    return _settled(state, reading, graded, ladder)


def age(*, observed_at: datetime, now: datetime) -> timedelta:
    """Return how old a grade is; never negative, since a device's clock may run ahead.

    Args:
        observed_at: When the reading behind it was made, aware.
        now: The present, aware.
    """
    return max(now - observed_at, timedelta(0))


def is_stale(*, grade: Grade, observed_at: datetime, now: datetime, ladder: Ladder = DEFAULT_LADDER) -> bool:
    """Say whether a grade is too old to rely on; it is then shown with its age, never dropped.

    Args:
        grade: The grade held.
        observed_at: When the reading behind it was made, aware.
        now: The present, aware.
        ladder: The company's numbers; 3 h at none and blue, 1 h from yellow, both still fresh.
    """
    mild = rank(grade=grade) < rank(grade=Grade.YELLOW)
    return age(observed_at=observed_at, now=now) > (ladder.fresh_mild if mild else ladder.fresh_severe)


def effective_grade(
    *, computed: Grade | None, override: Override | None, now: datetime
) -> tuple[Grade | None, bool]:
    """Return the grade that counts now, and whether a person set it.

    Args:
        computed: The grade from readings, which stays visible beside it; ``None`` without any.
        override: What a person set; ``None`` if nobody did.
        now: The present, aware.
    """
    if override is not None and now < override.expires_at:
        return override.grade, True
    return computed, False


def _raised(state: IcingState | None, reading: IcingReading, graded: Graded) -> IcingState:
    """Return the state in which this reading starts a grade."""
    return _seen(state, reading, graded, _Held(graded.grade, since=reading.observed_at))


def _seen(state: IcingState | None, reading: IcingReading, graded: Graded, held: _Held) -> IcingState:
    """Return the state with what the reading shows, and the grade that is held after it."""
    at = reading.observed_at
    measured_at = state.measured_at if state else None
    return IcingState(
        grade=held.grade,
        since=held.since,
        observed_at=max(at, state.observed_at) if state else at,
        standard_mm=reading.standard_mm,
        ratio=graded.ratio,
        basis=graded.basis,
        below_count=held.below_count,
        below_since=held.below_since,
        is_estimate=reading.is_estimate,
        measured_at=measured_at if reading.is_estimate else at,
    )


def _settled(before: IcingState, reading: IcingReading, graded: Graded, ladder: Ladder) -> IcingState:
    """Count a calm reading and lower the grade when there were enough."""
    scale = scale_for(design_mm=reading.design_mm, ladder=ladder)
    at = max(reading.observed_at, before.observed_at)
    return _seen(before, reading, graded, _held(before, at, reading.standard_mm, scale, ladder))


def _held(before: IcingState, at: datetime, standard_mm: float, scale: Scale, ladder: Ladder) -> _Held:
    """Return the grade that is held after a reading that is no worse.

    Args:
        before: The state before the reading.
        at: When the newest reading was made.
        standard_mm: What it shows, mm.
        scale: What the section's thicknesses are held against.
        ladder: The company's numbers.
    """
    grade, held_since = before.grade, before.since
    if not scale.is_calm(thickness_mm=standard_mm, grade=grade):
        return _Held(grade, held_since)
    count, since, worse = 1, at, standard_mm
    # After a change of the design value the reading before may be calm no longer: count anew.
    if before.below_since and scale.is_calm(thickness_mm=before.standard_mm, grade=grade):
        count, since = before.below_count + 1, before.below_since
        worse = max(worse, before.standard_mm)
    if count < ladder.calm_readings and at - since < ladder.calm_time:
        return _Held(grade, held_since, count, since)
    milder = scale.grade(thickness_mm=worse, eased=scale.margin)
    # The newest reading may be calm for the milder grade too: then it is the first of the next row.
    if scale.is_calm(thickness_mm=standard_mm, grade=milder):
        return _Held(milder, at, 1, at)
    return _Held(milder, at)
