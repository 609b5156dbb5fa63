"""Real processes in short private folders."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OURS = {
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "REDIS_URL",
    "EMAIL_URL",
    "SECRET_KEY",
    "STATE_DIR",
    "ICE_MAIL_DIR",
}


@pytest.fixture
def short() -> Iterator[Path]:
    """A private folder with a name short enough for sockets."""
    folder = Path(tempfile.mkdtemp(prefix="ice-t-", dir="/tmp"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def begin() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start a Python script beside these tests; it ends with the test."""
    begun: list[subprocess.Popen[str]] = []

    def start(script: str, *arguments: str | Path, **env: str) -> subprocess.Popen[str]:
        command = [sys.executable, str(Path(__file__).with_name(script)), *map(str, arguments)]
        process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)} | env,
        )
        begun.append(process)
        return process

    yield start
    for process in begun:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(20)
        assert process.stdout is not None
        process.stdout.close()


def until(true: Callable[[], object], *, within: float = 10) -> None:
    """Wait until something is so."""
    end = time.monotonic() + within
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def bare(folder: Path, **more: str) -> dict[str, str]:
    """The environment of somebody who set nothing, with a temporary folder to look into."""
    return (
        {name: value for name, value in os.environ.items() if name not in OURS}
        | {"TMPDIR": str(folder)}
        | more
    )
