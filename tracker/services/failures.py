"""The times at which the watch itself was ill, as rows: so that two watchdogs tell of one illness once."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from tracker.choices import WatchTrouble
from tracker.models import WatchFailure
from tracker.selectors.watch_state import WatchState

DEAD_S = 180.0  # rule E37: no sign of life for three minutes
LATE_S = 300.0  # and a queue older than five
AGAIN = timedelta(minutes=15)


def trouble_of(state: WatchState) -> WatchTrouble | None:
    """Return what is so wrong with the watch that it may not be able to tell it itself.

    A watch that has never turned is not missed.
    """
    if state.turned_ago_s is not None and state.turned_ago_s > DEAD_S:
        return WatchTrouble.DEAD
    return WatchTrouble.LATE if state.oldest_due_s > LATE_S else None


@transaction.atomic
def note(trouble: WatchTrouble | None, *, since: datetime, now: datetime) -> WatchFailure | None:
    """Begin, go on with or end a failure, and return it if somebody has to be told of it now, by this caller.

    Args:
        trouble: What is wrong; None if nothing is.
        since: Since when, if it is new.
        now: The present, by the database's clock.
    """
    last = WatchFailure.objects.select_for_update().filter(ended_at=None).order_by("pk").first()
    if trouble is None:
        if last is None:
            return None
        last.ended_at = max(now, last.began_at)
        last.save(update_fields=["ended_at"])
        return last if last.told_at else None
    if last is None:
        last = WatchFailure(why=trouble, began_at=since)
    elif last.told_at is not None and last.told_at > now - AGAIN:
        return None
    last.told_at = now  # whoever tells it has it; who reaches nobody gives it back
    last.save()
    return last


@transaction.atomic
def record(failure: WatchFailure, told: list[dict[str, Any]]) -> None:
    """Note who was told; a failure that nobody heard of is told again at the next look."""
    locked = WatchFailure.objects.select_for_update().get(pk=failure.pk)
    locked.told = [*locked.told, *told]
    if not told and locked.ended_at is None:
        locked.told_at = None
    locked.save(update_fields=["told", "told_at"])
