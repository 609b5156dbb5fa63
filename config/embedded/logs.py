"""What children say: all of it into a file each, a little of it onto the terminal."""

import os
import re
import time
from collections import deque
from contextlib import suppress
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

from config.embedded.console import say

LARGEST = 5_000_000  # bytes of one log file
KEPT = 2  # older files beside it
TROUBLE = re.compile(r"\b(WARNING|ERROR|CRITICAL|FATAL|PANIC)\b|^Traceback ")
SHOWN, PERIOD = 3, 60.0  # lines of trouble shown of one process, in so many seconds
WIDEST = 300  # characters of a line shown


class Log:
    """The log file of one process: each line with its time and the name."""

    def __init__(self, folder: Path, name: str) -> None:
        self.name = name
        self.path = folder / f"{name}.log"
        self.loud = False
        self.last: deque[str] = deque(maxlen=15)
        self._shown: deque[float] = deque(maxlen=SHOWN)
        self._rest = b""
        self._descriptor = self._open()

    def feed(self, data: bytes) -> None:
        """Take what the process wrote, in pieces of any length."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self.write(line.decode(errors="replace").rstrip())

    def finish(self) -> None:
        """Write what came without an end of line."""
        if self._rest:
            self.feed(b"\n")

    def write(self, line: str) -> None:
        """Write one line, and show it if it is trouble and there is not too much of it."""
        at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3]
        self.last.append(line)
        if self.loud and TROUBLE.search(line):
            self._show(line)
        with suppress(OSError):  # a full disk must not end the one that restarts the others
            os.write(self._descriptor, f"{at}Z {self.name} | {line}\n".encode())
            if os.fstat(self._descriptor).st_size > LARGEST:
                renewed = self._open()
                os.close(self._descriptor)
                self._descriptor = renewed

    def close(self) -> None:
        """Close the file."""
        self.finish()
        os.close(self._descriptor)

    def _show(self, line: str) -> None:
        now = time.monotonic()
        if len(self._shown) == SHOWN and now - self._shown[0] < PERIOD:
            return
        self._shown.append(now)
        more = f"  (more in {self.path})" if len(self._shown) == SHOWN else ""
        say(f"{self.name} | {line[:WIDEST]}{more}")

    def _open(self) -> int:
        if self.path.exists() and self.path.stat().st_size > LARGEST // 2:
            names = [self.path, *(self.path.with_suffix(f".log.{n + 1}") for n in range(KEPT))]
            for newer, older in reversed(list(pairwise(names))):
                if newer.exists():
                    newer.replace(older)
        return os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
