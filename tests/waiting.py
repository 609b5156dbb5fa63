"""Waiting for something to become so."""

import time
from collections.abc import Callable


def until(true: Callable[[], object], *, within: float = 30.0) -> None:
    """Wait until something is so; fail if it is not so in time (s)."""
    end = time.monotonic() + within
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)
