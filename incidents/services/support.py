"""Requests for support: one company asks another for people and vehicles."""

from collections.abc import Collection
from datetime import datetime
from typing import Unpack

from django.db import transaction

from incidents import journal
from incidents.choices import DeploymentStatus, Skill, SupportRequestStatus
from incidents.errors import Conflict
from incidents.journal import Actor
from incidents.models import Organization, SupportRequest
from incidents.rules.lifecycles import SUPPORT_REQUEST, SupportVerb
from incidents.rules.times import not_before
from incidents.services import deeds, facts

_OVER = (DeploymentStatus.RETURNED, DeploymentStatus.CANCELLED)


class RequestFacts(facts.Told, total=False):
    """What may be said of a request besides what is needed: heads and vehicles, never "crews"."""

    skills: Collection[Skill]
    headcount: int | None
    vehicle_count: int | None
    needed_from_at: datetime | None


@transaction.atomic
def request(
    *,
    organization: Organization,
    asked: Organization,
    need: str,
    at: datetime,
    by: Actor,
    **told: Unpack[RequestFacts],
) -> SupportRequest:
    """Ask another company for support.

    Args:
        organization: Who asks.
        asked: Who is asked.
        need: What is needed, in words.
        at: When it was asked.
        by: Who asks.
        **told: Skills, people, vehicles, from when, and the source.

    Raises:
        BrokenRule: If a company asks itself.
        NaiveTime, OutOfRange, Invalid: If a value cannot be; nothing is written.
    """
    facts.check_moments(by=by, requested_at=at)
    fields, reasons = facts.split(told)
    wish = SupportRequest(
        organization=organization,
        asked_organization=asked,
        need=need,
        requested_at=at,
        status=SUPPORT_REQUEST.after(state=None, verb=SupportVerb.REQUEST),
        **{**fields, "skills": list(told.get("skills", ()))},
    )
    facts.keep(wish, by=by, reasons=reasons)
    journal.write("support_request.requested", subject=wish, at=at, by=by, organization=organization)
    return wish


@transaction.atomic
def approve(wish: SupportRequest, *, at: datetime, by: Actor, reason: str = "") -> SupportRequest:
    """Agree to send support.

    Raises:
        BadTransition: If it was decided already.
        Inconsistent: If it would be decided before it was asked.
    """
    return _decide(wish, SupportVerb.APPROVE, "approved", reason=reason, at=at, by=by)


@transaction.atomic
def refuse(wish: SupportRequest, *, reason: str, at: datetime, by: Actor) -> SupportRequest:
    """Say no, with a reason.

    Raises:
        BadTransition: If it was decided already.
        Missing: If no reason is given.
        Inconsistent: If it would be decided before it was asked.
    """
    return _decide(wish, SupportVerb.REFUSE, "refused", reason=reason, at=at, by=by)


@transaction.atomic
def cancel(wish: SupportRequest, *, reason: str, at: datetime, by: Actor) -> SupportRequest:
    """Take a request back, with a reason.

    Raises:
        BadTransition: If it was refused or taken back already.
        Missing: If no reason is given.
        Conflict: If a team is under way on it; that one has to be called back first.
    """
    row = locked(wish)
    under_way = row.deployments.exclude(status__in=_OVER).first()
    if under_way is not None:
        raise Conflict(subject=f"{row}", other=f"{under_way} ({under_way.uuid})")
    return _decide(row, SupportVerb.CANCEL, "cancelled", reason=reason, at=at, by=by)


def _decide(
    wish: SupportRequest, verb: SupportVerb, told: str, *, reason: str, at: datetime, by: Actor
) -> SupportRequest:
    facts.check_moments(by=by, at=at)
    row = locked(wish)
    if deeds.told_before(f"support_request.{told}", row, at=at, reason=reason):
        return row
    before = journal.snapshot(row)
    row.status = SUPPORT_REQUEST.after(state=SupportRequestStatus(row.status), verb=verb, reason=reason)
    not_before(field="at", at=at, other="requested_at", earliest=row.requested_at)
    row.decided_at, row.decided_by, row.decision_reason = at, by.user, reason
    deeds.record(
        f"support_request.{told}",
        row,
        before=before,
        at=at,
        by=by,
        organization=row.organization,
        reason=reason,
    )
    return row


def locked(wish: SupportRequest) -> SupportRequest:
    """Return a request as it is now, locked until the end of the transaction."""
    rows = SupportRequest.objects.select_for_update(of=["self"])
    return rows.select_related("organization", "asked_organization", "storm").get(pk=wish.pk)
