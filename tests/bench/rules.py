"""``python -m tests.bench.rules``: every rule over 100,000 open outages; fails when all take over 2 s.

Of the outages a share breaches the rules of duration, the rest is young and has a crew on site.
``RULES_OUTAGES`` sets the number (100,000), ``RULES_SHARE`` the share in percent (5). The third look counts:
by then every alert is open and nothing changes, as in all looks of a night but a few.
"""

import os
import sys
import time
from contextlib import ExitStack
from urllib.parse import urlsplit, urlunsplit

import psycopg

NAME = "ice_bench_rules"
GOAL_S = 2.0

_LINES = """
INSERT INTO incidents_line (uuid, organization_id, code, name, voltage_kv, kind, substation, is_exercise,
    customers)
SELECT gen_random_uuid(), %(organization)s, 'B' || n, '10千伏第' || n || '线', 10, 'main', '', false, 5000
FROM generate_series(1, %(number)s) n
"""
_OUTAGES = """
INSERT INTO incidents_outage (
    uuid, source, source_ref, quote, unknown_reasons, entry_mode, received_at, reported_by_id,
        organization_id,
    line_id, place_id, voltage_kv, kind, cause_code, cause_text, cause_confidence, occurred_precision,
        occurred_at,
    reported_at, report_channel, customers_affected, status, not_reported, confirmed_at, located_at,
        end_reason,
    remark)
SELECT gen_random_uuid(), 'reported', '', '', '{}', 'live', now(), %(user)s, %(organization)s, l.id,
    %(place)s,
       10, 'forced', 'ice_load', '', 'suspected', 'minute', began.at, began.at, '95598', 100, 'repairing',
           '{}',
       began.at, began.at, '', ''
FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM incidents_line) l
CROSS JOIN LATERAL (
    SELECT now() - CASE WHEN l.n %% 100 < %(share)s THEN interval '3 hours' ELSE interval '50 minutes' END
        AS at
) began
"""
_CREWS = """
INSERT INTO incidents_crew (uuid, name, organization_id, home_organization_id, skills, is_exercise)
SELECT gen_random_uuid(), '班' || n, %(organization)s, %(organization)s, '{mv}', false
FROM generate_series(1, %(number)s) n
"""
_ASSIGNMENTS = """
INSERT INTO incidents_assignment (
    uuid, source, source_ref, quote, unknown_reasons, entry_mode, received_at, reported_by_id, crew_id,
        outage_id,
    place_id, task, status, assigned_at, accepted_at, departed_at, on_site_at, briefed_at, permit_no,
        abort_reason,
    remark)
SELECT gen_random_uuid(), 'reported', '', '', '{}', 'live', now(), %(user)s, c.id, o.id, %(place)s, 'repair',
       'on_site', now() - interval '40 minutes', now() - interval '40 minutes', now() - interval '35
           minutes',
       now() - interval '30 minutes', now() - interval '30 minutes', '抢修单', '', ''
FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM incidents_outage) o
JOIN (SELECT id, row_number() OVER (ORDER BY id) AS n FROM incidents_crew) c USING (n)
"""
_ESTIMATES = """
INSERT INTO incidents_estimate (uuid, outage_id, kind, value_at, published_at, published_by_id, reason)
SELECT gen_random_uuid(), id, 'crew', now() + interval '3 hours', now() - interval '20 minutes', %(user)s, ''
FROM incidents_outage
"""


def main() -> int:
    """Measure; return the exit code."""
    given = os.environ["DATABASE_URL"]
    with psycopg.connect(given, autocommit=True) as server, ExitStack() as end:
        server.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {NAME}")
        end.callback(server.execute, f"DROP DATABASE {NAME} WITH (FORCE)")
        os.environ["DATABASE_URL"] = urlunsplit(urlsplit(given)._replace(path=f"/{NAME}"))
        os.environ.pop("DATABASE_OWNER_URL", None)
        return _measure()


def _measure() -> int:
    import django  # noqa: PLC0415 - needs the database's name

    django.setup()
    from datetime import UTC, datetime  # noqa: PLC0415

    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    from tests.factories import make_actor, make_organization, make_place  # noqa: PLC0415
    from tracker.checks import CHECKS  # noqa: PLC0415
    from tracker.services import proposals, rules, thresholds  # noqa: PLC0415
    from tracker.services.evaluate import Evaluated, evaluate  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    by = make_actor(now=datetime.now(UTC))
    rules.load_catalogue(at=by.now, by=by)
    thresholds.load_defaults(by=by)
    world = {
        "user": by.user.pk,
        "organization": make_organization().pk,
        "place": make_place().pk,
        "number": int(os.environ.get("RULES_OUTAGES", "100000")),
        "share": int(os.environ.get("RULES_SHARE", "5")),
    }
    with connection.cursor() as cursor:
        for statement in (_LINES, _OUTAGES, _CREWS, _ASSIGNMENTS, _ESTIMATES):
            cursor.execute(statement, world)
        cursor.execute("VACUUM ANALYZE")
    took, found = 0.0, Evaluated()
    for name in ("first look", "second look", "third look"):
        began, slowest, found = time.perf_counter(), [], Evaluated()
        for check in CHECKS.values():
            one = time.perf_counter()
            seen = evaluate(now=datetime.now(UTC), checks=[check])
            slowest.append((time.perf_counter() - one, check.code))
            found.opened += seen.opened
            found.broken += seen.broken
        took = time.perf_counter() - began
        began = time.perf_counter()
        proposals.propose(by=make_actor(now=datetime.now(UTC), user=by.user))
        proposing = time.perf_counter() - began
        worst = ", ".join(f"{code} {1000 * s:.0f} ms" for s, code in sorted(slowest, reverse=True)[:6])
        sys.stdout.write(
            f"{name}: {len(CHECKS)} rules, {world['number']} open outages, opened {found.opened}, broken"
            f" {found.broken}: {took:.2f} s ({worst}); proposals {proposing:.2f} s\n"
        )
    return int(took > GOAL_S or bool(found.broken))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    sys.exit(main())
