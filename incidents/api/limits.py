"""Requests counted by the minute, over all processes, at next to no cost.

The count stands in Redis, through Django's cache. A process takes a tenth of a minute's limit at once and
spends it by itself, so that one request in many asks Redis and none waits for it longer than a blink: after
a failure or a slow answer Redis is left alone for ten seconds. Meanwhile whoever is known goes on unhindered,
for a reading must not be lost to a counter; strangers are counted by each process alone.
"""

import hashlib
import logging
import threading
import time
from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.core.cache import cache

logger = logging.getLogger(__name__)

WINDOW_S: Final = 60
SLOW_S: Final = 0.05
SILENCE_S: Final = 10.0
_SHARE: Final = 10
_LARGEST_LEASE: Final = 100
_MOST_CALLERS: Final = 50_000  # bounds the memory of one process


class _Account:
    """What one process knows of one caller in one minute."""

    __slots__ = ("left", "refused", "taken")

    def __init__(self) -> None:
        self.left = self.taken = 0
        self.refused = False


class Limiter:
    """The counters of one process.

    Attributes:
        failures: How often Redis did not answer, or too late.
    """

    def __init__(
        self, *, clock: Callable[[], float] = time.time, stopwatch: Callable[[], float] = time.monotonic
    ) -> None:
        self._clock, self._stopwatch = clock, stopwatch
        self._lock = threading.Lock()
        self._window = 0
        self._accounts: dict[tuple[str, str], _Account] = {}
        self._silent_until = 0.0
        self.failures = 0

    def wait_s(self, bucket: str, who: str, *, known: bool) -> int:
        """Count a request; return 0, or after how many seconds it may be tried again.

        Args:
            bucket: What is asked for, a key of ``settings.THROTTLES``.
            who: Who asks.
            known: Whether it is a phone or a person; else it stops at the limit even without Redis.
        """
        limit: int = settings.THROTTLES[bucket]
        if not limit:
            return 0
        now = self._clock()
        window = int(now // WINDOW_S)
        account = self._account(window, bucket, who)
        if account.left > 0:  # two threads that both see the last one let one more in: no harm
            account.left -= 1
            return 0
        if not account.refused:
            account.left = self._lease(account, f"{bucket}:{who}:{window}", limit, known=known)
            account.refused = account.left <= 0
        if account.refused:
            return max(1, round((window + 1) * WINDOW_S - now))
        account.left -= 1
        return 0

    def forget(self) -> None:
        """Forget all that this process has counted."""
        with self._lock:
            self._accounts = {}
            self._silent_until = 0.0

    def _account(self, window: int, bucket: str, who: str) -> _Account:
        if window != self._window or len(self._accounts) > _MOST_CALLERS:
            with self._lock:
                self._window, self._accounts = window, {}
        return self._accounts.setdefault((bucket, who), _Account())

    def _lease(self, account: _Account, key: str, limit: int, *, known: bool) -> int:
        """Return how many requests may be spent without asking again; 0 refuses all of this minute."""
        size = min(max(1, limit // _SHARE), _LARGEST_LEASE)
        before = self._counted(key, size)
        if before is None:
            before = 0 if known else account.taken
        account.taken += size
        return min(size, limit - before)

    def _counted(self, key: str, size: int) -> int | None:
        """Add to the count of all processes; return what it was, or None where nobody knows."""
        began = self._stopwatch()
        name = f"throttle:{hashlib.sha256(key.encode()).hexdigest()}"  # any name is fit, and none is told
        if began < self._silent_until:
            return None
        try:
            cache.add(name, 0, timeout=2 * WINDOW_S)
            before = cache.incr(name, size) - size
        except Exception as error:  # noqa: BLE001 - whatever Redis or its client say, requests go on
            self._leave_alone(error=str(error))
            return None
        if self._stopwatch() - began > SLOW_S:
            self._leave_alone(error="slow")
        return before

    def _leave_alone(self, *, error: str) -> None:
        self.failures += 1
        self._silent_until = self._stopwatch() + SILENCE_S
        logger.warning("limits are counted by each process: Redis does not count", extra={"error": error})


limiter = Limiter()
