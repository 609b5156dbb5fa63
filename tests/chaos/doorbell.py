"""Redis goes away, forgets, freezes or swallows: alerts go out, and no phone notices."""

import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress

from config.embedded.child import Service
from config.embedded.state import PROJECT
from tests.chaos.figures import Bound, bounds
from tests.chaos.phone import Phone
from tests.chaos.run import Run, Size, Wanted, running

SLOWER_S = 1.5
_HOLE = """
import socket, sys
hole = socket.socket(socket.AF_UNIX)
hole.bind(sys.argv[1])
hole.listen(100)
kept = []
while True:
    kept.append(hole.accept())
"""


def killed(size: Size) -> list[Bound]:
    """Redis is not there for as long as ``FAULT_S`` says."""

    def away(run: Run) -> None:
        run.system.take_away("redis")
        run.pass_time(size.fault_s)
        run.system.bring_back("redis")

    return _without(away, size)


def flushed(size: Size) -> list[Bound]:
    """Redis forgets everything each second."""

    def forgets(run: Run) -> None:
        for _ in range(int(size.fault_s)):
            with suppress(OSError), socket.socket(socket.AF_UNIX) as redis:
                redis.settimeout(1)
                redis.connect(str(run.system.redis_socket))
                redis.sendall(b"FLUSHALL\r\n")
                redis.recv(16)
            run.pass_time(1)

    return _without(forgets, size)


def frozen(size: Size) -> list[Bound]:
    """Redis stands still."""

    def stands(run: Run) -> None:
        run.system.send("redis", signal.SIGSTOP)
        run.pass_time(size.fault_s)
        run.system.send("redis", signal.SIGCONT)

    return _without(stands, size)


def black_hole(size: Size) -> list[Bound]:
    """Something takes connections in the place of Redis and never answers."""

    def swallows(run: Run) -> None:
        system, path = run.system, str(run.system.redis_socket)
        system.take_away("redis")
        system.until(lambda: system.pid("redis") is None, within=5)
        run.system.redis_socket.unlink(missing_ok=True)
        system.start(Service("hole", (sys.executable, "-c", _HOLE, path), system.env, PROJECT))
        run.pass_time(size.fault_s)
        system.take_away("hole")
        system.until(lambda: system.pid("hole") is None, within=5)
        system.bring_back("redis")

    return _without(swallows, size)


def _without(fault: Callable[[Run], None], size: Size) -> list[Bound]:
    """Do something to Redis while alerts climb and a phone posts; see how both fare, and that it passes."""
    wanted = Wanted(alerts=600, seconds=size.fault_s + 20)
    with running(wanted, seed=size.seed) as run:
        phone = Phone(run.system.port, run.night)
        with phone:
            run.pass_time(5)
            usual = phone.slowest
            fault(run)
            run.note("redis", doubtful=False)
            run.pass_night()
        well = run.until_well()
        return [
            *bounds(run, longest=60),
            Bound(name="posts of a phone that failed", measured=phone.failed, bound=0, exactly=True),
            Bound(
                name="slowest post, beyond the usual",
                measured=phone.slowest - usual,
                bound=SLOWER_S,
                unit="s",
            ),
            Bound(name="all well again", measured=well, bound=60, unit="s"),
        ]
