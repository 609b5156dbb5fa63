"""Hundreds of phones that come back from the mountains at once, over a line that drops what it can.

Each tells twenty things: a third is sent twice, a tenth in the wrong order, a twentieth contradicts what
somebody else told. Afterwards nothing is lost, nothing doubled, and all phones of a station hold the same.
"""

import random
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any, Final

from incidents.choices import Role
from incidents.models import Organization
from tests.factories import make_crew, make_line, make_organization, make_outage, make_section
from tests.phones.conftest import token_of
from tests.phones.phone import FieldPhone

SENT_TWICE, REORDERED, CONTRADICTS = 0.3, 0.1, 0.05
AT_ONCE: Final = 32
_STATIONS: Final = 10
_SECTIONS: Final = 8
MADE: Final = {  # list → how many of it each phone makes
    "ice-readings": 8,
    "outages": 2,
    "damages": 2,
    "hazards": 2,
    "check-ins": 2,
    "road-blocks": 1,
    "weather-readings": 1,
}


@dataclass
class Station:
    """A station with its sections, a crew and an outage that everybody knows of."""

    organization: Organization
    sections: list[str]
    crew: str
    outage: str


@dataclass
class Worker:
    """A phone, its owner's station and what chance does to him."""

    phone: FieldPhone
    station: Station
    chance: random.Random
    seconds: float = 0.0

    def night(self) -> None:
        """Work offline, come into reach, and again."""
        began = time.monotonic()
        self.phone.sync()
        for half in range(2):
            self._work(half)
            self.phone.empty_outbox(twice=lambda: self.chance.random() < SENT_TWICE)
            self.phone.sync()
        self.seconds = time.monotonic() - began

    def _work(self, half: int) -> None:
        phone, own = self.phone, str(self.station.organization.uuid)
        place = {"organization": own, "place": {"text": f"横岗村{self.chance.randrange(100)}号杆"}}
        for number in range(4):
            phone.report(
                "ice-readings",
                section=self.chance.choice(self.station.sections),
                observed_at=_ago(60 - 30 * half - number),
                thickness_mm=self.chance.randrange(150) / 10,
                kind="standard",
                method="caliper",
            )
        outage = phone.report("outages", kind="forced", voltage_kv=10, at=_ago(50 - half), **place)
        facts = [("locate", {"at": _ago(30 - half)})]
        if half:
            facts = [("isolate", {"at": _ago(20)})]
        self._facts(f"{{{outage}}}", facts)
        phone.report(f"outages/{{{outage}}}/damages", kind="bamboo_on_line", at=_ago(10 - half))
        hazard = {"kind": "vegetation", "grade": "general", "description": "毛竹倾向导线"}
        phone.report("hazards", at=_ago(9 - half), **hazard, **place)
        phone.report(f"crews/{self.station.crew}/check-in", at=_ago(8 - half), note="平安")
        if half:
            phone.report("road-blocks", cause="bamboo", at=_ago(7), **place)
        else:
            section = self.chance.choice(self.station.sections)
            phone.report("weather-readings", section=section, air_temp_c=-3.5, observed_at=_ago(7))

    def _facts(self, outage: str, facts: Sequence[tuple[str, dict[str, Any]]]) -> None:
        """Tell facts of an outage; now and then of one of which others tell something else."""
        if self.chance.random() < CONTRADICTS * 10:  # one of twenty things: half of all phones, once
            outage = self.station.outage if self.chance.random() < 1 / 2 else outage
        for verb, body in facts:
            self.phone.tell(f"outages/{outage}/{verb}", **body)
        if self.chance.random() < REORDERED * 10 / 2:
            *others, last = self.phone.outbox
            self.phone.outbox = (
                [*others[:-1], last, others[-1]] if _may_swap(others[-1], last) else [*others, last]
            )


@dataclass
class Found:
    """What was found when all phones were back."""

    phones: int
    seconds: float
    lost: Counter[str] = field(default_factory=Counter)
    doubled: Counter[str] = field(default_factory=Counter)
    apart: int = 0
    refused: list[Any] = field(default_factory=list)
    requests: int = 0
    dropped: int = 0
    seconds_a_phone: float = 0.0
    kib_a_phone: float = 0.0


def make_stations(city: Organization) -> list[Station]:
    """Make stations below a company."""
    found = []
    for _ in range(_STATIONS):
        organization = make_organization(parent=city)
        line = make_line(organization=organization)
        found.append(
            Station(
                organization=organization,
                sections=[str(make_section(line=line, design_ice_mm=15).uuid) for _ in range(_SECTIONS)],
                crew=str(make_crew(organization=organization).uuid),
                outage=str(
                    make_outage(
                        organization=organization, reported_at=datetime.now(UTC) - timedelta(hours=2)
                    ).uuid
                ),
            )
        )
    return found


def run(stations: list[Station], *, port: int, phones: int, seed: int) -> list[Worker]:
    """Let phones work at once; return them."""
    workers = [
        Worker(
            phone=FieldPhone(port=port, token=token_of(station.organization, Role.CREW_MEMBER)),
            station=station,
            chance=random.Random(seed + number),  # noqa: S311 - the chance of a test
        )
        for number in range(phones)
        for station in [stations[number % len(stations)]]
    ]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for done in [pool.submit(worker.night) for worker in workers]:
            done.result()
        for done in [pool.submit(worker.phone.sync) for worker in workers]:
            done.result()
    return workers


def look(workers: list[Worker], *, city: FieldPhone, seconds: float) -> Found:
    """Compare what phones told with what the city's lists hold, and what they hold with each other."""
    traffic = [worker.phone.traffic for worker in workers]
    found = Found(
        phones=len(workers),
        seconds=seconds,
        requests=sum(each.requests for each in traffic),
        dropped=sum(each.dropped for each in traffic),
        seconds_a_phone=median(worker.seconds for worker in workers),
        kib_a_phone=median((each.sent_bytes + each.received_bytes) / 1024 for each in traffic),
    )
    for kind, each in MADE.items():
        listed = Counter(uuid for uuid in _listed(city, kind))
        told = {name for worker in workers for name in _made(worker.phone, kind)}
        found.lost[kind] = each * len(workers) - len(told & listed.keys())
        known = {worker.station.outage for worker in workers}
        found.doubled[kind] = len(listed.keys() - told - known)
    found.refused = [
        answer for worker in workers for answer in worker.phone.answers.values() if answer[0] >= 400
    ]
    stores: dict[int, Any] = {}
    for worker in workers:
        first = stores.setdefault(worker.station.organization.pk, worker.phone.store)
        found.apart += first != worker.phone.store
    return found


def _listed(phone: FieldPhone, kind: str) -> list[str]:
    """Return the names in a list, to its end."""
    names, cursor = [], ""
    while True:
        page = phone.call("GET", f"/{kind}/?page_size=200" + (f"&cursor={cursor}" if cursor else ""))
        names += [row["uuid"] for row in page["results"]]
        cursor = page["next"]
        if cursor is None:
            return names


def _made(phone: FieldPhone, kind: str) -> set[str]:
    numbers = [number for number, made in phone.kinds.items() if made in {kind, kind.removesuffix("s")}]
    return {phone.names[number] for number in numbers if number in phone.names}


def _may_swap(first: dict[str, Any], second: dict[str, Any]) -> bool:
    """Say whether the second names nothing that the first makes."""
    return first["id"] not in str(second["path"]) + str(second["body"])


def _ago(minutes: float) -> str:
    return (datetime.now(UTC) - timedelta(minutes=minutes)).isoformat(timespec="seconds")
