"""One section's grade on its way through readings, as the rules move it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from incidents import journal
from incidents.choices import Grade, GradeBasis
from incidents.journal import Actor
from incidents.models import JournalEntry, LineSection, SectionIcing
from incidents.models.rows import fresh
from incidents.rules.icing import IcingReading, IcingState, advance
from incidents.rules.ladder import Ladder


@dataclass(kw_only=True, slots=True)
class Graded:
    """A stored reading that can move its section's grade, and the numbers to hold it against.

    Attributes:
        pk: Number of the reading.
        is_exercise: Whether it is part of a drill; drill and real grades are kept apart.
        standard_mm: Standard thickness as stored, mm.
    """

    pk: int
    section: LineSection
    is_exercise: bool
    observed_at: datetime
    standard_mm: Decimal
    basis: GradeBasis
    is_estimate: bool
    ladder: Ladder


class Walk:
    """One section's grade on its way through readings, oldest first.

    Attributes:
        row: The section's icing after all of them, not saved.
        is_moved: Whether it is not as it was.
    """

    def __init__(self, row: SectionIcing | None, readings: list[Graded]) -> None:
        first = readings[0]
        self.row = row or fresh(SectionIcing, {"section": first.section, "is_exercise": first.is_exercise})
        self.is_moved = False
        self._organization = first.section.line.organization
        self._changes: list[tuple[datetime, dict[str, Any] | None, dict[str, Any]]] = []
        state = _state(row) if row else None
        for reading in readings:
            state = self._advance(state, reading)
        if state is not None and self.is_moved:
            _set(self.row, state)

    def entries(self, by: Actor) -> list[JournalEntry]:
        """Return an entry for every change of the grade; the row is saved by now and has its number."""
        number = {"id": self.row.pk}
        return [
            journal.draft(
                "icing.graded",
                subject=self.row,
                at=at,
                by=by,
                organization=self._organization,
                before=None if before is None else before | number,
                after=after | number,
            )
            for at, before, after in self._changes
        ]

    def _advance(self, before: IcingState | None, reading: Graded) -> IcingState:
        state = advance(
            state=before,
            reading=IcingReading(
                observed_at=reading.observed_at,
                standard_mm=float(reading.standard_mm),
                design_mm=reading.section.design_ice_mm,
                basis=reading.basis,
                is_estimate=reading.is_estimate,
            ),
            ladder=reading.ladder,
        )
        if state is before:
            return state
        changes = before is None or before.grade != state.grade  # the reading itself has its own entry
        was = self._shown(before) if changes and before is not None else None
        if state.observed_at == reading.observed_at:
            self.row.reading_id = reading.pk
        self.is_moved = True
        if changes:
            self._changes.append((state.observed_at, was, self._shown(state)))
        return state

    def _shown(self, state: IcingState) -> dict[str, Any]:
        """Return the row in a state; one that was just read is in it already."""
        if self.is_moved:
            _set(self.row, state)
        return journal.snapshot(self.row)


def _set(row: SectionIcing, state: IcingState) -> None:
    row.grade, row.grade_since_at = state.grade, state.since
    row.observed_at, row.grade_basis = state.observed_at, state.basis
    row.standard_mm, row.ratio = _decimal(state.standard_mm, 3), _decimal(state.ratio, 4)
    row.below_count, row.below_since_at = state.below_count, state.below_since
    row.is_estimate, row.measured_at = state.is_estimate, state.measured_at


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _decimal(value: float | None, places: int) -> Decimal | None:
    return None if value is None else Decimal(repr(value)).quantize(Decimal(1).scaleb(-places))


def _state(icing: SectionIcing) -> IcingState:
    return IcingState(
        grade=Grade(icing.grade),
        since=icing.grade_since_at,
        observed_at=icing.observed_at,
        standard_mm=_number(icing.standard_mm) or 0.0,
        ratio=_number(icing.ratio),
        basis=GradeBasis(icing.grade_basis),
        below_count=icing.below_count,
        below_since=icing.below_since_at,
        is_estimate=icing.is_estimate,
        measured_at=icing.measured_at,
    )
