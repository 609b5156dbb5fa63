"""How often an address without signing in may be asked by one asker; kept in this process alone."""

import threading
import time
from collections import OrderedDict

A_MINUTE = 60
ASKERS = 10_000  # remembered at most; the longest silent one is forgotten first


class Turnstile:
    """Lets each asker through so many times a minute; needs no Redis, so that it works when that does not."""

    def __init__(self, *, a_minute: int = A_MINUTE) -> None:
        self._a_minute = a_minute
        self._lock = threading.Lock()
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def lets(self, asker: str) -> bool:
        """Return whether this asker may ask now, and count that it did."""
        now = time.monotonic()
        with self._lock:
            left, at = self._left.pop(asker, (float(self._a_minute), now))
            left = min(left + (now - at) * self._a_minute / 60, self._a_minute)
            may = left >= 1
            self._left[asker] = (left - may, now)
            if len(self._left) > ASKERS:
                self._left.popitem(last=False)
        return may
