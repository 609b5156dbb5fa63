"""``python -m tests.bench.mail``: how fast owed mails go out, what that costs, and whether memory stays.

The product delivers notifications that are owed to a mail server that takes everything, in turns with
``smtplib`` sending the same bytes to it over one connection, which decides and records nothing. Prints a line
of JSON a figure; exits with 1 when one falls short. ``BENCH_MAILS`` mails in all (10,000); memory is looked
at when they are many (100,000 in ``make mail-bench``).
"""

import os
import signal
import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

import psycopg

from tests.bench.servers import free_port

if TYPE_CHECKING:
    from tests.bench.figures import Figure

NAME = "ice_bench_mail"
ROUND = 2000
PEOPLE = 5
RATE, CPU_MS, GROWTH_MIB = 0.8, 1.0, 5.0
_LIKE_OURS = b"Subject: bench\r\n\r\n" + b"b" * 75 * 24 + b"\r\n"  # as long as a mail of ours

_ALERTS = """
INSERT INTO tracker_alert (
    uuid, rule_id, rule_code, subject_type, subject_id, organization_id, is_exercise, band, band_rank,
    severity, state, generation, climb_at, next_step, next_due_at, opened_at, resolved_why, facts
)
SELECT gen_random_uuid(), a.rule_id, 'E01', 'linesection', a.subject_id + n, a.organization_id, false, a.band,
       a.band_rank, a.severity, 'firing', 1, a.climb_at, 1, NULL, a.opened_at, '', a.facts
FROM tracker_alert a, generate_series(1, %(alerts)s) AS n
"""
_OWED = """
INSERT INTO tracker_notification (
    kind, alert_id, generation, level, repeat, recipient_id, channel, address, language, urgency, state,
    due_at, created_at, next_try_at, attempts, doubts, server_reply, last_error, message_id, subject,
    body_text
)
SELECT 'step', a.id, 1, 1, 0, person.id, 'mail', person.email, 'zh-hans', 3, 'queued', now(), now(), now(),
       0, 0, '', '', concat('<', a.id, '.', person.id, '@bench>'), '', ''
FROM (SELECT id FROM tracker_alert ORDER BY id LIMIT %(alerts)s) a
CROSS JOIN (SELECT id, email FROM incidents_user WHERE email <> '' ORDER BY id LIMIT %(people)s) person
"""
_AGAIN = (
    "UPDATE tracker_notification SET state = 'queued', next_try_at = now(), accepted_at = NULL, attempts = 0"
)


def main() -> int:
    """Measure; return the exit code."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    given = os.environ["DATABASE_URL"]
    port = free_port()
    with psycopg.connect(given, autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {NAME}")
        sink = subprocess.Popen([sys.executable, "-m", "tests.bench.sink", str(port)])
        try:
            os.environ["DATABASE_URL"] = urlunsplit(urlsplit(given)._replace(path=f"/{NAME}"))
            os.environ["EMAIL_URL"] = f"smtp://127.0.0.1:{port}"
            os.environ.pop("DATABASE_OWNER_URL", None)
            short = 0
            for figure in _measure():
                sys.stdout.write(f"{figure.line()}\n")
                sys.stdout.flush()
                short += not figure.ok
            return int(short > 0)
        finally:
            sink.kill()
            server.execute(f"DROP DATABASE {NAME} WITH (FORCE)")


def _measure() -> Iterator["Figure"]:
    import django  # noqa: PLC0415 - needs the database's name

    django.setup()
    from tests.bench.figures import Figure  # noqa: PLC0415
    from tracker.selectors.clock import database_now  # noqa: PLC0415
    from tracker.services.notify import deliver  # noqa: PLC0415

    _fill()
    rounds = max(int(os.environ.get("BENCH_MAILS") or 10_000) // ROUND, 3)
    ratios, rates, cpu, connections, memory = [], [], [], 0, []
    for _ in range(rounds):
        bare_s = _bare(_LIKE_OURS)
        _run(_AGAIN, {})
        began, busy = time.perf_counter(), time.process_time()
        sent = 0
        while sent < ROUND:  # a delivery ends after 40 s, on a machine that is slow
            done = deliver(now=database_now())
            sent += done.accepted
            connections = max(connections, done.connections)
        took = time.perf_counter() - began
        cpu.append((time.process_time() - busy) / ROUND * 1000)
        ratios.append(bare_s / took)
        rates.append(ROUND / took)
        memory.append(_resident_mib())
    yield Figure(name="mail.rate", value=median(ratios), unit="of the sink's rate", goal=RATE, at_least=True)
    yield Figure(name="mail.mails", value=median(rates), unit="mails/s")
    yield Figure(name="mail.cpu", value=median(cpu), unit="ms a mail", goal=CPU_MS)
    yield Figure(name="mail.connections", value=connections, unit="a delivery", goal=1)
    grown = memory[-1] - memory[1]
    yield Figure(name="mail.memory", value=grown, unit=f"MiB, {rounds * ROUND} mails", goal=GROWTH_MIB)


def _fill() -> None:
    """Make a round of notifications, each of a step of its own for a person."""
    from django.core.management import call_command  # noqa: PLC0415

    from tests.factories import make_user  # noqa: PLC0415
    from tests.tracker.watchers import make_alert  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    for _ in range(PEOPLE):
        make_user()
    make_alert()
    _run(_ALERTS, {"alerts": ROUND // PEOPLE})
    _run(_OWED, {"alerts": ROUND // PEOPLE, "people": PEOPLE})
    _run("VACUUM ANALYZE", {})


def _run(statement: str, given: dict[str, int]) -> None:
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute(statement, given or None)


def _bare(text: bytes) -> float:
    """Return how long it takes to send a round of the same bytes over one connection, s."""
    host, port = urlsplit(os.environ["EMAIL_URL"]).netloc.split(":")
    with smtplib.SMTP(host, int(port)) as client:
        began = time.perf_counter()
        for _ in range(ROUND):
            client.sendmail("ice@bench", ["person@bench"], text)
        return time.perf_counter() - began


def _resident_mib() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    sys.exit(main())
