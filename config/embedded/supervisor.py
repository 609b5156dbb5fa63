"""Starts services in order, starts again what dies, stops in reverse order.

One thread on purpose: the kernel ties a child's end to the thread that started it.
"""

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Self

from config.embedded.child import Child, Service
from config.embedded.console import Refused, say
from config.embedded.logs import Log
from config.embedded.process import remember

END_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
TRIES = 3  # exits of a service that is not ready yet
LONGEST_TURN, SHORT_TURN = 1.0, 0.05  # seconds
AT_ONCE = 2  # signals: the first asks, the second hurries


class Stopped(Exception):  # noqa: N818 - the wish of a person, not a defect
    """Somebody asked for the end while something was starting."""


class Supervisor:
    """The parent of every service, from the first start to the last stop."""

    def __init__(self, logs: Path, children: Path) -> None:
        self.asked: list[int] = []
        self._give_way = True
        self._logs, self._record = logs, children
        self._children: list[Child] = []
        self._log = Log(logs, "supervisor")
        self._selector = selectors.DefaultSelector()
        self._stopping = False

    def __enter__(self) -> Self:
        """Listen to signals from here on."""
        self._wake_out, self._wake_in = os.pipe()
        for end in (self._wake_out, self._wake_in):
            os.set_blocking(end, False)
        self._selector.register(self._wake_out, selectors.EVENT_READ, self._drain)
        signal.set_wakeup_fd(self._wake_in, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        for number in END_SIGNALS:
            signal.signal(number, self._note)
        return self

    def __exit__(self, *_: object) -> None:
        """Stop everything, whatever happened."""
        try:
            self._stop()
        finally:
            signal.set_wakeup_fd(-1)
            for number in (*END_SIGNALS, signal.SIGCHLD):
                signal.signal(number, signal.SIG_DFL)
            self._log.close()

    def start(self, service: Service) -> None:
        """Start a service and wait until it is ready.

        Raises:
            Refused: If it is not ready in time, or ends again and again before it is.
        """
        child = self.launch(service)
        end = time.monotonic() + service.ready_within
        while child.pid is None or not service.ready():
            if child.exits >= TRIES or time.monotonic() > end:
                raise Refused(_failure(child))
            self._pause(SHORT_TURN)

    def launch(self, *services: Service) -> Child:
        """Start services without waiting for them and return the last."""
        for service in services:
            self._children.append(Child(service, self._logs))
            self._spawn(self._children[-1])
        return self._children[-1]

    def wait(self, ready: Callable[[], bool], *, within: float, what: Callable[[], str]) -> None:
        """Wait until something is so.

        Raises:
            Refused: If it is not so within the time (s), or a service ends again and again.
        """
        end = time.monotonic() + within
        while not ready():
            if failed := [child for child in self._children if child.exits >= TRIES]:
                raise Refused(_failure(failed[0]))
            if time.monotonic() > end:
                raise Refused(what())
            self._pause(SHORT_TURN * 4)
        for child in self._children:  # what is said while things start is no trouble yet
            child.log.loud = True

    def finish(self, service: Service) -> None:
        """Run a command to its end.

        Raises:
            Refused: If it fails.
        """
        child = Child(service, self._logs)
        self._spawn(child)
        self._children.append(child)
        while not child.has_exited():
            self._turn(SHORT_TURN, leave_alone=child)
        code = self._buried(child)
        self._children.remove(child)
        if code != 0:
            raise Refused(_failure(child))
        child.log.close()

    def attend(self, process: subprocess.Popen[bytes]) -> int:
        """Keep the services going until a process of the terminal ends; return its exit code.

        From here on a wish to stop is handed to that process, which decides.
        """
        self._give_way = False
        told = 0
        while process.poll() is None:
            self._turn(LONGEST_TURN)
            for number in self.asked[told:]:
                told += 1
                if number != signal.SIGINT:  # the terminal has sent that one to the process too
                    process.send_signal(number)
        return process.returncode

    def watch(self) -> None:
        """Keep the services going until somebody asks for the end."""
        with suppress(Stopped):
            while True:
                self._turn(LONGEST_TURN)

    def _pause(self, seconds: float) -> None:
        """Let time pass; what children say meanwhile does not shorten it."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._turn(left)

    def _turn(self, longest: float, leave_alone: Child | None = None) -> None:
        """Listen for a moment, then see who died and who is due to return."""
        now = time.monotonic()
        gone = [] if self._stopping else [c for c in self._children if c.pid is None]
        due = [child.due - now for child in gone]
        for key, _ in self._selector.select(max(0.0, min([longest, *due]))):
            key.data()
        for child in self._children:
            if child is not leave_alone:
                self._look_after(child)
        if self.asked and self._give_way and not self._stopping:
            raise Stopped

    def _look_after(self, child: Child) -> None:
        if child.pid is not None and child.has_exited():
            code = self._buried(child)
            if not self._stopping:
                words = f"{child.service.name} ended ({_exit(code)})"
                self._tell(f"{words}; starting it again in {child.plan_return():g} s")
        if child.pid is None and not self._stopping and time.monotonic() >= child.due:
            self._spawn(child)

    def _spawn(self, child: Child) -> None:
        try:
            descriptor = child.spawn()
        except OSError as error:
            raise Refused(f"cannot start {child.service.name}: {error}") from error

        def hear() -> None:
            if not child.hear():
                self._forget(descriptor)

        self._selector.register(descriptor, selectors.EVENT_READ, hear)
        self._log.write(f"started {child.service.name}, process {child.pid}")
        self._remember()

    def _buried(self, child: Child) -> int:
        self._forget(child.descriptor)
        code = child.bury()
        self._log.write(f"{child.service.name} has ended: {_exit(code)}")
        self._remember()
        return code

    def _stop(self) -> None:
        """Stop one after the other, the last started first."""
        self._stopping = True
        for child in reversed(self._children):
            if child.pid is not None:
                self._end(child)
            child.log.close()
        self._record.unlink(missing_ok=True)

    def _end(self, child: Child) -> None:
        self._log.write(f"stopping {child.service.name}")
        child.log.loud = False
        child.signal(child.service.stop_signal)
        end = time.monotonic() + child.service.grace
        while child.pid is not None:
            hurry = len(self.asked) >= AT_ONCE and self._give_way
            if time.monotonic() > end or hurry:
                self._log.write(f"killing {child.service.name}")
                child.signal(signal.SIGKILL)
                end = time.monotonic() + child.service.grace
            self._turn(SHORT_TURN)

    def _note(self, number: int, _frame: FrameType | None) -> None:
        self.asked.append(number)

    def _drain(self) -> None:
        with suppress(BlockingIOError):
            while os.read(self._wake_out, 4096):
                pass

    def _forget(self, descriptor: int) -> None:
        with suppress(KeyError, ValueError):
            self._selector.unregister(descriptor)

    def _remember(self) -> None:
        with suppress(OSError):  # a full disk is no reason to stop watching
            remember(self._record, [c.identity for c in self._children if c.identity])

    def _tell(self, text: str) -> None:
        self._log.write(text)
        say(text)


def _exit(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"code {code}"


def _failure(child: Child) -> str:
    said = "\n".join(f"  {line}" for line in child.log.last)
    return f"{child.service.name} failed. The end of {child.log.path}:\n{said}"
