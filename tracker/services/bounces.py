"""Mails that came back: marked, and their people not reachable by mail until one is taken again."""

from datetime import datetime

from django.db import connection, transaction

from incidents import journal
from incidents.errors import BadTransition
from incidents.journal import Actor
from incidents.services import deeds, facts
from incidents.services.storing import store
from tracker.choices import NoticeChannel, NotificationState
from tracker.mail.returned import Returned
from tracker.models import Bounce, Notification

# A mail may come back before its sender has heard that it was taken, or while a doubtful one waits for its
# repeat; what was never handed over cannot.
_HANDED_OVER = [
    NotificationState.ACCEPTED,
    NotificationState.UNCERTAIN,
    NotificationState.LEASED,
    NotificationState.QUEUED,
    NotificationState.FAILED,
]
_CLEAR_ANSWERED = """
UPDATE tracker_bounce b SET cleared_at = greatest(%(now)s, b.at)
WHERE b.cleared_at IS NULL AND EXISTS (
    SELECT FROM tracker_notification n
    WHERE n.recipient_id = b.user_id AND n.channel = 'mail' AND n.state = 'accepted' AND n.accepted_at > b.at
)
"""


@transaction.atomic
def take(returned: Returned, *, by: Actor) -> Bounce | None:
    """Mark a mail of ours as come back; the same report again changes nothing.

    It counts as never told from now on: where it was critical and nothing else reached its recipient, the
    next role is told (rule E36).

    Args:
        returned: What a report says.
        by: The system, now.

    Returns:
        The bounce; None if no mail of ours has this number.
    """
    row = (
        Notification.objects.select_for_update(of=["self"])
        .select_related("alert__organization", "recipient")
        .filter(message_id=returned.message_id, channel=NoticeChannel.MAIL)
        .first()
    )
    if row is None:
        return None
    if row.state not in _HANDED_OVER or not row.attempts:
        return Bounce.objects.filter(notification=row).first()
    before = journal.snapshot(row)
    row.state, row.bounced_at, row.bounce = NotificationState.BOUNCED, by.now, returned.words
    row.next_try_at = row.lease_until = row.lease_token = None
    store(row, fields=["state", "bounced_at", "bounce", "next_try_at", "lease_until", "lease_token"])
    bounce = Bounce(
        user=row.recipient,
        notification=row,
        address=row.address,
        at=by.now,
        status=returned.status,
        told=returned.words,
    )
    store(bounce)
    journal.write(
        "notification.bounced",
        subject=row,
        at=by.now,
        by=by,
        organization=row.alert.organization if row.alert else None,
        before=before,
        reason=returned.words,
    )
    return bounce


@transaction.atomic
def clear(bounce: Bounce, *, reason: str, by: Actor) -> Bounce:
    """Say that a person is reached by mail again, whatever came back before.

    Raises:
        Missing: If no reason is given.
        BadTransition: If it was cleared already.
    """
    facts.require_words(purpose="clear", reason=reason)
    locked = Bounce.objects.select_for_update(of=["self"]).select_related("user").get(pk=bounce.pk)
    if locked.cleared_at is not None:
        raise BadTransition(subject="bounce", state="cleared", verb="clear", allowed=[])
    before = journal.snapshot(locked)
    locked.cleared_at, locked.cleared_by, locked.reason = max(by.now, locked.at), by.user, reason
    deeds.record("bounce.cleared", locked, before=before, at=by.now, by=by, reason=reason)
    return locked


def clear_answered(*, now: datetime) -> int:
    """Close what is over because a later mail to the same person was taken; return how many."""
    with connection.cursor() as cursor:
        cursor.execute(_CLEAR_ANSWERED, {"now": now})
        return int(cursor.rowcount)
