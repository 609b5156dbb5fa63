"""Every address × role × organisation: what a person beside, below or above may see and do."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db.models import Model
from django.urls import get_resolver

from incidents import models as record
from incidents.access import Right
from incidents.api.outputs import public_name
from incidents.choices import Role
from incidents.models import Membership, Organization
from tests.factories import STORM_NIGHT, make_organization, make_user
from tests.incidents.api.conftest import Phone, enrolled
from tests.world import World, divisions
from tracker.models import Alert

SEE, RECORD, OPERATE, ACKNOWLEDGE = Right.SEE, Right.RECORD, Right.OPERATE, Right.ACKNOWLEDGE
HOLDERS = {
    SEE: set(Role),
    RECORD: {Role.CREW_MEMBER, Role.CREW_LEADER, Role.DISPATCHER},
    OPERATE: {Role.DISPATCHER},
    ACKNOWLEDGE: {Role.MANAGER, Role.DISPATCHER},
}

# Resource → its model, the field by which a new row is somebody's matter with the right it takes, and the
# right that each verb takes. An address that is not here fails the test.
TABLE: dict[str, tuple[type[Model], tuple[str, Right] | None, dict[str, Right]]] = {
    "organizations": (record.Organization, None, {}),
    "divisions": (record.Division, None, {}),
    "lines": (record.Line, None, {}),
    "sections": (record.LineSection, None, {}),
    "storms": (record.Storm, ("organizations", OPERATE), {"end": OPERATE, "correct": OPERATE}),
    "weather-readings": (record.WeatherReading, ("section", RECORD), {}),
    "ice-readings": (record.IceReading, ("section", RECORD), {}),
    "outages": (
        record.Outage,
        ("organization", RECORD),
        {
            "confirm": OPERATE,
            "locate": RECORD,
            "isolate": RECORD,
            "start-repair": RECORD,
            "mislocate": OPERATE,
            "record-momentary": OPERATE,
            "cancel": OPERATE,
            "repair": RECORD,
            "return-to-normal": OPERATE,
            "restore-steps": RECORD,
            "close": OPERATE,
            "reopen": OPERATE,
            "correct": OPERATE,
            "estimates": OPERATE,
            "damages": RECORD,
        },
    ),
    "damages": (
        record.Damage,
        None,
        {"make-safe": RECORD, "isolate": RECORD, "repair": RECORD, "correct": OPERATE},
    ),
    "restoration-steps": (record.RestorationStep, None, {"correct": OPERATE}),
    "estimates": (record.Estimate, None, {}),
    "road-blocks": (
        record.RoadBlock,
        ("organization", RECORD),
        {"start-clearing": RECORD, "clear": RECORD, "correct": OPERATE},
    ),
    "crews": (
        record.Crew,
        ("organization", OPERATE),
        {
            "disband": OPERATE,
            "members": OPERATE,
            "vehicles": OPERATE,
            "remove-member": OPERATE,
            "remove-vehicle": OPERATE,
            "check-in": RECORD,
        },
    ),
    "assignments": (
        record.Assignment,
        ("crew", OPERATE),
        dict.fromkeys(["accept", "depart", "arrive", "brief", "finish", "refuse", "abort"], RECORD),
    ),
    "check-ins": (record.CheckIn, None, {}),
    "support-requests": (
        record.SupportRequest,
        ("organization", OPERATE),
        {"approve": OPERATE, "refuse": OPERATE, "cancel": OPERATE},
    ),
    "deployments": (
        record.Deployment,
        ("organization", OPERATE),
        dict.fromkeys(
            ["depart", "arrive", "brief", "start-work", "rest", "release", "return", "cancel", "correct"],
            OPERATE,
        ),
    ),
    "supplies": (record.Supply, ("organization", RECORD), {}),
    "visits": (record.Visit, ("organization", RECORD), {}),
    "hazards": (record.Hazard, ("organization", RECORD), {"close": RECORD, "correct": OPERATE}),
    "weather-warnings": (
        record.WeatherWarning,
        ("organization", OPERATE),
        {"supersede": OPERATE, "cancel": OPERATE},
    ),
    "patrols": (
        record.Patrol,
        ("organization", RECORD),
        {"start": RECORD, "add-findings": RECORD, "finish": RECORD, "cancel": OPERATE},
    ),
    "briefings": (record.SafetyBriefing, ("assignment", RECORD), {"sign": RECORD}),
    "alerts": (Alert, None, {"acknowledge": ACKNOWLEDGE}),
}
# Common knowledge; and storms and warnings, which are seen from below.
SEEN_FROM = {
    "divisions": {"inside", "above", "beside", "below"},
    "storms": {"inside", "above", "below"},
    "weather-warnings": {"inside", "above", "below"},
}
# About nobody but the caller; readings in bulk, changes and bundle have tests of their own.
OTHERS = {"me/", "schema/", "docs/", "ice-readings/bulk/", "changes/", "shift-bundle/"}

OWNERS: dict[str, type[Model]] = {
    "section": record.LineSection,
    "crew": record.Crew,
    "assignment": record.Assignment,
}


def routes(patterns: list[Any], before: str = "") -> Iterator[str]:
    for pattern in patterns:
        address = before + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from routes(pattern.url_patterns, address)
        elif address.startswith("api/v1/"):
            yield address.removeprefix("api/v1/")


def test_every_address_is_in_the_table() -> None:
    known = set(OTHERS)
    for name, (_model, _new, verbs) in TABLE.items():
        key = {"divisions": "<slug:code>", "storms": "<slug:slug>"}.get(name, "<uuid:uuid>")
        known |= {f"{name}/", f"{name}/{key}/", *(f"{name}/{key}/{verb}/" for verb in verbs)}

    assert set(routes(get_resolver().url_patterns)) - known == set()
    assert known <= set(routes(get_resolver().url_patterns))


def person_at(position: str, organization: Organization, role: Role) -> Phone:
    places: dict[str, Any] = {
        "inside": organization,
        "above": organization.parent,
        "beside": make_organization(parent=organization.parent),
        "below": make_organization(parent=organization),
    }
    user = make_user()
    Membership.objects.create(
        user=user,
        organization=places[position],
        role=role,
        since_at=STORM_NIGHT - timedelta(days=1),
    )
    return Phone(client=enrolled(user), user=user, organization=organization, section=None)  # type: ignore[arg-type]


def found(phone: Phone, world: World, name: str, position: str, role: Role) -> Iterator[tuple[Any, Any]]:
    """Yield what each address of a resource answered, and what it had to."""
    model, new, verbs = TABLE[name]
    row = world.first(model)
    reaches = position in {"inside", "above"}
    sees = position in SEEN_FROM.get(name, {"inside", "above"})
    shown = [
        item.get("uuid", item.get("code")) for item in phone.get(f"{name}/", page_size=200).json()["results"]
    ]
    one = getattr(row, "uuid", None) or row.pk
    yield (name, str(one) in shown), (name, sees)
    here = f"{name}/{public_name(row)}/"
    yield (here, phone.get(here).status_code), (here, 200 if sees else 404)
    for verb, right in verbs.items():
        may = reaches and role in HOLDERS[right]
        answer = phone.act(f"{here}{verb}/", client_id=str(uuid4()))
        yield (name, verb, answer.status_code), (name, verb, 400 if may else 403 if sees else 404)
    if new is not None:
        field, right = new
        owner = OWNERS.get(field, record.Organization)
        value: Any = public_name(world.first(owner))
        body = {field: [value] if field == "organizations" else value}
        if name == "weather-readings":
            body["kind"] = "none"  # all else may be left out: it would be kept
        answer = phone.make(f"{name}/", **body)
        refused = any(error["pointer"].startswith(f"/{field}") for error in answer.json()["errors"])
        yield (name, answer.status_code, refused), (name, 400, not (reaches and role in HOLDERS[right]))


@pytest.mark.django_db
@pytest.mark.parametrize("position", ["inside", "above", "beside", "below"])
def test_who_may_what(position: str) -> None:
    county = make_organization(parent=make_organization(level="city"))
    world = World(county)
    world.rows[record.Division] = divisions()
    wrong = []
    for role in Role:
        phone = person_at(position, county, role)
        for name in TABLE:
            wrong += [
                (role, *pair) for pair in found(phone, world, name, position, role) if pair[0] != pair[1]
            ]

    assert wrong == []
