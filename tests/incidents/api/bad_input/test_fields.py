"""The catalogue of bad inputs, field by field: B4-B11, B13, B14, B46-B48, B51, B52, B54-B57, B68-B76, B82.

Each kind of field is given everything that it must not take; each address some of it in each of its fields,
and afterwards not one row of any table has changed.
"""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from uuid import uuid4

import pytest
from django.db.models import QuerySet
from rest_framework import serializers

from incidents.api.brief_bodies import BriefText
from incidents.api.fields import Moment, Number, Phone, Prose, Reference, Text, Whole
from tests.incidents.api.bad_input.doors import DOORS, LATER_DOORS, Desk, Door, everything
from tests.incidents.api.conftest import just_now

NO_NUMBERS = [
    True,
    "１２",
    "1_0",
    "12mm",
    "12 毫米",
    "1.2cm",
    "12,5",
    "1,200",
    "NaN",
    "inf",
    "1e309",
    "1e3",
    "1 ",
    "=1+1",
]
NO_NUMBERS_EITHER: list[Any] = [[], {}, [1], 10**20, "-" + "9" * 30, 1.123456789012]
NO_MOMENTS: list[Any] = [
    "2026-11-22T10:00:00",
    "2026-11-22",
    1700000000,
    "1700000000",
    "2026-11-22T10:00:00+99:99",
    "2026-11-22T10:00:00 CST",
    "2026-11-22T10:00:00 Asia/Shanghai",
    "2026-11-22T10:00:00Z08",
    "2026-11-22T10:00:00+0800",
    "2026-11-22T24:00:00+08:00",
    "2026-11-22T23:59:60+08:00",
    "2026-02-30T10:00:00+08:00",
    "２026-11-22T10:00:00+08:00",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-12:00",
    True,
    {},
    [],
]
NO_DATES: list[Any] = [
    "2026-02-30",
    "２026-02-01",
    "2026-2-1",
    "01/02/2026",
    just_now(),
    20260201,
    True,
    {},
    [],
]
WHITE = "\u3000"
NO_TEXTS: list[Any] = [
    "\u202eevil",
    "\u2067evil",
    "\u200b",
    "\u3000",
    "a\u0007b",
    "e" + "\u0301" * 9,
    "x" * 10_000,
    {},
    [],
    True,
]
NO_PHONES: list[Any] = ["abc", "138", "9" * 30, "=1+1", "13800000000;13900000000", "１３８", "+", "-----"]
NO_CODES: list[Any] = ["no such code", "", "已恢复", "FORCED", True, 1, {}, []]
NO_NAMES: list[Any] = [
    str(uuid4()),
    "00000000-0000-0000-0000-000000000000",
    "../1",
    "1 OR 1=1",
    "abc",
    1,
    -1,
    2**63,
    2**64,
    True,
    {},
    [],
]
NO_ANSWERS: list[Any] = ["yes", "true", 1, 0, "１", [], {}]
NO_UUIDS: list[Any] = ["", "abc", 1, f"{uuid4()}x", "../1", {}, [], True]


NO_VALUES: dict[type[Any], list[Any]] = {
    Number: [*NO_NUMBERS, *NO_NUMBERS_EITHER],
    Whole: [*NO_NUMBERS, *NO_NUMBERS_EITHER],
    Moment: NO_MOMENTS,
    serializers.DateField: NO_DATES,
    BriefText: [each for each in NO_TEXTS if each != "x" * 10_000],  # a brief may be longer: test_briefs
    Phone: [*NO_TEXTS, *NO_PHONES],
    Prose: NO_TEXTS,
    Text: [*NO_TEXTS, "a\nb", "a\r\nBcc: x@example.com", "a\tb"],
    serializers.ChoiceField: NO_CODES,
    Reference: NO_NAMES,
    serializers.BooleanField: NO_ANSWERS,
    serializers.UUIDField: NO_UUIDS,
    serializers.SlugField: ["", "a b", "覆冰", "../1", "x" * 61, {}, []],
    serializers.RegexField: ["", "x", "0" * 63, "g" * 64, "０" * 64, {}, [], True],  # a digest
    serializers.CharField: [{}, [], True],  # the name of a file: whatever text it is, it is cleaned
    serializers.ListField: ["x", {}, 1, True, [[]], [{}]],
    serializers.DictField: ["x", [], 1, {"reported_at": "because"}, {"a": {}}],
    serializers.BaseSerializer: ["x", 1, True, {"no such field": 1}],
}
NOT_ASKED = ["id", "uuid", "version", "status", "received_at", "reported_by", "created_at", "is_superuser"]


FEW = 3


def bad_values(field: Any) -> list[Any]:
    """Return values that a field must not take; a field of no known kind fails the test."""
    found = next(values for kind, values in NO_VALUES.items() if isinstance(field, kind))
    if isinstance(field, serializers.ListField):
        return [*found, *([value] for value in bad_values(field.child))]
    if isinstance(field, Text) and field.allow_blank:
        return [value for value in found if value != WHITE]
    return found


def some(field: Any, turn: int) -> list[Any]:
    """Return a few of those values, other ones for each field."""
    values = bad_values(field)
    return [values[(turn + step * len(values) // FEW) % len(values)] for step in range(FEW)]


def spoiled(door: Door, desk: Desk) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield bodies with one bad value each, and the field that it is in."""
    for turn, (name, field) in enumerate(door.fields.items()):
        for value in [*some(field, turn), *inside(field)]:
            yield name, desk.body(door) | {name: value}
    for name in ["no_such_field", *NOT_ASKED]:
        if name not in door.fields:
            yield name, desk.body(door) | {name: "1"}


def inside(field: Any) -> Iterator[dict[str, Any]]:
    """Yield nested bodies with one bad value each."""
    if isinstance(field, serializers.Serializer):
        for turn, (name, part) in enumerate(field.fields.items()):
            yield {name: some(part, turn)[0]}


def kinds() -> list[Any]:
    """Return one field of each kind that any address has."""
    found: dict[tuple[type[Any], bool], Any] = {}
    for door in [*DOORS, *LATER_DOORS]:
        for field in door.fields.values():
            found.setdefault((type(field), getattr(field, "allow_blank", False)), field)
    return list(found.values())


@pytest.mark.django_db
@pytest.mark.parametrize("field", kinds(), ids=lambda field: type(field).__name__)
def test_each_kind_of_field_refuses_whatever_might_be_meant_otherwise(field: Any) -> None:
    body: serializers.Serializer[Any] = serializers.Serializer(
        context={"usable": lambda model: QuerySet(model).none()}
    )
    field.bind("field", body)
    taken = []
    for value in bad_values(field):
        with suppress(serializers.ValidationError):
            taken.append((value, field.run_validation(value)))

    assert taken == []


@pytest.mark.django_db
@pytest.mark.parametrize("door", DOORS, ids=str)
def test_what_tests_spoil_is_good_before(door: Door) -> None:
    desk = Desk()

    answer = desk.send(door, desk.body(door))

    assert answer.status_code == (201 if door.makes else 200), answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("door", [*DOORS, *LATER_DOORS], ids=str)
def test_a_bad_value_in_any_field_is_refused_by_its_name_and_changes_nothing(door: Door) -> None:
    desk = Desk()
    before = everything()
    wrong = []
    for name, body in spoiled(door, desk):
        answer = desk.send(door, body)
        told = answer.json()
        is_told = answer["Content-Type"] == "application/problem+json" and told["final"]
        points = {error["pointer"].split("/")[1] for error in told.get("errors", ())}
        if answer.status_code != 400 or not is_told or name not in points:
            wrong.append((answer.status_code, name, str(body.get(name))[:80], told.get("errors", told)))

    assert wrong == []
    assert everything() == before


@pytest.mark.django_db
@pytest.mark.parametrize("door", [*DOORS, *LATER_DOORS], ids=str)
def test_a_moment_ahead_or_long_ago_is_refused(door: Door) -> None:
    """B68, B69: more than five minutes ahead, or years ago; the pointer is to what was sent."""
    desk = Desk()
    before = everything()
    # What is to come may lie ahead; a phone's clock is kept as it is, however wrong.
    others = {"value_at", "due_at", "needed_from_at", "expected_at", "recorded_at"}
    others |= {"valid_from_at", "expires_at"}
    moments = [name for name, each in door.fields.items() if isinstance(each, Moment) and name not in others]
    wrong = []
    for name in moments:
        for value in (just_now(minutes=-7), "2019-01-01T00:00:00+08:00"):
            answer = desk.send(door, desk.body(door) | {name: value})
            points = {error["pointer"] for error in answer.json().get("errors", ())}
            # A passing interruption is not measured before it is known when it began.
            meant = {"/occurred_at"} if "momentary" in door.address and name != "at" else {f"/{name}"}
            if (answer.status_code, points) != (400, meant):
                wrong.append((answer.status_code, name, value, answer.json()))

    assert wrong == []
    assert everything() == before


@pytest.mark.django_db
@pytest.mark.parametrize("door", DOORS, ids=str)
def test_what_another_organisation_has_is_refused_as_if_it_did_not_exist(door: Door) -> None:
    """B55, B82, S14: the same words as for a name that nobody has."""
    desk, stranger = Desk(), Desk()
    before = everything()
    names = {
        "organization": stranger.own,
        "organizations": [stranger.own],
        "section": stranger.section,
        "crew": stranger.crew,
        "outage": stranger.outage,
        "person": stranger.person,
        "road_block": stranger.road,
        "outages": [stranger.outage],
        "crews": [stranger.crew],
        "parent": stranger.outage,
        "line": str(stranger.phone.section.line.uuid),
    }
    wrong = []
    for name in names.keys() & door.fields.keys():
        nobody = [str(uuid4())] if isinstance(names[name], list) else str(uuid4())
        answers = [desk.send(door, desk.body(door) | {name: value}) for value in (names[name], nobody)]
        told = [[(error["pointer"], error["code"]) for error in one.json()["errors"]] for one in answers]
        if {one.status_code for one in answers} != {400} or told[0] != told[1]:
            wrong.append((name, told))

    assert wrong == []
    assert everything() == before


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("13800000000", "13800000000"),
        ("+86 138-0000-0000", "+8613800000000"),
        ("１３８００００００００", "13800000000"),
        ("(0571) 8765 4321转801", "057187654321转801"),
    ],
)
def test_a_phone_number_has_one_form(told: str, kept: str) -> None:
    """B52."""
    assert Phone(max_length=30).run_validation(told) == kept


@pytest.mark.django_db
def test_texts_of_every_kind_are_kept_as_they_are() -> None:
    """B48, B50: rare characters, emoji, and what would be code somewhere else."""
    desk = Desk()
    door = next(each for each in DOORS if each.address == "hazards/")
    texts = [
        "𠮷田",
        "🧊❄️",
        "<script>alert(1)</script>",
        "{{7*7}}",
        "${jndi:ldap://x}",
        "'; DROP TABLE x;--",
        "%s%n%d",
    ]

    kept = [desk.send(door, desk.body(door) | {"description": text}).json()["description"] for text in texts]

    assert kept == texts
