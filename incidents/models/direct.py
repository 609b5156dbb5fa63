"""Statements run prepared and in binary on Django's own connection, in its transactions.

The ORM words its SQL anew for every call and binds values into it, which costs several times what the
database itself takes. What is run for every reading goes this way (docs/decisions/hot-path.md).
"""

import json
from collections.abc import Callable, Collection, Sequence
from functools import cache, partial
from typing import Any, Final, TypeAlias, TypeVar

import psycopg
from django.db import connection, models
from django.db.backends.utils import CursorWrapper
from django.db.models import NOT_PROVIDED

Row = TypeVar("Row", bound=models.Model)
_Column: TypeAlias = tuple[str, Callable[[Any], str]]
_NEVER_UNASKED: Final = 2**31
"""Runs after which a statement is prepared unasked: what the ORM words is another one every time."""


class _Prepared(psycopg.Cursor[Any]):
    """A cursor that prepares each statement at its first use."""

    def execute(self, query: Any, params: Any = None, **_: Any) -> Any:
        """Run a statement."""
        return super().execute(query, params, prepare=True, binary=True)


def cursor() -> CursorWrapper:
    """Return a cursor for statements of constant text; a test that counts queries sees them."""
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    raw: psycopg.Connection[Any] = connection.connection
    if raw.prepare_threshold is None:
        raw.prepare_threshold = _NEVER_UNASKED
    made = _Prepared(raw)
    return connection.make_debug_cursor(made) if connection.queries_logged else connection.make_cursor(made)


def columns_of(model: type[models.Model], alias: str) -> str:
    """Return the columns of a table for a statement whose rows :func:`made` takes."""
    return ", ".join(f"{alias}.{field.column}" for field in model._meta.concrete_fields)


def made(model: type[Row], values: Sequence[Any]) -> Row:
    """Return a row that was read."""
    return model.from_db(connection.alias, _names(model), values)


@cache
def _names(model: type[models.Model]) -> tuple[str, ...]:
    return tuple(field.attname for field in model._meta.concrete_fields)


def insert(
    rows: Sequence[models.Model], *, replacing: tuple[Collection[str], Collection[str]] | None = None
) -> None:
    """Insert rows of one model as they are, in one statement, and give them their numbers.

    Values go as text, which the database takes for what the column is: the statement stays the same one,
    whatever is null. Columns with a default of the database are left to it.

    Args:
        rows: The rows, at least one; the fields of their model hold single values or JSON.
        replacing: Fields by which a row is found that is there already, and those then written over.

    Raises:
        IntegrityError, DataError: What the database refuses.
    """
    several = len(rows) > 1
    statement, columns = _insert(type(rows[0]), several, replacing)
    values: list[Any] = [[_said(getattr(row, name), text) for row in rows] for name, text in columns]
    with cursor() as run:
        run.execute(statement, values if several else [value for (value,) in values])
        numbers = run.fetchall()
    for row, (number,) in zip(rows, numbers, strict=True):
        row.pk, row._state.adding, row._state.db = number, False, connection.alias


def _said(value: Any, text: Callable[[Any], str]) -> str | None:
    return None if value is None else text(value)


@cache
def _insert(
    model: type[models.Model], several: bool, replacing: tuple[Collection[str], Collection[str]] | None
) -> tuple[str, list[_Column]]:
    fields = [
        field
        for field in model._meta.concrete_fields
        if not field.primary_key and field.db_default is NOT_PROVIDED
    ]
    names = ", ".join(field.column for field in fields)
    if several:
        arrays = ", ".join(f"%s::{_type_of(field)}[]" for field in fields)
        values = f"SELECT * FROM unnest({arrays})"
    else:
        values = f"VALUES ({', '.join(['%s'] * len(fields))})"
    statement = f"INSERT INTO {model._meta.db_table} ({names}) {values}{_over(model, replacing)} RETURNING id"
    return statement, [(field.attname, _text_of(field)) for field in fields]


def _over(model: type[models.Model], replacing: tuple[Collection[str], Collection[str]] | None) -> str:
    if replacing is None:
        return ""
    found_by, written = ([model._meta.get_field(name).column for name in names] for names in replacing)
    sets = ", ".join(f"{column} = EXCLUDED.{column}" for column in written)
    return f" ON CONFLICT ({', '.join(found_by)}) DO UPDATE SET {sets}"


def _type_of(field: "models.Field[Any, Any]") -> str:
    """Return the type of a column; of a bounded text without its bound, for a cast would cut it off."""
    return (field.db_type(connection) or "").partition("(")[0]


def _text_of(field: "models.Field[Any, Any]") -> Callable[[Any], str]:
    return partial(json.dumps, cls=field.encoder) if isinstance(field, models.JSONField) else str
