"""What people do to alerts."""

from datetime import datetime, timedelta

from django.db import transaction

from incidents import journal
from incidents.errors import BadTransition, Inconsistent
from incidents.journal import Actor
from incidents.services.storing import store
from tracker.choices import AlertEventKind, AlertState
from tracker.models import Alert, AlertEvent


@transaction.atomic
def acknowledge(alert: Alert, *, at: datetime, by: Actor, generation: int | None = None) -> Alert:
    """Say that somebody has it: mails stop for as long as the rule lets an acknowledgement hold.

    Mails that are owed but not yet sent are no longer sent. When the time is over the alert goes on where
    time then stands. A worse band takes the acknowledgement back at once.

    Args:
        alert: The alert.
        at: When it was acknowledged.
        by: Who has it.
        generation: The climb that the person was told of; None from a page that shows the present one.

    Raises:
        BadTransition: If it is over or acknowledged already.
        Inconsistent: If it has got worse or milder since that climb.
    """
    locked = (
        Alert.objects.select_for_update(of=["self"]).select_related("rule", "organization").get(pk=alert.pk)
    )
    if locked.state != AlertState.FIRING:
        allowed: list[str] = []
        raise BadTransition(subject="alert", state=locked.state, verb="acknowledge", allowed=allowed)
    if generation is not None and generation != locked.generation:
        raise Inconsistent(
            field="generation",
            value=generation,
            relation="=",
            other="alert.generation",
            other_value=locked.generation,
        )
    before = journal.snapshot(locked)
    locked.state, locked.acknowledged_at, locked.acknowledged_by = AlertState.ACKNOWLEDGED, at, by.user
    until = at + timedelta(minutes=locked.rule.ack_min)
    locked.next_due_at = until if locked.next_due_at else None
    store(locked, fields=["state", "acknowledged_at", "acknowledged_by", "next_due_at"])
    detail = {"by": by.user.pk} | ({"until": until} if locked.next_due_at else {})
    AlertEvent.objects.create(
        alert=locked,
        at=at,
        kind=AlertEventKind.ACKNOWLEDGED,
        generation=locked.generation,
        detail=detail,
    )
    journal.write(
        "alert.acknowledged", subject=locked, at=at, by=by, organization=locked.organization, before=before
    )
    return locked
