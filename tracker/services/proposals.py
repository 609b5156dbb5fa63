"""Response levels that the watch proposes: made, renewed, void, withdrawn; a person decides."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from incidents.journal import Actor
from tracker.checks.measures import WANTED
from tracker.choices import ResponseLevel, ResponseState
from tracker.models import EmergencyResponse
from tracker.services.locks import Sweep, alone
from tracker.services.prepared import Prepared
from tracker.services.responses import RANK, keep, settle

VOID_AFTER = timedelta(hours=2)  # a proposal that nobody decides
GONE_AFTER = timedelta(minutes=60)  # a condition that is no longer met
_NOTICED = timedelta(minutes=1)  # a condition that goes on is noted that often
_WANTED = Prepared(WANTED)
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
        level = wanted[key][0] if key in wanted else None
        if row.state == ResponseState.STARTED or _goes_on(row, level, by, done):
            silenced[key] = max(silenced.get(key, -1), RANK[ResponseLevel(row.level)])
    new = {key: said for key, said in wanted.items() if RANK[said[0]] > silenced.get(key, -1)}
    done.proposed += len(new)
    for (organization, is_exercise), (level, basis) in sorted(new.items()):
        _take_back(organization, by, done, is_exercise=is_exercise)
        keep(
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
    is_met = level is not None and RANK[level] >= RANK[ResponseLevel(row.level)]
    seen_at = row.seen_at or by.now
    is_open = row.state == ResponseState.PROPOSED
    if is_open and row.expires_at is not None and row.expires_at <= by.now:
        settle(row, ResponseState.EXPIRED, by=by)
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
        settle(row, ResponseState.WITHDRAWN, by=by)
        done.withdrawn += 1
    return False


def _take_back(organization: int, by: Actor, done: Proposed, *, is_exercise: bool) -> None:
    """Withdraw a milder proposal that a worse one takes the place of."""
    for row in EmergencyResponse.objects.filter(
        organization=organization, is_exercise=is_exercise, state=ResponseState.PROPOSED
    ):
        settle(row, ResponseState.WITHDRAWN, by=by)
        done.withdrawn += 1


def _wanted(now: datetime) -> dict[_Key, tuple[ResponseLevel, str]]:
    rows: Iterable[tuple[int, bool, str, str]] = _WANTED.rows({"now": now, "zone": settings.TIME_ZONE})
    return {
        (organization, is_exercise): (ResponseLevel(level), basis[:500])
        for organization, is_exercise, level, basis in rows
    }
