"""How the watch itself is: what the health page says."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import connection

from tracker.choices import Part

# A part is well while its last sign of life is younger than this.
LONGEST_SILENCE: dict[Part, timedelta] = {
    Part.WORKER: timedelta(seconds=20),  # ten ticks
    Part.BEAT: timedelta(seconds=20),
    Part.WATCHDOG: timedelta(seconds=10),  # five turns
    Part.BROKER: timedelta(seconds=30),  # three probes
    Part.MAIL: timedelta(seconds=30),
}
LATEST_S = 60.0  # something due for longer than this is an illness of its own

# What is due now but for the next sweep: steps not taken, mails not tried or held for too long, leases that
# nobody took over.
OLDEST_DUE = """
extract(epoch FROM clock_timestamp() - least(
    (SELECT min(next_due_at) FROM tracker_alert WHERE next_due_at IS NOT NULL),
    (SELECT min(next_try_at) FROM tracker_notification WHERE next_try_at IS NOT NULL),
    (SELECT min(held_until) FROM tracker_notification WHERE state = 'held'),
    (SELECT min(lease_until) FROM tracker_notification WHERE state = 'leased')
))::float8
"""
_SILENT = "SELECT name, extract(epoch FROM clock_timestamp() - beat_at)::float8 FROM tracker_heartbeat"


@dataclass(frozen=True, kw_only=True)
class Health:
    """What the tables say of the watch.

    Attributes:
        alive: Part → whether it lives; a part that was never seen does not.
        oldest_due_s: By how much the latest step, mail or lease is late, s; 0 if nothing is.
    """

    alive: dict[Part, bool]
    oldest_due_s: float

    @property
    def is_well(self) -> bool:
        """Whether every part lives and nothing is late."""
        return all(self.alive.values()) and self.oldest_due_s <= LATEST_S


def health() -> Health:
    """Return how the watch is, by the database's clock."""
    silent = silences()
    return Health(
        alive={
            part: silent.get(part, float("inf")) <= longest.total_seconds()
            for part, longest in LONGEST_SILENCE.items()
        },
        oldest_due_s=oldest_due_s(),
    )


def silences() -> dict[str, float]:
    """Return how long ago each part gave its last sign of life, s; without those that never did."""
    with connection.cursor() as cursor:
        cursor.execute(_SILENT)
        return {name: seconds for name, seconds in cursor.fetchall() if seconds is not None}


def oldest_due_s() -> float:
    """Return by how much the latest step, mail or lease is late, s; 0 if nothing is."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {OLDEST_DUE}")
        late = cursor.fetchone()[0]
    return max(late or 0.0, 0.0)
