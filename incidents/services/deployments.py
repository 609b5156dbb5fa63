"""Support deployments: a team of one company at work for another; its way stands in ``journeys``."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Unpack

from django.db import transaction

from incidents import journal
from incidents.choices import (
    DeploymentStatus,
    EntryMode,
    SupportRequestStatus,
    TaskKind,
    VehicleKind,
)
from incidents.errors import BadTransition, Inconsistent
from incidents.journal import Actor
from incidents.models import Crew, Deployment, Organization, Place, SupportRequest
from incidents.rules.lifecycles import DEPLOYMENT, SUPPORT_REQUEST, DeploymentVerb
from incidents.services import facts, support

MOMENTS = ("mobilised_at", "departed_at", "arrived_at", "briefed_at", "released_at", "returned_at")


class TeamFacts(facts.Told, total=False):
    """What may be said of a team; people and vehicles are counted in heads, None where nobody counted.

    A receiver that is not named stands in ``host_text`` in the words used.
    """

    request: SupportRequest | None
    host_organization: Organization | None
    host_text: str
    host_place: Place | None
    headcount: int | None
    vehicle_count: int | None
    vehicle_kind: VehicleKind
    tasks: Collection[TaskKind]
    equipment: str
    leader_name: str
    leader_phone: str
    host_contact: str
    area: str
    lodging: str
    meals: str
    expected_at: datetime | None


class PastFacts(TeamFacts, total=False):
    """What may be known of a team's journey after the fact."""

    mobilised_at: datetime | None
    departed_at: datetime | None
    arrived_at: datetime | None
    briefed_at: datetime | None
    released_at: datetime | None
    returned_at: datetime | None


@transaction.atomic
def mobilise(
    *,
    organization: Organization,
    at: datetime,
    by: Actor,
    crews: Collection[Crew] = (),
    **told: Unpack[TeamFacts],
) -> Deployment:
    """Call a team up for another company.

    Args:
        organization: Who sends it.
        at: When it was called up.
        by: Who calls it up.
        crews: Crews that go, where they are known.
        **told: The request that it answers, who receives it, people, vehicles, and the source. Receiver and
            storm are the request's where they are not told.

    Raises:
        BadTransition: If the request is not approved.
        ExerciseMix: If crews and storm are not all of a drill or all real.
        BrokenRule: If nobody receives it, or the sender itself; nothing is written.
    """
    facts.check_moments(by=by, mobilised_at=at)
    known = _of_request(told)
    status = DEPLOYMENT.after(state=None, verb=DeploymentVerb.MOBILISE)
    team = _keep(organization, known, crews, by=by, status=status, mobilised_at=at)
    _write_new("deployment.mobilised", team, at=at, by=by)
    return team


@transaction.atomic
def record(
    *,
    organization: Organization,
    status: DeploymentStatus,
    by: Actor,
    crews: Collection[Crew] = (),
    **told: Unpack[PastFacts],
) -> Deployment:
    """Keep a deployment that is told after the fact, with as many of its moments as are known.

    Args:
        organization: Who sent the team.
        status: How far it had come, as told.
        by: Who tells it; his entry mode has to be "after the fact", for such a record raises no alert.
        crews: Crews that went, where they are known.
        **told: As for :func:`mobilise`, and the moments of the journey.

    Raises:
        Inconsistent: If the entry mode is "live".
        BrokenRule: If its moments run backwards, or nobody receives it; nothing is written.
    """
    if by.entry_mode != EntryMode.HISTORICAL:
        raise Inconsistent(
            field="entry_mode",
            value=by.entry_mode,
            relation="=",
            other="deployment",
            other_value=EntryMode.HISTORICAL,
        )
    moments: dict[str, Any] = {name: told.get(name) for name in MOMENTS}
    facts.check_moments(by=by, **moments)
    team = _keep(organization, told, crews, by=by, status=status)
    _write_new("deployment.recorded", team, at=by.now, by=by)
    return team


@transaction.atomic
def correct(
    team: Deployment, *, reason: str, at: datetime, by: Actor, **changes: Unpack[TeamFacts]
) -> Deployment:
    """Correct what is known of a team, or add what becomes known: leader, lodging, people.

    Raises:
        Missing: If no reason is given.
        BrokenRule, Invalid: If a value cannot be; nothing is written.
    """
    row = locked(team)
    facts.amend(
        "deployment.corrected",
        row,
        _columns(changes)[0],
        reason=reason,
        at=at,
        by=by,
        organization=row.organization,
    )
    return row


def _of_request(told: TeamFacts) -> TeamFacts:
    """Return what is told of a team with what follows from the request that it answers."""
    wish = told.get("request")
    if wish is None:
        return told
    wish = support.locked(wish)
    if wish.status != SupportRequestStatus.APPROVED:
        state = SupportRequestStatus(wish.status)
        raise BadTransition(
            subject="support_request",
            state=state,
            verb=DeploymentVerb.MOBILISE,
            allowed=SUPPORT_REQUEST.allowed(state=state),
        )
    follows: TeamFacts = {"host_organization": wish.organization, "storm": wish.storm}
    return {**follows, **told}


def _columns(told: TeamFacts) -> tuple[dict[str, Any], Any]:
    fields, reasons = facts.split(told)
    if "tasks" in told:
        fields["tasks"] = list(told["tasks"])
    return fields, reasons


def _keep(
    organization: Organization, told: TeamFacts, crews: Collection[Crew], *, by: Actor, **state: Any
) -> Deployment:
    facts.check_exercise(told.get("storm"), *crews)
    fields, reasons = _columns(told)
    team = Deployment(organization=organization, **fields, **state)
    facts.keep(team, by=by, reasons=reasons)
    team.crews.set(crews)
    return team


def _write_new(kind: str, team: Deployment, *, at: datetime, by: Actor) -> None:
    after = {**journal.snapshot(team), "crews": facts.keys_of(team.crews.all())}
    journal.write(kind, subject=team, at=at, by=by, organization=team.organization, after=after)


def locked(team: Deployment) -> Deployment:
    """Return a deployment as it is now, locked until the end of the transaction."""
    rows = Deployment.objects.select_for_update(of=["self"])
    return rows.select_related("organization", "storm").get(pk=team.pk)
