"""A gateway that does not answer is left alone for a while, so that what is owed to it costs nobody time.

Every engine sees the same row: after a failure nothing is sent to the gateway for 5 s, doubled with each
further one up to half a minute; then one message is tried, and the others follow when it is taken. What waits
meanwhile is due when the rest is over, not late.
"""

import random
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from tracker.models.hooks import LONGEST_REST_S

FIRST_REST_S = 5.0

_DUE = """
SELECT h.id, h.failures FROM tracker_hook h
WHERE h.enabled AND coalesce(h.rests_until, %(before)s) <= %(now)s AND EXISTS (
    SELECT FROM tracker_notification n
    WHERE n.channel = 'webhook' AND n.hook_id = h.id AND n.next_try_at <= %(before)s
)
ORDER BY h.id
"""
_FAILED = """
WITH rests AS (
    UPDATE tracker_hook SET
        failures = failures + 1, failing_since = coalesce(failing_since, %(now)s), last_error = %(error)s,
        rests_until = %(now)s::timestamptz + %(scatter)s * interval '1 second'
            * least(%(first)s * 2 ^ least(failures, 10), %(longest)s)
    WHERE id = %(hook)s
    RETURNING id, rests_until
)
UPDATE tracker_notification n SET next_try_at = rests.rests_until
FROM rests
WHERE n.channel = 'webhook' AND n.hook_id = rests.id AND n.next_try_at < rests.rests_until
"""
_ANSWERED = """
UPDATE tracker_hook SET
    failures = 0, failing_since = NULL, rests_until = NULL, last_error = '', last_accepted_at = %(now)s
WHERE id = %(hook)s
"""


def due(*, now: datetime, late: timedelta = timedelta(0)) -> dict[int, int]:
    """Return the gateways to which something is owed and that do not rest, with their failures in a row.

    Args:
        now: Time of the sweep, aware.
        late: By how much something has to be late; whoever only stands in waits a little.
    """
    with connection.cursor() as cursor:
        cursor.execute(_DUE, {"now": now, "before": now - late})
        return dict(cursor.fetchall())


def failed(hook: int, *, error: str, now: datetime) -> None:
    """Let a gateway rest, and what is owed to it wait for the end of its rest."""
    given: dict[str, Any] = {
        "hook": hook,
        "error": error[:300],
        "now": now,
        "first": FIRST_REST_S,
        "longest": float(LONGEST_REST_S),
        "scatter": random.uniform(0.8, 1.0),  # noqa: S311 - no secret
    }
    with connection.cursor() as cursor:
        cursor.execute(_FAILED, given)


def answered(hook: int, *, now: datetime) -> None:
    """Note that a gateway takes messages."""
    with connection.cursor() as cursor:
        cursor.execute(_ANSWERED, {"hook": hook, "now": now})
