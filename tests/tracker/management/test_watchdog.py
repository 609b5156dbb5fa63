"""The watchdog as a process of its own, without Redis, without beat and worker."""

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.conf import settings as configured
from django.db import connection
from django.db.models.functions import Now

from incidents.choices import Grade
from tests.tracker.gatewayservers import Gateway
from tests.tracker.mailservers import Mailbox
from tests.tracker.watchers import (
    load_rules,
    make_alert,
    make_crew_of_watchers,
    make_hook,
    make_icing,
    make_message,
)
from tests.waiting import is_busy, until
from tests.watchdogs import start_watchdog
from tracker.choices import Part
from tracker.management.commands.watchdog import SILENT_S, look_after
from tracker.models import Alert, Heartbeat
from tracker.selectors.clock import database_now
from tracker.services import heartbeats
from tracker.services.evaluate import evaluate

pytestmark = pytest.mark.django_db(transaction=True)
Watchdog = subprocess.Popen[bytes]


@pytest.fixture
def watchdog(mailbox: Mailbox) -> Iterator[Callable[[], Watchdog]]:
    """Start it on the database of the tests and this test's mail server, with a Redis that is not there."""
    begun: list[Watchdog] = []

    def start() -> Watchdog:
        begun.append(start_watchdog(configured.EMAIL_PORT))
        return begun[-1]

    yield start
    for process in begun:
        process.kill()
        process.wait()


def alive(part: Part) -> bool:
    return Heartbeat.objects.filter(name=part, beat_at__isnull=False).exists()


def test_does_all_the_work_alone_and_ends_at_once(watchdog: Callable[[], Watchdog], mailbox: Mailbox) -> None:
    load_rules()
    make_crew_of_watchers(make_icing(Grade.RED).section.line.organization)

    process = watchdog()
    until(lambda: len(mailbox.mails) == 5, within=20)
    until(lambda: alive(Part.WATCHDOG) and alive(Part.MAIL) and alive(Part.SEAL))

    assert "refused" in Heartbeat.objects.get(name=Part.BROKER).detail["error"].lower()
    assert not alive(Part.WORKER)
    process.send_signal(signal.SIGTERM)
    began = time.monotonic()
    assert process.wait(5) == 0
    assert time.monotonic() - began < 2 or is_busy()


def test_survives_a_database_that_ends_all_connections(watchdog: Callable[[], Watchdog]) -> None:
    process = watchdog()
    until(lambda: alive(Part.WATCHDOG), within=20)
    for _ in range(3):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        Heartbeat.objects.all().delete()
        until(lambda: alive(Part.WATCHDOG), within=20)

    assert process.poll() is None


def test_posts_to_a_gateway_what_nobody_has_posted(
    watchdog: Callable[[], Watchdog], gateway: Gateway
) -> None:
    now = database_now()
    late = now - timedelta(seconds=9)
    where = make_icing(Grade.RED).section  # real, or a turn would end its alert
    alert = make_alert(subject_id=where.pk, organization=where.line.organization, next_due_at=None)
    make_message(make_hook(gateway.url), alert=alert, next_try_at=late)
    heartbeats.beat([Part.CYCLE, Part.SEAL])

    watchdog()
    until(lambda: gateway.requests, within=30)

    assert gateway.requests[0].said["kind"] == "step"


@pytest.fixture
def well() -> None:
    heartbeats.beat([Part.CYCLE, Part.WORKER, Part.SEAL])


def test_leaves_a_watch_that_turns_alone(well: None, mailbox: Mailbox) -> None:
    load_rules()
    make_icing(Grade.RED)

    look_after()

    assert not Alert.objects.exists()
    assert alive(Part.WATCHDOG)


@pytest.mark.parametrize("silent", [Part.CYCLE, Part.WORKER])
def test_turns_the_watch_when_it_or_the_worker_has_been_silent(
    well: None, mailbox: Mailbox, silent: Part
) -> None:
    load_rules()
    make_icing(Grade.RED)
    Heartbeat.objects.filter(name=silent).update(beat_at=Now() - timedelta(seconds=SILENT_S))

    look_after()

    assert Alert.objects.exists()


def test_turns_a_watch_that_gives_signs_of_life_but_is_late(well: None, mailbox: Mailbox) -> None:
    load_rules()
    make_crew_of_watchers(make_icing(Grade.RED).section.line.organization)
    evaluate(now=database_now() - timedelta(seconds=6))

    look_after()

    assert len(mailbox.mails) == 5


def test_seals_only_when_nobody_did(well: None, mailbox: Mailbox) -> None:
    sealed = Heartbeat.objects.filter(name=Part.SEAL)
    before = sealed.get().beat_at
    look_after()
    assert sealed.get().beat_at == before

    sealed.update(beat_at=Now() - timedelta(seconds=90))
    look_after()
    assert before is not None
    assert sealed.filter(beat_at__gt=before).exists()
