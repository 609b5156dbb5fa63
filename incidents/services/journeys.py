"""The way of a support team, from its departure to its return."""

from datetime import datetime
from typing import Any

from django.db import transaction

from incidents import journal
from incidents.choices import DeploymentStatus
from incidents.journal import Actor
from incidents.models import Deployment
from incidents.rules.lifecycles import DEPLOYMENT, DeploymentVerb
from incidents.rules.times import not_before
from incidents.services import deeds, facts
from incidents.services.deployments import MOMENTS, locked


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
    row.status = DEPLOYMENT.after(state=DeploymentStatus(row.status), verb=verb, reason=reason)
    _check_follows(row, at)
    for name, value in {**(known or {}), **({field: at} if field else {})}.items():
        setattr(row, name, value)
    organization = row.organization
    deeds.record(
        f"deployment.{told}", row, before=before, at=at, by=by, organization=organization, reason=reason
    )
    return row


def _check_follows(team: Deployment, at: datetime) -> None:
    """Refuse a deed before the last one whose moment is known."""
    for name in MOMENTS:
        earlier = getattr(team, name)
        if earlier is not None:
            not_before(field="at", at=at, other=name, earliest=earlier)
