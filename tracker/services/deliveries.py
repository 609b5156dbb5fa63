"""What people do to deliveries: a message is sent again."""

from django.db import transaction

from incidents import journal
from incidents.errors import BadTransition
from incidents.journal import Actor
from incidents.services import facts
from incidents.services.storing import store
from tracker.choices import NoticeChannel, NotificationState
from tracker.models import Notification

_ENDED = {
    NotificationState.ACCEPTED,
    NotificationState.FAILED,
    NotificationState.SUPERSEDED,
    NotificationState.UNCERTAIN,
}


def may_be_sent_again(row: Notification) -> bool:
    """Return whether a delivery is a message to a gateway that is at work, and nothing of it is owed."""
    return (
        row.channel == NoticeChannel.WEBHOOK
        and row.hook is not None
        and row.hook.enabled
        and row.next_try_at is None
        and row.state in _ENDED
    )


@transaction.atomic
def send_again(row: Notification, *, reason: str, by: Actor) -> Notification:
    """Owe a message once more, whatever has become of its alert, with its delivery id and a mark.

    What was is kept in the journal.

    Args:
        row: A message that was taken, has failed or was never needed.
        reason: Why.
        by: Who wants it.

    Raises:
        Missing: If no reason is given.
        BadTransition: If it is a mail, still owed or being sent, or its gateway is switched off.
    """
    facts.require_words(purpose="replay", reason=reason)
    locked = (
        Notification.objects.select_for_update(of=["self"])
        .select_related("hook", "alert__organization", "recipient")
        .get(pk=row.pk)
    )
    if not may_be_sent_again(locked):
        raise BadTransition(subject="notification", state=locked.state, verb="send_again", allowed=[])
    before = journal.snapshot(locked)
    locked.state, locked.next_try_at, locked.replayed_at = NotificationState.QUEUED, by.now, by.now
    locked.accepted_at = None
    store(locked, fields=["state", "next_try_at", "replayed_at", "accepted_at"])
    organization = locked.alert.organization if locked.alert else None
    journal.write(
        "notification.sent_again",
        subject=locked,
        at=by.now,
        by=by,
        organization=organization,
        before=before,
        reason=reason,
    )
    return locked
