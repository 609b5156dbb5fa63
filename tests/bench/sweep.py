"""``python -m tests.bench.sweep``: a sweep of 10,000 due alerts among a million open ones, against bare SQL.

The bare statements lock the same rows and write the very rows that the product wrote, with the same guard
against a second time; they know them in advance and decide nothing. Both run in transactions that are rolled
back, in turns, on one connection; the best of each counts. Prints one JSON line; exits with 1 when the ratio
is over 1.3 or a sweep with nothing due takes more than 5 ms. ``BENCH_ALERTS`` open alerts (1,000,000),
``BENCH_DUE`` of them due (10,000).
"""

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

NAME = "ice_bench_sweep"
ROUNDS = 5
RATIO, NOTHING_MS = 1.3, 5.0

_ALERTS = """
INSERT INTO tracker_alert (
    uuid, rule_id, rule_code, subject_type, subject_id, organization_id, is_exercise, band, band_rank,
    severity, state, generation, climb_at, next_step, next_due_at, opened_at, resolved_why, facts
)
SELECT gen_random_uuid(), %(rule)s, 'E01', 'linesection', n, (%(places)s::bigint[])[1 + n %% %(count)s],
       false, 'yellow', 2, 'warning', 'firing', 1, %(now)s, 1,
       CASE WHEN n <= %(due)s THEN %(now)s::timestamptz ELSE %(now)s::timestamptz + interval '1 day' END,
       %(now)s::timestamptz - interval '2 hours' * (n > %(due)s)::int, '', '{}'
FROM generate_series(1, %(alerts)s) AS n
"""


def main() -> int:
    """Measure; return the exit code."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    given = os.environ["DATABASE_URL"]
    with psycopg.connect(given, autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {NAME}")
        try:
            os.environ["DATABASE_URL"] = urlunsplit(urlsplit(given)._replace(path=f"/{NAME}"))
            os.environ.pop("DATABASE_OWNER_URL", None)
            return _measure()
        finally:
            server.execute(f"DROP DATABASE {NAME} WITH (FORCE)")


def _measure() -> int:
    import django  # noqa: PLC0415 - needs the database's name

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    alerts, due = (int(os.environ.get(f"BENCH_{name}", most)) for name, most in _SIZES)
    now = _fill(alerts, due)
    from tracker.services.escalate import escalate  # noqa: PLC0415

    def product() -> None:
        escalate(now=now, batch=due + 1)

    def run(statement: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement)

    _keep_what_it_writes(product, run)

    def bare() -> None:
        for statement in _BARE:
            run(statement)

    best: dict[Callable[[], None], float] = {}
    for _ in range(ROUNDS):
        for one in (product, bare):
            best[one] = min(best.get(one, 1e9), _time(one))
    nothing = min(_time(lambda: escalate(now=now - timedelta(days=1))) for _ in range(20))
    ratio = best[product] / best[bare]
    figures = {
        "alerts": alerts,
        "due": due,
        "product_ms": round(best[product] * 1000),
        "bare_ms": round(best[bare] * 1000),
        "ratio": round(ratio, 2),
        "nothing_due_ms": round(nothing * 1000, 2),
    }
    sys.stdout.write(json.dumps(figures) + "\n")
    return int(ratio > RATIO or nothing * 1000 > NOTHING_MS)


_SIZES = (("ALERTS", 1_000_000), ("DUE", 10_000))
_BARE = (
    """SELECT id FROM tracker_alert WHERE id IN (SELECT id FROM wrote_alert)
    ORDER BY next_due_at, id FOR NO KEY UPDATE SKIP LOCKED""",
    """UPDATE tracker_alert a SET state = w.state, acknowledged_at = w.acknowledged_at,
        acknowledged_by_id = w.acknowledged_by_id, snoozed_until = w.snoozed_until, next_step = w.next_step,
        next_due_at = w.next_due_at
    FROM wrote_alert w WHERE a.id = w.id""",
    "INSERT INTO tracker_notification SELECT * FROM wrote_notification ON CONFLICT DO NOTHING",
    "INSERT INTO tracker_alertevent SELECT * FROM wrote_alertevent",
)


def _keep_what_it_writes(product: Callable[[], None], run: Callable[[str], None]) -> None:
    """Let the product run once, keep its rows beside, and set everything back."""
    run("CREATE TABLE due_before AS SELECT * FROM tracker_alert WHERE next_due_at <= climb_at")
    product()
    run("CREATE TABLE wrote_notification AS SELECT * FROM tracker_notification")
    run("CREATE TABLE wrote_alertevent AS SELECT * FROM tracker_alertevent")
    run("CREATE TABLE wrote_alert AS SELECT * FROM tracker_alert WHERE id IN (SELECT id FROM due_before)")
    run("TRUNCATE tracker_notification, tracker_alertevent, tracker_bounce")
    run(
        "UPDATE tracker_alert a SET next_step = b.next_step, next_due_at = b.next_due_at"
        " FROM due_before b WHERE a.id = b.id"
    )
    for table in ("tracker_alert", "wrote_alert", "wrote_notification", "wrote_alertevent"):
        run(f"VACUUM ANALYZE {table}")


def _fill(alerts: int, due: int) -> datetime:
    from django.db import connection  # noqa: PLC0415

    from tests.factories import STORM_NIGHT, make_organization  # noqa: PLC0415
    from tests.tracker.watchers import load_rules, make_post  # noqa: PLC0415

    rule = load_rules()
    places = [make_organization() for _ in range(200)]
    for place in places:
        for role in "DSO":
            make_post(role, organization=place)
    given: dict[str, Any] = {
        "rule": rule.pk,
        "places": [place.pk for place in places],
        "count": len(places),
        "now": STORM_NIGHT,
        "due": due,
        "alerts": alerts,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ALERTS, given)
    return STORM_NIGHT


def _time(one: Callable[[], object]) -> float:
    from django.db import transaction  # noqa: PLC0415

    with transaction.atomic():
        began = time.perf_counter()
        one()
        took = time.perf_counter() - began
        transaction.set_rollback(True)
    return took


if __name__ == "__main__":
    sys.exit(main())
