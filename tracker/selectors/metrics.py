"""What monitoring reads of the watch: five statements, none of which grows with what was sent long ago."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection

from tracker.choices import Part
from tracker.selectors.health import OLDEST_DUE

NEWEST = 4_000  # rows that are looked at for what was recent
RECENT_MIN = 15
QUANTILES = (0.5, 0.95, 0.99, 1.0)

_PARTS = f"""
SELECT {OLDEST_DUE}, h.name, extract(epoch FROM clock_timestamp() - h.beat_at)::float8, h.detail -> 'took_ms'
FROM (SELECT) one LEFT JOIN tracker_heartbeat h ON true
"""  # noqa: S608 - constants only
_QUEUE = """
SELECT q.channel, q.state, count(*), extract(epoch FROM clock_timestamp() - min(q.created_at))::float8
FROM (
    SELECT channel, state, created_at FROM tracker_notification WHERE next_try_at IS NOT NULL
    UNION ALL SELECT channel, state, created_at FROM tracker_notification WHERE state = 'held'
    UNION ALL SELECT channel, state, created_at FROM tracker_notification WHERE state = 'leased'
) q
GROUP BY q.channel, q.state
"""
# The newest by number are found by the key of the table, however many there are.
_RECENT = """
SELECT n.channel, n.state, count(*),
       percentile_disc(%(quantiles)s::float8[]) WITHIN GROUP (
           ORDER BY greatest(extract(epoch FROM n.accepted_at - n.due_at), 0)::float8
       ) FILTER (WHERE n.state = 'accepted' AND n.kind = 'step')
FROM tracker_notification n
WHERE n.id > (SELECT max(id) - %(newest)s FROM tracker_notification)
  AND n.created_at > clock_timestamp() - %(recent)s * interval '1 minute'
GROUP BY n.channel, n.state
"""
_STEPS = """
SELECT coalesce(sum(jsonb_array_length(e.detail -> 'skipped')), 0), count(*) FILTER (WHERE e.kind = 'nobody')
FROM tracker_alertevent e
WHERE e.id > (SELECT max(id) - %(newest)s FROM tracker_alertevent)
  AND e.at > clock_timestamp() - %(recent)s * interval '1 minute'
"""
_GATEWAYS = "SELECT name, failures FROM tracker_hook WHERE enabled ORDER BY id"


@dataclass(frozen=True, kw_only=True)
class Metrics:
    """What the tables say.

    Attributes:
        oldest_due_s: By how much the latest step, mail or lease is late, s.
        silent_s: Part → age of its last sign of life, s.
        took_s: Stage of the last clean turn → how long it took, s.
        queue: Channel and state → how many are owed, and the age of the oldest, s.
        recent: Channel and state → how many of those decided in the last 15 minutes.
        lateness_s: Channel → lateness at :data:`QUANTILES` of those taken, s.
        skipped: Steps passed over because the watch was late, in the last 15 minutes.
        nobody: Steps that reached nobody, in the last 15 minutes.
        gateways: Name → attempts in a row that it did not answer.
    """

    oldest_due_s: float
    silent_s: Mapping[str, float]
    took_s: Mapping[str, float]
    queue: Mapping[tuple[str, str], tuple[int, float]]
    recent: Mapping[tuple[str, str], int]
    lateness_s: Mapping[str, list[float]]
    skipped: int
    nobody: int
    gateways: Mapping[str, int]


def metrics() -> Metrics:
    """Return what monitoring asks for, by the database's clock."""
    given = {"newest": NEWEST, "recent": RECENT_MIN, "quantiles": list(QUANTILES)}
    parts, queue, recent = _rows(_PARTS), _rows(_QUEUE), _rows(_RECENT, given)
    ((skipped, nobody),) = _rows(_STEPS, given)
    took = next((row[3] for row in parts if row[1] == Part.CYCLE), None)
    return Metrics(
        oldest_due_s=max(parts[0][0] or 0.0, 0.0),
        silent_s={row[1]: row[2] for row in parts if row[2] is not None},
        took_s={stage: took_ms / 1000 for stage, took_ms in _read(took).items()},
        queue={(channel, state): (count, age) for channel, state, count, age in queue},
        recent={(channel, state): count for channel, state, count, _late in recent},
        lateness_s={channel: late for channel, _state, _count, late in recent if late},
        skipped=int(skipped),
        nobody=nobody,
        gateways=dict(_rows(_GATEWAYS)),
    )


def _rows(statement: str, given: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return list(cursor.fetchall())


def _read(value: Any) -> dict[str, float]:
    """Return a JSON object, which Django's connection gives as text."""
    return json.loads(value) if isinstance(value, str) else dict(value or {})
