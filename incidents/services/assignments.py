"""Crews sent out: the job given, taken, reached, done or given back; one at a time, more may wait."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, Unpack

from django.db import transaction

from incidents import journal
from incidents.choices import AbortReason, AssignmentStatus, OutageStatus, TaskKind
from incidents.errors import BadTransition, Missing
from incidents.journal import Actor
from incidents.models import Assignment, Crew, Outage, Place, RoadBlock
from incidents.models.assignments import ACTIVE
from incidents.rules.lifecycles import ASSIGNMENT, OUTAGE, AssignmentVerb
from incidents.selectors.crews import job_of
from incidents.services import assignment_life, crews, deeds, facts, outage_life
from incidents.services.assignment_life import Freed, Stage
from incidents.services.drills import keep_apart
from incidents.services.facts import Told

_ACCEPT: Final = Stage(verb=AssignmentVerb.ACCEPT, kind="assignment.accepted", field="accepted_at")
_DEPART: Final = Stage(verb=AssignmentVerb.DEPART, kind="assignment.departed", field="departed_at")
_ARRIVE: Final = Stage(verb=AssignmentVerb.ARRIVE, kind="assignment.arrived", field="on_site_at")
_FINISH: Final = Stage(verb=AssignmentVerb.FINISH, kind="assignment.finished", field="ended_at")
_REFUSE: Final = Stage(verb=AssignmentVerb.REFUSE, kind="assignment.refused", field="ended_at")
_ABORT: Final = Stage(verb=AssignmentVerb.ABORT, kind="assignment.aborted", field="ended_at")
_SENT: Final = {
    AssignmentVerb.ASSIGN: "assignment.assigned",
    AssignmentVerb.QUEUE: "assignment.queued",
}
_BRIEFED: Final = "assignment.briefed"
_BRIEFABLE: Final = {*ACTIVE, AssignmentStatus.FINISHED}


class Job(Told, total=False):
    """What a crew is sent to, besides the task.

    Attributes:
        place: Where to; that of the outage or the blocked road, where it is not said.
        permit_no: Number of the work permit (工作票) or emergency repair order (抢修单).
    """

    outage: Outage | None
    road_block: RoadBlock | None
    place: Place | None
    permit_no: str
    remark: str


@transaction.atomic
def assign(
    crew: Crew, *, task: TaskKind, at: datetime, by: Actor, queue: bool = False, **job: Unpack[Job]
) -> Assignment:
    """Send a crew out, or let a job wait for it.

    A job that waits for the crew already (same outage, same road, same task) is not queued twice; sent out
    when the crew is free, that job begins instead of a second one.

    Args:
        crew: The crew.
        task: What it is to do.
        at: When it was sent.
        by: Who sends it.
        queue: Let the job wait if the crew is under way; else that is refused.
        **job: Where and why.

    Raises:
        CrewUnderWay: If the crew has a job; it is named.
        BadTransition: If the crew is disbanded or the outage cancelled.
        ExerciseMix: If crew and job are not both of a drill or both real.
        Missing: If no place is known.
        NaiveTime, OutOfRange, Invalid, BrokenRule: If a value cannot be; nothing is written.
    """
    facts.check_moments(by=by, at=at)
    outage = _outage_to_work_on(job.get("outage"))
    row = crews.locked(crew)
    crews.refuse_disbanded(row, verb=AssignmentVerb.ASSIGN)
    must_wait = queue and job_of(row) is not None
    if not must_wait:
        crews.refuse_under_way(row)
    waiting = _waiting_like(row, task, job)
    if waiting is None:
        verb = AssignmentVerb.QUEUE if must_wait else AssignmentVerb.ASSIGN
        return _send(_new(row, outage, task, job), verb, at=at, by=by, reasons=job.get("unknown_reasons"))
    return waiting if must_wait else _begin(waiting, at=at, by=by)


@transaction.atomic
def accept(assignment: Assignment, *, at: datetime, by: Actor) -> Assignment:
    """Take a job, also one that waited, if the crew is free by now.

    Like every verb of a job: told again with the same time it changes nothing.

    Raises:
        BadTransition: If the job was taken already, is under way or has ended.
        CrewUnderWay: If the job waited and the crew has another one; it is named.
        Inconsistent: If it lies before the moments known of the job; 5 min before the sending are allowed.
        NaiveTime, OutOfRange: If the time cannot be; nothing is written.
    """
    return assignment_life.advance(assignment, _ACCEPT, at=at, by=by)


@transaction.atomic
def depart(assignment: Assignment, *, at: datetime, by: Actor) -> Assignment:
    """Set off; a job that nobody had taken is marked so.

    Raises:
        BadTransition, Inconsistent, NaiveTime, OutOfRange: See :func:`accept`.
    """
    return assignment_life.advance(assignment, _DEPART, at=at, by=by)


@transaction.atomic
def arrive(assignment: Assignment, *, at: datetime, by: Actor) -> Assignment:
    """Reach the site; stages that nobody told are marked so.

    Raises:
        BadTransition, Inconsistent, NaiveTime, OutOfRange: See :func:`accept`.
        BrokenRule: If the crew was at another site at that time.
    """
    return assignment_life.advance(assignment, _ARRIVE, at=at, by=by)


@transaction.atomic
def brief(assignment: Assignment, *, at: datetime, by: Actor, permit_no: str = "") -> Assignment:
    """Record the safety briefing, before or after it was due, and the work permit.

    The first briefing counts; the permit is the one named last.

    Raises:
        BadTransition: If the job waits or was given back.
        Inconsistent, NaiveTime, OutOfRange: See :func:`accept`.
    """
    _, row = assignment_life.locked(assignment)
    permit = permit_no or row.permit_no
    if deeds.told_before(_BRIEFED, row, at=at) and permit == row.permit_no:
        return row
    facts.check_moments(by=by, at=at)
    if row.status not in _BRIEFABLE:
        raise assignment_life.refuse_state(row, verb="brief")
    assignment_life.check_after_sending(row, field="at", at=at)
    before = journal.snapshot(row)
    row.briefed_at, row.permit_no = min(row.briefed_at or at, at), permit
    deeds.record(_BRIEFED, row, before=before, at=at, by=by, organization=assignment_life.matter_of(row))
    return row


@transaction.atomic
def finish(assignment: Assignment, *, at: datetime, by: Actor, remark: str = "") -> Freed:
    """Finish a job; its crew is free, and what waits for it is told.

    Raises:
        BadTransition, Inconsistent, NaiveTime, OutOfRange: See :func:`accept`.
    """
    return assignment_life.freed(assignment_life.advance(assignment, _FINISH, at=at, by=by, remark=remark))


@transaction.atomic
def refuse(assignment: Assignment, *, why: AbortReason, at: datetime, by: Actor, remark: str = "") -> Freed:
    """Refuse a job that was not taken yet.

    Raises:
        BadTransition, Inconsistent, NaiveTime, OutOfRange: See :func:`accept`.
    """
    return assignment_life.freed(
        assignment_life.advance(assignment, _REFUSE, why=why, at=at, by=by, remark=remark)
    )


@transaction.atomic
def abort(assignment: Assignment, *, why: AbortReason, at: datetime, by: Actor, remark: str = "") -> Freed:
    """Give a job back, wherever the crew is, for the weather, the road or people's safety.

    Raises:
        BadTransition, Inconsistent, NaiveTime, OutOfRange: See :func:`accept`.
    """
    return assignment_life.freed(
        assignment_life.advance(assignment, _ABORT, why=why, at=at, by=by, remark=remark)
    )


def _outage_to_work_on(outage: Outage | None) -> Outage | None:
    """Lock an outage and refuse one that turned out to be none."""
    if outage is None:
        return None
    row = outage_life.locked(outage)
    if row.status == OutageStatus.CANCELLED:
        state = OutageStatus(row.status)
        raise BadTransition(
            subject="outage", state=state, verb=AssignmentVerb.ASSIGN, allowed=OUTAGE.allowed(state=state)
        )
    return row


def _waiting_like(crew: Crew, task: TaskKind, job: Job) -> Assignment | None:
    """Return the same job if it waits for the crew; without outage or road no two jobs are the same."""
    outage, road = job.get("outage"), job.get("road_block")
    if outage is None and road is None:
        return None
    waiting = crew.assignments.select_for_update(of=["self"]).filter(status=AssignmentStatus.QUEUED)
    return waiting.filter(task=task, outage=outage, road_block=road).order_by("id").first()


def _new(crew: Crew, outage: Outage | None, task: TaskKind, job: Job) -> Assignment:
    """Return a job that is not saved yet; where nobody says so, place and storm are those of its cause."""
    known, _ = facts.split(job)
    cause = outage or job.get("road_block")
    place = job.get("place") or (cause.place if cause else None)
    if place is None:
        raise Missing(field="place", purpose=AssignmentVerb.ASSIGN)
    storm = job.get("storm") or (cause.storm if cause else None)
    row = Assignment(
        **(known | {"crew": crew, "outage": outage, "task": task, "place": place, "storm": storm})
    )
    parts = [(crew, crew.is_exercise), (storm or row, row.is_exercise)]
    keep_apart(*parts, *([(cause, cause.is_exercise)] if cause else []))
    return row


def _send(
    row: Assignment, verb: AssignmentVerb, *, at: datetime, by: Actor, reasons: Mapping[str, str] | None
) -> Assignment:
    row.assigned_at, row.status = at, ASSIGNMENT.after(state=None, verb=verb)
    facts.keep(row, by=by, reasons=reasons)
    organization = assignment_life.matter_of(row)
    journal.write(_SENT[verb], subject=row, at=at, by=by, organization=organization)
    return row


def _begin(waiting: Assignment, *, at: datetime, by: Actor) -> Assignment:
    """Send a crew to what waited for it; from now on it counts when it goes."""
    before = journal.snapshot(waiting)
    waiting.status = ASSIGNMENT.after(state=AssignmentStatus.QUEUED, verb=AssignmentVerb.ASSIGN)
    waiting.assigned_at = at
    organization = assignment_life.matter_of(waiting)
    deeds.record(
        _SENT[AssignmentVerb.ASSIGN], waiting, before=before, at=at, by=by, organization=organization
    )
    return waiting
