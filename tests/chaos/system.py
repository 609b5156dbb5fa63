"""The whole system as processes of this machine, each of which may be killed, frozen or kept away.

It is the system of ``make up``, with the same commands and settings; only the mail server is one that
misbehaves (``relay.py``), and what dies is started again after half a second, as systemd does with
``RestartSec``.
"""

import os
import secrets
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from config.embedded.child import Child, Service
from config.embedded.postgres import Postgres, clean_environment
from config.embedded.redis import find_redis, redis_service, redis_url
from config.embedded.stack import BEAT, HOST, MANAGE, WEB, WORKER, ask_health
from config.embedded.state import PROJECT

RESTART_S, LOOK_S = 0.5, 0.05
PRODUCT = ("web", "worker", "beat", "watchdog")
SENDERS = ("worker", "watchdog")


class System:
    """The processes of one run, tended by one thread.

    Attributes:
        mails: Folder of the mail server, with its log.
        engines: How many workers, beats and watchdogs each.
    """

    def __init__(self, folder: Path, *, engines: int = 1) -> None:
        self.mails = folder / "mails"
        self._logs = folder / "logs"
        for made in (self.mails, self._logs, folder / "state"):
            made.mkdir()
        self.postgres = Postgres(folder / "postgres", folder / "pg")
        self._redis = redis_service(find_redis(), folder / "redis.sock")
        self.port, self._mail_port = free_port(), free_port()
        self._children: dict[str, Child] = {}
        self._due: dict[str, float] = {}
        self._away: set[str] = set()
        self.engines = engines
        self.redis_socket = folder / "redis.sock"
        self.env = clean_environment() | {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "ICE_EMBEDDED": "1",
            "SECRET_KEY": secrets.token_urlsafe(64),
            "PUBLIC_URL": f"http://{HOST}:{self.port}",
            "ALLOWED_HOSTS": HOST,
            "STATE_DIR": str(folder / "state"),
            "DATABASE_URL": self.postgres.url("ice_app"),
            "REDIS_URL": redis_url(self.redis_socket),
            "EMAIL_URL": f"smtp://{HOST}:{self._mail_port}",
            "PYTHONUNBUFFERED": "1",
            "MALLOC_ARENA_MAX": "2",
        }

    def start_services(self) -> None:
        """Start PostgreSQL, Redis and the mail server."""
        mail = (sys.executable, "-m", "tests.chaos.relay", str(self._mail_port), str(self.mails))
        for service in (
            self.postgres.service(),
            self._redis,
            Service("mail", mail, self.env, PROJECT, ready=lambda: _is_open(self._mail_port)),
        ):
            self.start(service)
            self.until(service.ready, within=30)
        self.postgres.make_roles()

    def start_product(self) -> None:
        """Start web, worker, beat and watchdog, and wait until all are well."""
        for service in self._product():
            self.start(service)
        self.until(lambda: ask_health(self.port)[0], within=120)

    def stop(self) -> None:
        """End everything."""
        for name, child in reversed(self._children.items()):
            self._away.add(name)
            child.signal(signal.SIGCONT)
            child.signal(signal.SIGKILL if name != "postgres" else signal.SIGQUIT)
        end = time.monotonic() + 20
        while any(child.pid for child in self._children.values()) and time.monotonic() < end:
            self.tend(LOOK_S)
        self.postgres.close()

    def names(self, *kinds: str) -> list[str]:
        """Return the processes of these kinds."""
        return [name for name in self._children if name.partition("-")[0] in kinds]

    def pid(self, name: str) -> int | None:
        """Return the number of a process, while there is one."""
        return self._children[name].pid

    def send(self, name: str, number: signal.Signals) -> bool:
        """Send a signal; say whether there was somebody to get it."""
        there = self._children[name].pid is not None
        self._children[name].signal(number)
        return there

    def kill_backend(self, pick: Callable[[list[int]], int]) -> bool:
        """Kill one of PostgreSQL's sessions, which makes it end all of them; say whether there was one."""
        pid = self.pid("postgres")
        if pid is None:
            return False
        with suppress(OSError):
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
            sessions = [int(child) for child in children if _is_session(int(child))]
            if sessions:
                os.kill(pick(sessions), signal.SIGKILL)
                return True
        return False

    def take_away(self, name: str, number: signal.Signals = signal.SIGKILL) -> None:
        """End a process and do not start it again until it is brought back."""
        self._away.add(name)
        self._children[name].signal(number)

    def bring_back(self, *names: str) -> None:
        """Start processes that were taken away, at once."""
        for name in names:
            self._away.discard(name)
            self._due[name] = 0.0

    def tend(self, seconds: float) -> None:
        """Let time pass; hear what processes say, bury the dead and start them again."""
        end = time.monotonic() + seconds
        while True:
            for name, child in self._children.items():
                self._look_after(name, child)
            left = end - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(LOOK_S, left))

    def until(self, true: Callable[[], object], *, within: float) -> float:
        """Let time pass until something is so, and return how long that took, s.

        Raises:
            TimeoutError: If it is not so in time.
        """
        began = time.monotonic()
        while not true():
            if time.monotonic() - began > within:
                raise TimeoutError(f"not so within {within} s")
            self.tend(LOOK_S)
        return time.monotonic() - began

    def _product(self) -> list[Service]:
        web = ("-m", *WEB, "--bind", f"{HOST}:{self.port}")
        beat = ("-m", *BEAT, "--schedule")
        state = Path(self.env["STATE_DIR"])
        made = [self._service("web", sys.executable, *web)]
        for number in range(1, self.engines + 1):
            mark = f"-{number}" if self.engines > 1 else ""
            schedule = str(state / f"schedule{mark}")
            made += [
                self._service(f"worker{mark}", sys.executable, "-m", *WORKER, "--hostname", f"w{number}@%h"),
                self._service(f"beat{mark}", sys.executable, *beat, schedule),
                self._service(f"watchdog{mark}", *MANAGE, "watchdog"),
            ]
        return made

    def _service(self, name: str, *command: str) -> Service:
        process = f"ice-{name.partition('-')[0]}"
        return Service(name, command, self.env | {"ICE_PROCESS": process}, PROJECT)

    def start(self, service: Service) -> None:
        """Start a process and tend it from now on."""
        child = Child(service, self._logs)
        self._children[service.name] = child
        child.spawn()

    def _look_after(self, name: str, child: Child) -> None:
        if child.pid is not None:
            child.hear()
            if child.has_exited():
                child.bury()
                self._due[name] = time.monotonic() + RESTART_S
        if child.pid is None and name not in self._away and time.monotonic() >= self._due.get(name, 0):
            child.spawn()


def free_port() -> int:
    """Return a free port below those that clients are given."""
    for _ in range(100):
        port = 20_000 + secrets.randbelow(10_000)
        with suppress(OSError), socket.create_server((HOST, port)):
            return port
    raise OSError("no free port")


def _is_open(port: int) -> bool:
    with suppress(OSError), socket.create_connection((HOST, port), timeout=1):
        return True
    return False


def _is_session(pid: int) -> bool:
    """Say whether a process of PostgreSQL serves one of our processes."""
    with suppress(OSError):
        return b"ice_app" in Path(f"/proc/{pid}/cmdline").read_bytes()
    return False
