"""Every address that takes a body, with a body that it accepts; what tests spoil, one field at a time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import connection
from rest_framework import serializers

from incidents.api.assignments import AssignmentIn, CheckInIn, GivenBack
from incidents.api.attachment_bodies import AttachmentIn
from incidents.api.brief_bodies import BriefIn
from incidents.api.briefings import BriefingIn, Signed
from incidents.api.crews import CrewIn, MemberIn
from incidents.api.damage import DamageIn
from incidents.api.hazards import HazardIn
from incidents.api.ice import IceReadingIn
from incidents.api.outage_bodies import Close, Correction, Located, Momentary, OutageIn, Stage
from incidents.api.patrols import PatrolIn, Walked
from incidents.api.restoration import EstimateIn, StepIn
from incidents.api.roads import ClearingStarted, RoadIn
from incidents.api.storms import StormIn
from incidents.api.supplies import SupplyIn, VisitIn
from incidents.api.support_bodies import DeploymentIn, Mobilised, SupportRequestIn
from incidents.api.verbs import At, AtReason
from incidents.api.weather import WeatherIn
from incidents.api.weather_warnings import Supersession, WarningIn
from incidents.choices import Role
from incidents.models import Division, HeldFact, SupportRequest
from tests.factories import (
    STORM_NIGHT,
    make_assignment,
    make_attachment,
    make_briefing,
    make_crew,
    make_division,
    make_organization,
    make_outage,
    make_patrol,
    make_person,
    make_road_block,
    make_warning,
)
from tests.incidents.api.conftest import Phone, just_now, make_phone

Body = dict[str, Any]
_SEEN = "incidents_device"  # when a phone was last seen


@dataclass
class Desk:
    """A dispatcher's phone, and one of everything that a body may name."""

    phone: Phone = field(default_factory=lambda: make_phone(role=Role.DISPATCHER))

    def __post_init__(self) -> None:
        home = {"organization": self.phone.organization}
        self.own = str(self.phone.organization.uuid)
        self.section = str(self.phone.section.uuid)
        self.other = str(make_organization().uuid)
        self.outage = str(make_outage(**home).uuid)
        self.road = str(make_road_block(**home).uuid)
        crew = make_crew(**home)
        self.crew = str(make_crew(**home).uuid)
        self.busy_crew = str(crew.uuid)
        self.job = str(make_assignment(crew=crew).uuid)
        person = make_person(**home)
        self.person = str(person.uuid)
        self.line = str(self.phone.section.line.uuid)
        county = Division.objects.filter(pk="330604").first()  # of two desks the other one has made it
        self.area = (county or make_division("330604", "上虞区")).code
        self.warning = str(make_warning(**home).uuid)
        walked = {"status": "under_way", "begun_at": STORM_NIGHT, "person": person}
        self.patrol = str(make_patrol(line=self.phone.section.line, **walked).uuid)
        self.photo = str(make_attachment(outage=make_outage(**home)).uuid)
        self.wish = str(_wish(self.phone).uuid)
        self.held = str(_held(self.phone).uuid)
        self.briefing = str(make_briefing(assignment=make_assignment(crew=make_crew(**home))).uuid)

    def send(self, door: "Door", body: Any, **headers: str) -> Any:
        """Post a body as JSON."""
        told = headers if door.makes else {"If-Match": "*", "Idempotency-Key": str(uuid4())} | headers
        return self.phone.client.post(self.address(door), body, format="json", headers=told)

    def address(self, door: "Door") -> str:
        """Return where a door is for this desk."""
        return "/api/v1/" + door.address.format(**vars(self))

    def body(self, door: "Door") -> Body:
        """Return a body that is accepted."""
        number = {"client_id": str(uuid4())} if door.makes else {}
        return number | door.body(self)


@dataclass(frozen=True, kw_only=True)
class Door:
    """An address that takes a body.

    Attributes:
        address: Below ``/api/v1/``, with the names of a :class:`Desk` in braces.
        told: The body's fields.
        body: A body that is accepted, without ``client_id``.
        makes: Whether it makes something new.
        is_fact: Whether it tells a fact, which is taken on any version.
    """

    address: str
    told: type[serializers.Serializer[Any]]
    body: Callable[[Desk], Body]
    makes: bool = True
    is_fact: bool = False

    def __str__(self) -> str:
        return self.address

    @property
    def fields(self) -> Mapping[str, serializers.Field[Any, Any, Any, Any]]:
        """The fields of the body."""
        return {name: each for name, each in self.told().fields.items() if not each.read_only}


def _wish(phone: Phone) -> SupportRequest:
    """Return a request for support that was approved."""
    return SupportRequest.objects.create(
        organization=make_organization(),
        asked_organization=phone.organization,
        need="13人3车",
        requested_at=STORM_NIGHT,
        received_at=STORM_NIGHT,
        status="approved",
        decided_at=STORM_NIGHT,
        decided_by=phone.user,
        reported_by=phone.user,
    )


def _held(phone: Phone) -> HeldFact:
    """Return a fact that contradicts the record: the place was found at another time."""
    found, told = (datetime.now(UTC) - timedelta(minutes=minutes) for minutes in (30, 40))
    known = {"reported_at": told - timedelta(hours=1), "status": "located", "located_at": found}
    return HeldFact.objects.create(
        organization=phone.organization,
        outage=make_outage(organization=phone.organization, **known),
        verb="locate",
        said={"at": told.isoformat()},
        at=told,
        received_at=found,
        reported_by=phone.user,
        channel="api",
        key=str(uuid4()),
        state="conflict",
        why="bad-transition",
        stands={"field": "located_at", "value": found.isoformat()},
        overdue_at=found + timedelta(hours=12),
    )


def _place(text: str = "横岗村山上") -> Body:
    return {"text": text}


DOORS = [
    Door(
        address="storms/",
        told=StormIn,
        body=lambda desk: {"slug": "ice-7", "name": "寒潮", "hazard": "ice", "organizations": [desk.own]},
    ),
    Door(
        address="weather-readings/",
        told=WeatherIn,
        body=lambda desk: {"section": desk.section, "observed_at": just_now(), "air_temp_c": -3.5},
    ),
    Door(
        address="ice-readings/",
        told=IceReadingIn,
        body=lambda desk: {
            "section": desk.section,
            "observed_at": just_now(),
            "thickness_mm": 7.5,
            "kind": "standard",
            "method": "caliper",
        },
    ),
    Door(
        address="outages/",
        told=OutageIn,
        body=lambda desk: {
            "organization": desk.own,
            "section": desk.section,
            "place": _place(),
            "kind": "forced",
            "voltage_kv": 10,
            "at": just_now(minutes=5),
        },
    ),
    Door(
        address="outages/{outage}/damages/",
        told=DamageIn,
        body=lambda _desk: {"kind": "conductor_break", "count": 2, "at": just_now()},
    ),
    Door(
        address="outages/{outage}/estimates/",
        told=EstimateIn,
        body=lambda _desk: {"kind": "crew", "at": just_now(), "value_at": just_now(minutes=-60)},
    ),
    Door(
        address="road-blocks/",
        told=RoadIn,
        body=lambda desk: {"organization": desk.own, "place": _place(), "cause": "bamboo", "at": just_now()},
    ),
    Door(
        address="crews/",
        told=CrewIn,
        body=lambda desk: {"name": "抢修七班", "organization": desk.own, "skills": ["mv"], "at": just_now()},
    ),
    Door(
        address="crews/{busy_crew}/check-in/",
        told=CheckInIn,
        body=lambda _desk: {"at": just_now(), "note": "平安"},
    ),
    Door(
        address="assignments/{job}/check-in/",
        told=CheckInIn,
        body=lambda _desk: {"at": just_now(), "note": "平安"},
    ),
    Door(
        address="assignments/",
        told=AssignmentIn,
        body=lambda desk: {"crew": desk.crew, "outage": desk.outage, "task": "repair", "at": just_now()},
    ),
    Door(
        address="support-requests/",
        told=SupportRequestIn,
        body=lambda desk: {"organization": desk.own, "asked": desk.other, "need": "13人", "at": just_now()},
    ),
    Door(
        address="deployments/",
        told=DeploymentIn,
        body=lambda desk: {"organization": desk.own, "host_text": "嵊州", "at": just_now()},
    ),
    Door(
        address="support-requests/{wish}/mobilise/",
        told=Mobilised,
        body=lambda desk: {"organization": desk.own, "host_text": "嵊州", "at": just_now()},
    ),
    Door(
        address="supplies/",
        told=SupplyIn,
        body=lambda desk: {"organization": desk.own, "kind": "hot_meal", "quantity": 13},
    ),
    Door(
        address="briefs/",
        told=BriefIn,
        body=lambda desk: {"organization": desk.own, "text": "10千伏线路停运2条，停电45户。"},
    ),
    Door(
        address="visits/",
        told=VisitIn,
        body=lambda desk: {"organization": desk.own, "places": [_place()], "purposes": ["comfort"]},
    ),
    Door(
        address="hazards/",
        told=HazardIn,
        body=lambda desk: {
            "organization": desk.own,
            "place": _place(),
            "kind": "vegetation",
            "grade": "general",
            "description": "毛竹倾向导线",
            "at": just_now(),
        },
    ),
    Door(
        address="weather-warnings/",
        told=WarningIn,
        body=lambda desk: {
            "organization": desk.own,
            "issuer": "上虞区气象台",
            "hazard": "road_icing",
            "level": "yellow",
            "areas": [desk.area],
            "text": "道路结冰黄色预警信号",
            "at": just_now(minutes=5),
        },
    ),
    Door(
        address="weather-warnings/{warning}/supersede/",
        told=Supersession,
        body=lambda desk: {"level": "red", "text": "升级为红色", "areas": [desk.area], "at": just_now()},
        makes=False,
    ),
    Door(
        address="patrols/",
        told=PatrolIn,
        body=lambda desk: {
            "organization": desk.own,
            "line": desk.line,
            "sections": [desk.section],
            "kind": "special_patrol",
            "at": just_now(),
        },
    ),
    Door(
        address="patrols/{patrol}/finish/",
        told=Walked,
        body=lambda _desk: {"at": just_now(), "nothing_found": True},
        makes=False,
    ),
    Door(
        address="briefings/",
        told=BriefingIn,
        body=lambda desk: {"assignment": desk.job, "at": just_now(), "topics": ["back_feed"]},
    ),
    Door(
        address="briefings/{briefing}/sign/",
        told=Signed,
        body=lambda desk: {"at": just_now(), "signed_by": [desk.person], "signed_names": ["李四"]},
        makes=False,
    ),
    Door(
        address="attachments/",
        told=AttachmentIn,
        body=lambda desk: {
            "outage": desk.outage,
            "size": 3_347_146,
            "sha256": "0" * 64,
            "caption": "毛竹压线",
            "name": "IMG_0001.jpg",
            "taken_at": just_now(minutes=5),
        },
    ),
    Door(
        address="attachments/{photo}/withdraw/",
        told=AtReason,
        body=lambda _desk: {"at": just_now(), "reason": "拍到无关人员"},
        makes=False,
    ),
    Door(
        address="held-facts/{held}/take/",
        told=AtReason,
        body=lambda _desk: {"at": just_now(), "reason": "与照片一致"},
        makes=False,
    ),
    Door(
        address="held-facts/{held}/dismiss/",
        told=AtReason,
        body=lambda _desk: {"at": just_now(), "reason": "看错"},
        makes=False,
    ),
    Door(address="outages/{outage}/confirm/", told=Stage, body=lambda _desk: {"at": just_now()}, makes=False),
    Door(
        address="outages/{outage}/locate/",
        told=Located,
        body=lambda _desk: {"at": just_now(), "place": _place("12号杆")},
        makes=False,
        is_fact=True,
    ),
    Door(
        address="outages/{outage}/restore-steps/",
        told=StepIn,
        body=lambda _desk: {"at": just_now(), "method": "transfer", "final": True},
        makes=False,
        is_fact=True,
    ),
    Door(
        address="outages/{outage}/cancel/",
        told=AtReason,
        body=lambda _desk: {"at": just_now(), "reason": "误报"},
        makes=False,
    ),
    Door(
        address="outages/{outage}/correct/",
        told=Correction,
        body=lambda _desk: {"at": just_now(), "reason": "复核", "changes": {"customers_affected": 12}},
        makes=False,
    ),
    Door(
        address="road-blocks/{road}/start-clearing/",
        told=ClearingStarted,
        body=lambda _desk: {"at": just_now()},
        makes=False,
        is_fact=True,
    ),
    Door(
        address="crews/{crew}/members/",
        told=MemberIn,
        body=lambda desk: {"at": just_now(), "person": desk.person},
        makes=False,
    ),
    Door(
        address="assignments/{job}/accept/",
        told=At,
        body=lambda _desk: {"at": just_now()},
        makes=False,
        is_fact=True,
    ),
    Door(
        address="assignments/{job}/abort/",
        told=GivenBack,
        body=lambda _desk: {"at": just_now(), "why": "weather"},
        makes=False,
        is_fact=True,
    ),
]
# Their verbs need an outage that has come that far; only what is spoiled is tried on them.
LATER_DOORS = [
    Door(
        address="outages/{outage}/record-momentary/",
        told=Momentary,
        body=lambda _desk: {"at": just_now(), "restored_at": just_now()},
        makes=False,
    ),
    Door(address="outages/{outage}/close/", told=Close, body=lambda _desk: {"at": just_now()}, makes=False),
]


def everything() -> dict[str, tuple[int, int]]:
    """Return number and checksum of the rows of every table of ours."""
    with connection.cursor() as cursor:
        names = [
            name
            for name in connection.introspection.table_names(cursor)
            if name.startswith(("incidents_", "tracker_")) and name != _SEEN
        ]
        found = {}
        for name in names:
            cursor.execute(f'SELECT count(*), coalesce(sum(hashtext(t::text)::bigint), 0) FROM "{name}" t')  # noqa: S608 - names of the catalogue
            found[name] = cursor.fetchone()
    return found
