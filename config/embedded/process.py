"""Facts about processes: who is provably ours, and who ends with us.

Linux answers through /proc. Elsewhere nothing can be proved, so nothing is ever ended.
"""

import ctypes
import json
import os
import signal
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from config.embedded.state import write_atomically

PR_SET_PDEATHSIG = 1  # linux/prctl.h
STATE_FIELD, START_FIELD = 0, 19  # of /proc/PID/stat, counted after the name in parentheses
_libc = ctypes.CDLL(None)


@dataclass(frozen=True)
class Identity:
    """What makes a process this one and no other: also when its number is used again."""

    name: str
    pid: int
    started: str  # boot and clock tick of the start
    command: tuple[str, ...]

    def is_running(self) -> bool:
        """Say whether exactly this process still runs.

        Of the command line only the program: Redis writes a title over the rest.
        """
        same = started(self.pid) == self.started
        return same and command_line(self.pid).startswith(self.command[0])


def started(pid: int) -> str | None:
    """Return boot and clock tick of a process's start; nothing for the dead and for zombies."""
    try:
        facts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return None
    return None if facts[STATE_FIELD] in "ZX" else f"{boot}:{facts[START_FIELD]}"


def command_line(pid: int) -> str:
    """Return the command line of a process; empty when it is gone."""
    try:
        return os.fsdecode(Path(f"/proc/{pid}/cmdline").read_bytes())
    except OSError:
        return ""


def end_with_parent(number: signal.Signals) -> Callable[[], None]:
    """Return what a child runs before its program, so that it outlives us by no means.

    The kernel sends the signal when the thread that started the child ends, even by `kill -9`.
    """
    parent = os.getpid()

    def prepare() -> None:
        if hasattr(_libc, "prctl"):
            _libc.prctl(PR_SET_PDEATHSIG, int(number))
        if os.getppid() != parent:
            os._exit(1)

    return prepare


def remember(path: Path, identities: Iterable[Identity]) -> None:
    """Write down who runs."""
    write_atomically(path, json.dumps([asdict(identity) for identity in identities]))


def end_left_overs(path: Path, *, patience: float = 10) -> list[str]:
    """End what a killed supervisor left running and return the names.

    Only what is provably ours: same number, same boot and tick of the start, same program. The later started
    goes first. Who does not listen within the patience (s) is killed.
    """
    left = [identity for identity in reversed(recorded(path)) if identity.is_running()]
    for identity in left:
        _signal(identity, signal.SIGINT if identity.name == "postgres" else signal.SIGTERM)
    end = time.monotonic() + patience
    while any(identity.is_running() for identity in left) and time.monotonic() < end:
        time.sleep(0.05)
    for identity in left:
        _signal(identity, signal.SIGKILL)
    path.unlink(missing_ok=True)
    return [identity.name for identity in left]


def _signal(identity: Identity, number: signal.Signals) -> None:
    with suppress(OSError):
        descriptor = os.pidfd_open(identity.pid)  # holds the process, not its number
        try:
            if identity.is_running():
                signal.pidfd_send_signal(descriptor, number)
        finally:
            os.close(descriptor)


def recorded(path: Path) -> list[Identity]:
    """Return who was written down last."""
    try:
        rows = json.loads(path.read_text())
        return [Identity(**row | {"command": tuple(row["command"])}) for row in rows]
    except (OSError, ValueError, TypeError, KeyError):
        return []
