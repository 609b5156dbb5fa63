"""The rows of owed mails: who has which, for how long, and what became of it.

A sender takes rows under a lease with a token, by the database's clock. Nobody settles a row without the
token of a lease that has not run out: a sender that froze meanwhile finds its rows gone and sends nothing.
Its session of the database holds a lock by that token too: one that died has lost it, and what it held is
taken back at once, without waiting for the lease.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from psycopg import Cursor

from tracker.choices import NoticeKind, NotificationState

LEASE = timedelta(seconds=25)  # renewed before each mail, which takes 20 s at most (MAIL_DEADLINE_S)
DOUBTS = 2  # attempts without an answer, the second is the last

# Whether the mail ``n`` is still needed: its alert still fires in that climb and nothing explains it; of a
# digest one of its alerts; the shift was not taken over. What a person has sent again is wanted by him.
_WANTED = """
    CASE WHEN n.replayed_at IS NOT NULL THEN true ELSE CASE n.kind
        WHEN 'step' THEN EXISTS (
            SELECT FROM tracker_alert a
            WHERE a.id = n.alert_id AND a.state = 'firing' AND a.generation = n.generation
              AND a.folded_under_id IS NULL
        )
        WHEN 'digest' THEN EXISTS (
            SELECT FROM tracker_notification one JOIN tracker_alert a ON a.id = one.alert_id
            WHERE one.digest_id = n.id AND a.state = 'firing' AND a.generation = one.generation
              AND a.folded_under_id IS NULL
        )
        WHEN 'report' THEN true
        ELSE (SELECT coalesce(p.until_at > p.since_at, true) FROM tracker_dutypost p WHERE p.id = n.post_id)
    END END
"""
# The lock of a sender, and the keys of those that live; of two with the same key one waits for its lease.
_HOLD = "SELECT pg_advisory_lock(%(senders)s, hashtext(%(token)s::text))"
_LET_GO = "SELECT pg_advisory_unlock_all()"  # nothing else is locked for longer than a transaction
_SENDERS = 0x1CE_5E4D
_LIVING = f"""
    SELECT objid::bigint FROM pg_locks
    WHERE locktype = 'advisory' AND classid = {_SENDERS} AND objsubid = 2
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""  # noqa: S608 - constants only
_SUPERSEDE = f"""
UPDATE tracker_notification n SET
    next_try_at = NULL, state = CASE WHEN n.doubts = 0 THEN 'superseded' ELSE 'uncertain' END
WHERE n.next_try_at IS NOT NULL AND NOT {_WANTED}
"""  # noqa: S608 - constants only; what may have arrived stays uncertain, it only is not repeated
# A lease that ended before the mail was begun is nothing; after that nobody knows. A gateway knows a repeat
# by its number: a message is repeated while it is needed. Nothing queues anew behind what fell due since.
_RECOVER = f"""
UPDATE tracker_notification SET
    lease_until = NULL, lease_token = NULL, data_started_at = NULL,
    doubts = doubts + (data_started_at IS NOT NULL)::int,
    state = CASE WHEN data_started_at IS NULL AND doubts = 0 THEN 'queued' ELSE 'uncertain' END,
    next_try_at = CASE
        WHEN channel = 'webhook'
          OR doubts + (data_started_at IS NOT NULL)::int < CASE WHEN at_most_once THEN 1 ELSE %(doubts)s END
        THEN least(due_at, %(now)s::timestamptz)
    END,
    last_error = CASE
        WHEN data_started_at IS NULL THEN last_error ELSE 'sender ended between sending and the answer'
    END
WHERE state = 'leased' AND (
    lease_until < clock_timestamp() OR hashtext(lease_token::text) & 4294967295 NOT IN ({_LIVING})
)
"""  # noqa: S608 - constants only
_CLAIM = """
UPDATE tracker_notification n SET
    state = 'leased', next_try_at = NULL, data_started_at = NULL,
    lease_token = %(token)s, lease_until = clock_timestamp() + %(lease)s
FROM incidents_user person
WHERE person.id = n.recipient_id AND n.id IN (
    SELECT id FROM tracker_notification
    WHERE next_try_at <= %(now)s
      AND channel = CASE WHEN %(hook)s::bigint IS NULL THEN 'mail' ELSE 'webhook' END
      AND hook_id IS NOT DISTINCT FROM %(hook)s::bigint
    ORDER BY urgency DESC, next_try_at, id
    LIMIT %(limit)s
    FOR NO KEY UPDATE SKIP LOCKED
)
RETURNING n.id, n.kind, n.urgency, n.address, n.language, n.doubts, n.attempts, n.created_at,
    n.composed_at, n.message_id, n.subject, n.body_text, n.post_id, n.report_id, n.at_most_once,
    n.recipient_id, person.uuid AS recipient_uuid, n.replayed_at
"""
# One statement settles the mail before and begins the next. Beginning is the last look before the attempt and
# its record: is the lease still ours, is the mail still needed?
_SETTLE_AND_BEGIN = f"""
WITH settled AS (
    UPDATE tracker_notification SET
        state = %(state)s::text, lease_until = NULL, lease_token = NULL, next_try_at = %(next_try_at)s,
        doubts = doubts + %(doubt)s, server_reply = %(reply)s, last_error = %(error)s, relay = %(relay)s,
        accepted_at = CASE WHEN %(state)s::text = 'accepted' THEN clock_timestamp() END
    WHERE id = %(settled)s AND lease_token = %(token)s
)
UPDATE tracker_notification n SET
    data_started_at = clock_timestamp(), lease_until = clock_timestamp() + %(lease)s,
    attempts = n.attempts + 1, subject = %(subject)s, body_text = %(text)s, composed_at = %(composed_at)s
WHERE n.id = %(begun)s AND n.lease_token = %(token)s AND n.lease_until > clock_timestamp() AND {_WANTED}
"""  # noqa: S608 - constants only
_DROP = f"""
UPDATE tracker_notification n SET
    lease_until = NULL, lease_token = NULL,
    state = CASE WHEN n.doubts = 0 THEN 'superseded' ELSE 'uncertain' END
WHERE n.id = %(id)s AND n.lease_token = %(token)s AND NOT {_WANTED}
"""  # noqa: S608 - constants only
_RELEASE = """
UPDATE tracker_notification SET
    state = CASE WHEN doubts = 0 THEN 'queued' ELSE 'uncertain' END,
    lease_until = NULL, lease_token = NULL, next_try_at = least(due_at, %(now)s::timestamptz)
WHERE id = ANY(%(ids)s) AND lease_token = %(token)s AND data_started_at IS NULL
"""


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """A mail that this sender may send."""

    id: int
    kind: NoticeKind
    urgency: int
    address: str
    language: str
    doubts: int
    attempts: int
    created_at: datetime
    composed_at: datetime | None
    message_id: str
    subject: str
    body_text: str
    post_id: int | None
    report_id: int | None
    at_most_once: bool
    recipient_id: int
    recipient_uuid: UUID
    replayed_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Settlement:
    """What became of a mail.

    Attributes:
        id: The row; None settles nothing.
        next_try_at: When it is tried again; None if nothing more is owed.
        doubt: Whether it may have arrived without our knowing.
        relay: Mail server that took it, as host and port.
    """

    id: int | None
    state: NotificationState
    next_try_at: datetime | None = None
    doubt: bool = False
    reply: str = ""
    error: str = ""
    relay: str = ""


NOTHING = Settlement(id=None, state=NotificationState.QUEUED)


@dataclass(frozen=True, kw_only=True)
class Written:
    """The text of a mail as it is recorded before the attempt."""

    subject: str
    text: str
    composed_at: datetime


def tidy(*, now: datetime) -> tuple[int, int]:
    """Give up what is no longer needed and take back what dead senders held; return how many of each."""
    return _run(_SUPERSEDE, {}), _run(_RECOVER, {"now": now, "doubts": DOUBTS})


def claim(*, now: datetime, limit: int, token: UUID, hook: int | None = None) -> list[Claimed]:
    """Take what is due of one channel, the urgent ones first, passing over those that others hold.

    Args:
        now: Time of the sweep, aware.
        limit: How many at most.
        token: Whose lease it is; has to be shown for everything after.
        hook: The gateway whose messages are taken; None takes mails.
    """
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, {"token": token, "senders": _SENDERS})
        given: dict[str, Any] = {"now": now, "limit": limit, "token": token, "lease": LEASE, "hook": hook}
        cursor.execute(_CLAIM, given)
        names = [column.name for column in cursor.description or ()]
        found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    rows = [Claimed(**row | {"kind": NoticeKind(row["kind"])}) for row in found]
    return sorted(rows, key=lambda row: (-row.urgency, row.id))


def begin(row: Claimed, written: Written, *, token: UUID, after: Settlement = NOTHING) -> bool:
    """Record that an attempt begins, and settle the mail before in the same statement.

    Returns:
        Whether it may be sent: False if the lease is lost or the mail is no longer needed.
    """
    if _settle_and_begin(after, token, begun=row.id, written=written):
        return True
    _run(_DROP, {"id": row.id, "token": token})
    return False


def settle(settlement: Settlement, *, token: UUID) -> None:
    """Record what became of a mail, if this sender still holds it."""
    _settle_and_begin(settlement, token, begun=None, written=None)


def release(rows: Sequence[Claimed], *, now: datetime, token: UUID) -> None:
    """Give back mails whose sending was not begun; they are due at once, at their old place in the queue."""
    _run(_RELEASE, {"ids": [row.id for row in rows], "now": now, "token": token})


def let_go() -> None:
    """Give up the locks of this session, once everything that it took is settled or given back."""
    _run(_LET_GO, {})


def _settle_and_begin(
    settlement: Settlement, token: UUID, *, begun: int | None, written: Written | None
) -> int:
    given = vars(settlement) | {
        "settled": settlement.id,
        "state": str(settlement.state),
        "doubt": int(settlement.doubt),
        "token": token,
        "lease": LEASE,
        "begun": begun,
        **(vars(written) if written else {"subject": "", "text": "", "composed_at": None}),
    }
    connection.ensure_connection()
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        # Prepared on the server it costs half of what its planning costs with each mail.
        cursor.execute(_SETTLE_AND_BEGIN, given, prepare=True)
        return cursor.rowcount


def _run(statement: str, given: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return int(cursor.rowcount)
