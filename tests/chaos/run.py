"""One run: a system, its night, the faults that are done to it, and what is found afterwards."""

import atexit
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from config.embedded.stack import ask_health
from config.embedded.state import PROJECT
from tests.chaos import night
from tests.chaos.figures import Account, account
from tests.chaos.night import Night
from tests.chaos.relay import Mail, told
from tests.chaos.system import SENDERS, System

PATIENCE_S = 600.0
_OWED = """
SELECT (SELECT count(*) FROM tracker_alert WHERE next_due_at <= clock_timestamp())
     + (SELECT count(*) FROM tracker_notification
        WHERE next_try_at IS NOT NULL OR state = 'leased'
           OR state = 'held' AND held_until <= clock_timestamp())
"""


@dataclass(frozen=True, kw_only=True)
class Size:
    """How large a run is: what the environment says.

    Attributes:
        minutes: Length of the kill storm.
        alerts: How many climb in it.
        fault_s: How long a service is away or misbehaves in the other scenarios, s.
    """

    minutes: float
    alerts: int
    fault_s: float
    seed: int


@dataclass(kw_only=True)
class Run:
    """A running system with something to tell.

    Attributes:
        doubtful: Kills so far of a sender, of the mail server or of the database.
        faulted_at: When the last fault was done or ended, s since 1970.
        faults: Moment and kind of each, in order.
    """

    system: System
    night: Night
    random: random.Random
    doubtful: int = 0
    kills: dict[str, int] = field(default_factory=dict)
    faulted_at: float = 0.0
    faults: list[tuple[float, str]] = field(default_factory=list)

    def kill(self, kind: str) -> None:
        """Kill a process as the kernel does: of a kind, or a session of the database."""
        if kind == "session":
            there = self.system.kill_backend(self.random.choice)
        else:
            name = self.random.choice(self.system.names(kind))
            there = self.system.send(name, signal.SIGKILL)
        self.note(kind, doubtful=there and kind in {*SENDERS, "mail", "postgres", "session"})

    def note(self, kind: str, *, doubtful: bool) -> None:
        """Write down that a fault was done."""
        self.kills[kind] = self.kills.get(kind, 0) + 1
        self.doubtful += doubtful
        self.faulted_at = time.time()
        self.faults.append((self.faulted_at, kind))

    def pass_time(self, seconds: float) -> None:
        """Let time pass."""
        self.system.tend(seconds)

    def pass_night(self) -> None:
        """Let time pass until the last mail is due."""
        self.pass_time(max(0.0, max(self.night.due.values()) - time.time()))

    def drain(self) -> float:
        """Let time pass until nothing is owed; return how long after the last fault or due moment, s."""
        since = max(self.faulted_at, *self.night.due.values())
        end = time.monotonic() + PATIENCE_S
        while self.owed() != 0:
            if time.monotonic() > end:
                return float("inf")
            self.pass_time(0.2)
        return max(0.0, time.time() - since)

    def owed(self) -> int | None:
        """Return how much is owed now; None while the database does not answer."""
        try:
            return int(str(self.ask(_OWED)[0][0]))
        except psycopg.Error:
            return None

    def ask(self, question: str) -> list[tuple[object, ...]]:
        """Ask the database over a connection of its own.

        Raises:
            psycopg.Error: If it does not answer.
        """
        with psycopg.connect(self.system.env["DATABASE_URL"], connect_timeout=3) as database:
            return database.execute(question).fetchall()

    def command(self, statement: str) -> None:
        """Have the owner of the server do something."""
        with psycopg.connect(self.system.postgres.url("postgres"), autocommit=True) as database:
            database.execute(statement)

    def until_well(self) -> float:
        """Let time pass until the health page says that all is well; return how long that took, s."""
        try:
            return self.system.until(lambda: ask_health(self.system.port)[0], within=PATIENCE_S)
        except TimeoutError:
            return float("inf")

    def mails(self) -> list[Mail]:
        """Return what the mail server took."""
        return told(self.system.mails)

    def found(self) -> Account:
        """Return what the mail server's log says of the plan."""
        return account(self.night.due, self.mails())


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a run is to be: see :func:`tests.chaos.night.make`; ``begins`` counts from when all is well."""

    alerts: int
    seconds: float
    minutes: tuple[int, ...] = (0,)
    begins: float = 2.0
    engines: int = 1
    is_up: bool = True
    has_clock: bool = False


@contextmanager
def running(wanted: Wanted, *, seed: int) -> Iterator[Run]:
    """Start a system, make the night, end everything and leave nothing behind."""
    folder = Path(tempfile.mkdtemp(prefix="ice-c-", dir="/tmp"))
    if _made:
        shutil.copytree(_made[0], folder / "postgres", symlinks=True)
    system = System(folder, engines=wanted.engines)
    try:
        system.start_services()
        if not _made:
            _provision(system, folder)
        if wanted.has_clock:
            _give_clock(system)
        if wanted.is_up:
            system.start_product()
        _make_night(system, folder / "night.json", wanted)
        run = Run(system=system, night=night.read(folder / "night.json"), random=random.Random(seed))  # noqa: S311
        yield run
        (folder / "faults.json").write_text(json.dumps(run.faults))
    finally:
        system.stop()
        _keep_logs(folder)
        shutil.rmtree(folder, ignore_errors=True)


_made: list[Path] = []  # data of a server that is provisioned, once made, for every run of this process


def _provision(system: System, folder: Path) -> None:
    """Bring the database to this version, and keep a copy of it for the next run."""
    owner = {"DATABASE_OWNER_URL": system.postgres.url("ice_owner")}
    _finish(system, ["manage.py", "provision", "--verbosity", "0"], **owner)
    system.take_away("postgres", signal.SIGINT)
    system.until(lambda: system.pid("postgres") is None, within=30)
    kept = Path(tempfile.mkdtemp(prefix="ice-c-", dir="/tmp"))
    atexit.register(shutil.rmtree, kept, ignore_errors=True)
    _made.append(shutil.copytree(folder / "postgres", kept / "postgres", symlinks=True))
    system.bring_back("postgres")
    system.until(system.postgres.is_ready, within=30)


def _keep_logs(folder: Path) -> None:
    if kept := os.environ.get("KEEP"):
        for name in ("logs", "mails"):
            shutil.copytree(folder / name, Path(kept) / name, dirs_exist_ok=True)
        for name in ("night.json", "faults.json"):
            with suppress(FileNotFoundError):  # of a run that broke off
                shutil.copy(folder / name, kept)


def _give_clock(system: System) -> None:
    """Let the time of our role be PostgreSQL's own and what a table adds to it."""
    steps = ["CREATE SCHEMA clock", "CREATE TABLE clock.step (by interval NOT NULL)"]
    steps += ["INSERT INTO clock.step VALUES ('0')"]
    steps += [
        f"CREATE FUNCTION clock.{name}() RETURNS timestamptz LANGUAGE sql VOLATILE"  # noqa: S608 - our names
        f" AS 'SELECT pg_catalog.{name}() + by FROM clock.step'"
        for name in ("clock_timestamp", "statement_timestamp", "now")
    ]
    steps += ["GRANT USAGE ON SCHEMA clock TO ice_app", "GRANT SELECT ON clock.step TO ice_app"]
    steps += ["ALTER ROLE ice_app SET search_path = clock, pg_catalog, public"]
    with psycopg.connect(system.postgres.url("postgres"), autocommit=True) as database:
        for step in steps:
            database.execute(step)  # type: ignore[call-overload,unused-ignore]


def _make_night(system: System, path: Path, wanted: Wanted) -> None:
    minutes = ",".join(map(str, wanted.minutes))
    given = [str(wanted.alerts), str(wanted.seconds), minutes, str(wanted.begins)]
    _finish(system, ["-m", "tests.chaos.night", str(path), *given])


def _finish(system: System, command: list[str], **env: str) -> None:
    process = subprocess.Popen([sys.executable, *command], env=system.env | env, cwd=PROJECT)
    system.until(lambda: process.poll() is not None, within=120)
    if process.returncode:
        raise RuntimeError(f"{command} failed")
