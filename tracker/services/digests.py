"""Letting go of what was held: one digest a person for all that is due, each row marked with it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from psycopg.sql import SQL

from tracker.services import ways
from tracker.services.locks import Sweep, alone

# What is over, acknowledged, told anew by a later climb or explained by another alert is no longer told; nor
# is somebody whose account is closed.
_DROP = """
UPDATE tracker_notification n SET state = 'superseded'
FROM tracker_alert a, incidents_user person
WHERE n.state = 'held' AND n.held_until <= %(now)s AND a.id = n.alert_id AND person.id = n.recipient_id
  AND (a.state <> 'firing' OR a.generation <> n.generation OR a.folded_under_id IS NOT NULL
       OR NOT person.is_active)
"""
_RELEASE = SQL("""
WITH due AS MATERIALIZED (
    SELECT id, recipient_id, channel, hook_id, urgency, due_at
    FROM tracker_notification
    WHERE state = 'held' AND held_until <= %(now)s
    FOR NO KEY UPDATE SKIP LOCKED
),
digest AS (
    INSERT INTO tracker_notification (
        kind, generation, level, repeat, recipient_id, channel, hook_id, address, language, urgency, state,
        held_by, due_at, created_at, next_try_at, attempts, doubts, server_reply, last_error, message_id,
        subject, body_text
    )
    SELECT 'digest', 1, 1, 0, person.id, j.channel, j.hook_id, {address}, {language}, j.urgency, 'queued', '',
           j.due_at, %(now)s, %(now)s, 0, 0, '', '',
           concat('<digest.', j.first_id, '.', person.uuid, {mark}, '@', %(domain)s::text, '>'), '', ''
    FROM (
        SELECT recipient_id, channel, hook_id, max(urgency) AS urgency, min(due_at) AS due_at,
               min(id) AS first_id
        FROM due GROUP BY recipient_id, channel, hook_id
    ) j
    JOIN incidents_user person ON person.id = j.recipient_id AND person.email <> ''
    LEFT JOIN tracker_hook hook ON hook.id = j.hook_id
    RETURNING id, recipient_id, hook_id
),
told AS (
    UPDATE tracker_notification n SET state = 'digested', digest_id = g.id
    FROM due d JOIN digest g ON g.recipient_id = d.recipient_id AND g.hook_id IS NOT DISTINCT FROM d.hook_id
    WHERE n.id = d.id
    RETURNING n.id
)
SELECT (SELECT count(*) FROM digest), (SELECT count(*) FROM told)
""").format(address=ways.ADDRESS, language=ways.LANGUAGE, mark=ways.MARK)
_ANY_DUE = """
SELECT EXISTS (SELECT FROM tracker_notification WHERE state = 'held' AND held_until <= %(now)s)
"""


@dataclass(kw_only=True)
class Released:
    """What was let go: digests written, notices told in them, notices no longer needed."""

    digests: int = 0
    told: int = 0
    superseded: int = 0


def release(*, now: datetime) -> Released:
    """Write a digest to everybody who is owed something that is no longer held back.

    The digest and the marks of its rows are one statement; a second engine finds nothing left.

    Args:
        now: Time of the sweep, aware.
    """
    done = Released()
    with alone(Sweep.RELEASE, patience=timedelta(0)) as mine, connection.cursor() as cursor:
        given: dict[str, Any] = {"now": now, "domain": settings.MAIL_DOMAIN}
        if not mine:
            return done
        cursor.execute(_ANY_DUE, given)
        if not cursor.fetchone()[0]:
            return done
        cursor.execute(_DROP, given)
        done.superseded = cursor.rowcount
        cursor.execute(_RELEASE, given)
        done.digests, done.told = cursor.fetchone()
    return done
