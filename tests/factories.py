"""Typed functions that make rows: say only what the test is about."""

from datetime import UTC, datetime
from itertools import count
from typing import Any

from incidents.choices import OrganizationLevel, PlacePrecision
from incidents.journal import Actor
from incidents.models import Line, LineSection, Organization, Place, Storm, User

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


def make_actor(*, now: datetime = STORM_NIGHT, user: User | None = None, **over: Any) -> Actor:
    return Actor(user=user or make_user(), now=now, **over)


def make_organization(**over: Any) -> Organization:
    values = {"name": f"国网第{next(_numbers)}供电公司", "level": OrganizationLevel.COUNTY}
    return Organization.objects.create(**(values | over))


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
