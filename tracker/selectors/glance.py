"""A glance before a turn: is anything due, was anything written, and when did the watch last look at all?

Most of what a turn does is to ask every rule. Where nothing calls for it a turn every few seconds is enough,
for what only time brings about.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from incidents.models import direct
from tracker.choices import Part

REST = timedelta(seconds=4)  # between two looks at the rules, with nothing written

_HEAD = "coalesce((SELECT max(id) FROM incidents_journalentry), 0)"
_GLANCE = f"""
SELECT EXISTS (
    SELECT FROM tracker_heartbeat h
    WHERE h.name = %s AND (h.detail #>> '{{glance,head}}')::bigint = {_HEAD}
      AND (h.detail #>> '{{glance,turned_at}}')::timestamptz BETWEEN %s AND %s
), EXISTS (SELECT FROM tracker_alert WHERE next_due_at <= %s)
   OR EXISTS (SELECT FROM tracker_notification WHERE next_try_at <= %s)
   OR EXISTS (SELECT FROM tracker_notification WHERE state = 'held' AND held_until <= %s)
   OR EXISTS (SELECT FROM tracker_notification WHERE state = 'leased')
"""  # noqa: S608 - constants only


@dataclass(frozen=True, kw_only=True)
class Glance:
    """What a glance shows.

    Attributes:
        has_looked: Whether a clean turn has asked the rules a moment ago and nothing was written since.
        is_due: Whether a step, a mail or what was held is due. What somebody is sending just now counts: its
            sender may be dead.
    """

    has_looked: bool
    is_due: bool

    @property
    def is_quiet(self) -> bool:
        """Whether a turn may be left out."""
        return self.has_looked and not self.is_due


def glance(*, now: datetime) -> Glance:
    """Glance at what calls for a turn.

    Args:
        now: Time of the glance, aware.
    """
    ((has_looked, is_due),) = direct.run(_GLANCE, [Part.CYCLE, now - REST, *[now] * 4])
    return Glance(has_looked=has_looked, is_due=is_due)


def seen(*, now: datetime) -> dict[str, object]:
    """Return what the next glance compares with: how far the journal goes as a turn begins, and when.

    Args:
        now: Time of the turn, aware.
    """
    ((head,),) = direct.run(f"SELECT {_HEAD}")
    return {"head": head, "turned_at": now.isoformat()}
