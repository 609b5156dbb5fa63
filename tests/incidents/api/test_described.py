"""Every operation is described whole: words, units, errors, and examples that are true."""

import json
import os
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # no stubs
import pytest
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator

import incidents.api
from incidents.api import ageing, describing
from incidents.api.ageing import Ageing
from tests.incidents.api.examples import NOW, Night, freeze
from tests.incidents.api.night import whole

KEPT = Path(incidents.api.__file__).with_name("examples.json")
Operation = tuple[str, str, dict[str, Any]]


def described() -> dict[str, Any]:
    describing.examples.cache_clear()
    with translation.override("en"):
        made: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return json.loads(json.dumps(made, default=str))  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return described()


def operations(schema: dict[str, Any]) -> Iterator[Operation]:
    for path, methods in schema["paths"].items():
        for method, told in methods.items():
            yield path, method, told


def missing(schema: dict[str, Any]) -> Iterator[str]:
    """Yield what is not described."""
    for path, method, told in operations(schema):
        yield from (f"{method} {path}: {part}" for part in _missing_of(told))
    for name, told in schema["components"]["schemas"].items():
        yield from _unsaid(name, told)
    for name, told in schema["components"]["responses"].items():
        if any("example" not in content for content in told["content"].values()):
            yield f"{name}: example"


def _missing_of(told: dict[str, Any]) -> Iterator[str]:
    yield from (part for part in ("summary", "description") if not told.get(part))
    parameters = told.get("parameters", ())
    yield from (f"parameter {each['name']}" for each in parameters if not each.get("description"))
    answers = {status: each for status, each in told["responses"].items() if status.startswith("2")}
    for place, body in {"request": told.get("requestBody", {}), **answers}.items():
        content = body.get("content", {}).get("application/json")
        if content is not None and "example" not in content:
            yield f"example of {place}"
    is_open = told.get("security") == [{}]  # asks nobody who he is
    if not ({"400"} if is_open else {"400", "401", "403", "404"}) <= told["responses"].keys():
        yield "errors"


def _unsaid(component: str, told: dict[str, Any]) -> Iterator[str]:
    for name, field in told.get("properties", {}).items():
        if not field.get("description"):
            yield f"{component}.{name}: description"
        if "number" in _types(field) and not field.get("x-unit"):
            yield f"{component}.{name}: unit"


def _types(field: dict[str, Any]) -> list[str]:
    kinds = field.get("type", [])
    return kinds if isinstance(kinds, list) else [kinds]


def test_nothing_is_left_undescribed(schema: dict[str, Any]) -> None:
    assert list(missing(schema)) == []


def test_a_gap_would_be_found() -> None:
    gap = {
        "paths": {"/x/": {"post": {"summary": "", "responses": {}, "parameters": [{"name": "p"}]}}},
        "components": {
            "schemas": {"X": {"properties": {"load": {"type": ["number", "null"]}}}},
            "responses": {},
        },
    }

    assert list(missing(gap)) == [
        "post /x/: summary",
        "post /x/: description",
        "post /x/: parameter p",
        "post /x/: errors",
        "X.load: description",
        "X.load: unit",
    ]


@pytest.fixture
def night(db: None, monkeypatch: pytest.MonkeyPatch) -> Night:
    freeze(monkeypatch)
    made = Night()
    whole(made)
    return made


def named(schema: dict[str, Any], night: Night) -> dict[str, dict[str, Any]]:
    """Return what was sent and answered by the name of the operation."""
    patterns = {
        (method, re.compile(re.sub(r"\{\w+\}", "[^/]+", path) + "$")): told["operationId"]
        for path, method, told in operations(schema)
    }
    found: dict[str, dict[str, Any]] = {}
    for (method, address), traffic in night.sent.items():
        names = [
            name
            for (known, pattern), name in patterns.items()
            if known == method and pattern.match(f"/api/v1/{address}")
        ]
        # ``ice-readings/bulk/`` has the form of a row's address too
        name = min(names, key=lambda name: (name.count("retrieve"), -len(name)))
        found[name] = traffic | found.get(name, {})  # the first that was sent is shown
    return found


def test_examples_are_real_traffic(schema: dict[str, Any], night: Night) -> None:
    found = named(schema, night)
    if os.environ.get("WRITE_EXAMPLES"):
        KEPT.write_text(
            json.dumps(found, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8"
        )
        describing.examples.cache_clear()
    kept = describing.examples()

    assert found.keys() == {told["operationId"] for _path, _method, told in operations(schema)}
    assert found.keys() == kept.keys()
    for name, traffic in found.items():
        # what is shown was accepted just now
        assert traffic.get("request") == kept[name].get("request"), name
        for part in ("response", "held", "headers"):
            assert shape(traffic.get(part)) == shape(kept[name].get(part)), (name, part)


def test_examples_are_valid_against_the_description(schema: dict[str, Any]) -> None:
    wrong = []
    for _path, _method, told in operations(described()):
        bodies = [*told.get("requestBody", {}).get("content", {}).values()]
        answers = [answer for status, answer in told["responses"].items() if status.startswith("2")]
        bodies += [each for answer in answers for each in answer.get("content", {}).values()]
        for body in bodies:
            if "example" in body:
                valid = jsonschema.Draft202012Validator(body["schema"] | {"components": schema["components"]})
                wrong += [
                    (told["operationId"], error.message) for error in valid.iter_errors(body["example"])
                ]

    assert wrong == []


def shape(value: Any) -> Any:
    """Return what a value is made of, without what differs from run to run."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    return [shape(inner) for inner in value] if isinstance(value, list) else type(value).__name__


def test_what_is_announced_to_end_is_in_the_description(monkeypatch: pytest.MonkeyPatch) -> None:
    told = Ageing(
        since_at=NOW, sunset_at=datetime(2025, 2, 27, tzinfo=NOW.tzinfo), replacement="/api/v1/patrols/"
    )
    monkeypatch.setitem(ageing.OPERATIONS, "hazards.list", told)
    monkeypatch.setitem(ageing.FIELDS, "HazardOut.description", Ageing(since_at=NOW, replacement="kind"))

    made = described()

    operation = made["paths"]["/api/v1/hazards/"]["get"]
    assert operation["deprecated"] is True
    assert (
        "Deprecated since 2024-02-27. Gone from 2025-02-27 on. Use `/api/v1/patrols/`."
        in operation["description"]
    )
    assert operation["responses"]["410"] == {"$ref": "#/components/responses/Read410"}
    field = made["components"]["schemas"]["HazardOut"]["properties"]["description"]
    assert (field["deprecated"], field["description"]) == (
        True,
        "Description. Deprecated since 2024-02-27. Use `kind`.",
    )
    assert "deprecated" not in made["paths"]["/api/v1/hazards/"]["post"]
