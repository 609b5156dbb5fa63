"""The night on which Shangyu helped Shengzhou, told by five phones over a bad line and through nothing else.

Thirteen people and three vehicles, bamboo on a low-voltage wire at Lingtoushan, ice on a feeder at Henggang,
power back at ten past nine. A third of all connections are dropped, each at another byte.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from incidents.choices import Role, VehicleKind
from incidents.models import Assignment, CheckIn, IceReading, Outage, RoadBlock
from incidents.rules.times import SHANGHAI
from tests.bench.servers import Server
from tests.factories import make_division, make_line, make_section, make_vehicle
from tests.phones.conftest import Companies, token_of
from tests.phones.phone import FieldPhone, Refused
from tests.phones.wire import BadLine

pytestmark = pytest.mark.alone

DROPS, SEED = 0.33, 20240226
LINGTOUSHAN = [
    ("33", "浙江省"),
    ("3306", "绍兴市"),
    ("330683", "嵊州市"),
    ("330683102", "崇仁镇"),
    ("330683102343", "岭头山村委会"),
]
LAST = datetime(2024, 2, 26, 23, 30, tzinfo=SHANGHAI)


@dataclass
class Night:
    """The evening of 26 February, moved so that half past eleven is now."""

    now: datetime

    def at(self, clock: str) -> str:
        """Return a clock time of that evening as a moment of this one."""
        hour, minute = map(int, clock.split(":"))
        before = LAST - LAST.replace(hour=hour, minute=minute)
        return (self.now - before).isoformat(timespec="seconds")


@dataclass
class Cast:
    """Who has a phone that night."""

    city: FieldPhone
    shangyu_desk: FieldPhone
    shengzhou_desk: FieldPhone
    leader: FieldPhone
    lineman: FieldPhone

    @property
    def all(self) -> list[FieldPhone]:
        return [self.city, self.shangyu_desk, self.shengzhou_desk, self.leader, self.lineman]


def cast_of(companies: Companies, port: int) -> Cast:
    def phone(organization: Any, role: Role) -> FieldPhone:
        return FieldPhone(port=port, token=token_of(organization, role))

    return Cast(
        city=phone(companies.city, Role.DISPATCHER),
        shangyu_desk=phone(companies.shangyu, Role.DISPATCHER),
        shengzhou_desk=phone(companies.shengzhou, Role.DISPATCHER),
        leader=phone(companies.shangyu, Role.CREW_LEADER),
        lineman=phone(companies.shengzhou, Role.CREW_MEMBER),
    )


@pytest.fixture
def night() -> Night:
    return Night(timezone.now().replace(microsecond=0))


def test_the_shangyu_night(companies: Companies, server: Server, night: Night) -> None:
    for code, name in LINGTOUSHAN:
        make_division(code, name)
    section = make_section(line=make_line(organization=companies.shangyu), design_ice_mm=10)
    plates = [make_vehicle(organization=companies.shangyu, kind=VehicleKind.REPAIR) for _ in range(3)]
    with BadLine(server.port, drops=DROPS, seed=SEED) as line:
        cast = cast_of(companies, line.port)
        asked_for_help(cast, companies, night)
        team, crews = sent_help(cast, companies, night, [str(plate.uuid) for plate in plates])
        at_lingtoushan(cast, companies, night, crews[0])
        at_henggang(cast, companies, night, crews[1], str(section.uuid))
        went_home(cast, night, team)
        for phone in cast.all:
            phone.sync()
        seen_by_whom_it_concerns(cast)

    assert line.counted.dropped > 3 < line.counted.whole
    assert refusals(cast) == []
    told_as_it_was(cast, companies, night)
    kept_once()


def asked_for_help(cast: Cast, companies: Companies, night: Night) -> None:
    desk = cast.city
    both = [str(companies.shangyu.uuid), str(companies.shengzhou.uuid)]
    desk.report("storms", slug="ice-night", name="寒潮雨雪冰冻", hazard="mixed", organizations=both)
    desk.empty_outbox()
    lineman = cast.lineman
    lineman.sync()
    outage = lineman.report(
        "outages",
        organization=str(companies.shengzhou.uuid),
        storm="ice-night",
        place={"text": "嵊州市崇仁镇岭头山村"},
        kind="lv",
        voltage_kv=0.4,
        cause_code="bamboo_ice",
        cause_text="冻雨压弯的竹子压断低压线",
        occurred_on=night.at("15:40")[:10],
        occurred_precision="day",
        at=night.at("16:00"),
    )
    road = {"organization": str(companies.shengzhou.uuid), "storm": "ice-night", "cause": "bamboo"}
    lineman.report(
        "road-blocks", place={"text": "岭头山村"}, outages=[f"{{{outage}}}"], at=night.at("16:05"), **road
    )
    lineman.empty_outbox()
    asked = {"organization": str(companies.shengzhou.uuid), "asked": str(companies.shangyu.uuid)}
    cast.shengzhou_desk.report(
        "support-requests",
        need="线路通道清理、应急抢险",
        headcount=13,
        vehicle_count=3,
        storm="ice-night",
        at=night.at("16:10"),
        **asked,
    )
    cast.shengzhou_desk.empty_outbox()


def sent_help(cast: Cast, companies: Companies, night: Night, vehicles: list[str]) -> tuple[str, list[str]]:
    desk = cast.shangyu_desk
    desk.sync()
    (request,) = desk.things("support-requests")
    desk.tell(f"support-requests/{request['uuid']}/approve", at=night.at("16:20"))
    team = desk.report(
        "deployments",
        organization=str(companies.shangyu.uuid),
        request=request["uuid"],
        headcount=13,
        vehicle_count=3,
        vehicle_kind="repair",
        tasks=["clear_corridor", "repair"],
        at=night.at("16:30"),
    )
    own = {"organization": str(companies.shangyu.uuid), "at": night.at("16:35")}
    crews = [
        desk.report("crews", name=name, skills=["lv", "mv", "vegetation"], headcount=count, **own)
        for name, count in (("上虞一组", 6), ("上虞二组", 7))
    ]
    for crew, vehicle in zip([crews[0], crews[0], crews[1]], vehicles, strict=True):
        desk.tell(f"crews/{{{crew}}}/vehicles", vehicle=vehicle, at=night.at("16:36"))
    desk.tell(f"deployments/{{{team}}}/depart", at=night.at("16:50"), expected_at=night.at("18:20"))
    desk.tell(f"deployments/{{{team}}}/arrive", at=night.at("18:05"))
    desk.tell(f"deployments/{{{team}}}/brief", at=night.at("18:20"))
    desk.tell(f"deployments/{{{team}}}/start-work", at=night.at("18:25"))
    desk.empty_outbox()
    return desk.names[team], [desk.names[crew] for crew in crews]


def at_lingtoushan(cast: Cast, companies: Companies, night: Night, crew: str) -> None:
    """The low-voltage wire that bamboo crushed, behind a road that has to be cleared first."""
    cast.city.sync()
    outage = next(one for one in cast.city.things("outages") if one["kind"] == "lv")["uuid"]
    job = cast.city.report(
        "assignments", crew=crew, outage=outage, task="clear_corridor", at=night.at("18:30")
    )
    cast.city.tell(f"outages/{outage}/confirm", at=night.at("18:31"))
    cast.city.empty_outbox()
    job = cast.city.names[job]
    leader = cast.leader
    leader.sync()
    assert (job, outage) == (leader.things("assignments")[0]["uuid"], leader.things("outages")[0]["uuid"])
    # Told without signal, and in the order in which it came to mind: the end of the walk before its middle.
    leader.tell(f"assignments/{job}/accept", at=night.at("18:32"))
    leader.tell(f"outages/{outage}/locate", at=night.at("19:05"), place={"text": "嵊州市崇仁镇岭头山村"})
    leader.report(
        f"outages/{outage}/damages",
        kind="conductor_break",
        is_live_hazard=True,
        count=1,
        at=night.at("19:06"),
    )
    leader.tell(f"assignments/{job}/arrive", at=night.at("19:00"))
    leader.tell(f"assignments/{job}/depart", at=night.at("18:35"))
    leader.tell(f"assignments/{job}/brief", at=night.at("19:02"), permit_no="抢修-0226-1")
    leader.report(f"crews/{crew}/check-in", at=night.at("19:30"), note="清障中，人员平安")
    leader.empty_outbox()
    cast.lineman.sync()
    road = cast.lineman.things("road-blocks")
    cast.lineman.tell(f"road-blocks/{road[0]['uuid']}/start-clearing", at=night.at("18:40"))
    cast.lineman.tell(f"road-blocks/{road[0]['uuid']}/clear", at=night.at("20:40"))
    cast.lineman.empty_outbox()
    leader.tell(f"assignments/{job}/finish", at=night.at("22:30"), remark="通道已清，低压线待换")
    leader.empty_outbox()


def at_henggang(cast: Cast, companies: Companies, night: Night, crew: str, section: str) -> None:
    """Thirty millimetres at five below zero until the fault was cut out; told when there is signal again."""
    leader, own = cast.leader, str(companies.shangyu.uuid)
    outage = leader.report(
        "outages",
        organization=own,
        storm="ice-night",
        section=section,
        place={"text": "横岗村山上"},
        kind="unknown",
        voltage_kv=10,
        cause_code="ice_load",
        at=night.at("19:40"),
    )
    leader.report(
        "ice-readings",
        section=section,
        storm="ice-night",
        thickness_mm=30,
        kind="unknown",
        statistic="max",
        method="visual",
        air_temp_c=-5,
        observed_at=night.at("20:30"),
    )
    leader.report(
        "weather-readings",
        section=section,
        storm="ice-night",
        air_temp_c=-5,
        temp_statistic="min",
        observed_at=night.at("20:30"),
    )
    back = {"at": night.at("21:10"), "method": "isolate_and_reclose", "final": True}
    leader.tell(f"outages/{{{outage}}}/restore-steps", **back)
    leader.tell(f"outages/{{{outage}}}/isolate", at=night.at("21:05"))
    leader.tell(f"outages/{{{outage}}}/locate", at=night.at("20:50"))
    leader.empty_outbox()


def went_home(cast: Cast, night: Night, team: str) -> None:
    desk = cast.shangyu_desk
    for clock, verb in (("22:40", "release"), ("23:25", "return")):
        desk.tell(f"deployments/{team}/{verb}", at=night.at(clock))
    desk.empty_outbox()


def refusals(cast: Cast) -> list[Any]:
    return [(status, body) for phone in cast.all for status, body in phone.answers.values() if status >= 400]


def told_as_it_was(cast: Cast, companies: Companies, night: Night) -> None:
    outages = {one["kind"]: one for one in cast.city.things("outages")}
    village, feeder = outages["lv"], outages["unknown"]
    (team,) = cast.city.things("deployments")
    (ice,) = cast.city.things("ice-readings")

    assert (village["cause_code"], village["place"]["division"]) == ("bamboo_ice", "330683102343")
    assert (village["status"], village["restored_at"]) == ("located", None)
    assert (feeder["status"], moment(feeder["restored_at"])) == ("restored", moment(night.at("21:10")))
    assert moment(feeder["located_at"]) == moment(night.at("20:50"))
    assert (feeder["place"]["precision"], feeder["customers_affected"]) == ("unknown", None)
    assert (ice["thickness_mm"], ice["statistic"], ice["grade"]) == (30, "max", "red")
    assert (team["headcount"], team["vehicle_count"], team["status"]) == (13, 3, "returned")
    assert cast.city.things("weather-readings")[0]["air_temp_c"] == -5
    assert {crew["headcount"] for crew in cast.city.things("crews")} == {6, 7}


def kept_once() -> None:
    kept = {model: model.objects.count() for model in (Outage, RoadBlock, IceReading, CheckIn, Assignment)}

    assert kept == {Outage: 2, RoadBlock: 1, IceReading: 1, CheckIn: 1, Assignment: 1}


def seen_by_whom_it_concerns(cast: Cast) -> None:
    """Shangyu had the village's outage for the work alone; Shengzhou never had the feeder's."""
    assert [one["kind"] for one in cast.leader.things("outages")] == ["unknown"]
    assert [one["kind"] for one in cast.lineman.things("outages")] == ["lv"]
    with pytest.raises(Refused):
        cast.lineman.call("GET", f"/outages/{cast.leader.things('outages')[0]['uuid']}/")


def moment(told: str) -> datetime:
    return datetime.fromisoformat(told) + timedelta(0)
