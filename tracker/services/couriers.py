"""Threads that post to gateways: one each, so that none keeps mails or another gateway waiting."""

import logging
import os
import threading
import time
from datetime import datetime, timedelta

from django.db import connections

from tracker.selectors.clock import database_now
from tracker.services import hook_circuit, hook_post

logger = logging.getLogger(__name__)


class Couriers:
    """The couriers of one process; each gateway has one while something is owed to it."""

    def __init__(self) -> None:
        self._begin()
        os.register_at_fork(after_in_child=self._begin)

    def _begin(self) -> None:
        self._lock = threading.Lock()
        self._busy: set[int] = set()

    def wake(self, *, now: datetime, late: timedelta = timedelta(0)) -> int:
        """Send a courier to every gateway to which something is owed, and do not wait; return how many.

        Args:
            now: Time of the sweep, aware.
            late: By how much something has to be late.
        """
        return sum(self._send(hook_id) for hook_id in hook_circuit.due(now=now, late=late))

    def wait(self, *, within_s: float) -> None:
        """Wait until nobody is on the way any more, or for a time (s)."""
        end = time.monotonic() + within_s
        while self._busy and time.monotonic() < end:
            time.sleep(0.02)

    def _send(self, hook_id: int) -> bool:
        with self._lock:
            if hook_id in self._busy:
                return False
            self._busy.add(hook_id)
        try:
            threading.Thread(target=self._go, args=[hook_id], name=f"courier-{hook_id}", daemon=True).start()
        except RuntimeError:  # no more threads, or the interpreter is ending
            self._home(hook_id)
            logger.exception("courier has no thread")
            return False
        return True

    def _go(self, hook_id: int) -> None:
        try:
            done = hook_post.deliver(hook_id, now=database_now())
            logger.debug("gateway was posted to", extra={"hook": hook_id, "done": vars(done)})
        except Exception:  # the next sweep sends another one
            logger.exception("courier broke", extra={"hook": hook_id})
        finally:
            connections.close_all()
            self._home(hook_id)

    def _home(self, hook_id: int) -> None:
        with self._lock:
            self._busy.discard(hook_id)


couriers = Couriers()
