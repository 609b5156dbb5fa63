"""The description of the API, made whole without a line an operation: words, units, rights, examples.

Words come from where they stand anyway: the docstrings of services and bodies, the names of the models'
fields, the right that a verb asks for. What they do not say stands in the tables of ``words``. Examples are
real traffic, kept in ``examples.json`` by the test that sends them again.
"""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from drf_spectacular.openapi import AutoSchema
from rest_framework import serializers

from incidents.api import ageing
from incidents.api.geojson import MEDIA_TYPE
from incidents.api.problems import PASSING
from incidents.api.words import FIELDS, OTHER_FIELDS, PARAMETERS, PROBLEMS, PROBLEMS_OF, UNITS, unit_of

_EXAMPLES: Final = Path(__file__).with_name("examples.json")
_LISTS: Final = {
    "list": "List",
    "retrieve": "Get one of",
}


class Described(AutoSchema):
    """Operations and properties in the words of services and models."""

    def get_summary(self) -> str | None:
        """Return what the operation does, in one line."""
        return self._sentences()[0].removesuffix(".")

    def get_description(self) -> str:  # type: ignore[override]
        """Return what it does, what its body is and who may do it."""
        return " ".join(self._sentences())

    def is_deprecated(self) -> bool:
        """Return whether it was announced to end."""
        return ageing.of_operation(self.view) is not None

    def _sentences(self) -> list[str]:
        action = getattr(self.view, "action", None)
        told = []
        if action in _LISTS and hasattr(self.view, "home"):
            rows = _first(type(self.view).__doc__)
            told += [f"{_LISTS[action]}: {rows[0].lower()}{rows[1:]}"]
        else:
            method = getattr(self.view, action or self.method.lower())
            told += [_line(part) for part in (method.__doc__ or "").split("\n\n")]
        if action == "list" and hasattr(self.view, "home"):
            filters: Any = getattr(self.view, "filterset_class", None)
            told += [f"Narrowed down to {_lower(_first(filters.__doc__))}"]
        act = self._act()
        if act is not None:
            told += [f"Body: {_lower(_first(act.told.__doc__))}", f"Takes the right `{act.right}`."]
        announced = ageing.of_operation(self.view)
        return [*told, announced.sentence()] if announced else told

    def _act(self) -> Any:
        method = getattr(self.view, getattr(self.view, "action", None) or "", None)
        return getattr(method, "act", None)

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        """Return the answers; a fact that fits is answered with the row, one that is held with 202."""
        found: dict[str, Any] = super()._get_response_bodies(direction)
        act = self._act()
        if act is not None and act.fact and act.out is None:
            resource: Any = self.view
            shown = resource.serializer_class_of()
            found |= {"200": self._get_response_for_code(shown, "200", direction=direction)}  # type: ignore[no-untyped-call]
        return found

    def _get_serializer_field_meta(self, field: Any, direction: str) -> dict[str, Any]:
        meta: dict[str, Any] = super()._get_serializer_field_meta(field, direction)  # type: ignore[no-untyped-call]
        if isinstance(field, serializers.Field) and "description" not in meta:
            words = self._words_of(field)
            if words:
                meta["description"] = words
        return meta

    def _words_of(self, field: Any) -> str:
        """Return the words for a field: its own, those of the tables, or the name of the column."""
        name = field.field_name or ""
        owner = getattr(getattr(field.parent, "Meta", None), "model", None)
        if name in FIELDS:
            return FIELDS[name]
        act = self._act()
        out = getattr(getattr(getattr(act, "out", None), "Meta", None), "model", None)
        for model in (owner, out, getattr(self.view, "model", None)):
            if model is not None and (words := _column(model, name)):
                return words
        return OTHER_FIELDS.get(name, "")


def complete(result: dict[str, Any], **_context: Any) -> dict[str, Any]:
    """Add units, examples, features and announcements to the description."""
    schemas = result["components"]["schemas"]
    for name, schema in schemas.items():
        _complete_schema(name, schema)
    for operations in result["paths"].values():
        for operation in operations.values():
            _complete_operation(operation)
    for name, response in result["components"]["responses"].items():
        for content in response["content"].values():
            content["example"] = _problem(name, response["description"])
    return result


def _complete_schema(component: str, schema: dict[str, Any]) -> None:
    for name, told in schema.get("properties", {}).items():
        _mend(told)
        unit = unit_of(name)
        if unit:
            told["x-unit"] = unit
            told["description"] = _with_unit(told.get("description") or _spaced(name), unit)
        elif not told.get("description") and told.get("title"):
            told["description"] = told["title"]
        if announced := ageing.FIELDS.get(f"{component}.{name}"):
            told["deprecated"] = True
            told["description"] = f"{told.get('description', '')} {announced.sentence()}".strip()


def _mend(told: dict[str, Any]) -> None:
    """Write as OpenAPI 3.1 what the generator still writes as 3.0, and the choices of a number as numbers."""
    for edge in ("Maximum", "Minimum"):
        if told.get(f"exclusive{edge}") is True:
            told[f"exclusive{edge}"] = told.pop(edge.lower())
    if told.get("type") == "number" and "enum" in told:
        told["enum"] = [float(value) for value in told["enum"]]


def _complete_operation(operation: dict[str, Any]) -> None:
    for parameter in operation.get("parameters", ()):
        _complete_parameter(parameter)
    known = examples().get(operation["operationId"], {})
    for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
        if "request" in known:
            content["example"] = _written_as(media_type, known["request"])
    for status, response in operation["responses"].items():
        if "content" in response and status.startswith("2"):
            _complete_answer(response["content"], _held() if status == "202" else known.get("response"))
        _complete_headers(response.get("headers", {}), known.get("headers", {}))
    if operation.get("deprecated"):
        operation["responses"]["410"] = {"$ref": "#/components/responses/Read410"}


def _complete_headers(told: dict[str, Any], known: dict[str, str]) -> None:
    for name in told.keys() & known.keys():
        is_number = told[name]["schema"]["type"] == "integer"
        told[name]["example"] = int(known[name]) if is_number else known[name]


def _held() -> Any:
    """Return a fact that was held: what 202 answers, whichever verb told it."""
    return next((each["held"] for each in examples().values() if "held" in each), None)


def _written_as(media_type: str, body: Any) -> Any:
    """Return a body as its media type writes it: lines of JSON are one text."""
    if media_type != "application/x-ndjson":
        return body
    return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in body)


def _complete_parameter(parameter: dict[str, Any]) -> None:
    words = PARAMETERS.get(parameter["name"])
    if words and not parameter.get("description"):
        parameter["description"] = words
    if unit := unit_of(parameter["name"]):
        parameter["schema"]["x-unit"] = unit


def _complete_answer(content: dict[str, Any], example: Any) -> None:
    for media_type, told in content.items():
        if media_type == MEDIA_TYPE:
            told["schema"] = {"$ref": f"#/components/schemas/{_feature_of(told['schema'])}"}
        elif example is not None:
            told["example"] = example


def _feature_of(schema: dict[str, Any]) -> str:
    return "FeatureCollection" if "Paginated" in schema.get("$ref", "") else "Feature"


def _problem(name: str, description: str) -> dict[str, Any]:
    status = int(re.sub(r"\D", "", name))
    code, more = PROBLEMS_OF.get(name) or PROBLEMS[status]
    return {
        "type": f"urn:ice-storm-tracker:problem:{code}",
        "title": description.partition(".")[0],
        "status": status,
        "code": code,
        "detail": description.partition(". ")[2],
        "final": status not in PASSING,
        "request_id": "5f2b1c3f9a7d4c2e8b6a1d0e4f3c2b1a",
    } | more


@cache
def examples() -> dict[str, Any]:
    """Return request and answer by operation, as they were sent."""
    kept: dict[str, Any] = json.loads(_EXAMPLES.read_text(encoding="utf-8"))
    return kept


def _with_unit(words: str, unit: str) -> str:
    words = words.rstrip(".")
    return words if f"({unit})" in words else f"{words} ({unit})"


def _column(model: type[Model], name: str) -> str:
    try:
        field: Any = model._meta.get_field(name)
    except FieldDoesNotExist:
        return ""
    words = str(getattr(field, "verbose_name", ""))
    more = str(getattr(field, "help_text", ""))
    return f"{words[:1].upper()}{words[1:]}{': ' + more if more else ''}."


def _first(doc: str | None) -> str:
    """Return the first paragraph of a docstring as one line."""
    return _line((doc or "").strip().partition("\n\n")[0])


def _line(text: str) -> str:
    return " ".join(text.split())


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _spaced(name: str) -> str:
    words = name.rpartition("_")[0] if name in UNITS else name
    return words.replace("_", " ").capitalize()
