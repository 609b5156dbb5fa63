"""`python -m config.embedded run -- CMD`: the services of one command."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from config.embedded.postgres import binaries
from tests.embedded.conftest import ROOT, bare, until

RUN = [sys.executable, "-m", "config.embedded", "run"]


def test_gives_services_returns_the_exit_code_and_leaves_nothing(short: Path) -> None:
    script = (
        'psql -XAtq "$DATABASE_URL" -c "create database test_ice" && echo "$REDIS_URL $EMAIL_URL" && exit 7'
    )
    path = f"{binaries()}{os.pathsep}{os.environ['PATH']}"

    done = subprocess.run(
        [*RUN, "--mail", "--", "sh", "-c", script],
        cwd=ROOT,
        env=bare(short, PATH=path),
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 7, done.stderr
    assert done.stdout.startswith(f"unix://{short}/ice-run-")
    assert "smtp://127.0.0.1:" in done.stdout
    assert list(short.iterdir()) == []


def test_uses_what_the_environment_already_names(short: Path) -> None:
    given = {"DATABASE_URL": "postgresql://db/ice", "REDIS_URL": "redis://cache/0"}

    done = subprocess.run(
        [*RUN, "--", "sh", "-c", 'echo "$DATABASE_URL $REDIS_URL $ICE_EMBEDDED"'],
        cwd=ROOT,
        env=bare(short, **given),
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout == "postgresql://db/ice redis://cache/0 1\n"


def test_hands_the_end_on_to_the_command_and_then_tidies_up(short: Path) -> None:
    script = f"trap 'exit 9' TERM; touch {short}/up; while :; do sleep 0.1; done"
    process = subprocess.Popen([*RUN, "--", "sh", "-c", script], cwd=ROOT, env=bare(short))
    until((short / "up").exists, within=20)

    process.send_signal(signal.SIGTERM)

    assert process.wait(20) == 9
    assert [path.name for path in short.iterdir()] == ["up"]


def test_the_next_run_takes_away_what_a_killed_one_left(short: Path) -> None:
    process = subprocess.Popen(
        [*RUN, "--", "sh", "-c", f"touch {short}/up; exec sleep 60"], cwd=ROOT, env=bare(short)
    )
    until((short / "up").exists, within=20)
    process.kill()
    process.wait(5)
    assert len(list(short.glob("ice-run-*"))) == 1

    subprocess.run([*RUN, "--", "true"], cwd=ROOT, env=bare(short), check=True)

    assert list(short.glob("ice-run-*")) == []


def test_an_unknown_command_is_said_so(short: Path) -> None:
    given = {"DATABASE_URL": "postgresql://db/ice", "REDIS_URL": "redis://cache/0"}

    done = subprocess.run(
        [*RUN, "--", "no-such-thing"],
        cwd=ROOT,
        env=bare(short, **given),
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (127, "no-such-thing: no such command\n")
