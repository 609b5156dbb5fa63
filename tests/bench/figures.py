"""The figures of one run: every kind in turn, so that a busy machine slows all of them alike."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import Any

from tests.bench.outages import ADDRESS, RawPage, halfway
from tests.bench.raw import Raw
from tests.bench.servers import Peak, Server
from tests.bench.world import World

SINGLE, BULK = "/api/v1/ice-readings/", "/api/v1/ice-readings/bulk/"
NDJSON = "application/x-ndjson"
WARM, ROUNDS, PAIRS = 20, 100, 5
STREAM, STREAM_PAIRS = 50_000, 3


@dataclass(frozen=True, kw_only=True)
class Figure:
    """What was measured, and what it should be at most, or at least; without a goal it informs."""

    name: str
    value: float
    unit: str
    goal: float | None = None
    at_least: bool = False

    @property
    def ok(self) -> bool:
        """Whether the goal is reached."""
        if self.goal is None:
            return True
        return self.value >= self.goal if self.at_least else self.value <= self.goal

    def line(self) -> str:
        """Return it as a line of JSON."""
        told = {"name": self.name, "value": round(self.value, 3), "goal": self.goal, "unit": self.unit}
        return json.dumps(told | {"ok": self.ok})


@dataclass(frozen=True, kw_only=True)
class Bench:
    """Everything that is measured against everything else."""

    world: World
    raw: Raw
    product: Server
    textbook: Server
    control: Server

    def single(self) -> Iterator[Figure]:
        """Measure one reading at a time."""
        plain = {"Authorization": f"Bearer {self.world.token}"}
        kinds: dict[str, Callable[[int], Any]] = {
            "control": lambda _n: self.control.post("/", self._body(0)),
            "raw": lambda _n: self.raw.post(),
            "product": lambda n: self._ok(self.product.post(SINGLE, self._body(n), **plain)),
            "textbook": lambda _n: self._ok(
                self.textbook.post("/readings/", self._simple(), Authorization="Token textbook")
            ),
        }
        for number in range(WARM):
            for do in kinds.values():
                do(number)
        began = self.product.cpu_ms(), self.textbook.cpu_ms()
        times: dict[str, list[float]] = {kind: [] for kind in kinds}
        for number in range(ROUNDS):
            for kind, do in kinds.items():
                times[kind].append(_ms(partial(do, number)))
        cpu = [(end - start) / ROUNDS for start, end in zip(began, self._cpu(), strict=True)]
        p50 = {kind: median(values) for kind, values in times.items()}
        ratio = p50["product"] / (p50["control"] + p50["raw"])
        yield Figure(name="post-one.p50", value=ratio, goal=2.5, unit="x (control + raw insert and commit)")
        yield Figure(name="post-one.cpu", value=cpu[0] / cpu[1], goal=0.5, unit="x textbook")
        for kind, value in p50.items():
            yield Figure(name=f"post-one.{kind}", value=value, unit="ms p50")
        for kind, value in zip(("product", "textbook"), cpu, strict=True):
            yield Figure(name=f"post-one.{kind}.cpu", value=value, unit="ms a request")

    def pages(self, number: int) -> Iterator[Figure]:
        """Measure a page of open outages with its nested parts, the first one and one in the middle."""
        plain = {"Authorization": f"Bearer {self.world.token}"}
        raw, deep = RawPage(), f"{ADDRESS}?cursor={halfway(self.world, number)}"
        kinds: dict[str, Callable[[], Any]] = {
            "control": lambda: self.control.post("/", b"{}"),
            "raw": raw.read,
            "first": lambda: self._ok(self.product.get(ADDRESS, **plain)),
            "deep": lambda: self._ok(self.product.get(deep, **plain)),
        }
        times: dict[str, list[float]] = {kind: [] for kind in kinds}
        for number_ in range(WARM + ROUNDS):
            for kind, do in kinds.items():
                took = _ms(do)
                if number_ >= WARM:
                    times[kind].append(took)
        p50 = {kind: median(values) for kind, values in times.items()}
        ratio = p50["first"] / (p50["control"] + p50["raw"])
        yield Figure(name="page.p50", value=ratio, goal=1.8, unit="x (control + raw SQL and encoding)")
        yield Figure(name="page.deep", value=p50["deep"] / p50["first"], goal=1.3, unit="x the first page")
        for kind, value in p50.items():
            yield Figure(name=f"page.{kind}", value=value, unit="ms p50")

    def bulk(self, rows: int, *, goal: float, stream: bool = False) -> Iterator[Figure]:
        """Measure many readings in one request against a COPY of as many."""
        name = f"bulk-{'stream' if stream else 'array'}-{rows}"
        ratios, speeds = [], []
        body = b""
        for _ in range(STREAM_PAIRS if stream else PAIRS):
            body = self._many(rows, stream=stream)
            product = _ms(partial(self._pour, body, stream=stream))
            copied = _ms(partial(self.raw.copy, self.raw.lines(rows)))
            ratios.append(copied / product)
            speeds.append(rows / product * 1000)
        yield Figure(name=name, value=median(ratios), goal=goal, unit="of raw COPY", at_least=True)
        yield Figure(name=f"{name}.rows", value=median(speeds), unit="rows/s")
        again = self._pour(body, stream=stream)
        yield Figure(name=f"{name}.repeat-adds", value=again["stored"], goal=0, unit="rows")

    def memory(self) -> Iterator[Figure]:
        """Measure what a long stream takes, after one that has warmed everything up."""
        body = self._many(STREAM, stream=True)
        self._pour(body, stream=True)
        before = self.product.memory_mib()
        with Peak(self.product) as peak:
            self._pour(self._many(STREAM, stream=True), stream=True)
        grown = self.product.memory_mib() - before
        yield Figure(name="bulk-stream.peak", value=peak.mib - before, goal=15, unit="MiB over the start")
        yield Figure(name="bulk-stream.growth", value=grown, goal=5, unit="MiB")

    def _cpu(self) -> tuple[float, float]:
        return self.product.cpu_ms(), self.textbook.cpu_ms()

    def _body(self, number: int) -> bytes:
        return json.dumps(self.world.reading(number)).encode()

    def _simple(self) -> bytes:
        return json.dumps(self.world.reading(0) | {"section": 1}).encode()

    def _many(self, number: int, *, stream: bool) -> bytes:
        rows = self.world.rows(number)
        return b"\n".join(rows) if stream else b"[" + b",".join(rows) + b"]"

    def _pour(self, body: bytes, *, stream: bool) -> dict[str, int]:
        kind = {"Content_Type": NDJSON} if stream else {}
        answer = self.product.post(BULK, body, Authorization=f"Bearer {self.world.token}", **kind)
        told: dict[str, int] = json.loads(self._ok(answer))
        if told["refused"]:
            raise RuntimeError(answer)
        return told

    def _ok(self, answer: tuple[int, bytes]) -> bytes:
        status, body = answer
        if status not in {200, 201}:
            raise RuntimeError(answer)
        return body


def _ms(do: Callable[[], Any]) -> float:
    began = time.perf_counter()
    do()
    return (time.perf_counter() - began) * 1000
