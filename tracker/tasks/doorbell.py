"""The doorbell: wakes the worker after a commit. A hint only: it may fail, and never makes anybody wait.

Rings of one process within 0.3 s are one, and the last of them is always heard: whoever rings while the
worker is being woken makes it be woken once more; a ring that nobody has heard yet is rung for all.
Publishing happens in a thread that lives for as long as there is something to publish, so that a request
never waits for Redis. After a failure Redis is left alone for 30 s; the beat and the watchdog do the work
meanwhile.
"""

import logging
import os
import threading
import time
from contextlib import suppress
from typing import Any

from kombu import Connection, Producer

from tracker.services.broker import short_connection
from tracker.tasks import BELL, ring

logger = logging.getLogger(__name__)

GAP_S = 0.3
SILENCE_S = 30.0


class Doorbell:
    """The doorbell of one process.

    Attributes:
        rung: How often the worker was woken.
        failures: How often Redis did not take it.
    """

    def __init__(self) -> None:
        self._begin()
        os.register_at_fork(after_in_child=self._begin)

    def _begin(self) -> None:
        """Begin anew; in a forked process too, which has neither the thread nor the connection."""
        self.rung = self.failures = 0
        self._lock = threading.Lock()
        self._wanted = self._busy = False
        self._silent_until = 0.0
        self._connection: Connection | None = None

    def ring(self, **_: Any) -> None:
        """Wake the worker soon; returns at once and never raises."""
        with self._lock:
            self._wanted = True
            if self._busy or time.monotonic() < self._silent_until:
                return
            self._busy = True
        try:
            threading.Thread(target=self._work, name="doorbell").start()
        except RuntimeError:  # no more threads, or the interpreter is ending
            self._busy = False
            logger.exception("doorbell has no thread")

    def _work(self) -> None:
        while self._more():
            if self._publish():
                time.sleep(GAP_S)

    def _more(self) -> bool:
        with self._lock:
            self._busy = self._wanted and time.monotonic() >= self._silent_until
            self._wanted = False
            return self._busy

    def _publish(self) -> bool:
        """Publish on the connection kept from last time; Redis' client makes it anew where it has died."""
        connection = self._connection or short_connection()
        try:
            self._wake(connection)
        except Exception as error:  # noqa: BLE001 - whatever Redis or its client say, the sweep does the work
            self._fail(connection, error)
            return False
        self._connection = connection
        return True

    def _wake(self, connection: Connection) -> None:
        """Put a ring into the queue unless one waits there: whoever takes that one sees what we committed."""
        channel: Any = connection.default_channel  # the stubs do not know Redis
        if not channel.client.llen(BELL):
            ring.apply_async(producer=Producer(connection), retry=False)
            self.rung += 1

    def _fail(self, connection: Connection, error: Exception) -> None:
        self.failures += 1
        self._silent_until = time.monotonic() + SILENCE_S
        logger.warning("doorbell is silent: Redis does not take it", extra={"error": str(error)})
        self._connection = None
        with suppress(Exception):  # it is broken already; what matters is that this thread goes on
            connection.collect(socket_timeout=1)


doorbell = Doorbell()
