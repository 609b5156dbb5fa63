"""The way of a support team, from its departure to its return."""

from datetime import datetime
from typing import Any, Final

from django.db import transaction

from incidents import journal
from incidents.choices import DeploymentStatus
from incidents.errors import BadTransition
from incidents.journal import Actor
from incidents.models import Deployment, JournalEntry
from incidents.rules.lifecycles import DEPLOYMENT, DeploymentVerb
from incidents.rules.times import not_after, not_before
from incidents.services import deeds, facts
from incidents.services.deployments import MOMENTS, locked

_CHANGING: Final = {
    DeploymentVerb.START_WORK: "deployment.work_started",
    DeploymentVerb.REST: "deployment.rested",
}
_REACHED: Final = {
    DeploymentVerb.DEPART: 1,
    DeploymentVerb.ARRIVE: 2,
    DeploymentVerb.BRIEF: 3,
    DeploymentVerb.START_WORK: 4,
    DeploymentVerb.REST: 4,
    DeploymentVerb.RELEASE: 4,
    DeploymentVerb.RETURN_HOME: 5,
    DeploymentVerb.CANCEL: len(MOMENTS),
}
# The stages that a deed has to follow; those after them have to follow it.
_EARLIER: Final = {verb: MOMENTS[:count] for verb, count in _REACHED.items()}


@transaction.atomic
def depart(team: Deployment, *, at: datetime, by: Actor, expected_at: datetime | None = None) -> Deployment:
    """Set out.

    Args:
        team: The team.
        at: When it left.
        by: Who says so.
        expected_at: When it should be there; None keeps what was said before.

    Raises:
        BadTransition, Inconsistent, OutOfRange, NaiveTime: If it cannot be now or then, as for all stages.
    """
    known = {} if expected_at is None else {"expected_at": expected_at}
    return _reach(team, DeploymentVerb.DEPART, "departed", "departed_at", at=at, by=by, known=known)


@transaction.atomic
def arrive(team: Deployment, *, at: datetime, by: Actor) -> Deployment:
    """Arrive at the receiver's."""
    return _reach(team, DeploymentVerb.ARRIVE, "arrived", "arrived_at", at=at, by=by)


@transaction.atomic
def brief(team: Deployment, *, at: datetime, by: Actor) -> Deployment:
    """Get the safety briefing, without which nobody works."""
    return _reach(team, DeploymentVerb.BRIEF, "briefed", "briefed_at", at=at, by=by)


@transaction.atomic
def start_work(team: Deployment, *, at: datetime, by: Actor) -> Deployment:
    """Begin to work, or go on after a rest; the journal keeps when."""
    return _reach(team, DeploymentVerb.START_WORK, "work_started", "", at=at, by=by)


@transaction.atomic
def rest(team: Deployment, *, at: datetime, by: Actor) -> Deployment:
    """Rest; the journal keeps when."""
    return _reach(team, DeploymentVerb.REST, "rested", "", at=at, by=by)


@transaction.atomic
def release(team: Deployment, *, at: datetime, by: Actor) -> Deployment:
    """Let the team go home."""
    return _reach(team, DeploymentVerb.RELEASE, "released", "released_at", at=at, by=by)


@transaction.atomic
def return_home(team: Deployment, *, at: datetime, by: Actor) -> Deployment:
    """Arrive at home."""
    return _reach(team, DeploymentVerb.RETURN_HOME, "returned", "returned_at", at=at, by=by)


@transaction.atomic
def cancel(team: Deployment, *, reason: str, at: datetime, by: Actor) -> Deployment:
    """Call a team back before it arrives, with a reason."""
    known = {"end_reason": reason}
    return _reach(team, DeploymentVerb.CANCEL, "cancelled", "", at=at, by=by, reason=reason, known=known)


def _reach(
    team: Deployment,
    verb: DeploymentVerb,
    told: str,
    field: str,
    *,
    at: datetime,
    by: Actor,
    reason: str = "",
    known: dict[str, Any] | None = None,
) -> Deployment:
    """Take a team to its next stage; the same deed told again with the same time changes nothing."""
    facts.check_moments(by=by, at=at)
    row = locked(team)
    if deeds.told_before(f"deployment.{told}", row, at=at, reason=reason):
        return row
    before = journal.snapshot(row)
    if field and getattr(row, field) is not None:
        raise _told_otherwise(row, verb)
    new = DEPLOYMENT.after(state=DeploymentStatus(row.status), verb=verb, reason=reason)
    _check_order(row, verb, at)
    if not _is_outdated(row, verb, at):
        row.status = new
    for name, value in {**(known or {}), **({field: at} if field else {})}.items():
        setattr(row, name, value)
    organization = row.organization
    deeds.record(
        f"deployment.{told}", row, before=before, at=at, by=by, organization=organization, reason=reason
    )
    return row


def _told_otherwise(team: Deployment, verb: DeploymentVerb) -> BadTransition:
    """Return the refusal of a stage that was told before with another time."""
    state = DeploymentStatus(team.status)
    possible = [each for each in DEPLOYMENT.allowed(state=state) if each != verb]
    return BadTransition(subject="deployment", state=state, verb=verb, allowed=possible)


def _check_order(team: Deployment, verb: DeploymentVerb, at: datetime) -> None:
    """Refuse a deed before a stage that it has to follow, or after one that has to follow it."""
    for name in _EARLIER[verb]:
        earlier = getattr(team, name)
        if earlier is not None:
            not_before(field="at", at=at, other=name, earliest=earlier)
    for name in MOMENTS:
        later = getattr(team, name)
        if name not in _EARLIER[verb] and later is not None:
            not_after(field="at", at=at, other=name, latest=later)


def _is_outdated(team: Deployment, verb: DeploymentVerb, at: datetime) -> bool:
    """Say whether the team is known to have worked or rested later: what is told late moves nothing back."""
    if verb not in _CHANGING:
        return False
    told = JournalEntry.objects.filter(
        subject_type=team._meta.model_name, subject_id=team.pk, kind__in=_CHANGING.values()
    )
    return told.filter(occurred_at__gt=at).exists()
