"""The supervisor over real processes: order, return, end, and its own sudden death."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from config.embedded.child import PROVEN, Child, Service
from config.embedded.process import Identity, end_left_overs, remember, started
from tests.embedded.conftest import until

Begin = Callable[..., subprocess.Popen[str]]


def pid_of(folder: Path, name: str) -> int:
    note = folder / f"{name}.pid"
    until(lambda: note.exists() and note.read_text())
    return int(note.read_text())


def wait_ready(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if line.strip() == "ready":
            return
    raise AssertionError("never ready")


def test_starts_in_order_and_stops_in_reverse(begin: Begin, short: Path) -> None:
    process = begin("dummies.py", short, "first", "second", "third")
    wait_ready(process)

    process.send_signal(signal.SIGTERM)

    assert process.wait(10) == 0
    log = (short / "supervisor.log").read_text()
    assert re.findall(r"started (\w+)", log) == ["first", "second", "third"]
    assert re.findall(r"stopping (\w+)", log) == ["third", "second", "first"]
    assert [name for name in ("first", "second", "third") if started(pid_of(short, name))] == []
    assert not (short / "children.json").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_stops_on_ctrl_c_and_when_the_terminal_goes(
    begin: Begin, short: Path, number: signal.Signals
) -> None:
    process = begin("dummies.py", short, "only")
    wait_ready(process)

    process.send_signal(number)

    assert process.wait(10) == 0
    assert started(pid_of(short, "only")) is None


def test_a_child_has_a_session_of_its_own_so_that_ctrl_c_reaches_only_the_supervisor(
    begin: Begin, short: Path
) -> None:
    wait_ready(begin("dummies.py", short, "only"))

    child = pid_of(short, "only")

    assert os.getsid(child) == child


def test_starts_again_what_died(begin: Begin, short: Path) -> None:
    wait_ready(begin("dummies.py", short, "only"))
    before = pid_of(short, "only")

    os.kill(before, signal.SIGKILL)

    until(lambda: (short / "only.pid").read_text() not in {"", str(before)})
    log = (short / "supervisor.log").read_text()
    assert "only ended (signal SIGKILL); starting it again in 0.5 s" in log
    assert [row["pid"] for row in json.loads((short / "children.json").read_text())] == [
        pid_of(short, "only")
    ]


def test_waits_twice_as_long_after_each_death_up_to_half_a_minute_and_anew_after_a_life(
    short: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = Child(Service("any", (sys.executable, "-c", ""), dict(os.environ), short), short)
    child.spawn()

    waits = [child.plan_return() for _ in range(8)]
    lived = time.monotonic() + PROVEN
    monkeypatch.setattr(time, "monotonic", lambda: lived)
    waits.append(child.plan_return())
    monkeypatch.undo()

    until(child.has_exited)
    child.bury()
    child.log.close()
    assert waits == [0.5, 1, 2, 4, 8, 16, 30, 30, 0.5]


def test_gives_up_on_what_never_comes_up_and_stops_the_rest(begin: Begin, short: Path) -> None:
    process = begin("dummies.py", short, "first", "mortal")

    said, _ = process.communicate(timeout=15)

    assert process.returncode == 1
    assert "mortal failed" in said
    assert started(pid_of(short, "first")) is None


def test_nothing_is_left_when_the_supervisor_is_killed(begin: Begin, short: Path) -> None:
    process = begin("dummies.py", short, "first", "second")
    wait_ready(process)
    children = [pid_of(short, "first"), pid_of(short, "second")]

    process.kill()
    process.wait(5)

    until(lambda: not any(started(pid) for pid in children), within=3)


def test_starts_after_a_kill_without_help(begin: Begin, short: Path) -> None:
    process = begin("dummies.py", short, "only")
    wait_ready(process)
    process.kill()
    process.wait(5)

    wait_ready(begin("dummies.py", short, "only"))

    assert started(pid_of(short, "only")) is not None


def test_a_second_start_is_refused_and_changes_nothing(begin: Begin, short: Path) -> None:
    wait_ready(begin("dummies.py", short, "only"))
    before = (pid_of(short, "only"), (short / "children.json").read_bytes())

    second = begin("dummies.py", short, "only")
    said, _ = second.communicate(timeout=10)

    assert second.returncode == 1
    assert "already running at http://127.0.0.1:8010" in said
    assert (short / "children.json").read_bytes() == before[1]
    assert started(before[0]) is not None


def test_ends_left_overs_that_are_provably_ours_and_nobody_else(short: Path) -> None:
    command = ("sleep", "600")
    ours, other = (subprocess.Popen(command, start_new_session=True) for _ in range(2))
    time.sleep(0.2)  # until both have become `sleep`
    same_number = Identity("other", other.pid, "another boot:1", command)
    same_start = Identity("other", other.pid, started(other.pid) or "", ("cat", "600"))
    true_one = Identity("ours", ours.pid, started(ours.pid) or "", command)
    remember(short / "children.json", [same_number, same_start, true_one])

    assert end_left_overs(short / "children.json", patience=2) == ["ours"]

    assert ours.wait(2) == -signal.SIGTERM
    assert other.poll() is None
    other.kill()
    other.wait()
