"""The lives of outages, assignments, requests for support, deployments and patrols, as tables.

Life in a storm is told out of order, so that steps may be skipped; what was skipped is marked "not
reported". Nothing leads back but a wrong location, and nothing at all leads out of "cancelled".
"""

from enum import StrEnum
from typing import Final

from incidents.choices import AssignmentStatus as Job
from incidents.choices import DeploymentStatus as Trip
from incidents.choices import OutageStatus as Out
from incidents.choices import PatrolStatus as Walk
from incidents.choices import SupportRequestStatus as Wish
from incidents.rules.transitions import Lifecycle, stay, to


class OutageVerb(StrEnum):
    """What happens to an outage."""

    REPORT = "report"
    CONFIRM = "confirm"
    LOCATE = "locate"
    ISOLATE = "isolate"
    START_REPAIR = "start_repair"
    SUPPLY_STEP = "supply_step"  # a generator: customers have power, nothing is restored
    RESTORE_STEP = "restore_step"
    RESTORE_LAST = "restore_last"  # the step after which nobody is out
    REPAIR = "repair"  # the equipment; before, with or after the supply
    RETURN_TO_NORMAL = "return_to_normal"  # the switching mode
    CLOSE = "close"
    CANCEL = "cancel"
    MISLOCATE = "mislocate"
    REOPEN = "reopen"
    CORRECT = "correct"
    RECORD_MOMENTARY = "record_momentary"


class AssignmentVerb(StrEnum):
    """What happens to an assignment of a crew."""

    QUEUE = "queue"
    ASSIGN = "assign"
    ACCEPT = "accept"
    DEPART = "depart"
    ARRIVE = "arrive"
    FINISH = "finish"
    REFUSE = "refuse"
    ABORT = "abort"


class SupportVerb(StrEnum):
    """What happens to a request for support."""

    REQUEST = "request"
    APPROVE = "approve"
    REFUSE = "refuse"
    CANCEL = "cancel"


class DeploymentVerb(StrEnum):
    """What happens to a support deployment."""

    MOBILISE = "mobilise"
    DEPART = "depart"
    ARRIVE = "arrive"
    BRIEF = "brief"
    START_WORK = "start_work"
    REST = "rest"
    RELEASE = "release"
    RETURN_HOME = "return_home"
    CANCEL = "cancel"


class PatrolVerb(StrEnum):
    """What happens to a patrol."""

    ORDER = "order"
    START = "start"
    ADD_FINDINGS = "add_findings"
    FINISH = "finish"
    CANCEL = "cancel"


_WORK: Final = (Out.REPORTED, Out.CONFIRMED, Out.LOCATED, Out.ISOLATED, Out.REPAIRING)
_BEFORE_RESTORED: Final = (*_WORK, Out.PARTIALLY_RESTORED)
_SUPPLIED: Final = (Out.PARTIALLY_RESTORED, Out.RESTORED)

# Work that is told late, or goes on when customers are back already (a fault cut out is repaired the
# next day), is recorded and moves nothing back.
_AFTERWARDS: Final = {
    **stay(OutageVerb.CONFIRM, (*_WORK[2:], *_SUPPLIED)),
    **stay(OutageVerb.LOCATE, (Out.ISOLATED, Out.REPAIRING, *_SUPPLIED)),
    **stay(OutageVerb.ISOLATE, (Out.REPAIRING, *_SUPPLIED)),
    **stay(OutageVerb.START_REPAIR, _SUPPLIED),
    **stay(OutageVerb.REPAIR, (*_WORK[1:], *_SUPPLIED, Out.REOPENED)),
    **stay(OutageVerb.RETURN_TO_NORMAL, (Out.RESTORED, Out.REOPENED)),
}

OUTAGE: Final = Lifecycle[Out, OutageVerb](
    subject="outage",
    moves={
        **to(Out.REPORTED, OutageVerb.REPORT, None),
        **to(Out.CONFIRMED, OutageVerb.CONFIRM, Out.REPORTED),
        **to(Out.LOCATED, OutageVerb.LOCATE, *_WORK[:2]),
        **to(Out.ISOLATED, OutageVerb.ISOLATE, *_WORK[:3]),
        **to(Out.REPAIRING, OutageVerb.START_REPAIR, *_WORK[:4]),
        **_AFTERWARDS,
        **stay(OutageVerb.SUPPLY_STEP, _BEFORE_RESTORED),
        **to(Out.PARTIALLY_RESTORED, OutageVerb.RESTORE_STEP, *_BEFORE_RESTORED),
        **to(Out.RESTORED, OutageVerb.RESTORE_LAST, *_BEFORE_RESTORED),
        **to(Out.CONFIRMED, OutageVerb.MISLOCATE, *_WORK[2:]),
        **stay(OutageVerb.MISLOCATE, (Out.PARTIALLY_RESTORED,)),
        **to(Out.MOMENTARY, OutageVerb.RECORD_MOMENTARY, None, *_WORK[:2]),
        **to(Out.CANCELLED, OutageVerb.CANCEL, *_BEFORE_RESTORED),
        **to(Out.CLOSED, OutageVerb.CLOSE, Out.RESTORED, Out.REOPENED),
        **to(Out.REOPENED, OutageVerb.REOPEN, Out.CLOSED),
        # what was sent off as closed is opened again first; everything else is corrected as it stands
        **stay(OutageVerb.CORRECT, (*_BEFORE_RESTORED, Out.RESTORED, Out.MOMENTARY, Out.REOPENED)),
    },
    reasons=frozenset({OutageVerb.MISLOCATE, OutageVerb.CANCEL, OutageVerb.REOPEN, OutageVerb.CORRECT}),
    chain=(*_BEFORE_RESTORED, Out.RESTORED, Out.CLOSED),
)

_WAITING: Final = (Job.QUEUED, Job.PLANNED)
_UNDER_WAY: Final = (Job.ACCEPTED, Job.EN_ROUTE)
_GONE_ON: Final = {  # told late: kept, moves nothing back
    **stay(AssignmentVerb.ACCEPT, (Job.EN_ROUTE, Job.ON_SITE, Job.FINISHED, Job.ABORTED)),
    **stay(AssignmentVerb.DEPART, (Job.ON_SITE, Job.FINISHED, Job.ABORTED)),
    **stay(AssignmentVerb.ARRIVE, (Job.ABORTED,)),
}

ASSIGNMENT: Final = Lifecycle[Job, AssignmentVerb](
    subject="assignment",
    moves={
        **to(Job.QUEUED, AssignmentVerb.QUEUE, None),
        **to(Job.PLANNED, AssignmentVerb.ASSIGN, None, Job.QUEUED),
        **to(Job.ACCEPTED, AssignmentVerb.ACCEPT, *_WAITING),
        **to(Job.EN_ROUTE, AssignmentVerb.DEPART, Job.PLANNED, Job.ACCEPTED),
        **to(Job.ON_SITE, AssignmentVerb.ARRIVE, Job.PLANNED, *_UNDER_WAY),
        **to(Job.FINISHED, AssignmentVerb.FINISH, Job.ON_SITE),
        **to(Job.REFUSED, AssignmentVerb.REFUSE, *_WAITING),
        **to(Job.ABORTED, AssignmentVerb.ABORT, *_WAITING, *_UNDER_WAY, Job.ON_SITE),
        **_GONE_ON,
    },
    reasons=frozenset({AssignmentVerb.REFUSE, AssignmentVerb.ABORT}),
    chain=(Job.PLANNED, *_UNDER_WAY, Job.ON_SITE, Job.FINISHED),
)

SUPPORT_REQUEST: Final = Lifecycle[Wish, SupportVerb](
    subject="support_request",
    moves={
        **to(Wish.REQUESTED, SupportVerb.REQUEST, None),
        **to(Wish.APPROVED, SupportVerb.APPROVE, Wish.REQUESTED),
        **to(Wish.REFUSED, SupportVerb.REFUSE, Wish.REQUESTED),
        **to(Wish.CANCELLED, SupportVerb.CANCEL, Wish.REQUESTED, Wish.APPROVED),
    },
    reasons=frozenset({SupportVerb.REFUSE, SupportVerb.CANCEL}),
    chain=(Wish.REQUESTED, Wish.APPROVED),
)

_TRAVEL: Final = (Trip.MOBILISED, Trip.EN_ROUTE)
_THERE: Final = (Trip.ARRIVED, Trip.BRIEFED, Trip.WORKING, Trip.RESTING)
_AT_END: Final = (Trip.RELEASED, Trip.RETURNED)
_TOLD_LATE: Final = {
    **stay(DeploymentVerb.DEPART, (*_THERE, *_AT_END)),
    **{
        move: state
        for verb in (DeploymentVerb.BRIEF, DeploymentVerb.START_WORK, DeploymentVerb.REST)
        for move, state in stay(verb, _AT_END).items()
    },
}

DEPLOYMENT: Final = Lifecycle[Trip, DeploymentVerb](
    subject="deployment",
    moves={
        **to(Trip.MOBILISED, DeploymentVerb.MOBILISE, None),
        **to(Trip.EN_ROUTE, DeploymentVerb.DEPART, Trip.MOBILISED),
        **to(Trip.ARRIVED, DeploymentVerb.ARRIVE, *_TRAVEL),
        **to(Trip.BRIEFED, DeploymentVerb.BRIEF, Trip.ARRIVED),
        # nobody works who was not briefed: resting is reached from work or briefing only
        **to(Trip.WORKING, DeploymentVerb.START_WORK, Trip.BRIEFED, Trip.RESTING),
        **to(Trip.RESTING, DeploymentVerb.REST, Trip.BRIEFED, Trip.WORKING),
        **to(Trip.RELEASED, DeploymentVerb.RELEASE, *_THERE),
        **to(Trip.RETURNED, DeploymentVerb.RETURN_HOME, Trip.RELEASED),
        **to(Trip.CANCELLED, DeploymentVerb.CANCEL, *_TRAVEL),
        **_TOLD_LATE,
    },
    reasons=frozenset({DeploymentVerb.CANCEL}),
    chain=(*_TRAVEL, *_THERE[:3], Trip.RELEASED, Trip.RETURNED),
)

PATROL: Final = Lifecycle[Walk, PatrolVerb](
    subject="patrol",
    moves={
        **to(Walk.ORDERED, PatrolVerb.ORDER, None),
        **to(Walk.UNDER_WAY, PatrolVerb.START, Walk.ORDERED),
        # what was photographed on the way may arrive after the patrol is over
        **stay(PatrolVerb.ADD_FINDINGS, (Walk.UNDER_WAY, Walk.FINISHED)),
        **to(Walk.FINISHED, PatrolVerb.FINISH, Walk.UNDER_WAY),
        **to(Walk.CANCELLED, PatrolVerb.CANCEL, Walk.ORDERED, Walk.UNDER_WAY),
    },
    reasons=frozenset({PatrolVerb.CANCEL}),
    chain=(Walk.ORDERED, Walk.UNDER_WAY, Walk.FINISHED),
)
