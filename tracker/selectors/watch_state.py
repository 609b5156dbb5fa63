"""How the watch is, in one word and for people: what banners, the duty board and outside monitors go by.

``recent()`` is asked of the database at most every ten seconds by a process, ``look()`` each time; both are
shown by ``tracker/watch_banner.html``.
"""

import threading
import time
from dataclasses import dataclass
from enum import StrEnum

from django.db import connection

from tracker.choices import Part
from tracker.selectors.health import LATEST_S, LONGEST_SILENCE, OLDEST_DUE

SILENT_S = 60.0  # a watch that has not turned for that long is dead, as people are told
FRESH_S = 10.0

_STATE = f"""
SELECT {OLDEST_DUE}, h.name, extract(epoch FROM clock_timestamp() - h.beat_at)::float8,
       coalesce(h.detail ->> 'error', '')
FROM (SELECT) one LEFT JOIN tracker_heartbeat h ON true
"""  # noqa: S608 - constants only


class Condition(StrEnum):
    """How the watch is, worst last."""

    WELL = "well"
    LIMPING = "limping"  # a part is silent; another does its work
    LATE = "late"
    DEAD = "dead"


@dataclass(frozen=True, kw_only=True)
class WatchState:
    """How the watch was at one look.

    Attributes:
        oldest_due_s: By how much the latest step, mail or lease is late, s.
        turned_ago_s: How long ago it last turned without anything breaking, s; None if it never did.
        silent: Parts that gave no sign of life for too long.
        error: What broke in its last turn; empty if nothing did.
    """

    oldest_due_s: float
    turned_ago_s: float | None
    silent: tuple[Part, ...]
    error: str

    @property
    def condition(self) -> Condition:
        """How it is."""
        if self.turned_ago_s is None or self.turned_ago_s > SILENT_S:
            return Condition.DEAD
        if self.oldest_due_s > LATEST_S:
            return Condition.LATE
        return Condition.LIMPING if self.silent or self.error else Condition.WELL

    @property
    def is_clean(self) -> bool:
        """Whether its last turn did all that was due and mails go out, whoever turned it."""
        turns = self.turned_ago_s is not None and self.turned_ago_s <= SILENT_S / 3
        return turns and not self.error and self.oldest_due_s <= LATEST_S and Part.MAIL not in self.silent

    @property
    def late_min(self) -> int:
        """The lateness in whole minutes."""
        return int(self.oldest_due_s // 60)

    @property
    def silent_named(self) -> list[str]:
        """What the silent parts are called."""
        return [str(part.label) for part in self.silent]


def look() -> WatchState:
    """Return how the watch is now, by the database's clock, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_STATE)
        rows = cursor.fetchall()
    silent_s = {name: seconds for _late, name, seconds, _error in rows if seconds is not None}
    errors = {name: error for _late, name, _seconds, error in rows}
    return WatchState(
        oldest_due_s=max(rows[0][0] or 0.0, 0.0),
        turned_ago_s=silent_s.get(Part.CYCLE),
        silent=tuple(
            part
            for part, longest in LONGEST_SILENCE.items()
            if silent_s.get(part, float("inf")) > longest.total_seconds()
        ),
        error=errors.get(Part.CYCLE, ""),
    )


class _Memory:
    """The last look of this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: tuple[float, WatchState] | None = None

    def recent(self) -> WatchState:
        with self._lock:
            seen = self._seen
        if seen is None or time.monotonic() - seen[0] > FRESH_S:
            seen = (time.monotonic(), look())
            with self._lock:
                self._seen = seen
        return seen[1]

    def forget(self) -> None:
        with self._lock:
            self._seen = None


_memory = _Memory()


def recent() -> WatchState:
    """Return how the watch was within the last ten seconds."""
    return _memory.recent()


def forget() -> None:
    """Look anew the next time."""
    _memory.forget()
