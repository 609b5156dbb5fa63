"""The grade that a section has now: moved by readings, overridden by people."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from incidents import journal
from incidents.choices import Grade, GradeBasis
from incidents.errors import Missing
from incidents.journal import Actor
from incidents.models import GradingPolicy, IceReading, SectionIcing
from incidents.rules.icing import IcingReading, IcingState, advance
from incidents.rules.times import not_before
from incidents.services.policies import ladder_of
from incidents.services.storing import store

_OVERRIDE = ["override_grade", "override_by", "override_reason", "override_until_at"]


def take_reading(reading: IceReading, *, policy: GradingPolicy, by: Actor) -> SectionIcing | None:
    """Let a stored reading move its section's grade; inside the caller's transaction.

    Returns:
        The section's icing, changed or not; None where the reading cannot grade a section: none named, no
        moment, no standard thickness.
    """
    if reading.section is None or reading.observed_at is None or reading.standard_mm is None:
        return None
    icing = (
        SectionIcing.objects.select_for_update()
        .filter(section=reading.section, is_exercise=reading.is_exercise)
        .first()
    )
    state = advance(
        state=_state(icing) if icing else None,
        reading=IcingReading(
            observed_at=reading.observed_at,
            standard_mm=float(reading.standard_mm),
            design_mm=reading.section.design_ice_mm,
            basis=GradeBasis(reading.thickness_basis),
            is_estimate=reading.is_estimate,
        ),
        ladder=ladder_of(policy),
    )
    return _keep(icing, state, reading, by)


@transaction.atomic
def override(
    icing: SectionIcing, *, grade: Grade, until: datetime, reason: str, at: datetime, by: Actor
) -> SectionIcing:
    """Let a person's grade count until a moment; the computed one stays visible beside it.

    Raises:
        Missing: If no reason is given.
        Inconsistent: If it would end before it begins.
    """
    if not reason.strip():
        raise Missing(field="reason", purpose="override")
    not_before(field="until", at=until, other="at", earliest=at)
    locked = _lock(icing)
    before = journal.snapshot(locked)
    locked.override_grade, locked.override_by = grade, by.user
    locked.override_reason, locked.override_until_at = reason, until
    store(locked, fields=_OVERRIDE)
    _write("icing.overridden", locked, at=at, by=by, before=before, reason=reason)
    return locked


@transaction.atomic
def clear_override(icing: SectionIcing, *, reason: str, at: datetime, by: Actor) -> SectionIcing:
    """Let the computed grade count again; nothing happens where no person's grade stands."""
    locked = _lock(icing)
    if not locked.override_grade:
        return locked
    before = journal.snapshot(locked)
    locked.override_grade, locked.override_by = "", None
    locked.override_reason, locked.override_until_at = "", None
    store(locked, fields=_OVERRIDE)
    _write("icing.override_cleared", locked, at=at, by=by, before=before, reason=reason)
    return locked


def _lock(icing: SectionIcing) -> SectionIcing:
    return (
        SectionIcing.objects.select_for_update(of=["self"]).select_related("section__line").get(pk=icing.pk)
    )


def _write(kind: str, icing: SectionIcing, *, at: datetime, by: Actor, before: Any, reason: str = "") -> None:
    journal.write(
        kind,
        subject=icing,
        at=at,
        by=by,
        organization=icing.section.line.organization,
        before=before,
        reason=reason,
    )


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


def _keep(icing: SectionIcing | None, state: IcingState, reading: IceReading, by: Actor) -> SectionIcing:
    if icing is not None and _state(icing) == state:
        return icing
    before = journal.snapshot(icing) if icing else None
    row = icing or SectionIcing(section=reading.section, is_exercise=reading.is_exercise, reading=reading)
    if state.observed_at == reading.observed_at:
        row.reading = reading
    row.grade, row.grade_since_at = state.grade, state.since
    row.observed_at, row.grade_basis = state.observed_at, state.basis
    row.standard_mm, row.ratio = _decimal(state.standard_mm, 3), _decimal(state.ratio, 4)
    row.below_count, row.below_since_at = state.below_count, state.below_since
    row.is_estimate, row.measured_at = state.is_estimate, state.measured_at
    store(row)
    if before is None or before["grade"] != row.grade:  # the reading itself has its own entry
        _write("icing.graded", row, at=state.observed_at, by=by, before=before)
    return row


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _decimal(value: float | None, places: int) -> Decimal | None:
    return None if value is None else Decimal(repr(value)).quantize(Decimal(1).scaleb(-places))
