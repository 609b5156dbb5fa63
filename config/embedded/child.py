"""One process under the supervisor: what it is, and its present life."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from config.embedded.logs import Log
from config.embedded.process import Identity, end_with_parent, started

FIRST_DELAY, LONGEST_DELAY, PROVEN = 0.5, 30.0, 10.0  # seconds


@dataclass(frozen=True)
class Service:
    """How to start a process, see that it is ready, and end it."""

    name: str
    command: tuple[str, ...]
    env: Mapping[str, str]
    folder: Path
    wrapper: tuple[str, ...] = ()  # replaces itself by the command: `unshare … --`
    descriptors: tuple[int, ...] = ()  # open files handed on
    ready: Callable[[], bool] = field(default=lambda: True)
    ready_within: float = 30.0  # seconds
    stop_signal: signal.Signals = signal.SIGTERM
    orphan_signal: signal.Signals = signal.SIGKILL
    grace: float = 10.0  # seconds between asking and killing


class Child:
    """A service and the process that now stands for it."""

    def __init__(self, service: Service, logs: Path) -> None:
        self.service = service
        self.log = Log(logs, service.name)
        self.exits = 0
        self.descriptor = -1
        self.identity: Identity | None = None
        self._delay = FIRST_DELAY
        self._since = self.due = 0.0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The number of the process, while there is one."""
        return self._process.pid if self._process else None

    def spawn(self) -> int:
        """Start the process and return the descriptor of what it says.

        It gets its own session: a terminal's Ctrl-C reaches the supervisor alone.
        """
        service = self.service
        self._process = subprocess.Popen(
            [*service.wrapper, *service.command],
            env=dict(service.env),
            cwd=service.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=service.descriptors,
            start_new_session=True,
            preexec_fn=end_with_parent(service.orphan_signal),  # noqa: PLW1509 - no threads here
        )
        self._since = time.monotonic()
        pid = self._process.pid
        self.identity = Identity(service.name, pid, started(pid) or "", service.command)
        stream = self._process.stdout
        assert stream is not None  # noqa: S101 - because of PIPE
        os.set_blocking(stream.fileno(), False)
        self.descriptor = stream.fileno()
        return self.descriptor

    def hear(self) -> bool:
        """Take what the process said; false when it will say no more."""
        if self._process is None or self._process.stdout is None:
            return False
        try:
            while data := os.read(self._process.stdout.fileno(), 65536):
                self.log.feed(data)
        except BlockingIOError:
            return True
        return False

    def has_exited(self) -> bool:
        """Say whether the process has ended, its number not yet given back."""
        assert self._process is not None  # noqa: S101 - asked only about the living
        look = os.WEXITED | os.WNOHANG | os.WNOWAIT
        return os.waitid(os.P_PID, self._process.pid, look) is not None

    def bury(self) -> int:
        """End what is left of the group, give the number back, and return the exit code.

        The group is ended while the dead leader still holds its number: it can be no other's.
        """
        assert self._process is not None  # noqa: S101 - as above
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self.hear()
        self.log.finish()
        code = self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()
        self._process = self.identity = None
        self.exits += 1
        return code

    def plan_return(self) -> float:
        """Decide when to start again and return the wait: 0.5 s, doubled up to 30 s.

        Who lived for ten seconds was killed, not born ill: it starts again from the shortest wait.
        """
        now = time.monotonic()
        if now - self._since >= PROVEN:
            self._delay = FIRST_DELAY
        wait, self._delay = self._delay, min(self._delay * 2, LONGEST_DELAY)
        self.due = now + wait
        return wait

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the process if there is one."""
        if self._process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(self._process.pid, number)
