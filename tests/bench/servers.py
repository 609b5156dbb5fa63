"""Servers of a benchmark: started as the product is, and what they cost."""

import http.client
import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Self

from config.embedded.stack import WEB

_TICKS_A_MS = os.sysconf("SC_CLK_TCK") / 1000
_START_S = 20
_KEPT_ALIVE_S = 1


class Server:
    """One gunicorn with the options of ``make up``, and one kept-alive connection to it."""

    def __init__(self, application: str, **environment: str) -> None:
        self.port = free_port()
        command = [sys.executable, "-m", WEB[0], application, *WEB[2:], "--bind", f"127.0.0.1:{self.port}"]
        self._process = subprocess.Popen([*command, "--log-level", "error"], env=os.environ | environment)
        self._client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        self._used = 0.0
        _until_open(self.port)

    def post(self, path: str, body: bytes, **headers: str) -> tuple[int, bytes]:
        """Return status and body of an answer."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._ask("POST", path, body, {"Content-Type": "application/json"} | sent)

    def _ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> tuple[int, bytes]:
        if time.monotonic() - self._used > _KEPT_ALIVE_S:
            self._client.close()  # the server has, by now
        self._client.request(method, path, body, headers)
        answer = self._client.getresponse()
        told = answer.status, answer.read()
        self._used = time.monotonic()
        return told

    def get(self, path: str, **headers: str) -> tuple[int, bytes]:
        """Return status and body of an answer."""
        return self._ask("GET", path, None, headers)

    def cpu_ms(self) -> float:
        """Return the CPU time of the server and its workers so far, ms."""
        return sum(_ticks(pid) for pid in self._pids()) / _TICKS_A_MS

    def memory_mib(self) -> float:
        """Return the proportional memory of the server and its workers, MiB."""
        return sum(_pss_kib(pid) for pid in self._pids()) / 1024

    def stop(self) -> None:
        """End the server."""
        self._client.close()
        self._process.terminate()
        self._process.wait(20)

    def _pids(self) -> list[int]:
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text()
        return [self._process.pid, *map(int, children.split())]


class Peak:
    """The most memory that a server took while this was open."""

    def __init__(self, server: Server) -> None:
        self.mib = 0.0
        self._server, self._end = server, threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._end.wait(0.05):
            self.mib = max(self.mib, self._server.memory_mib())


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def _pss_kib(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def free_port() -> int:
    """Return a port that nobody listens on."""
    # Below the ports that clients are given, so that no connection takes it meanwhile.
    for port in range(18_000, 32_000):
        with suppress(OSError), socket.socket() as taken:
            taken.bind(("127.0.0.1", port))
            return port
    raise OSError("no free port")


def _until_open(port: int) -> None:
    end = time.monotonic() + _START_S
    while time.monotonic() < end:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise TimeoutError(port)
