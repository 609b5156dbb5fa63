"""Response levels: the watch proposes one, a person orders it, changes it and ends it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction

from incidents import journal
from incidents.errors import BadTransition
from incidents.journal import Actor
from incidents.models import Organization, Storm
from incidents.services.facts import check_moments, require_words
from incidents.services.storing import store
from tracker.checks.measures import WANTED
from tracker.choices import ResponseLevel, ResponseState
from tracker.models import EmergencyResponse
from tracker.services.locks import Sweep, alone

VOID_AFTER = timedelta(hours=2)  # a proposal that nobody decides
GONE_AFTER = timedelta(minutes=60)  # a condition that is no longer met
_NOTICED = timedelta(minutes=1)  # a condition that goes on is noted that often
_RANK = {level: rank for rank, level in enumerate(ResponseLevel)}
_Key = tuple[int, bool]


@dataclass(kw_only=True)
class Proposed:
    """What a sweep did with proposals."""

    proposed: int = 0
    expired: int = 0
    withdrawn: int = 0


def propose(*, by: Actor, patience: timedelta = timedelta(0)) -> Proposed:
    """Propose levels whose conditions are met and that nobody has ordered; end proposals that are void.

    What a person declined is not proposed again while its condition lasts, unless it gets worse. Only raises
    are proposed: going back is ordered when people see that the work is done.

    Args:
        by: The system, at the time of the sweep.
        patience: How long to wait for another engine; zero leaves the work to it.
    """
    done = Proposed()
    with alone(Sweep.RESPONSES, patience=patience) as mine:
        if mine:
            weigh(by=by, done=done)
    return done


def weigh(*, by: Actor, done: Proposed) -> None:
    """Do what :func:`propose` does inside the caller's transaction, which sees to it that nobody else does.

    Args:
        by: The system, at the time of the sweep.
        done: What was done so far; added to.
    """
    wanted = _wanted(by.now)
    rows = EmergencyResponse.objects.select_for_update(of=["self"]).filter(
        state__in=[ResponseState.PROPOSED, ResponseState.DECLINED, ResponseState.STARTED],
    )
    silenced: dict[_Key, int] = {}
    for row in rows.select_related("organization").order_by("id"):
        key = (row.organization_id, row.is_exercise)
        level = wanted.get(key, (None, ""))[0]
        if row.state == ResponseState.STARTED or _goes_on(row, level, by, done):
            silenced[key] = max(silenced.get(key, -1), _RANK[ResponseLevel(row.level)])
    new = {
        key: said
        for key, said in wanted.items()
        if said[0] is not None and _RANK[said[0]] > silenced.get(key, -1)
    }
    done.proposed += len(new)
    for (organization, is_exercise), (level, basis) in sorted(new.items()):
        _take_back(organization, is_exercise, by, done)
        _store_new(
            EmergencyResponse(
                organization_id=organization,
                is_exercise=is_exercise,
                level=level,
                state=ResponseState.PROPOSED,
                basis=basis,
                proposed_at=by.now,
                seen_at=by.now,
                expires_at=by.now + VOID_AFTER,
            ),
            "emergency_response.proposed",
            at=by.now,
            by=by,
        )


def _goes_on(row: EmergencyResponse, level: ResponseLevel | None, by: Actor, done: Proposed) -> bool:
    """Say whether a proposal, open or declined, still stands for what is so now; end it where it does not."""
    is_met = level is not None and _RANK[level] >= _RANK[ResponseLevel(row.level)]
    seen_at = row.seen_at or by.now
    is_open = row.state == ResponseState.PROPOSED
    if is_open and row.expires_at is not None and row.expires_at <= by.now:
        _settle(row, ResponseState.EXPIRED, by)
        done.expired += 1
        return False
    if is_met:
        if by.now - seen_at >= _NOTICED:
            row.seen_at = by.now
            row.save(update_fields=["seen_at"])
        return True
    if by.now - seen_at < GONE_AFTER:
        return True
    if is_open:
        _settle(row, ResponseState.WITHDRAWN, by)
        done.withdrawn += 1
    return False


def _take_back(organization: int, is_exercise: bool, by: Actor, done: Proposed) -> None:
    """Withdraw a milder proposal that a worse one takes the place of."""
    for row in EmergencyResponse.objects.filter(
        organization=organization, is_exercise=is_exercise, state=ResponseState.PROPOSED
    ):
        _settle(row, ResponseState.WITHDRAWN, by)
        done.withdrawn += 1


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
        _settle(row, ResponseState.WITHDRAWN, by)
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
    return _store_new(row, "emergency_response.started", at=at, by=by)


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
        _settle(locked, ResponseState.WITHDRAWN, by)
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
    raised = _RANK[level] > _RANK[ResponseLevel(locked.level)]
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
    return _store_new(row, kind, at=at, by=by)


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


def _wanted(now: datetime) -> dict[_Key, tuple[ResponseLevel | None, str]]:
    with connection.cursor() as cursor:
        cursor.execute(WANTED, {"now": now, "zone": settings.TIME_ZONE})
        rows: Iterable[tuple[int, bool, str, str]] = cursor.fetchall()
    return {
        (organization, is_exercise): (ResponseLevel(level), basis[:500])
        for organization, is_exercise, level, basis in rows
    }


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


def _settle(row: EmergencyResponse, state: ResponseState, by: Actor) -> None:
    before = journal.snapshot(row)
    row.state = state
    store(row, fields=["state"])
    _write(f"emergency_response.{state}", row, before, at=by.now, by=by)


def _store_new(row: EmergencyResponse, kind: str, *, at: datetime, by: Actor) -> EmergencyResponse:
    store(row)
    _write(kind, row, None, at=at, by=by)
    return row


def _write(
    kind: str, row: EmergencyResponse, before: object, *, at: datetime, by: Actor, reason: str = ""
) -> None:
    journal.write(
        kind,
        subject=row,
        at=at,
        by=by,
        organization=row.organization,
        before=before,
        reason=reason,  # type: ignore[arg-type]
    )
