"""Waiting for something to become so."""

import os
import time
from collections.abc import Callable


def until(true: Callable[[], object], *, within: float = 30.0) -> None:
    """Wait until something is so; fail if it is not so in time (s)."""
    end = time.monotonic() + within
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def is_busy() -> bool:
    """Say whether others work here too: more runs or waits than one system of ours brings."""
    return os.getloadavg()[0] > 2 * (os.cpu_count() or 1)
