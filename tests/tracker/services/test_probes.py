import socket
import time
from collections.abc import Callable

import pytest
from pytest_django.fixtures import Settings

from tests.redisserver import running
from tests.tracker import mailservers
from tests.tracker.mailservers import Hostile, Mailbox, Talk
from tracker.choices import Part
from tracker.models import Heartbeat
from tracker.services import probes

pytestmark = pytest.mark.django_db


def test_a_mail_server_that_answers_is_alive(mailbox: Mailbox) -> None:
    assert probes.probe_mail()

    heart = Heartbeat.objects.get()
    assert (heart.name, set(heart.detail)) == (Part.MAIL, {"ms"})
    assert heart.beat_at is not None
    assert mailbox.mails == []


def test_one_that_hangs_is_not_and_says_why(hostile: Callable[[Talk], Hostile], settings: Settings) -> None:
    settings.EMAIL_TIMEOUT = 1
    hostile(mailservers.hang)

    assert not probes.probe_mail()

    assert "timed out" in Heartbeat.objects.get(name=Part.MAIL, beat_at=None).detail["error"]


def test_a_redis_that_answers_is_alive(settings: Settings) -> None:
    with running() as server:
        settings.CELERY_BROKER_URL = server.broker_url
        assert probes.probe_broker()

    assert Heartbeat.objects.get(name=Part.BROKER).beat_at is not None


def test_a_redis_that_never_answers_is_dead_within_two_seconds(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as hole:
        settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{hole.getsockname()[1]}/0"
        began = time.monotonic()
        assert not probes.probe_broker()

    assert time.monotonic() - began < 2
    assert "Timeout" in Heartbeat.objects.get(name=Part.BROKER).detail["error"]


def test_an_error_keeps_the_last_sign_of_life(mailbox: Mailbox, settings: Settings) -> None:
    probes.probe_mail()
    before = Heartbeat.objects.get().beat_at
    settings.EMAIL_PORT = 9

    probes.probe_mail()

    heart = Heartbeat.objects.get()
    assert (heart.beat_at, list(heart.detail)) == (before, ["error"])
