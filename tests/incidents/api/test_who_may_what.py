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
from tracker.models import Alert, SituationReport

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
        dict.fromkeys(
            ["accept", "depart", "arrive", "brief", "finish", "refuse", "abort", "check-in"], RECORD
        ),
    ),
    "check-ins": (record.CheckIn, None, {}),
    "support-requests": (
        record.SupportRequest,
        ("organization", OPERATE),
        {"approve": OPERATE, "refuse": OPERATE, "cancel": OPERATE, "mobilise": OPERATE},
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
    "held-facts": (record.HeldFact, None, {"take": OPERATE, "dismiss": OPERATE}),
    "attachments": (record.Attachment, ("outage", RECORD), {"withdraw": OPERATE}),
    "important-users": (record.ImportantUser, None, {}),
    "briefs": (record.Brief, ("organization", OPERATE), {}),
    "brief-items": (record.BriefItem, None, {"confirm": OPERATE, "discard": OPERATE}),
    "alerts": (Alert, None, dict.fromkeys(["acknowledge", "snooze", "resolve"], ACKNOWLEDGE)),
    "reports": (SituationReport, None, {}),
}
# Common knowledge; and storms and warnings, which are seen from below.
SEEN_FROM = {
    "divisions": {"inside", "above", "beside", "below"},
    "storms": {"inside", "above", "below"},
    "weather-warnings": {"inside", "above", "below"},
}
# Address → where it is tested who may what: about nobody but the caller, or of another shape.
OTHERS = {
    "me/": "about the caller alone",
    "me/devices/": "tests/incidents/api/test_devices.py: one's own, whatever one's rights",
    "me/devices/<uuid:uuid>/": "tests/incidents/api/test_devices.py",
    "me/device/renew/": "tests/incidents/api/test_devices.py: by the phone itself",
    "me/log-out/": "tests/incidents/api/test_devices.py: by the phone itself",
    "enrol/": "tests/incidents/api/test_devices.py: by a code, before anybody is known",
    "schema/": "the same for all who are signed in",
    "docs/": "the same for all who are signed in",
    "batch/": "tests/incidents/api/test_batch.py: each operation as by itself",
    "attachments/<uuid:uuid>/file/": "tests/incidents/api/test_photos_seen.py",
    "attachments/<uuid:uuid>/thumbnail/": "tests/incidents/api/test_photos_seen.py",
    "changes/": "tests/incidents/api/test_changes.py",
    "written-brief/": "tests/tracker/api/test_written.py",
    "shift-bundle/": "tests/incidents/api/test_shift_bundle.py",
    "ice-readings/bulk/": "tests/incidents/api/test_bulk.py",
}
NOT_ALLOWED = {403, 405}  # the first where a phone is enrolled for no write there

OWNERS: dict[str, type[Model]] = {
    "section": record.LineSection,
    "crew": record.Crew,
    "assignment": record.Assignment,
    "outage": record.Outage,
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
    if getattr(row, "organization_id", None) and name != "storms":
        asked = phone.get(f"{name}/", organization=str(world.organization.uuid))
        if asked.status_code == 200:  # a list that has this filter
            yield (name, "filter", str(one) in str(asked.content)), (name, "filter", sees)
    here = f"{name}/{public_name(row)}/"
    answer = phone.get(here)
    yield (here, answer.status_code, "ETag" in answer and not sees), (here, 200 if sees else 404, False)
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


def test_s13_what_is_hidden_is_not_told_by_the_way(db: None) -> None:
    """S13: the error of a hidden row is that of one which never was, whatever version or key is sent."""
    world = World(make_organization(parent=make_organization(level="city")))
    phone = person_at("beside", world.organization, Role.DISPATCHER)
    outage = world.first(record.Outage)

    def told(uuid: Any, **headers: Any) -> Any:
        answer = phone.act(f"outages/{uuid}/confirm/", **headers, at="2024-02-26T21:00:00+08:00")
        body = answer.json()
        del body["request_id"]
        return answer.status_code, body, "ETag" in answer

    before = record.JournalEntry.objects.count()
    for headers in ({}, {"seen": '"1"'}, {"seen": None}, {"key": None}):
        assert told(outage.uuid, **headers) == told(uuid4(), **headers)
        assert told(outage.uuid, **headers)[0] == 404
    assert record.JournalEntry.objects.count() == before


def test_s14_a_hidden_row_named_in_a_body_is_as_one_that_never_was(db: None) -> None:
    """S14: the same text but for the name that was sent."""
    world = World(make_organization(parent=make_organization(level="city")))
    phone = person_at("beside", world.organization, Role.DISPATCHER)
    crew = world.first(record.Crew)

    def told(uuid: Any) -> Any:
        answer = phone.make("assignments/", crew=str(uuid), task="repair", at="2024-02-26T21:00:00+08:00")
        problem = answer.json()["errors"][0]
        return answer.status_code, problem["code"], problem["message"].replace(str(uuid), "…")

    assert told(crew.uuid) == told(uuid4())
    assert told(crew.uuid)[:2] == (400, "unknown-reference")


def test_s25_a_crew_member_works_and_does_not_command(db: None) -> None:
    """S25: what takes another right is 403 for a role without it, though the row is seen."""
    world = World(make_organization(parent=make_organization(level="city")))
    phone = person_at("inside", world.organization, Role.CREW_MEMBER)
    commands = [
        f"{name}/{public_name(world.first(model))}/{verb}/"
        for name, (model, _new, verbs) in TABLE.items()
        for verb, right in verbs.items()
        if right in {OPERATE, ACKNOWLEDGE}
    ]

    answers = {path: phone.act(path, client_id=str(uuid4())) for path in commands}

    assert {answer.status_code for answer in answers.values()} == {403}
    assert {answer.json()["code"] for answer in answers.values()} == {"right-missing"}
    assert phone.client.get("/admin/").status_code == 302


def test_s29_a_guessed_key_of_another_company_shows_nothing(db: None) -> None:
    """S29: an answer is kept for one person and one address."""
    world = World(make_organization(parent=make_organization(level="city")))
    first = person_at("inside", world.organization, Role.DISPATCHER)
    number = str(uuid4())
    body = {"client_id": number, "organization": str(world.organization.uuid), "leaders_text": "公司领导"}
    assert first.make("visits/", **body).status_code in {201, 400}
    thief = person_at("beside", world.organization, Role.DISPATCHER)

    answer = thief.make("visits/", **body)

    assert answer.status_code == 400
    assert "Idempotent-Replayed" not in answer
    assert answer.json()["errors"][0]["code"] == "unknown-reference"


def test_nothing_is_replaced_patched_or_deleted_by_anybody(db: None) -> None:
    """B84: nor a line with open outages."""
    world = World(make_organization(parent=make_organization(level="city")))
    world.rows[record.Division] = divisions()
    phone = person_at("above", world.organization, Role.DISPATCHER)

    answers = {
        (name, method, path): getattr(phone.client, method)(f"/api/v1/{path}", {}, format="json").status_code
        for name, (model, _new, _verbs) in TABLE.items()
        for path in (f"{name}/", f"{name}/{public_name(world.first(model))}/")
        for method in ("put", "patch", "delete")
        # The bytes of an upload are added to and ended by the protocol: test_photos_seen.py walks who may.
        if (name, method) not in {("attachments", "patch"), ("attachments", "delete")}
    }

    assert {key: status for key, status in answers.items() if status not in NOT_ALLOWED} == {}
