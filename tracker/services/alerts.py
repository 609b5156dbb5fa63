"""What people do to alerts."""

from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction

from incidents import journal
from incidents.errors import BadTransition, Inconsistent, OutOfRange
from incidents.journal import Actor
from incidents.services import facts
from incidents.services.storing import store
from tracker.choices import AlertEnd, AlertEventKind, AlertState
from tracker.models import Alert, AlertEvent

LONGEST_SNOOZE: Final = timedelta(days=7)
_OF_AN_ACKNOWLEDGEMENT: Final = (
    "state",
    "acknowledged_at",
    "acknowledged_by",
    "snoozed_until",
    "next_due_at",
)


@transaction.atomic
def acknowledge(
    alert: Alert, *, at: datetime, by: Actor, generation: int | None = None, through: str = ""
) -> Alert:
    """Say that somebody has it: mails stop for as long as the rule lets an acknowledgement hold.

    Mails that are owed but not yet sent are no longer sent. When the time is over the alert goes on where
    time then stands. A worse band takes the acknowledgement back at once.

    Args:
        alert: The alert.
        at: When it was acknowledged.
        by: Who has it.
        generation: The climb that the person was told of; None from a page that shows the present one.
        through: ``mail`` for an answer to a mail; kept with the event.

    Raises:
        BadTransition: If it is over or acknowledged already.
        Inconsistent: If it has got worse or milder since that climb.
    """
    locked = _locked(alert, generation)
    if locked.state != AlertState.FIRING:
        raise BadTransition(subject="alert", state=locked.state, verb="acknowledge", allowed=[])
    before = journal.snapshot(locked)
    until = at + timedelta(minutes=locked.rule.ack_min) if locked.next_due_at else None
    _quieten(locked, at, by, until)
    detail = {"by": by.user.pk} | ({"until": until} if until else {})
    _tell(locked, AlertEventKind.ACKNOWLEDGED, at, detail | _by_way_of(through))
    journal.write(
        "alert.acknowledged", subject=locked, at=at, by=by, organization=locked.organization, before=before
    )
    return locked


@transaction.atomic
def snooze(
    alert: Alert,
    *,
    until: datetime,
    reason: str,
    at: datetime,
    by: Actor,
    generation: int | None = None,
    through: str = "",
) -> Alert:
    """Say that nothing can be done before a moment: an acknowledgement with an end of one's own.

    At its end the alert goes on where time then stands, whether or not its ladder had more to come. One that
    is acknowledged already may be snoozed too; the newer end counts.

    Args:
        alert: The alert.
        until: End, after ``at`` and within seven days.
        reason: Why.
        at: When it was said.
        by: Who says so, and has it meanwhile.
        generation: The climb that the person was told of; None from a page that shows the present one.
        through: ``mail`` for an answer to a mail; kept with the event.

    Raises:
        Missing: If no reason is given.
        OutOfRange: If it would end at once or after more than seven days.
        BadTransition: If it is over.
        Inconsistent: If it has got worse or milder since that climb.
    """
    facts.require_words(purpose="snooze", reason=reason)
    if not at < until <= at + LONGEST_SNOOZE:
        raise OutOfRange(field="until", value=until, low=at, high=at + LONGEST_SNOOZE)
    locked = _locked(alert, generation)
    if locked.state == AlertState.RESOLVED:
        raise BadTransition(subject="alert", state=locked.state, verb="snooze", allowed=[])
    before = journal.snapshot(locked)
    _quieten(locked, at, by, until, snoozed_until=until)
    detail = {"by": by.user.pk, "until": until, "reason": reason}
    _tell(locked, AlertEventKind.SNOOZED, at, detail | _by_way_of(through))
    journal.write(
        "alert.snoozed",
        subject=locked,
        at=at,
        by=by,
        organization=locked.organization,
        before=before,
        reason=reason,
    )
    return locked


@transaction.atomic
def resolve(
    alert: Alert,
    *,
    reason: str,
    at: datetime,
    by: Actor,
    generation: int | None = None,
    through: str = "",
) -> Alert:
    """End an alert by a person's word, whether or not its condition is gone.

    If the condition is still there the alert is kept shut: nothing is opened for its subject until the
    condition has gone once, or is worse than it was.

    Args:
        alert: The alert.
        reason: Why.
        at: When it was said.
        by: Who says so.
        generation: The climb that the person was told of; None from a page that shows the present one.
        through: ``mail`` for an answer to a mail; kept with the event.

    Raises:
        Missing: If no reason is given.
        BadTransition: If it is over already.
        Inconsistent: If it has got worse or milder since that climb.
        BrokenRule: If it would end before it was opened.
    """
    facts.require_words(purpose="resolve", reason=reason)
    locked = _locked(alert, generation)
    if locked.state == AlertState.RESOLVED:
        raise BadTransition(subject="alert", state=locked.state, verb="resolve", allowed=[])
    before = journal.snapshot(locked)
    locked.state, locked.resolved_why, locked.is_shut = AlertState.RESOLVED, AlertEnd.BY_PERSON, True
    locked.resolved_at, locked.resolved_by, locked.next_due_at = at, by.user, None
    store(
        locked,
        fields=["state", "resolved_why", "is_shut", "resolved_at", "resolved_by", "next_due_at"],
    )
    detail = {"why": AlertEnd.BY_PERSON, "by": by.user.pk, "reason": reason}
    _tell(locked, AlertEventKind.RESOLVED, at, detail | _by_way_of(through))
    journal.write(
        "alert.resolved",
        subject=locked,
        at=at,
        by=by,
        organization=locked.organization,
        before=before,
        reason=reason,
    )
    return locked


def _locked(alert: Alert, generation: int | None) -> Alert:
    """Return an alert, locked.

    Raises:
        Inconsistent: If it is in another climb than the person was told of, unless it is over.
    """
    locked = (
        Alert.objects.select_for_update(of=["self"]).select_related("rule", "organization").get(pk=alert.pk)
    )
    is_over = locked.state == AlertState.RESOLVED
    if generation is not None and generation != locked.generation and not is_over:
        raise Inconsistent(
            field="generation",
            value=generation,
            relation="=",
            other="alert.generation",
            other_value=locked.generation,
        )
    return locked


def _quieten(
    locked: Alert, at: datetime, by: Actor, until: datetime | None, *, snoozed_until: datetime | None = None
) -> None:
    locked.state, locked.acknowledged_at, locked.acknowledged_by = AlertState.ACKNOWLEDGED, at, by.user
    locked.snoozed_until, locked.next_due_at = snoozed_until, until
    store(locked, fields=_OF_AN_ACKNOWLEDGEMENT)


def _tell(locked: Alert, kind: AlertEventKind, at: datetime, detail: dict[str, Any]) -> None:
    AlertEvent.objects.create(alert=locked, at=at, kind=kind, generation=locked.generation, detail=detail)


def _by_way_of(through: str) -> dict[str, str]:
    return {"through": through} if through else {}
