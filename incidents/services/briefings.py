"""Safety briefings: whoever is briefed through here is briefed on the record, with topics and signatures."""

from collections.abc import Collection
from datetime import datetime
from typing import TypedDict, Unpack

from django.db import transaction

from incidents import journal
from incidents.choices import BriefingTopic, DeploymentStatus
from incidents.errors import BadTransition, Missing
from incidents.journal import Actor
from incidents.models import Assignment, Deployment, Organization, Person, SafetyBriefing
from incidents.models.support import AFTER_BRIEFING
from incidents.rules.lifecycles import DEPLOYMENT, DeploymentVerb
from incidents.rules.times import not_before
from incidents.services import assignment_life, assignments, deployments, facts, journeys
from incidents.services.storing import store


class BriefingFacts(TypedDict, total=False):
    """What may be said of a briefing besides whom it was for and when.

    ``signed_by`` are people of ours, ``signed_names`` visitors who stand on no list of ours.
    """

    given_by: str
    topics: Collection[BriefingTopic]
    text: str
    signed_by: Collection[Person]
    signed_names: Collection[str]


@transaction.atomic
def brief_team(team: Deployment, *, at: datetime, by: Actor, **told: Unpack[BriefingFacts]) -> Deployment:
    """Brief a team that has arrived, without which nobody works, and keep who said what to whom.

    Raises:
        BadTransition, Inconsistent, NaiveTime, OutOfRange: See :func:`incidents.services.journeys.brief`.
    """
    row = journeys.brief(team, at=at, by=by)
    _keep_once(SafetyBriefing(deployment=row), row.organization, told, at=at, by=by)
    return row


@transaction.atomic
def brief_crew(
    assignment: Assignment, *, at: datetime, by: Actor, permit_no: str = "", **told: Unpack[BriefingFacts]
) -> Assignment:
    """Brief a crew before its job, name its work permit, and keep who said what to whom.

    Raises:
        BadTransition, Inconsistent, NaiveTime, OutOfRange: See :func:`incidents.services.assignments.brief`.
    """
    row = assignments.brief(assignment, at=at, by=by, permit_no=permit_no)
    _keep_once(SafetyBriefing(assignment=row), assignment_life.matter_of(row), told, at=at, by=by)
    return row


@transaction.atomic
def record(
    *,
    at: datetime,
    by: Actor,
    deployment: Deployment | None = None,
    assignment: Assignment | None = None,
    **told: Unpack[BriefingFacts],
) -> SafetyBriefing:
    """Keep a briefing; the first one of a team or crew makes it briefed, a later one is a repetition.

    Args:
        at: When it was given.
        by: Who says so.
        deployment: The team that it was for,
        assignment: or the job.
        **told: Who gave it, about what, who signed.

    Raises:
        Missing: If neither team nor job is named.
        BrokenRule: If both are, or it was briefed at that very moment already.
        BadTransition: If the team has not arrived or has left, or the job waits or was given back.
        Inconsistent, NaiveTime, OutOfRange: If it cannot be then; nothing is written.
    """
    row = SafetyBriefing(deployment=deployment, assignment=assignment)
    if deployment is not None:
        _reach_team(deployment, at=at, by=by)
        return _keep(row, deployment.organization, told, at=at, by=by)
    if assignment is None:
        raise Missing(field="assignment", purpose="briefing")
    job = assignments.brief(assignment, at=at, by=by)
    return _keep(row, assignment_life.matter_of(job), told, at=at, by=by)


@transaction.atomic
def sign(
    briefing: SafetyBriefing,
    *,
    at: datetime,
    by: Actor,
    signed_by: Collection[Person] = (),
    signed_names: Collection[str] = (),
) -> SafetyBriefing:
    """Add signatures; who has signed already signs no second time.

    Raises:
        Missing: If nobody signs.
        Inconsistent: If it lies before the briefing.
        NaiveTime, OutOfRange, Invalid: If a value cannot be; nothing is written.
    """
    if not signed_by and not signed_names:
        raise Missing(field="signed_by", purpose="sign")
    facts.check_moments(by=by, at=at)
    row = SafetyBriefing.objects.select_for_update().get(pk=briefing.pk)
    not_before(field="at", at=at, other="given_at", earliest=row.given_at)
    before = _snapshot(row)
    row.signed_names = [*row.signed_names, *(name for name in signed_names if name not in row.signed_names)]
    store(row, fields=["signed_names"])
    row.signed_by.add(*signed_by)
    journal.write(
        "briefing.signed",
        subject=row,
        at=at,
        by=by,
        organization=_matter_of(row),
        before=before,
        after=_snapshot(row),
    )
    return row


def _reach_team(team: Deployment, *, at: datetime, by: Actor) -> None:
    """Brief a team that has just arrived; one that is at work already is briefed once more."""
    state = DeploymentStatus(deployments.locked(team).status)
    if state == DeploymentStatus.ARRIVED:
        journeys.brief(team, at=at, by=by)
    elif state not in AFTER_BRIEFING:
        raise BadTransition(
            subject="deployment",
            state=state,
            verb=DeploymentVerb.BRIEF,
            allowed=DEPLOYMENT.allowed(state=state),
        )
    else:
        facts.check_moments(by=by, at=at)


def _keep_once(
    row: SafetyBriefing, organization: Organization, told: BriefingFacts, *, at: datetime, by: Actor
) -> None:
    """Keep a briefing unless it is the one told before: a deed sent again changes nothing."""
    same = SafetyBriefing.objects.filter(deployment=row.deployment, assignment=row.assignment, given_at=at)
    if not same.exists():
        _keep(row, organization, told, at=at, by=by)


def _keep(
    row: SafetyBriefing, organization: Organization, told: BriefingFacts, *, at: datetime, by: Actor
) -> SafetyBriefing:
    row.given_at = at
    row.given_by, row.text = told.get("given_by", ""), told.get("text", "")
    row.topics, row.signed_names = list(told.get("topics", ())), list(told.get("signed_names", ()))
    facts.keep(row, by=by)
    row.signed_by.set(told.get("signed_by", ()))
    journal.write(
        "briefing.recorded", subject=row, at=at, by=by, organization=organization, after=_snapshot(row)
    )
    return row


def _matter_of(row: SafetyBriefing) -> Organization | None:
    if row.assignment is not None:
        return assignment_life.matter_of(row.assignment)
    return row.deployment.organization if row.deployment is not None else None


def _snapshot(row: SafetyBriefing) -> dict[str, object]:
    return {**journal.snapshot(row), "signed_by": facts.keys_of(row.signed_by.all())}
