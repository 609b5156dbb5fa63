"""What every deed on a crew's job shares: the locks, the next state, the order of its moments."""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Final

from incidents import journal
from incidents.choices import AbortReason, AssignmentStatus, UnknownReason
from incidents.errors import BadTransition
from incidents.journal import Actor
from incidents.models import Assignment, Crew, Organization
from incidents.rules.lifecycles import ASSIGNMENT, AssignmentVerb
from incidents.rules.times import CLOCK_SKEW, not_before
from incidents.selectors.crews import waiting_of
from incidents.services import crews, deeds, facts

_IN_ORDER: Final = ("accepted_at", "departed_at", "on_site_at", "ended_at")
_PASSED_OVER: Final = {AssignmentStatus.ACCEPTED: "accepted_at", AssignmentStatus.EN_ROUTE: "departed_at"}


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A stage of a job.

    Attributes:
        verb: The verb that reaches it.
        kind: Its kind in the journal.
        field: Where its moment stands.
    """

    verb: AssignmentVerb
    kind: str
    field: str


@dataclass(frozen=True, kw_only=True)
class Freed:
    """A job that has ended, and the job that has waited longest for its crew; nothing begins by itself."""

    assignment: Assignment
    waiting: Assignment | None


def locked(assignment: Assignment) -> tuple[Crew, Assignment]:
    """Return a job and its crew as they are now, locked in that order until the end of the transaction."""
    crew = crews.locked(assignment.crew)
    rows = Assignment.objects.select_for_update(of=["self"])
    row = rows.select_related("outage__organization", "road_block__organization").get(pk=assignment.pk)
    row.crew = crew
    return crew, row


def matter_of(assignment: Assignment) -> Organization:
    """Return whose matter a job is: that of the outage or the road, or whom the crew works for."""
    cause = assignment.outage or assignment.road_block or assignment.crew
    return cause.organization


def advance(
    assignment: Assignment,
    stage: Stage,
    *,
    at: datetime,
    by: Actor,
    why: AbortReason | None = None,
    remark: str = "",
) -> Assignment:
    """Bring a job to its next stage, in one transaction of the caller's.

    Args:
        assignment: The job.
        stage: The stage.
        at: When it was reached; told again with this time nothing changes.
        by: Who says it.
        why: Why it is given back.
        remark: What else.

    Raises:
        BadTransition: If the stage is not possible now.
        CrewUnderWay: If the job waited and the crew has another one.
        Inconsistent: If the time lies before one that it has to follow.
        NaiveTime, OutOfRange: If it cannot be; nothing is written.
    """
    crew, row = locked(assignment)
    if deeds.told_before(stage.kind, row, at=at, reason=remark):
        return row
    facts.check_moments(by=by, at=at)
    before = journal.snapshot(row)
    _move(row, stage, why, crew)
    if getattr(row, stage.field) is not None:  # never written over: what stands was told by somebody, too
        raise refuse_state(row, verb=stage.verb)
    setattr(row, stage.field, at)
    row.remark = remark or row.remark
    _check_order(row)
    deeds.record(stage.kind, row, before=before, at=at, by=by, organization=matter_of(row), reason=remark)
    return row


def check_after_sending(assignment: Assignment, *, field: str, at: datetime) -> None:
    """Refuse a moment of a job before it was given; two clocks may differ by 5 min.

    Raises:
        Inconsistent: If it lies before.
    """
    not_before(field=field, at=at, other="assigned_at", earliest=assignment.assigned_at - CLOCK_SKEW)


def freed(assignment: Assignment) -> Freed:
    """Return a job that has ended with what waits for its crew."""
    return Freed(assignment=assignment, waiting=waiting_of(assignment.crew))


def refuse_state(assignment: Assignment, *, verb: str) -> BadTransition:
    """Return the refusal of a verb that the state of a job does not allow."""
    state = AssignmentStatus(assignment.status)
    return BadTransition(
        subject="assignment", state=state, verb=verb, allowed=ASSIGNMENT.allowed(state=state)
    )


def _move(row: Assignment, stage: Stage, why: AbortReason | None, crew: Crew) -> None:
    """Take a job to its next state; a crew takes no waiting job while it has another."""
    state = AssignmentStatus(row.status)
    new = ASSIGNMENT.after(state=state, verb=stage.verb, reason=why or "")
    if state == AssignmentStatus.QUEUED and new == AssignmentStatus.ACCEPTED:
        crews.refuse_under_way(crew)
    for passed in ASSIGNMENT.skipped(state=state, new=new):
        row.unknown_reasons = {**row.unknown_reasons, _PASSED_OVER[passed]: str(UnknownReason.NOT_STATED)}
    row.status, row.abort_reason = new, why or row.abort_reason


def _check_order(row: Assignment) -> None:
    told = [(field, at) for field in _IN_ORDER if (at := getattr(row, field)) is not None]
    check_after_sending(row, field=told[0][0], at=told[0][1])
    for (other, earlier), (field, later) in pairwise(told):
        not_before(field=field, at=later, other=other, earliest=earlier)
