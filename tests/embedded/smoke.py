"""`make up` for real: the whole system, twice, in a state folder of its own. Run by `make smoke`."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import pytest

from config.embedded.process import recorded, started
from tests.embedded.conftest import ROOT, bare, until
from tests.waiting import is_busy

FIRST, SECOND = 30.0, 15.0  # seconds until all is well, promised for two cores that do nothing else
MEMORY = 520  # MB, the whole stack: four processes of Python, PostgreSQL, Redis and the mail receiver


@dataclass
class System:
    """One state folder and the run that uses it now."""

    state: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def said(self) -> str:
        return (self.state.parent / "terminal").read_text()

    def command(self) -> list[str]:
        return [sys.executable, "-m", "config.embedded", "up"]

    def env(self) -> dict[str, str]:
        return bare(self.state.parent, STATE_DIR=str(self.state), PORT=str(self.port))

    def start(self) -> float:
        """Start, wait until it is ready, and return the seconds it says that took."""
        with (self.state.parent / "terminal").open("wb") as terminal:
            self.process = subprocess.Popen(
                self.command(), cwd=ROOT, env=self.env(), stdout=terminal, stderr=terminal
            )
        process = self.process
        until(lambda: "Ready after" in self.said or process.poll() is not None, within=90)
        found = re.search(r"Ready after ([\d.]+) s", self.said)
        assert found, self.said
        return float(found[1])

    def pid(self, name: str) -> int | None:
        rows = recorded(self.state / "children.json")
        return next((row.pid for row in rows if row.name == name and row.is_running()), None)

    def end(self, number: signal.Signals) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(60)


@pytest.fixture(scope="module")
def system() -> Iterator[System]:
    folder = Path(tempfile.mkdtemp(prefix="ice-t-", dir="/tmp"))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    made = System(folder / "状态 state", port)
    yield made
    if made.process and made.process.poll() is None:
        made.end(signal.SIGTERM)
    shutil.rmtree(folder)


def test_is_ready_in_time_and_says_where_everything_is(system: System) -> None:
    assert system.start() <= FIRST or is_busy()

    with urlopen(f"http://127.0.0.1:{system.port}/healthz", timeout=5) as answer:
        assert answer.status == 200
    sign_ins = json.loads((system.state / "sign-ins.json").read_text())
    assert sign_ins != []
    for row in sign_ins:
        assert row["username"] in system.said
        assert row["password"] in system.said
    for words in (f"http://127.0.0.1:{system.port}", str(system.state / "mail"), "PostgreSQL", "Redis"):
        assert words in system.said


def test_needs_no_more_memory_than_promised(system: System) -> None:
    assert system.process is not None
    pids, share = [system.process.pid], 0
    for pid in pids:
        with suppress(OSError):  # a connection's process may be gone by now
            for task in Path(f"/proc/{pid}/task").iterdir():
                pids += map(int, (task / "children").read_text().split())
            found = re.search(
                r"^Pss:\s+(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE
            )
            share += int(found[1]) if found else 0

    assert 0 < share // 1024 <= MEMORY


def test_a_second_start_is_refused_and_changes_nothing(system: System) -> None:
    before = (system.state / "children.json").read_bytes()

    done = subprocess.run(
        system.command(), cwd=ROOT, env=system.env(), capture_output=True, text=True, check=False
    )

    assert done.returncode == 1
    assert f"already running at http://127.0.0.1:{system.port}" in done.stderr
    assert (system.state / "children.json").read_bytes() == before


def test_what_is_killed_returns(system: System) -> None:
    before = system.pid("worker")
    assert before is not None

    os.kill(before, signal.SIGKILL)

    until(lambda: system.pid("worker") not in {None, before})
    assert "worker ended (signal SIGKILL); starting it again in 0.5 s" in system.said


def test_a_killed_supervisor_leaves_nobody_and_the_next_start_keeps_the_data(system: System) -> None:
    children = recorded(system.state / "children.json")
    sign_ins = (system.state / "sign-ins.json").read_bytes()
    assert {row.name for row in children} == {
        "postgres",
        "redis",
        "mail",
        "web",
        "worker",
        "beat",
        "watchdog",
    }

    system.end(signal.SIGKILL)

    until(lambda: not any(started(row.pid) for row in children))
    assert system.start() <= SECOND or is_busy()
    assert (system.state / "sign-ins.json").read_bytes() == sign_ins


def test_ctrl_c_stops_everything(system: System) -> None:
    children = recorded(system.state / "children.json")

    assert system.end(signal.SIGINT) == 0

    assert [row.name for row in children if started(row.pid)] == []
    assert system.said.endswith("Stopping ...\nStopped.\n")
    assert list(system.state.parent.glob("ice-*")) == []
