"""``make load``: hundreds of phones at once against one server, for a bounded time, on this machine alone.

``LOAD_PHONES`` (500), ``LOAD_RATES`` in requests/s (100,200), ``LOAD_SECONDS`` for each (20). Of a hundred
requests 80 post a reading, 4 post fifty, 16 list outages. Arrivals do not wait for answers: what the server
does not manage in time is seen as waiting, not hidden by asking less.
"""

import asyncio
import json
import os
import random
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import quantiles
from typing import TYPE_CHECKING

from tests.bench.servers import Server

if TYPE_CHECKING:  # models are there once the database has its name
    from tests.bench.world import World

MOST_SECONDS, MOST_RATE = 600, 2000
TIMEOUT_S = 30
GOALS = {100: 150.0, 200: None}  # requests/s → p99 in ms at most
SINGLE, BULK, OUTAGES = "/api/v1/ice-readings/", "/api/v1/ice-readings/bulk/", "/api/v1/outages/"


@dataclass
class Tally:
    """What came of the requests of one rate."""

    times_ms: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def p(self, share: int) -> float:
        """Return a percentile, ms."""
        return quantiles(self.times_ms, n=100)[share - 1] if len(self.times_ms) > 1 else 0.0


class Phone:
    """A phone with its kept-alive connection, one request at a time."""

    def __init__(self, port: int, token: str) -> None:
        self._port, self._token = port, token
        self._free = asyncio.Lock()
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, method: str, path: str, body: bytes) -> int:
        """Return the status of an answer; the whole answer is read."""
        async with self._free, asyncio.timeout(TIMEOUT_S):
            try:
                return await self._once(method, path, body)
            except (ConnectionError, asyncio.IncompleteReadError):
                self.close()  # the server had closed it meanwhile, as phones find out too
                return await self._once(method, path, body)

    def close(self) -> None:
        """Hang up."""
        if self._streams:
            self._streams[1].close()
        self._streams = None

    async def _once(self, method: str, path: str, body: bytes) -> int:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {self._token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        writer.write(head.encode() + body)
        told = await reader.readuntil(b"\r\n\r\n")
        lines = told.decode("latin-1").lower().split("\r\n")
        length = next(int(line.split(":")[1]) for line in lines if line.startswith("content-length:"))
        await reader.readexactly(length)
        if "connection: close" in lines:
            self.close()
        return int(lines[0].split()[1])


async def pressed(server: Server, world: "World", *, phones: int, rate: int, seconds: int) -> Tally:
    """Ask at a rate for a time; return what came of it."""
    tally, chance = Tally(), random.Random(rate)  # noqa: S311 - a mix, no secret
    crowd = [Phone(server.port, world.token) for _ in range(phones)]
    began, asked = time.perf_counter(), []
    for number in range(min(rate, MOST_RATE) * min(seconds, MOST_SECONDS)):
        due = began + number / rate
        if (wait := due - time.perf_counter()) > 0:
            await asyncio.sleep(wait)
        request = _request(world, chance)
        asked.append(asyncio.create_task(_timed(crowd[number % phones], request, due, tally)))
    await asyncio.gather(*asked)
    for phone in crowd:
        phone.close()
    return tally


async def _timed(phone: Phone, request: tuple[str, str, bytes], due: float, tally: Tally) -> None:
    try:
        status = await phone.ask(*request)
    except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
        tally.errors.append(type(error).__name__)
        return
    tally.times_ms.append((time.perf_counter() - due) * 1000)
    if status not in {200, 201}:
        tally.errors.append(str(status))


def _request(world: "World", chance: random.Random) -> tuple[str, str, bytes]:
    dice = chance.randrange(100)
    if dice < 80:
        return "POST", SINGLE, world.rows(1)[0]
    if dice < 84:
        return "POST", BULK, b"[" + b",".join(world.rows(50)) + b"]"
    return "GET", OUTAGES, b""


def press(server: Server, world: "World", tell: Callable[[str], None]) -> bool:
    """Try all rates; return whether every goal is reached."""
    phones = int(os.environ.get("LOAD_PHONES", "500"))
    seconds = int(os.environ.get("LOAD_SECONDS", "20"))
    reached = True
    before = server.memory_mib()
    for rate in map(int, os.environ.get("LOAD_RATES", "100,200").split(",")):
        used, began = server.cpu_ms(), time.perf_counter()
        tally = asyncio.run(pressed(server, world, phones=phones, rate=rate, seconds=seconds))
        took, goal = time.perf_counter() - began, GOALS.get(rate)
        ok = not tally.errors and (goal is None or tally.p(99) <= goal)
        reached &= ok
        told = {
            "name": f"load.{rate}",
            "phones": phones,
            "requests": len(tally.times_ms),
            "per_s": round(len(tally.times_ms) / took, 1),
            "p50_ms": round(tally.p(50), 1),
            "p99_ms": round(tally.p(99), 1),
            "goal_p99_ms": goal,
            "errors": len(tally.errors),
            "kinds": sorted(set(tally.errors)),
            "cpu_ms": round((server.cpu_ms() - used) / max(1, len(tally.times_ms)), 2),
            "memory_mib": round(server.memory_mib(), 1),
            "grown_mib": round(server.memory_mib() - before, 1),
            "ok": ok,
        }
        tell(json.dumps(told))
    return reached


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ["BENCH_ONLY"] = "load"
    from tests.bench.__main__ import main

    sys.exit(main())
