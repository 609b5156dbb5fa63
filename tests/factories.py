"""Typed functions that make rows: say only what the test is about."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from incidents.choices import (
    AttachmentState,
    BlockCause,
    DamageKind,
    OrganizationLevel,
    OutageKind,
    PatrolKind,
    PlacePrecision,
    TaskKind,
    TimePrecision,
    VehicleKind,
    WarningHazard,
    WarningLevel,
)
from incidents.journal import Actor
from incidents.models import (
    Assignment,
    Attachment,
    BrowserSession,
    Crew,
    Damage,
    Division,
    Line,
    LineSection,
    Organization,
    Outage,
    Patrol,
    Person,
    Place,
    RoadBlock,
    SafetyBriefing,
    Storm,
    User,
    Vehicle,
    WeatherWarning,
)
from incidents.services.division_files import OfficialDivision

STORM_NIGHT = datetime(2024, 2, 26, 12, 0, tzinfo=UTC)
_numbers = count(1)


def make_user(**over: Any) -> User:
    number = next(_numbers)
    values = {
        "username": f"person{number}",
        "display_name": f"值班员{number}",
        "email": f"p{number}@example.com",
    }
    return User.objects.create_user(**(values | over))


def make_session(*, user: User | None = None, **over: Any) -> BrowserSession:
    values = {
        "user": user or make_user(),
        "key_digest": f"{next(_numbers):064x}",
        "started_at": STORM_NIGHT,
        "last_seen_at": STORM_NIGHT,
        "expires_at": STORM_NIGHT + timedelta(hours=12),
    }
    return BrowserSession.objects.create(**(values | over))


def make_actor(*, now: datetime = STORM_NIGHT, user: User | None = None, **over: Any) -> Actor:
    return Actor(user=user or make_user(), now=now, **over)


def make_organization(**over: Any) -> Organization:
    values = {"name": f"国网第{next(_numbers)}供电公司", "level": OrganizationLevel.COUNTY}
    return Organization.objects.create(**(values | over))


def make_station() -> Organization:
    """A station of the one company whose crews, outages and roads the factories make."""
    company, _ = Organization.objects.get_or_create(name="国网演练公司", level=OrganizationLevel.CITY)
    return make_organization(parent=company)


def make_division(code: str, name: str) -> Division:
    """Those above it are made where they are missing, with their code as their name."""
    known = OfficialDivision(code=code, name=name)
    if known.parent and not Division.objects.filter(pk=known.parent).exists():
        make_division(known.parent, known.parent)
    return Division.objects.create(
        code=code,
        name=name,
        stem=known.stem,
        level=known.level,
        parent_id=known.parent,
        aliases=known.aliases,
    )


def make_place(**over: Any) -> Place:
    return Place.objects.create(**({"text": "横岗村山上", "precision": PlacePrecision.UNKNOWN} | over))


def make_line(**over: Any) -> Line:
    number = next(_numbers)
    values: dict[str, Any] = {"code": f"L{number}", "name": f"10千伏第{number}线", "voltage_kv": 10}
    organization = over.pop("organization", None) or make_organization()
    return Line.objects.create(organization=organization, **(values | over))


def make_section(**over: Any) -> LineSection:
    values: dict[str, Any] = {
        "code": f"S{next(_numbers)}",
        "design_ice_mm": 15,
        "design_ice_source": "test",
        "conductor_diameter_mm": "15.07",
    }
    line = over.pop("line", None) or make_line()
    return LineSection.objects.create(line=line, **(values | over))


def make_storm(**over: Any) -> Storm:
    number = next(_numbers)
    values = {"slug": f"storm-{number}", "name": f"第{number}次冰冻", "hazard": "ice"}
    return Storm.objects.create(**(values | over))


_TOLD: dict[str, Callable[[], Any]] = {
    "organization": make_station,
    "place": make_place,
    "reported_by": make_user,
}


def make_outage(**over: Any) -> Outage:
    """A 10 kV fault reported in the storm night; nobody knows when it began."""
    values: dict[str, Any] = {
        "voltage_kv": 10,
        "kind": OutageKind.FORCED,
        "reported_at": STORM_NIGHT,
        "received_at": STORM_NIGHT,
        "occurred_precision": TimePrecision.UNKNOWN,
    }
    for name, make in (
        ("organization", make_station),
        ("place", make_place),
        ("reported_by", make_user),
    ):
        values[name] = over.pop(name, None) or make()
    return Outage.objects.create(**(values | over))


def make_damage(**over: Any) -> Damage:
    outage = over.pop("outage", None) or make_outage()
    values = {"kind": DamageKind.POLE_BROKEN, "received_at": STORM_NIGHT, "reported_by": outage.reported_by}
    return Damage.objects.create(outage=outage, **(values | over))


def make_road_block(**over: Any) -> RoadBlock:
    values: dict[str, Any] = {
        "cause": BlockCause.BAMBOO,
        "blocked_precision": TimePrecision.UNKNOWN,
        "received_at": STORM_NIGHT,
    }
    for name, make in (
        ("organization", make_station),
        ("place", make_place),
        ("reported_by", make_user),
    ):
        values[name] = over.pop(name, None) or make()
    return RoadBlock.objects.create(**(values | over))


def make_crew(**over: Any) -> Crew:
    organization = over.pop("organization", None) or make_station()
    values = {"name": f"抢修{next(_numbers)}班", "home_organization": organization, "skills": ["mv"]}
    return Crew.objects.create(organization=organization, **(values | over))


def make_person(**over: Any) -> Person:
    organization = over.pop("organization", None) or make_organization()
    return Person.objects.create(organization=organization, **({"name": f"队员{next(_numbers)}"} | over))


def make_vehicle(**over: Any) -> Vehicle:
    organization = over.pop("organization", None) or make_organization()
    values = {"plate": f"浙D{next(_numbers):05}", "kind": VehicleKind.REPAIR}
    return Vehicle.objects.create(organization=organization, **(values | over))


def make_attachment(**over: Any) -> Attachment:
    """A photo of an outage, ready to be looked at."""
    outage = over.pop("outage", None) or make_outage()
    values: dict[str, Any] = {
        "client_id": uuid4(),
        "client_digest": "0" * 64,
        "size": 9,
        "uploaded": 9,
        "state": AttachmentState.READY,
        "width_px": 4,
        "height_px": 3,
        "stored_size": 9,
        "ready_at": STORM_NIGHT,
        "touched_at": STORM_NIGHT,
        "received_at": STORM_NIGHT,
    }
    values["reported_by"] = over.pop("reported_by", None) or make_user()
    return Attachment.objects.create(outage=outage, **(values | over))


def make_assignment(**over: Any) -> Assignment:
    """A crew planned for a repair in the storm night, one of the outage's company."""
    values: dict[str, Any] = {
        "task": TaskKind.REPAIR,
        "assigned_at": STORM_NIGHT,
        "received_at": STORM_NIGHT,
    }
    outage = over.get("outage")
    ours = {"organization": outage.organization} if outage else {}
    values["crew"] = over.pop("crew", None) or make_crew(**ours)
    for name, make in (("place", make_place), ("reported_by", make_user)):
        values[name] = over.pop(name, None) or make()
    return Assignment.objects.create(**(values | over))


def make_warning(**over: Any) -> WeatherWarning:
    """A yellow warning of road icing, issued in the storm night; it holds until it is cancelled."""
    values: dict[str, Any] = {
        "issuer": "上虞区气象台",
        "hazard": WarningHazard.ROAD_ICING,
        "level": WarningLevel.YELLOW,
        "text": "预计未来12小时内我区山区道路结冰。",
        "issued_at": STORM_NIGHT,
        "valid_from_at": STORM_NIGHT,
        "received_at": STORM_NIGHT,
    }
    for name, make in (("organization", make_organization), ("reported_by", make_user)):
        values[name] = over.pop(name, None) or make()
    areas = over.pop("areas", ())
    warning = WeatherWarning.objects.create(**(values | over))
    warning.areas.set(areas)
    return warning


def make_patrol(**over: Any) -> Patrol:
    """A special patrol ordered in the storm night; nobody walks it yet."""
    values: dict[str, Any] = {
        "kind": PatrolKind.SPECIAL,
        "ordered_at": STORM_NIGHT,
        "received_at": STORM_NIGHT,
    }
    line = over.pop("line", None) or make_line()
    values["organization"] = over.pop("organization", None) or line.organization
    values["reported_by"] = over.pop("reported_by", None) or make_user()
    return Patrol.objects.create(line=line, **(values | over))


def make_briefing(**over: Any) -> SafetyBriefing:
    """A briefing of a crew before its job, unless it is said for whom."""
    if not {"assignment", "deployment"} & over.keys():
        over["assignment"] = make_assignment()
    values = {"given_at": STORM_NIGHT, "received_at": STORM_NIGHT}
    user = over.pop("reported_by", None) or make_user()
    return SafetyBriefing.objects.create(reported_by=user, **(values | over))
