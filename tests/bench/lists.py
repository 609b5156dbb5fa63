"""``make lists-bench``: every list of the desk at 100,000 rows, one after another.

Three of everything are made (:mod:`tests.world`); then the rows of one table are copied until there are
``BENCH_ROWS`` of them, its list is opened in several ways, and the copies are taken back. What a copy cannot
keep (checks, uniqueness) is off meanwhile, with plain indexes in the place of unique ones: plans stay as they
are. Told are wall time and the processor time of the page's own process and of its server process.
"""

import os
import statistics
import sys
import time
from pathlib import Path
from typing import Any

from django.db import connection, models, transaction

from tests.bench import desk

TIMES = 3
_UNIQUE = """
SELECT i.relname, pg_get_indexdef(x.indexrelid) FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
WHERE x.indrelid = %s::regclass AND NOT x.indisprimary AND (x.indisunique OR x.indisexclusion)
"""
_CONSTRAINTS = (
    "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype IN ('c', 'u', 'x')"
)


def main() -> int:
    """Measure; return 1 where a list took too long."""
    return desk.in_its_own_database(_measure)


def _measure(rows: int) -> int:
    from django.contrib import admin  # noqa: PLC0415 - needs the setup
    from django.test import Client  # noqa: PLC0415

    from incidents import models as record  # noqa: PLC0415
    from incidents.choices import Role  # noqa: PLC0415
    from tests.desk import sign_in  # noqa: PLC0415
    from tests.factories import make_organization  # noqa: PLC0415
    from tests.world import World, divisions  # noqa: PLC0415
    from tracker import models as watch  # noqa: PLC0415

    ours = make_organization()
    world = World(ours)
    world.rows[record.Division] = divisions()
    desk.fill(ours.pk, rows)
    client = Client(SERVER_NAME="localhost")
    sign_in(client, ours, Role.DISPATCHER, Role.ADMIN)
    only = os.environ.get("BENCH_ONLY", "").split()
    late = 0
    # A county has dozens, and the nation's grid not 100,000.
    most: dict[type[models.Model], int] = {record.Organization: 2_000}
    for model, page in admin.site._registry.items():
        if model is watch.Heartbeat or (only and model.__name__ not in only):
            continue  # a row for each part of the watch, never more
        with transaction.atomic():
            if model is not record.Outage:
                copy(model, min(rows, most.get(model, rows)), spread=page.date_hierarchy or "")
            late += sum(_open(client, model, page, rows))
            transaction.set_rollback(True)
    return int(late > 0)


def _open(client: Any, model: type[models.Model], page: Any, rows: int) -> list[bool]:
    from tests.desk import address  # noqa: PLC0415 - needs the setup

    base = address(model, "changelist")
    ways = {"": "", "deep": f"?p={rows // 100}"}
    if page.search_fields:
        ways |= {"found": "?q=lt", "nothing": "?q=zzzz"}
    if page.date_hierarchy:
        ways["year"] = f"?{page.date_hierarchy}__year=2023"
    late = []
    for name, query in ways.items():
        took, worked = [], []
        answer = client.get(f"{base}{query}")
        for _ in range(TIMES):
            began, busy = time.perf_counter(), _worked_ms()
            answer = client.get(f"{base}{query}")
            took.append((time.perf_counter() - began) * 1000)
            worked.append(_worked_ms() - busy)
        if name == "deep" and answer.status_code == 302:
            continue  # most of the copies are nobody's: there is no such page
        assert answer.status_code == 200, (model, name, answer.status_code)
        median = statistics.median(took)
        late.append(median > desk.LIMIT_MS)
        mark = "  <-- late" if late[-1] else ""
        shown = answer.content.decode().count('scope="row"') or answer.content.decode().count("<tr>") - 1
        print(  # noqa: T201
            f"{model.__name__:20} {name:8} {shown:>3} shown {median:6.0f} ms"
            f" (processor {statistics.median(worked):4.0f} ms){mark}",
            flush=True,
        )
    return late


def _worked_ms() -> float:
    """Return the processor time of this process and of the server process of its connection (Linux)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (server,) = cursor.fetchone()
    fields = Path(f"/proc/{server}/stat").read_text().rpartition(")")[2].split()
    ticks = int(fields[11]) + int(fields[12])
    return time.process_time() * 1000 + ticks * 1000 / os.sysconf("SC_CLK_TCK")


def copy(model: type[models.Model], rows: int, *, spread: str) -> None:
    """Copy the rows of a model's table until there are so many, the moments of one column over years."""
    meta = model._meta
    table, fields = meta.db_table, [each for each in meta.concrete_fields if not each.generated]
    columns = [str(each.column) for each in fields if not isinstance(each, models.AutoField)]
    values = ", ".join(_value(each, spread) for each in fields if not isinstance(each, models.AutoField))
    names = ", ".join(f'"{each}"' for each in columns)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(_UNIQUE, [table])
        indexes = cursor.fetchall()
        cursor.execute(_CONSTRAINTS, [table])
        for (name,) in cursor.fetchall():
            cursor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}" CASCADE')
        for name, definition in indexes:
            cursor.execute(f'DROP INDEX IF EXISTS "{name}"')
            cursor.execute(definition.replace("CREATE UNIQUE INDEX", "CREATE INDEX"))
        cursor.execute(
            f'INSERT INTO "{table}" ({names}) SELECT {values} FROM "{table}" one,'  # noqa: S608 - the catalogue
            f' generate_series(1, {rows} / (SELECT count(*) FROM "{table}")) n'
        )
        cursor.execute("SET LOCAL session_replication_role = origin")
        cursor.execute(f'ANALYZE "{table}"')


def _value(field: Any, spread: str) -> str:
    column = f'one."{field.column}"'
    if field.name == spread:
        moment = isinstance(field, models.DateTimeField)
        return f"{column} - n * interval '10 minutes'" if moment else f"{column} - n / 144"
    if isinstance(field, models.UUIDField):
        return "gen_random_uuid()"
    if field.primary_key:
        long = f"substr(md5(n::text || {column}::text), 1, {field.max_length})"
        return long if isinstance(field, models.CharField) else f"{column} + n * 10000"
    return column


if __name__ == "__main__":
    sys.exit(main())
