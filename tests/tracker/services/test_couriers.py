"""Couriers: real threads, a gateway that hangs, mails that go on."""

import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from tests.factories import make_actor
from tests.tracker.gatewayservers import Gateway, Request
from tests.tracker.mailservers import Hostile, Mailbox, Talk, hang
from tests.tracker.watchers import make_alert, make_hook, make_message, make_notification, refresh
from tracker.models import Hook, Notification
from tracker.selectors.clock import database_now
from tracker.services import alerts, watch
from tracker.services.couriers import Couriers, couriers
from tracker.services.evaluate import Evaluated

pytestmark = pytest.mark.django_db(transaction=True)
WAIT = timedelta(seconds=8)


def test_a_gateway_that_hangs_keeps_neither_mails_nor_another_gateway_waiting(
    gateway: Gateway,
    mailbox: Mailbox,
    hostile: Callable[[Talk], Hostile],
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(watch, "evaluate", lambda **_: Evaluated())  # the alert's subject is made up
    port = settings.EMAIL_PORT
    hanging = make_hook(f"http://127.0.0.1:{hostile(hang).port}/")
    settings.EMAIL_PORT, settings.HOOK_DEADLINE_S = port, 2
    Hook.objects.update(enabled=False)
    good = make_hook(gateway.url)
    Hook.objects.filter(pk=hanging.pk).update(enabled=True, organization=make_alert().organization)
    now = database_now()
    alert = make_alert(next_due_at=None)
    mail = make_notification(alert=alert, next_try_at=now)
    stuck, quick = (make_message(hook, alert=alert, next_try_at=now) for hook in (hanging, good))
    began = time.monotonic()

    made = watch.turn(now=now)

    assert time.monotonic() - began < 1.9
    assert made.done["couriers"] == {"sent": 2}
    assert made.broken == []
    assert refresh(mail).state == "accepted"
    couriers.wait(within_s=10)
    assert refresh(quick).state == "accepted"
    assert (refresh(stuck).state, stuck.doubts) == ("uncertain", 1)
    hanging.refresh_from_db()
    assert hanging.failures == 1


def test_a_gateway_has_one_courier_at_a_time_and_posts_each_message_once(gateway: Gateway) -> None:
    hook = make_hook(gateway.url)
    now = database_now()
    alert = make_alert(next_due_at=None)
    for _ in range(30):
        make_message(hook, alert=alert, next_try_at=now)
    gateway.on_request = lambda _request: time.sleep(0.01)
    here, there = Couriers(), Couriers()  # two processes

    for _ in range(5):
        here.wake(now=now)
        there.wake(now=now)
    here.wait(within_s=20)
    there.wait(within_s=20)

    assert sorted(gateway.deliveries) == sorted(set(gateway.deliveries))
    assert len(gateway.requests) == 30
    assert Notification.objects.filter(state="accepted").count() == 30


def test_who_only_stands_in_waits_until_it_is_late(gateway: Gateway) -> None:
    hook = make_hook(gateway.url)
    now = database_now()
    make_message(hook, alert=make_alert(next_due_at=None), next_try_at=now)

    assert Couriers().wake(now=now, late=WAIT) == 0
    mine = Couriers()
    assert mine.wake(now=now + WAIT, late=WAIT) == 1
    mine.wait(within_s=10)

    assert len(gateway.requests) == 1


def test_acknowledged_while_one_is_on_the_way_the_others_stay(gateway: Gateway) -> None:
    hook = make_hook(gateway.url)
    now = database_now()
    alert = make_alert(next_due_at=None)
    for _ in range(3):
        make_message(hook, alert=alert, next_try_at=now)

    def acknowledge(_request: Request) -> None:
        alerts.acknowledge(alert, at=now, by=make_actor())
        connection.close()

    gateway.on_request = acknowledge
    mine = Couriers()
    mine.wake(now=now)
    mine.wait(within_s=10)

    states = sorted(Notification.objects.values_list("state", flat=True))
    assert states == ["accepted", "superseded", "superseded"]
    assert len(gateway.requests) == 1
