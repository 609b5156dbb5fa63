"""The doorbell with a Redis that works, that is not there, and that takes connections and never answers."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction
from kombu import Connection
from pytest_django.fixtures import Settings

from config.embedded.redis import find_redis, redis_service, redis_url
from config.env import broker
from incidents.models import JournalEntry
from incidents.services import organizations
from incidents.signals import journal_written
from tests.factories import make_actor
from tests.tracker.watchers import minutes
from tracker.tasks import doorbell as module
from tracker.tasks.doorbell import Doorbell


class Redis:
    """A Redis of this test, on a private socket."""

    def __init__(self, folder: Path) -> None:
        self.socket = folder / "redis.sock"
        self._service = redis_service(find_redis(), self.socket)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        os.environ["ICE_TEST_REDIS"] = redis_url(self.socket)
        return broker("ICE_TEST_REDIS")

    def start(self) -> None:
        self._process = subprocess.Popen(
            self._service.command, cwd=self._service.folder, stdout=subprocess.DEVNULL
        )
        until(self._service.ready)

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def waiting(self) -> int:
        """How many tasks wait in the queue."""
        with Connection(self.address) as connection:
            return int(connection.default_channel.client.llen("watch"))  # type: ignore[attr-defined]


def until(true: object, within: float = 5.0) -> None:
    end = time.monotonic() + within
    while not true():  # type: ignore[operator]
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


@pytest.fixture
def redis(settings: Settings) -> Iterator[Redis]:
    folder = Path(tempfile.mkdtemp(prefix="ice-t-", dir="/tmp"))  # noqa: S108 - sockets need short names
    server = Redis(folder)
    server.start()
    settings.CELERY_BROKER_URL = server.address
    yield server
    server.kill()
    shutil.rmtree(folder)


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


def test_many_rings_are_few_and_the_last_is_heard(redis: Redis, bell: Doorbell) -> None:
    bell.ring()
    until(lambda: bell.rung == 1)
    for _ in range(100):
        bell.ring()
    until(lambda: not bell._busy)

    assert bell.rung == redis.waiting() == 2


def test_a_redis_that_was_started_anew_is_found_at_once(redis: Redis, bell: Doorbell) -> None:
    ring_and_wait(bell)
    redis.kill()
    redis.start()

    ring_and_wait(bell)

    assert (bell.rung, bell.failures, redis.waiting()) == (2, 0, 1)


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

    monkeypatch.setattr(module.threading.Thread, "start", full)

    bell.ring()

    assert (bell.rung, bell._busy) == (0, False)


@pytest.mark.django_db(transaction=True)
def test_a_commit_rings_and_a_rollback_does_not(redis: Redis, bell: Doorbell) -> None:
    by = make_actor()
    journal_written.connect(bell.ring)
    try:
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            organizations.create(name="甲", level="county", at=minutes(0), by=by)  # type: ignore[arg-type]
            raise ZeroDivisionError
        assert not bell._busy

        organizations.create(name="乙", level="county", at=minutes(0), by=by)  # type: ignore[arg-type]
        until(lambda: bell.rung == 1)
    finally:
        journal_written.disconnect(bell.ring)
    assert JournalEntry.objects.count() == 1
