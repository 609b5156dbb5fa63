"""What every deed on an outage shares: the lock, the next state, its place on the line, its times."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from incidents import journal
from incidents.choices import OutageStatus, TimePrecision, UnknownReason
from incidents.errors import AlreadyOut, BadTransition, Inconsistent
from incidents.journal import Actor
from incidents.models import Line, LineSection, Outage, Place, RestorationStep
from incidents.models.outages import OVER
from incidents.rules.lifecycles import OUTAGE, OutageVerb
from incidents.rules.outage_times import OutageTimes, check_order
from incidents.rules.outages import Balance, balance
from incidents.selectors.outages import previous_of, step_of
from incidents.services import deeds
from incidents.services.drills import keep_apart
from incidents.services.moments import check_deed, span_of

MISLOCATED: Final = "outage.mislocated"


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A stage of the work on an outage.

    Attributes:
        verb: The verb that reaches it.
        kind: Its kind in the journal.
        field: Where its moment stands; empty where none is kept.
        state: The state that it leads to; None for work that leaves the state as it is.
    """

    verb: OutageVerb
    kind: str
    field: str = ""
    state: OutageStatus | None = None


def begin(outage: Outage) -> tuple[Outage, dict[str, Any]]:
    """Return an outage locked, and the snapshot that a deed on it is measured against."""
    row = locked(outage)
    return row, journal.snapshot(row)


def locked(outage: Outage) -> Outage:
    """Return an outage as it is now, locked until the end of the transaction."""
    rows = Outage.objects.select_for_update(of=["self"])
    return rows.select_related("organization", "storm", "line", "section", "place").get(pk=outage.pk)


def lock_line(line: Line | None) -> None:
    """Lock a line, before any of its outages, so that two reports of one section wait for each other."""
    if line is not None:
        Line.objects.select_for_update().get(pk=line.pk)


def move(outage: Outage, verb: OutageVerb, *, reason: str = "") -> None:
    """Take an outage to the state that a verb leads to, and mark the states that nobody reported.

    Nobody reports that some customers are back where all came back at once: that state is not marked.

    Raises:
        BadTransition: If the verb is not legal now.
        Missing: If it needs a reason.
    """
    state = OutageStatus(outage.status)
    new = OUTAGE.after(state=state, verb=verb, reason=reason)
    skipped = [
        passed
        for passed in OUTAGE.skipped(state=state, new=new)
        if passed not in {OutageStatus.PARTIALLY_RESTORED, *outage.not_reported}
    ]
    outage.not_reported = [*outage.not_reported, *skipped]
    outage.status = new


def settle(outage: Outage, found: Balance) -> None:
    """Take an outage to where its customers stand; supply is back when the last restoring step was.

    Raises:
        BadTransition: If no step is possible now.
    """
    if found.verb is not None:
        move(outage, found.verb)
    outage.restored_at = found.restored_at


def reckon(outage: Outage, steps: Sequence[RestorationStep]) -> None:
    """Reckon anew after customers or steps were corrected.

    Where supply is not back it comes back if the steps now add up. Where it is back it stays so, at the time
    of the last restoring step; a difference is explained when the record is closed.

    Args:
        outage: The outage with its customers.
        steps: All its steps in order.

    Raises:
        OutOfRange: If the steps add up to more than was out; names both numbers.
        Inconsistent: If they run backwards.
    """
    told = [replace(step_of(step), final=False) for step in steps]
    found = balance(affected=outage.customers_affected, steps=told)
    restored = [step.at for step in told if step.restores]
    if outage.status not in OVER:
        settle(outage, found)
    elif restored:
        outage.restored_at = restored[-1]


def reach(
    outage: Outage, stage: Stage, *, at: datetime, by: Actor, stated: bool = True, place: Place | None = None
) -> Outage:
    """Bring an outage to a stage of the work, in one transaction of the caller's.

    The same stage told again with the same time returns the outage as it is.

    Args:
        outage: The outage.
        stage: The stage.
        at: When it was reached; with ``stated=False`` when it was told.
        by: Who says it.
        stated: Whether ``at`` is when it happened; else it stays unknown, with that reason.
        place: Where the fault is, if that became known.

    Raises:
        BadTransition: If the stage is not possible now, or was told before with another time.
        Inconsistent, OutOfRange, NaiveTime: If the time cannot be; nothing is written.
    """
    row, before = begin(outage)
    if deeds.told_before(stage.kind, row, at=at, undone_by=MISLOCATED):
        return row
    check_deed(row, "occurred", at=at, by=by)
    move(row, stage.verb)
    row.not_reported = [passed for passed in row.not_reported if passed != stage.state]
    _mark(row, stage, at=at if stated else None)
    row.place = place or row.place
    record(stage.kind, row, before=before, at=at, by=by)
    return row


def relate(outage: Outage) -> None:
    """Put an outage on its line: the line of its section, and the outage that the line had before.

    The line is locked by the caller.

    Raises:
        Inconsistent: If the section is one of another line.
        ExerciseMix: If some of storm, line and explaining outage belong to a drill and some do not.
        AlreadyOut: If the section has an open outage.
    """
    if outage.section is not None:
        _check_section(outage, outage.section)
    keep_apart(*_parts(outage))
    if outage.line is None:
        outage.previous_outage = None
    else:
        outage.previous_outage = previous_of(
            line=outage.line, section=outage.section, began=_began(outage), besides=outage
        )


def record(
    kind: str, outage: Outage, *, before: dict[str, Any], at: datetime, by: Actor, reason: str = ""
) -> None:
    """Check an outage's times against each other, save it and write its journal entry.

    Raises:
        Inconsistent: If its times contradict each other.
    """
    check_order(times=times_of(outage))
    organization = outage.organization
    deeds.record(kind, outage, before=before, at=at, by=by, organization=organization, reason=reason)


def times_of(outage: Outage) -> OutageTimes:
    """Return the times of an outage for the rules."""
    steps = outage.steps.order_by("seq").values_list("at", flat=True) if outage.pk else ()
    return OutageTimes(
        reported_at=outage.reported_at,
        occurred_at=outage.occurred_at,
        occurred_on=outage.occurred_on,
        precision=TimePrecision(outage.occurred_precision),
        located_at=outage.located_at,
        isolated_at=outage.isolated_at,
        repaired_at=outage.repaired_at,
        step_times=list(steps),
    )


def _mark(row: Outage, stage: Stage, *, at: datetime | None) -> None:
    """Keep when a stage was reached, or that nobody said so; never a second time."""
    if not stage.field:
        return
    if getattr(row, stage.field) is not None:
        state = OutageStatus(row.status)
        possible = [verb for verb in OUTAGE.allowed(state=state) if verb != stage.verb]
        raise BadTransition(subject="outage", state=state, verb=stage.verb, allowed=possible)
    setattr(row, stage.field, at)
    if at is None:
        row.unknown_reasons = {**row.unknown_reasons, stage.field: str(UnknownReason.NOT_STATED)}


def _check_section(outage: Outage, section: LineSection) -> None:
    outage.line = outage.line or section.line
    if section.line_id != outage.line_id:
        raise Inconsistent(
            field="section", value=section, relation="=", other="line", other_value=outage.line
        )
    open_one = Outage.objects.open().filter(section=section).exclude(pk=outage.pk).first()
    if open_one is not None and outage.status not in OVER:
        raise AlreadyOut(section=section, outage=open_one.uuid)


def _parts(outage: Outage) -> list[tuple[object, bool]]:
    parts: list[tuple[object, bool]] = [(outage.storm or outage, outage.is_exercise)]
    if outage.line is not None:
        parts.append((outage.line, outage.line.is_exercise))
    if outage.parent is not None:
        parts.append((outage.parent, outage.parent.is_exercise))
    return parts


def _began(outage: Outage) -> datetime:
    span = span_of(outage, "occurred")
    return outage.reported_at if span is None else span.earliest
