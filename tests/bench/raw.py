"""The same rows as bare SQL: what the database itself costs."""

from typing import Any
from uuid import uuid4

import psycopg
from django.db import connection

READINGS, ENTRIES = "incidents_icereading", "incidents_journalentry"
_OWN = {"id", "uuid", "client_id", "supersedes_id"}


class Raw:
    """A connection without Django that writes what the product wrote last, again and again."""

    def __init__(self) -> None:
        self._connection: psycopg.Connection[Any] = psycopg.connect(**connection.get_connection_params())
        self._readings = self._columns(READINGS)
        self._reading = self._newest(READINGS, self._readings)
        self._entries = self._columns(ENTRIES)
        self._entry = self._newest(ENTRIES, self._entries)

    def post(self) -> None:
        """Insert a reading and its entry, move a grade, commit."""
        run = self._connection.execute
        run(_insert(READINGS, ["uuid", "client_id", *self._readings]), [uuid4(), uuid4(), *self._reading])
        run(_insert(ENTRIES, self._entries), self._entry)
        run("UPDATE incidents_sectionicing SET observed_at = now() WHERE section_id = %s", [self._section()])
        self._connection.commit()

    def lines(self, number: int) -> bytes:
        """Return the product's newest readings as new ones, in the text of COPY."""
        names = ", ".join(self._readings)
        newest = f"SELECT gen_random_uuid(), gen_random_uuid(), {names} FROM {READINGS} ORDER BY id DESC"  # noqa: S608 - names of the catalogue
        with (
            self._connection.cursor() as cursor,
            cursor.copy(f"COPY ({newest} LIMIT {number}) TO STDOUT") as copy,
        ):
            text = b"".join([bytes(block) for block in copy])
        self._connection.commit()
        return text

    def copy(self, lines: bytes) -> None:
        """COPY what :meth:`lines` returned; commit."""
        names = ", ".join(["uuid", "client_id", *self._readings])
        with (
            self._connection.cursor() as cursor,
            cursor.copy(f"COPY {READINGS} ({names}) FROM STDIN") as copy,
        ):
            copy.write(lines)
        self._connection.commit()

    def _section(self) -> int:
        return int(self._reading[self._readings.index("section_id")])

    def _columns(self, table: str) -> list[str]:
        cursor = self._connection.execute(f"SELECT * FROM {table} LIMIT 0")  # noqa: S608 - one of two constants
        return [column.name for column in cursor.description or () if column.name not in _OWN]

    def _newest(self, table: str, columns: list[str]) -> list[Any]:
        # As text: the database takes it for what the column is.
        names = ", ".join(f"{name}::text" for name in columns)
        row = self._connection.execute(f"SELECT {names} FROM {table} ORDER BY id DESC LIMIT 1").fetchone()  # noqa: S608 - names of the catalogue
        self._connection.commit()
        return list(row or ())


def _insert(table: str, columns: list[str]) -> str:
    values = ", ".join(["%s"] * len(columns))
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({values})"  # noqa: S608 - names of the catalogue
