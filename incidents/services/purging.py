"""What is kept for a while only: answers that a phone may ask for again, codes, scopes of cursors, sessions.

Deleted in small transactions, oldest first, so that no lock is held for long and a sweep that is cut off has
done its part. The database itself refuses to delete an answer younger than seven days.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import connection

from incidents.errors import OutOfRange
from incidents.services import sync_scopes

SHORTEST: Final = timedelta(days=7)
"""How long phones may count on an answer: docs/field-api.md promises it."""

SIGN_INS_KEPT: Final = timedelta(days=365)
"""How long the sign-in log is kept; the Cybersecurity Law asks for six months."""

_BATCH: Final = 5000
_OLDEST_ANSWERS: Final = """
    DELETE FROM incidents_submission WHERE id IN (
        SELECT id FROM incidents_submission WHERE created_at < %s ORDER BY created_at LIMIT %s
        FOR UPDATE SKIP LOCKED)
"""
_OLDEST_CODES: Final = """
    DELETE FROM incidents_enrolmentcode WHERE id IN (
        SELECT id FROM incidents_enrolmentcode WHERE expires_at < %s ORDER BY expires_at LIMIT %s
        FOR UPDATE SKIP LOCKED)
"""
_OLDEST_SESSIONS: Final = """
    DELETE FROM incidents_browsersession WHERE id IN (
        SELECT id FROM incidents_browsersession WHERE last_seen_at < %s ORDER BY last_seen_at LIMIT %s
        FOR UPDATE SKIP LOCKED)
"""
_OLDEST_SIGN_INS: Final = """
    DELETE FROM incidents_signin WHERE id IN (
        SELECT id FROM incidents_signin WHERE at < %s ORDER BY at LIMIT %s FOR UPDATE SKIP LOCKED)
"""
_UNUSED_SCOPES: Final = """
    DELETE FROM incidents_syncscope WHERE id IN (
        SELECT id FROM incidents_syncscope WHERE touched_at < %s ORDER BY touched_at LIMIT %s
        FOR UPDATE SKIP LOCKED)
"""


@dataclass(frozen=True, kw_only=True)
class Purged:
    """How many rows were deleted."""

    answers: int
    codes: int
    sessions: int = 0
    sign_ins: int = 0
    scopes: int = 0


def purge(*, now: datetime, keep: timedelta = SHORTEST, batches: int = 20, size: int = _BATCH) -> Purged:
    """Delete what was kept long enough; what is left over is deleted next time.

    Args:
        now: Time of the sweep, aware, by the database's clock.
        keep: How long answers, expired codes and sessions after they were last seen are kept, at least
            seven days: longer than any session lasts.
        batches: Most transactions for each kind.
        size: Rows of one transaction.

    Raises:
        OutOfRange: If it would be less than seven days; nothing is deleted.
    """
    if keep < SHORTEST:
        raise OutOfRange(field="keep", value=keep.days, low=SHORTEST.days, unit="d")

    def swept(statement: str, kept: timedelta = keep) -> int:
        return _in_batches(lambda: _deleted(statement, now - kept, size), batches=batches, size=size)

    return Purged(
        answers=swept(_OLDEST_ANSWERS),
        codes=swept(_OLDEST_CODES),
        sessions=swept(_OLDEST_SESSIONS),
        sign_ins=swept(_OLDEST_SIGN_INS, SIGN_INS_KEPT),
        scopes=swept(_UNUSED_SCOPES, sync_scopes.KEEP),
    )


def _in_batches(step: Callable[[], int], *, batches: int, size: int) -> int:
    total = 0
    for _ in range(batches):
        total += (count := step())
        if count < size:
            break
    return total


def _deleted(statement: str, before: datetime, size: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, [before, size])
        deleted: int = cursor.rowcount
    return deleted
