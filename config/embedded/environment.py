"""The Python environment `.venv`, made from a lock file with hashes."""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.embedded.console import Refused, complain
from config.embedded.state import PROJECT, write_atomically

VENV = PROJECT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / ".locked"
EMBEDDED, DEV = "requirements-embedded.txt", "requirements-dev.txt"
COVERED_BY = {EMBEDDED: (EMBEDDED, DEV), DEV: (DEV,)}  # what is installed with dev suffices for up
NO_VENV = (
    "No Python environment could be made: this Python has no ensurepip, and neither uv nor a pip"
    " that can install into another environment was found. On Debian and Ubuntu:"
    " apt install python3-venv"
)
NOT_INSTALLED = "The packages of {} could not be installed; the reason is above."


def enter(lock: str, arguments: list[str]) -> None:
    """Go on inside the environment; it is made or renewed first if it has to be.

    Raises:
        Refused: If it cannot be made.
    """
    os.chdir(PROJECT)
    ensure(lock)
    if Path(sys.prefix).resolve() != VENV.resolve():
        again = [str(PYTHON), "-m", "config.embedded", *arguments]
        os.execv(PYTHON, again)  # noqa: S606 - no shell is wanted


def ensure(lock: str) -> None:
    """Make the environment hold what a lock file says; quick when it does already."""
    with _one_at_a_time():
        if not _runs(PYTHON):
            _create()
        if _is_current(lock):
            return
        complain(f"Installing {lock} into .venv (the first time, or the file has changed) ...")
        start = time.monotonic()
        _install(lock)
        _stamp(lock)
        complain(f"Installed in {time.monotonic() - start:.0f} s.")


def _create() -> None:
    for way in (_with_pip, _with_uv, _without_pip):
        shutil.rmtree(VENV, ignore_errors=True)
        if way() and _runs(PYTHON):
            return
    shutil.rmtree(VENV, ignore_errors=True)
    raise Refused(NO_VENV)


def _with_pip() -> bool:
    return _quietly(sys.executable, "-m", "venv", str(VENV))


def _with_uv() -> bool:
    uv = shutil.which("uv")
    return uv is not None and _quietly(uv, "venv", "--python", sys.executable, str(VENV))


def _without_pip() -> bool:
    made = _quietly(sys.executable, "-m", "venv", "--without-pip", str(VENV))
    return made and _quietly(*_outside_pip(), "--version")


def _outside_pip() -> tuple[str, ...]:
    return (sys.executable, "-m", "pip", "--python", str(PYTHON))


def _install(lock: str) -> None:
    """Install with the first installer that does it: uv is quick, pip is always asked too.

    pip may know a company's mirror that uv has not been told about. A lock file is complete, so pip resolves
    nothing: older ones, asked to, look at releases newer than the locked one and refuse those for their hash.
    """
    wanted = ("--require-hashes", "-r", str(PROJECT / lock))
    quiet = ("--quiet", "--no-input", "--no-deps", "--disable-pip-version-check")
    commands: list[tuple[str, ...]] = []
    if uv := shutil.which("uv"):
        into = ("--python", str(PYTHON), "--compile-bytecode", "--no-deps", "--quiet")
        commands.append((uv, "pip", "install", *into, *wanted))
    if _quietly(str(PYTHON), "-m", "pip", "--version"):
        commands.append((str(PYTHON), "-m", "pip", "install", *quiet, *wanted))
    elif _quietly(*_outside_pip(), "--version"):
        commands.append((*_outside_pip(), "install", *quiet, *wanted))
    if not commands:
        raise Refused(NO_VENV)
    if not any(_run(command) == 0 for command in commands):
        raise Refused(NOT_INSTALLED.format(lock))


def _run(command: tuple[str, ...]) -> int:
    # errors belong to the terminal, and so does output: `env` prints a path on the other stream
    return subprocess.run(command, env=_environment(), stdout=sys.stderr, check=False).returncode


def _environment() -> dict[str, str]:
    """Return what keeps both installers inside this folder and with the Python at hand."""
    keep = {name for name in ("UV_CACHE_DIR", "PIP_CACHE_DIR") if os.environ.get(name)}
    caches = {"UV_NO_CACHE": "1", "PIP_NO_CACHE_DIR": "1"} if not keep else {}
    fixed = {"UV_PYTHON_DOWNLOADS": "never", "UV_NO_PROGRESS": "1", "PIP_USER": "0"}
    return dict(os.environ) | caches | fixed


def _quietly(*command: str) -> bool:
    try:
        done = subprocess.run(command, env=_environment(), capture_output=True, check=False)
    except OSError:
        return False
    return done.returncode == 0


def _runs(python: Path) -> bool:
    new_enough = "import sys; sys.exit(sys.version_info < (3, 11))"
    return python.exists() and _quietly(str(python), "-c", new_enough)


def _is_current(lock: str) -> bool:
    try:
        installed = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return False
    return any(installed.get(name) == _digest(name) for name in COVERED_BY[lock])


def _stamp(lock: str) -> None:
    write_atomically(STAMP, json.dumps({lock: _digest(lock)}))


def _digest(lock: str) -> str:
    return hashlib.sha256((PROJECT / lock).read_bytes()).hexdigest()


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Let two starts in the same folder install one after the other."""
    descriptor = os.open(PROJECT, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
