"""Mails before a shift, to those who wish them."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection

BEFORE = timedelta(minutes=30)

# The deterministic message id makes it once a post, whatever engines look how often.
_TELL = """
INSERT INTO tracker_notification (
    kind, post_id, generation, level, repeat, recipient_id, channel, address, language, urgency, state,
    held_by, due_at, created_at, next_try_at, attempts, doubts, server_reply, last_error, message_id, subject,
    body_text
)
SELECT 'shift', p.id, 1, 1, 0, person.id, 'mail', person.email, person.language, 0, 'queued', '',
       p.since_at - %(before)s, %(now)s, %(now)s, 0, 0, '', '',
       concat('<shift.', p.uuid, '@', %(domain)s::text, '>'), '', ''
FROM tracker_dutypost p
JOIN tracker_dutywish w ON w.user_id = p.user_id AND w.shift_mails
JOIN incidents_user person ON person.id = p.user_id AND person.is_active AND person.email <> ''
WHERE p.since_at > %(now)s AND p.since_at <= %(now)s::timestamptz + %(before)s
  AND (p.until_at IS NULL OR p.until_at > p.since_at)
ON CONFLICT (message_id) DO NOTHING
"""


def tell(*, now: datetime) -> int:
    """Write a mail to everybody whose shift begins within half an hour and who wishes it; return how many."""
    given: dict[str, Any] = {"now": now, "before": BEFORE, "domain": settings.MAIL_DOMAIN}
    with connection.cursor() as cursor:
        cursor.execute(_TELL, given)
        return int(cursor.rowcount)
