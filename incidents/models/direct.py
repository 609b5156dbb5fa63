"""Statements of constant text, prepared once a connection and run straight through libpq.

The ORM words its SQL anew for every call and the driver binds values into it, which costs several times what
the database itself takes. What is run for every reading goes this way (docs/decisions/hot-path.md): on
Django's own connection, inside its transactions, with its errors, seen by tests that count queries.
"""

import json
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, TypeAlias, TypeVar, cast
from weakref import WeakKeyDictionary

import psycopg
from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.models import NOT_PROVIDED
from psycopg.adapt import Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus, Format, TransactionStatus

Row = TypeVar("Row", bound=models.Model)
_Column: TypeAlias = tuple[str, Callable[[Any], str]]
_Replacing: TypeAlias = tuple[Collection[str], Collection[str]]
_DONE: Final = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)


@dataclass(slots=True)
class _Prepared:
    """A statement that a connection knows.

    Attributes:
        name: What it is called there.
        loads: Makes values of what it answers; it has looked at the columns once, and holds no connection.
    """

    name: bytes
    loads: Any = None


_prepared: WeakKeyDictionary[Any, dict[str, _Prepared]] = WeakKeyDictionary()


def run(statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Run a statement and return its rows.

    Args:
        statement: SQL of constant text with ``%s`` for values; whatever varies is a value.
        values: Sent as text, which the database takes for what stands at their place; lists as arrays.

    Raises:
        django.db.Error: What the database refuses.
    """
    return _asked(statement, [_text(value) for value in values])


def _asked(statement: str, values: list[bytes | None]) -> list[tuple[Any, ...]]:
    database = connections[DEFAULT_DB_ALIAS]
    database.close_if_health_check_failed()
    if database.connection is None:
        database.ensure_connection()
    database.validate_no_broken_transaction()
    began = time.monotonic() if database.queries_logged else None
    with database.wrap_database_errors:
        rows = _run(database.connection, statement, values)
    if began is not None:
        told = {"sql": statement, "time": f"{time.monotonic() - began:.3f}"}
        database.queries_log.append(told)
    return rows


def forget() -> None:
    """Forget what this connection has prepared: its names stand for other tables from now on."""
    link = connections[DEFAULT_DB_ALIAS].connection
    for known in _prepared.pop(link, {}).values() if link is not None else ():
        link.pgconn.exec_(b"DEALLOCATE " + known.name)


def _run(
    link: "psycopg.Connection[Any]", statement: str, values: list[bytes | None]
) -> list[tuple[Any, ...]]:
    pgconn = link.pgconn
    if not link.autocommit and pgconn.transaction_status == TransactionStatus.IDLE:
        _checked(pgconn.exec_(b"BEGIN"))
    known = _prepared.setdefault(link, {})
    prepared = known.get(statement)
    if prepared is None:
        prepared = _Prepared(b"direct_%d" % len(known))
        _checked(pgconn.prepare(prepared.name, _numbered(statement)))
        known[statement] = prepared
    return _rows(
        link,
        prepared,
        _checked(pgconn.exec_prepared(prepared.name, cast("Any", values), result_format=Format.BINARY)),
    )


def _rows(link: "psycopg.Connection[Any]", prepared: _Prepared, result: Any) -> list[tuple[Any, ...]]:
    if not result.nfields:
        return []
    if prepared.loads is None:
        prepared.loads = Transformer(link.adapters)
        prepared.loads.set_pgresult(result)
    else:
        prepared.loads.set_pgresult(result, set_loaders=False)
    rows: list[tuple[Any, ...]] = prepared.loads.load_rows(0, result.ntuples, tuple)
    prepared.loads.set_pgresult(None, set_loaders=False)  # the answer itself is not kept
    return rows


def _checked(result: Any) -> Any:
    if result.status not in _DONE:
        raise error_from_result(result)
    return result


def _numbered(statement: str) -> bytes:
    first, *rest = statement.split("%s")
    numbered = first + "".join(f"${number}{part}" for number, part in enumerate(rest, start=1))
    return numbered.replace("%%", "%").encode()


def _text(value: Any) -> bytes | None:
    if value is None:
        return None
    if isinstance(value, list | tuple | set | frozenset):
        return f"{{{','.join(map(_item, value))}}}".encode()
    return str(value).encode()


def _item(value: Any) -> str:
    if value is None:
        return "NULL"
    if type(value) is int:
        return str(value)
    text = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def insert(rows: Sequence[models.Model], *, replacing: _Replacing | None = None) -> None:
    """Insert rows of one model as they are, in one statement, and give them their numbers.

    Columns with a default of the database are left to it.

    Args:
        rows: The rows, at least one; the fields of their model hold single values or JSON.
        replacing: Fields by which a row is found that is there already, and those then written over.

    Raises:
        IntegrityError, DataError: What the database refuses.
    """
    several = len(rows) > 1
    statement, columns = _insert(type(rows[0]), replacing, several=several)
    if several:
        told = [[_said(getattr(row, name), text) for row in rows] for name, text in columns]
        numbers = run(statement, told)
    else:
        stored = vars(rows[0])
        said = [_said(stored[name], text) for name, text in columns]
        numbers = _asked(statement, [None if value is None else value.encode() for value in said])
    for row, (number,) in zip(rows, numbers, strict=True):
        row.pk, row._state.adding, row._state.db = number, False, DEFAULT_DB_ALIAS  # noqa: SLF001 - as saving does


def _said(value: Any, text: Callable[[Any], str]) -> str | None:
    return None if value is None else text(value)


@cache
def _insert(
    model: type[models.Model], replacing: _Replacing | None, *, several: bool
) -> tuple[str, list[_Column]]:
    fields = [
        field
        for field in model._meta.concrete_fields
        if not field.primary_key and field.db_default is NOT_PROVIDED
    ]
    names = ", ".join(str(field.column) for field in fields)
    if several:
        arrays = ", ".join(f"%s::{_type_of(field)}[]" for field in fields)
        values = f"SELECT * FROM unnest({arrays})"  # noqa: S608 - names of the catalogue
    else:
        values = f"VALUES ({', '.join(['%s'] * len(fields))})"
    statement = f"INSERT INTO {model._meta.db_table} ({names}) {values}{_over(model, replacing)} RETURNING id"
    return statement, [(field.attname, _text_of(field)) for field in fields]


def _over(model: type[models.Model], replacing: _Replacing | None) -> str:
    if replacing is None:
        return ""
    found_by, written = ([_column(model, name) for name in names] for names in replacing)
    sets = ", ".join(f"{column} = EXCLUDED.{column}" for column in written)
    return f" ON CONFLICT ({', '.join(found_by)}) DO UPDATE SET {sets}"


def _column(model: type[models.Model], name: str) -> str:
    field: Any = model._meta.get_field(name)
    return str(field.column)


def _type_of(field: "models.Field[Any, Any]") -> str:
    """Return the type of a column; of a bounded text without its bound, for a cast would cut it off."""
    return (field.db_type(connection) or "").partition("(")[0]


def _text_of(field: "models.Field[Any, Any]") -> Callable[[Any], str]:
    return (field.encoder or json.JSONEncoder)().encode if isinstance(field, models.JSONField) else str
