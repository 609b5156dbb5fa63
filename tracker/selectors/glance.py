"""A glance before a turn: is anything due, was anything written, and when did the watch last look at all?

Most of what a turn does is to ask every rule. Where nothing calls for it a turn every few seconds is enough,
for what only time brings about.
"""

from datetime import datetime, timedelta

from incidents.models import direct
from tracker.choices import Part

REST = timedelta(seconds=4)  # with nothing due and nothing written

_HEAD = "coalesce((SELECT max(id) FROM incidents_journalentry), 0)"
_QUIET = f"""
SELECT EXISTS (
    SELECT FROM tracker_heartbeat h
    WHERE h.name = %s AND (h.detail #>> '{{glance,head}}')::bigint = {_HEAD}
      AND (h.detail #>> '{{glance,turned_at}}')::timestamptz BETWEEN %s AND %s
) AND NOT EXISTS (SELECT FROM tracker_alert WHERE next_due_at <= %s)
  AND NOT EXISTS (SELECT FROM tracker_notification WHERE next_try_at <= %s)
  AND NOT EXISTS (SELECT FROM tracker_notification WHERE state = 'held' AND held_until <= %s)
  AND NOT EXISTS (SELECT FROM tracker_notification WHERE state = 'leased')
"""  # noqa: S608 - constants only


def is_quiet(*, now: datetime) -> bool:
    """Say whether a turn may be left out: the last one was clean, it was a moment ago, and nothing calls.

    What somebody is sending just now calls: its sender may be dead.

    Args:
        now: Time of the glance, aware.
    """
    ((quiet,),) = direct.run(_QUIET, [Part.CYCLE, now - REST, *[now] * 4])
    return bool(quiet)


def seen(*, now: datetime) -> dict[str, object]:
    """Return what the next glance compares with: how far the journal goes as a turn begins, and when.

    Args:
        now: Time of the turn, aware.
    """
    ((head,),) = direct.run(f"SELECT {_HEAD}")
    return {"head": head, "turned_at": now.isoformat()}
