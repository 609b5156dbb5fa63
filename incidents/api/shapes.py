"""How rows are shown, worked out once a serializer: its fields say what is read and what becomes of it.

The framework asks each field anew for every row. A shape has asked them before, and gives the same bytes;
the serializer stays what describes the answer, and a test holds the two against each other.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, Final, TypeAlias

import msgspec
from django.db.models import Model
from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from incidents.access import PERSONAL_FIELDS
from incidents.api.fields import Moment
from incidents.api.outputs import PublicName, name_field_of
from incidents.rules.times import told_in_china

_Values: TypeAlias = Sequence[Any]
_Columns: TypeAlias = Sequence[_Values]
_Part: TypeAlias = Callable[[_Columns], _Values]
encode: Final = msgspec.json.Encoder().encode
"""Return a body as JSON."""


class Shape:
    """A serializer's fields, each as where its value is found and what becomes of it.

    Attributes:
        paths: Look-ups of all values, in the order in which :meth:`show_all` takes them.
    """

    def __init__(
        self, serializer: type[serializers.ModelSerializer[Any]], *, besides: Collection[str] = ()
    ) -> None:
        """Work out a serializer.

        Args:
            serializer: What describes the answer.
            besides: Fields that are put in afterwards; None until then.

        Raises:
            TypeError: If it has a field that a look-up cannot say.
        """
        self.paths: list[str] = []
        self._besides = frozenset(besides)
        parts = self._parts_of(serializer(), "")
        self._fields, self._parts = [name for name, _part in parts], [part for _name, part in parts]

    def show_all(self, rows: Sequence[_Values]) -> list[dict[str, Any]]:
        """Return rows as they are shown, worked out column by column."""
        return _put_together(self._fields, self._parts, list(zip(*rows, strict=True)))

    def of(self, row: Model, **besides: Any) -> dict[str, Any]:
        """Return a row that is in memory as it is shown."""
        [shown] = self.show_all([[_value(row, names) for names in self._names]])
        shown.update(besides)
        return shown

    @cached_property
    def _names(self) -> list[list[str]]:
        return [path.split("__") for path in self.paths]

    def _parts_of(self, serializer: Any, prefix: str) -> list[tuple[str, _Part]]:
        return [
            (name, self._part(name, field, serializer.Meta.model, prefix))
            for name, field in serializer.fields.items()
        ]

    def _part(self, name: str, field: Any, model: type[Model], prefix: str) -> _Part:
        if name in PERSONAL_FIELDS or (not prefix and name in self._besides):
            return _nothing
        path = prefix + field.source.replace(".", "__")
        if isinstance(field, serializers.ModelSerializer):
            return self._nested(field, path)
        if isinstance(field, PublicName):
            target: Any = model._meta.get_field(str(field.source)).related_model
            return self._leaf(f"{path}__{name_field_of(target)}", str)
        return self._leaf(path, _becoming(name, field))

    def _place(self, path: str) -> int:
        self.paths.append(path)
        return len(self.paths) - 1

    def _leaf(self, path: str, become: Callable[[Any], Any] | None) -> _Part:
        place = self._place(path)
        if become is None:
            return lambda columns: columns[place]
        return lambda columns: [None if value is None else become(value) for value in columns[place]]

    def _nested(self, serializer: Any, path: str) -> _Part:
        key = self._place(f"{path}__pk")
        named = self._parts_of(serializer, f"{path}__")
        fields, parts = [name for name, _part in named], [part for _name, part in named]

        def shown(columns: _Columns) -> _Values:
            rows = _put_together(fields, parts, columns)
            return [None if pk is None else row for pk, row in zip(columns[key], rows, strict=True)]

        return shown


def _put_together(fields: Sequence[str], parts: Sequence[_Part], columns: _Columns) -> list[dict[str, Any]]:
    rows = zip(*[part(columns) for part in parts], strict=True) if columns else ()
    return [dict(zip(fields, row, strict=True)) for row in rows]


def answer(request: Request, response: Response) -> HttpResponse:
    """Return an answer of plain values in plain JSON at once; in another form, through its renderer."""
    if request.accepted_media_type != "application/json":
        return response
    return HttpResponse(encode(response.data), status=response.status_code, content_type="application/json")


def _becoming(name: str, field: Any) -> Callable[[Any], Any] | None:
    """Return what becomes of the values of a field; None for those that are shown as they are."""
    if isinstance(field, serializers.ChoiceField):  # of what are numbers, the database tells exact ones
        return float if any(isinstance(each, Decimal) for each in field.choices) else None
    for kind, become in _BECOMES:
        if isinstance(field, kind):
            return become
    raise TypeError(f"{type(field).__name__} {name} is more than a look-up")


def _nothing(columns: _Columns) -> _Values:
    return [None] * len(columns[0])


def _moment(value: datetime) -> str:
    return told_in_china(value)


def _date(value: Any) -> str:
    return str(value.isoformat())


def _value(row: Any, names: Sequence[str]) -> Any:
    for name in names:
        if row is None:
            return None
        row = getattr(row, name)
    return row


_BECOMES: Final[tuple[tuple[type[Any], Callable[[Any], Any] | None], ...]] = (
    (Moment, _moment),
    (serializers.DateField, _date),
    (serializers.DecimalField, float),
    (serializers.UUIDField, str),
    (serializers.BooleanField, None),
    (serializers.CharField, None),
    (serializers.IntegerField, None),
    (serializers.JSONField, None),
    (serializers.ListField, None),
    (serializers.ReadOnlyField, None),
)
