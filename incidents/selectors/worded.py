"""Queries that the ORM words once; afterwards only their values change.

What a row is found by, and who may see it, stays said in the ORM and in ``access``. Only the wording, which
costs several times what the database takes for the answer, is not done again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from django.db.models import BooleanField, F, Func, Model, QuerySet, Value

from incidents.models import User
from incidents.models.direct import run
from incidents.models.rows import made

Row = TypeVar("Row", bound=Model)

# Stand in a query for the values that change; no value of anybody's.
WHO: Final = User(pk=-271_828_182, is_active=True)
NOW: Final = datetime(1582, 10, 15, 7, 18, 28, 182_845, tzinfo=UTC)
AFTER_AT: Final = datetime(1582, 10, 15, 3, 14, 15, 926_535, tzinfo=UTC)
AFTER: Final = 314_159_265
NAME: Final = UUID(int=271_828_182_845_904_523_536)
WORD: Final = "27182818284590"
_NUMBERS: Final = "{271828182}"
_NAMES: Final = f"{{{NAME}}}"
_MARKS: Final = {
    WHO.pk: "who",
    NOW: "now",
    AFTER_AT: "after_at",
    AFTER: "after",
    NAME: "name",
    WORD: "word",
    _NUMBERS: "numbers",
    _NAMES: "names",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class _Part:
    """Where in an answer a row stands.

    Attributes:
        owner: Place of the part that points at it; None for the row asked for.
        field: By which field it does.
    """

    model: type[Model]
    columns: tuple[str, ...]
    begin: int
    key: int
    owner: int | None = None
    field: Any = None


def among_numbers(field: str) -> Func:
    """Return the condition that a number is one of ``numbers``; the planner looks those up one by one."""
    return _among(field, _NUMBERS)


def among_names(field: str) -> Func:
    """Return the condition that a UUID is one of ``names``."""
    return _among(field, _NAMES)


def _among(field: str, mark: str) -> Func:
    joined = {"template": "%(expressions)s)", "arg_joiner": " = ANY("}
    return Func(F(field), Value(mark), output_field=BooleanField(), **joined)


class Wording:
    """A query of values."""

    def __init__(self, query: Callable[[], QuerySet[Any, Any]]) -> None:
        """Take a query.

        Args:
            query: Returns it, with the marks of this module for what changes.
        """
        self._query = query

    def rows(self, **values: Any) -> list[tuple[Any, ...]]:
        """Return what it finds.

        Args:
            values: What is asked for this time: ``who`` (a number), ``now``, ``after_at``,
                ``after`` (a number), ``name``, ``word``, ``numbers``, ``names``.
        """
        statement, parameters, marks = self._worded
        given = list(parameters)
        for place, mark in marks:
            given[place] = values[mark]
        return run(statement, given)

    @cached_property
    def _worded(self) -> tuple[str, tuple[Any, ...], list[tuple[int, str]]]:
        statement, parameters = self._query().query.sql_with_params()
        marks = [
            (place, _MARKS[value])
            for place, value in enumerate(parameters)
            if not isinstance(value, list) and value in _MARKS
        ]
        return statement, parameters, marks


class Worded(Generic[Row]):
    """Rows of one model, each with the rows that it points at."""

    def __init__(self, query: Callable[[], QuerySet[Row]], *related: str) -> None:
        """Take a query.

        Args:
            query: Returns it, with the marks of this module for what changes.
            related: Look-ups of rows to read along, each after the one that it begins with.
        """
        self._query, self._related = query, related
        self._wording = Wording(lambda: query().values_list(*self._paths()))
        self._first = Wording(lambda: query().values_list(*self._paths())[:1])

    def first(self, **values: Any) -> Row | None:
        """Return a row, or None.

        Args:
            values: As those of :meth:`Wording.rows`.
        """
        found = self._first.rows(**values)
        return self._made(found[0]) if found else None

    def all(self, **values: Any) -> list[Row]:
        """Return all rows.

        Args:
            values: As those of :meth:`Wording.rows`.
        """
        return [self._made(told) for told in self._wording.rows(**values)]

    def _paths(self) -> list[str]:
        prefixes = ("", *(f"{name}__" for name in self._related))
        parts = zip(self._parts, prefixes, strict=True)
        return [f"{prefix}{name}" for part, prefix in parts for name in part.columns]

    @cached_property
    def _parts(self) -> list[_Part]:
        parts: list[_Part] = [_part(self._query().model, begin=0)]
        places = {"": 0}
        for name in self._related:
            above, _, last = name.rpartition("__")
            field: Any = parts[places[above]].model._meta.get_field(last)
            places[name] = len(parts)
            begin = parts[-1].begin + len(parts[-1].columns)
            parts.append(_part(field.related_model, begin=begin, owner=places[above], field=field))
        return parts

    def _made(self, told: Sequence[Any]) -> Row:
        rows: list[Any] = []
        for part in self._parts:
            row = None
            if told[part.key] is not None:
                values = told[part.begin : part.begin + len(part.columns)]
                row = made(part.model, values)
            if part.owner is not None and rows[part.owner] is not None:
                part.field.set_cached_value(rows[part.owner], row)
            rows.append(row)
        first: Row = rows[0]
        return first


def _part(model: type[Model], *, begin: int, **link: Any) -> _Part:
    columns = tuple(field.attname for field in model._meta.concrete_fields)
    key = columns.index(model._meta.pk.attname)
    return _Part(model=model, columns=columns, begin=begin, key=begin + key, **link)
