"""The doorbell with a Redis that works, that is not there, and that takes connections and never answers."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django.fixtures import Settings

from incidents.models import JournalEntry
from incidents.services import organizations
from incidents.signals import journal_written
from tests.factories import make_actor
from tests.redisserver import Redis, running
from tests.tracker.watchers import minutes
from tests.waiting import until
from tracker.tasks import doorbell as module
from tracker.tasks.doorbell import Doorbell


@pytest.fixture
def redis(settings: Settings) -> Iterator[Redis]:
    with running() as server:
        settings.CELERY_BROKER_URL = server.broker_url
        yield server


@pytest.fixture
def bell(monkeypatch: pytest.MonkeyPatch) -> Iterator[Doorbell]:
    monkeypatch.setattr(module, "GAP_S", 0.1)
    fresh = Doorbell()
    yield fresh
    until(lambda: not fresh._busy)


def ring_and_wait(bell: Doorbell) -> float:
    """Ring, wait until all is over, and return how long the ringing itself took, s."""
    began = time.monotonic()
    bell.ring()
    took = time.monotonic() - began
    until(lambda: not bell._busy)
    return took


def test_wakes_the_worker(redis: Redis, bell: Doorbell) -> None:
    ring_and_wait(bell)

    assert (bell.rung, bell.failures, redis.waiting()) == (1, 0, 1)


def test_many_rings_are_one_until_it_is_heard(redis: Redis, bell: Doorbell) -> None:
    bell.ring()
    until(lambda: bell.rung == 1)
    for _ in range(100):
        bell.ring()
    until(lambda: not bell._busy)

    assert bell.rung == redis.waiting() == 1


def test_who_rings_after_it_was_heard_is_heard(redis: Redis, bell: Doorbell) -> None:
    ring_and_wait(bell)
    redis.hear()

    ring_and_wait(bell)

    assert (bell.rung, redis.waiting()) == (2, 1)


def test_a_redis_that_was_started_anew_is_found_at_once(redis: Redis, bell: Doorbell) -> None:
    ring_and_wait(bell)
    redis.kill()
    redis.start()

    ring_and_wait(bell)

    assert (bell.rung, bell.failures, redis.waiting()) == (2, 0, 1)  # what waited is gone with it


def test_without_redis_it_is_silent_for_a_while_and_harms_nobody(redis: Redis, bell: Doorbell) -> None:
    redis.kill()

    took = [ring_and_wait(bell) for _ in range(3)]

    assert (bell.rung, bell.failures) == (0, 1)
    assert max(took) < 0.2
    assert 25 < bell._silent_until - time.monotonic() <= 30

    redis.start()
    bell._silent_until = 0.0
    ring_and_wait(bell)
    assert bell.rung == 1


def test_a_redis_that_never_answers_keeps_nobody_waiting(settings: Settings, bell: Doorbell) -> None:
    with socket.create_server(("127.0.0.1", 0)) as hole:
        settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{hole.getsockname()[1]}/0"

        began = time.monotonic()
        took = ring_and_wait(bell)

    assert took < 0.2
    assert time.monotonic() - began < 2
    assert (bell.rung, bell.failures) == (0, 1)


def test_without_a_thread_it_stays_silent(bell: Doorbell, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_thread: object) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", full)

    bell.ring()

    assert (bell.rung, bell._busy) == (0, False)


@pytest.mark.django_db(transaction=True)
def test_a_commit_rings_and_a_rollback_does_not(redis: Redis, bell: Doorbell) -> None:
    by = make_actor()
    journal_written.connect(bell.ring)
    try:
        with transaction.atomic():
            organizations.create(name="甲", level="county", at=minutes(0), by=by)  # type: ignore[arg-type]
            transaction.set_rollback(True)
        assert not bell._busy

        organizations.create(name="乙", level="county", at=minutes(0), by=by)  # type: ignore[arg-type]
        until(lambda: bell.rung == 1)
    finally:
        journal_written.disconnect(bell.ring)
    assert JournalEntry.objects.count() == 1
