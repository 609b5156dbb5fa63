"""Thousands of readings straight into their table: one COPY, their numbers drawn before it.

It holds where all are new and keep the rules of the table, which is nearly always. Where one is not, nothing
of it stays, and the stage (``ice_stage``) finds out which.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final
from uuid import UUID, uuid4

from django.db import connection, transaction

from incidents.journal import Actor
from incidents.models.direct import run
from incidents.services.ice_stage import NAMES

_DRAW: Final = """
SELECT nextval(numbers.source)
FROM (SELECT pg_get_serial_sequence('incidents_icereading', 'id')::regclass AS source OFFSET 0) numbers,
    generate_series(1, %s)
"""
_COPY: Final = (
    f"COPY incidents_icereading (id, uuid, reported_by_id, received_at, entry_mode, {NAMES}) FROM STDIN"
)


def drawn(number: int) -> list[tuple[int, UUID]]:
    """Return so many numbers that no reading has, rising, each with a new public name."""
    return [(pk, uuid4()) for (pk,) in run(_DRAW, [number])]


def first_of(pk: int, uuid: UUID, *, by: Actor) -> str:
    """Return what stands before a reading's own columns in its line."""
    return f"{pk}\t{uuid}\t{by.user.pk}\t{by.now}\t{by.entry_mode.value}"


@contextmanager
def pouring(lines: Iterable[str]) -> Iterator[None]:
    """Give lines to the database, which takes them in while the body of the ``with`` goes on; all or none.

    Args:
        lines: In the order of the senders' numbers: two that send the same ones wait for each other in one
            order.

    Raises:
        IntegrityError: At the end, if one is there already or breaks a rule of the table; nothing is stored.
    """
    # A COPY's errors come from the driver at its end, past Django's cursor.
    errors = connection.wrap_database_errors
    with transaction.atomic(), errors, connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        copy.write("".join(lines))
        yield
