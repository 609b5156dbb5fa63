"""``make desk-bench``: how long the lists of the desk take at 100,000 rows, searched and filtered.

``BENCH_ROWS`` outages (100,000) on 2,000 lines at 5,000 places are in a database of their own. Each list is
opened ten times as a dispatcher of the company; the median counts, in server time of one process.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable
from urllib.parse import urlsplit, urlunsplit

import psycopg

NAME = "ice_desk_bench"
LIMIT_MS = 300
TIMES = 10
_LINES = """
INSERT INTO incidents_line (uuid, organization_id, code, name, voltage_kv, kind, substation, is_exercise)
SELECT gen_random_uuid(), %(ours)s, 'B' || n,
    (ARRAY['龙潭', '横岗', '岭头', '上浦', '章镇', '丰惠'])[1 + n %% 6] || n || '线',
    10, 'main', '丰惠变', false FROM generate_series(1, 2000) n
"""
_PLACES = """
INSERT INTO incidents_place (uuid, text, precision, resolved_by, candidates, branch, pole_no, crs)
SELECT gen_random_uuid(),
    (ARRAY['毛竹园', '老庙旁', '水库边', '岙底'])[1 + n %% 4] || n, 'unknown', 'none', '{}', '', '', ''
FROM generate_series(1, 5000) n
"""


def main() -> int:
    """Measure; return the exit code."""
    return in_its_own_database(_measure)


def in_its_own_database(measure: Callable[[int], int]) -> int:
    """Measure with so many rows in a database that is made for it and taken away after it."""
    given = os.environ["DATABASE_URL"]
    with psycopg.connect(given, autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {NAME}")
        os.environ["DATABASE_URL"] = urlunsplit(urlsplit(given)._replace(path=f"/{NAME}"))
        os.environ.pop("DATABASE_OWNER_URL", None)
        try:
            import django  # noqa: PLC0415 - needs the database's name

            django.setup()
            from django.core.management import call_command  # noqa: PLC0415

            call_command("migrate", verbosity=0)
            return measure(int(os.environ.get("BENCH_ROWS", "100000")))
        finally:
            from django.db import connection  # noqa: PLC0415 - after the setup

            connection.close()
            server.execute(f"DROP DATABASE {NAME} WITH (FORCE)")


def _measure(rows: int) -> int:
    from django.test import Client  # noqa: PLC0415

    from incidents.choices import Role  # noqa: PLC0415
    from tests.desk import sign_in  # noqa: PLC0415
    from tests.factories import make_organization  # noqa: PLC0415

    ours = make_organization()
    fill(ours.pk, rows)
    client = Client(SERVER_NAME="localhost")
    sign_in(client, ours, Role.DISPATCHER)
    worst = 0.0
    for name, address in _pages().items():
        client.get(address)
        took = []
        for _ in range(TIMES):
            began = time.perf_counter()
            answer = client.get(address)
            took.append((time.perf_counter() - began) * 1000)
            assert answer.status_code == 200, (name, answer.status_code)
        median = statistics.median(took)
        worst = max(worst, median)
        print(f'{{"page": "{name}", "rows": {rows}, "p50_ms": {median:.0f}, "max_ms": {max(took):.0f}}}')  # noqa: T201
    return int(worst > LIMIT_MS)


def _pages() -> dict[str, str]:
    from django.urls import reverse  # noqa: PLC0415

    outages = reverse("admin:incidents_outage_changelist")
    choice = f"{reverse('admin:autocomplete')}?app_label=incidents&model_name=outage&field_name="
    return {
        "outages": outages,
        "outages, deep": f"{outages}?p=900",
        "outages, state": f"{outages}?status__exact=reported",
        "outages, initials": f"{outages}?q=lt30",
        "outages, two words": f"{outages}?q=lt30+lmp",
        "outages, Chinese": f"{outages}?q=%E6%A8%AA%E5%B2%97",
        "outages, nothing": f"{outages}?q=zzzz",
        "lines, initials": f"{reverse('admin:incidents_line_changelist')}?q=hg",
        "places, initials": f"{reverse('admin:incidents_place_changelist')}?q=ad",
        "journal": reverse("admin:incidents_journalentry_changelist"),
        "choice of a line": f"{choice}line&term=hg12",
    }


def fill(ours: int, rows: int) -> None:
    """Make so many outages on 2,000 lines at 5,000 places."""
    from django.db import connection  # noqa: PLC0415

    from tests.factories import make_line, make_outage  # noqa: PLC0415

    one = make_outage(organization_id=ours, line=make_line(organization_id=ours))
    fields = [
        str(each.column)
        for each in one._meta.concrete_fields
        if each.column and each.column not in {"id", "uuid"}
    ]
    over = {
        "line_id": "lines.ids[1 + n % cardinality(lines.ids)]",
        "place_id": "places.ids[1 + n % cardinality(places.ids)]",
        "reported_at": "one.reported_at + n * interval '1 second'",
        "received_at": "one.received_at + n * interval '1 second'",
        "status": "'cancelled'",
        "ended_at": "one.reported_at + n * interval '2 second'",
        "ended_by_id": "one.reported_by_id",
        "end_reason": "'bench'",
    }
    values = ", ".join(over.get(name, f"one.{name}") for name in fields)
    with connection.cursor() as cursor:
        cursor.execute(_LINES, {"ours": ours})
        cursor.execute(_PLACES, {})
        cursor.execute(
            f"INSERT INTO incidents_outage (uuid, {', '.join(fields)})"  # noqa: S608 - names of the catalogue
            f" SELECT gen_random_uuid(), {values} FROM generate_series(1, {rows}) n, incidents_outage one,"
            " (SELECT array_agg(id) AS ids FROM incidents_line WHERE code LIKE 'B%') lines,"
            " (SELECT array_agg(id) AS ids FROM incidents_place) places WHERE one.id ="
            f" {one.pk}"
        )
        cursor.execute("ANALYZE")


if __name__ == "__main__":
    sys.exit(main())
