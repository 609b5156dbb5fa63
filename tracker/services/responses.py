"""Response levels as people order, change and end them; what the watch proposes is in ``proposals``."""

from datetime import datetime
from typing import Any

from django.db import transaction

from incidents import journal
from incidents.errors import BadTransition
from incidents.journal import Actor
from incidents.models import Organization, Storm
from incidents.services.facts import check_moments, require_words
from incidents.services.storing import store
from tracker.choices import ResponseLevel, ResponseState
from tracker.models import EmergencyResponse

RANK = {level: rank for rank, level in enumerate(ResponseLevel)}


@transaction.atomic
def start(
    *,
    organization: Organization,
    level: ResponseLevel,
    basis: str,
    at: datetime,
    by: Actor,
    storm: Storm | None = None,
    is_exercise: bool = False,
) -> EmergencyResponse:
    """Order a response, whether it was proposed or not; an open proposal is decided by it.

    Raises:
        Missing: If no basis is given.
        BrokenRule: If one is in force already.
        NaiveTime, OutOfRange: If the moment cannot be.
    """
    require_words(purpose="start", basis=basis)
    check_moments(by=by, at=at)
    is_exercise = is_exercise or (storm is not None and storm.is_exercise)
    open_one = EmergencyResponse.objects.select_for_update(of=["self"]).filter(
        organization=organization, is_exercise=is_exercise, state=ResponseState.PROPOSED
    )
    for row in open_one:
        settle(row, ResponseState.WITHDRAWN, by=by)
    row = EmergencyResponse(
        organization=organization,
        storm=storm,
        is_exercise=is_exercise,
        level=level,
        state=ResponseState.STARTED,
        basis=basis,
        decided_at=at,
        decided_by=by.user,
    )
    return keep(row, "emergency_response.started", at=at, by=by)


@transaction.atomic
def order(proposal: EmergencyResponse, *, at: datetime, by: Actor, basis: str = "") -> EmergencyResponse:
    """Order what is proposed: start a response, or change the one in force to this level.

    Raises:
        BadTransition: If it is no open proposal.
    """
    locked = _lock(proposal, ResponseState.PROPOSED, verb="order")
    in_force = EmergencyResponse.objects.filter(
        organization=locked.organization, is_exercise=locked.is_exercise, state=ResponseState.STARTED
    ).first()
    words = basis.strip() or locked.basis
    if in_force is not None:
        settle(locked, ResponseState.WITHDRAWN, by=by)
        return change(in_force, level=ResponseLevel(locked.level), basis=words, at=at, by=by)
    return start(
        organization=locked.organization,
        level=ResponseLevel(locked.level),
        basis=words,
        at=at,
        by=by,
        storm=locked.storm,
        is_exercise=locked.is_exercise,
    )


@transaction.atomic
def decline(proposal: EmergencyResponse, *, reason: str, at: datetime, by: Actor) -> EmergencyResponse:
    """Decide against a proposal.

    Raises:
        BadTransition: If it is no open proposal.
        Missing: If no reason is given.
    """
    require_words(purpose="decline", reason=reason)
    locked = _lock(proposal, ResponseState.PROPOSED, verb="decline")
    before = journal.snapshot(locked)
    locked.state, locked.decided_at, locked.decided_by = ResponseState.DECLINED, at, by.user
    store(locked, fields=["state", "decided_at", "decided_by"])
    _write("emergency_response.declined", locked, before, at=at, by=by, reason=reason)
    return locked


@transaction.atomic
def change(
    response: EmergencyResponse, *, level: ResponseLevel, basis: str, at: datetime, by: Actor
) -> EmergencyResponse:
    """Raise or lower a response: the old one ends, the new one follows it.

    Raises:
        BadTransition: If it is not in force, or has this level already.
        Missing: If no basis is given.
        BrokenRule: If it would end before it began.
    """
    require_words(purpose="change", basis=basis)
    locked = _lock(response, ResponseState.STARTED, verb="change")
    if locked.level == level:
        raise BadTransition(subject="emergency_response", state=level, verb="change", allowed=["end"])
    _end(locked, at=at, by=by, reason=basis)
    raised = RANK[level] > RANK[ResponseLevel(locked.level)]
    row = EmergencyResponse(
        organization=locked.organization,
        storm=locked.storm,
        is_exercise=locked.is_exercise,
        level=level,
        state=ResponseState.STARTED,
        basis=basis,
        decided_at=at,
        decided_by=by.user,
        follows=locked,
    )
    kind = "emergency_response.raised" if raised else "emergency_response.lowered"
    return keep(row, kind, at=at, by=by)


@transaction.atomic
def end(response: EmergencyResponse, *, reason: str, at: datetime, by: Actor) -> EmergencyResponse:
    """End a response; only by order, never by a timer.

    Raises:
        BadTransition: If it is not in force.
        Missing: If no reason is given.
        BrokenRule: If it would end before it began.
    """
    require_words(purpose="end", reason=reason)
    check_moments(by=by, at=at)
    locked = _lock(response, ResponseState.STARTED, verb="end")
    _end(locked, at=at, by=by, reason=reason)
    return locked


def _lock(response: EmergencyResponse, state: ResponseState, *, verb: str) -> EmergencyResponse:
    locked = (
        EmergencyResponse.objects.select_for_update(of=["self"])
        .select_related("organization", "storm")
        .get(pk=response.pk)
    )
    if locked.state != state:
        raise BadTransition(subject="emergency_response", state=locked.state, verb=verb, allowed=[])
    return locked


def _end(row: EmergencyResponse, *, at: datetime, by: Actor, reason: str) -> None:
    before = journal.snapshot(row)
    row.state, row.ended_at, row.ended_by = ResponseState.ENDED, at, by.user
    store(row, fields=["state", "ended_at", "ended_by"])
    _write("emergency_response.ended", row, before, at=at, by=by, reason=reason)


def settle(row: EmergencyResponse, state: ResponseState, *, by: Actor) -> None:
    """Let a proposal end without a decision, in the caller's transaction."""
    before = journal.snapshot(row)
    row.state = state
    store(row, fields=["state"])
    _write(f"emergency_response.{state}", row, before, at=by.now, by=by)


def keep(row: EmergencyResponse, kind: str, *, at: datetime, by: Actor) -> EmergencyResponse:
    """Store a new row with its journal entry, in the caller's transaction."""
    store(row)
    _write(kind, row, None, at=at, by=by)
    return row


def _write(
    kind: str,
    row: EmergencyResponse,
    before: dict[str, Any] | None,
    *,
    at: datetime,
    by: Actor,
    reason: str = "",
) -> None:
    journal.write(
        kind,
        subject=row,
        at=at,
        by=by,
        organization=row.organization,
        before=before,
        reason=reason,
    )
