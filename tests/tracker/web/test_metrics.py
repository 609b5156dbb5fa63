import time
from datetime import timedelta
from ipaddress import ip_network

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from prometheus_client.parser import text_string_to_metric_families
from pytest_django.fixtures import Settings

from tests.tracker.watchers import make_alert, make_hook, make_message, make_notification
from tests.waiting import is_busy
from tracker.choices import Part
from tracker.models import AlertEvent, Hook, Notification
from tracker.selectors.clock import database_now
from tracker.selectors.metrics import metrics
from tracker.services import heartbeats

_MANY = """
INSERT INTO tracker_notification (
    kind, alert_id, generation, level, repeat, recipient_id, channel, address, language, urgency, state,
    due_at, created_at, accepted_at, attempts, doubts, server_reply, last_error, message_id, subject,
    body_text
)
SELECT 'step', %s, 1, 1, n, %s, 'mail', 'a@example.com', 'zh-hans', 1, 'accepted', now(), now(), now(), 1, 0,
       '250 ok', '', '<' || n || '@x>', 'subject', repeat('text ', 100)
FROM generate_series(1, 100000) n
"""
Sample = dict[tuple[str, ...], float]


def ask(client: Client, **headers: str) -> dict[str, Sample]:
    answer = client.get("/metrics", headers=headers)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain; version=")
    return {
        family.name: {tuple(sample.labels.values()): sample.value for sample in family.samples}
        for family in text_string_to_metric_families(answer.content.decode())
    }


@pytest.mark.django_db(transaction=True)
def test_tells_how_the_watch_is_in_numbers(client: Client) -> None:
    now = database_now()
    took = {"evaluate": 84.5}
    heartbeats.beat([Part.CYCLE], detail={"took_ms": took})
    heartbeats.fail([Part.MAIL], error="refused")
    alert = make_alert(next_due_at=now - timedelta(seconds=90))
    hook = make_hook()
    Hook.objects.update(failures=3, failing_since=now, rests_until=now)
    times = {"created_at": now - timedelta(minutes=1), "due_at": now - timedelta(minutes=1)}
    for late in (1, 2, 30):
        done = {
            "state": "accepted",
            "next_try_at": None,
            "accepted_at": times["due_at"] + timedelta(seconds=late),
        }
        make_notification(alert=alert, **times, **done)
    make_notification(alert=alert, **times, state="failed", next_try_at=None, last_error="550")
    make_notification(
        alert=alert,
        created_at=now - timedelta(hours=1),
        due_at=now,
        state="failed",
        next_try_at=None,
        last_error="old",
    )
    make_message(hook, alert=alert, **times, next_try_at=now)
    AlertEvent.objects.create(
        alert=alert, at=now, kind="told", generation=1, step=3, detail={"skipped": [1, 2]}
    )
    AlertEvent.objects.create(alert=alert, at=now, kind="nobody", generation=1, step=4)

    found = ask(client)

    assert 90 <= found["ice_due_lag_seconds"][()] < 100
    assert set(found["ice_heartbeat_age_seconds"]) == {("cycle",)}
    assert found["ice_turn_stage_seconds"] == {("evaluate",): 0.0845}
    assert found["ice_queue_notifications"] == {("webhook", "queued"): 1}
    assert 60 <= found["ice_queue_oldest_seconds"]["webhook", "queued"] < 70
    assert found["ice_recent_notifications"] == {
        ("mail", "accepted"): 3,
        ("mail", "failed"): 1,
        ("webhook", "queued"): 1,
    }
    assert found["ice_recent_lateness_seconds"] == {
        ("mail", "0.5"): 2,
        ("mail", "0.95"): 30,
        ("mail", "0.99"): 30,
        ("mail", "1"): 30,
    }
    assert found["ice_recent_skipped_steps"] == {(): 2}
    assert found["ice_recent_steps_without_anybody"] == {(): 1}
    assert found["ice_gateway_failures"] == {("短信网关",): 3}


@pytest.mark.django_db(transaction=True)
def test_an_empty_record_has_numbers_too(client: Client) -> None:
    found = ask(client)

    assert found["ice_due_lag_seconds"] == {(): 0}
    assert found["ice_recent_skipped_steps"] == {(): 0}
    assert all(name.startswith("ice_") for name in found)  # nothing of the process that answers


@pytest.mark.django_db
def test_asks_five_times_whatever_there_is() -> None:
    with CaptureQueriesContext(connection) as captured:
        metrics()

    assert len(captured) == 5


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("address", "networks", "token", "shown", "status"),
    [
        ("127.0.0.1", ["127.0.0.0/8", "::1/128"], "", "", 200),
        ("::1", ["127.0.0.0/8", "::1/128"], "", "", 200),
        ("10.1.2.3", ["127.0.0.0/8", "::1/128"], "", "", 403),
        ("10.1.2.3", ["10.0.0.0/8"], "", "", 200),
        ("127.0.0.1", ["10.0.0.0/8"], "", "", 403),
        ("10.1.2.3", [], "t" * 24, "Bearer " + "t" * 24, 200),
        ("10.1.2.3", [], "t" * 24, "bearer " + "t" * 24, 200),
        ("10.1.2.3", [], "t" * 24, "Bearer " + "t" * 23, 403),
        ("10.1.2.3", [], "t" * 24, "Basic " + "t" * 24, 403),
        ("10.1.2.3", [], "t" * 24, "Bearer é", 403),
        ("10.1.2.3", [], "", "Bearer ", 403),
        ("unix", ["127.0.0.0/8"], "", "", 403),
    ],
)
def test_who_may_ask(
    client: Client, settings: Settings, address: str, networks: list[str], token: str, shown: str, status: int
) -> None:
    settings.METRICS_NETWORKS = [ip_network(each) for each in networks]
    settings.METRICS_TOKEN = token
    headers = {"Authorization": shown} if shown else {}

    assert client.get("/metrics", headers=headers, REMOTE_ADDR=address).status_code == status


@pytest.mark.django_db(transaction=True)
def test_is_only_read(client: Client) -> None:
    assert client.post("/metrics").status_code == 405


@pytest.mark.alone
@pytest.mark.django_db(transaction=True)
def test_costs_little_with_a_hundred_thousand_notifications(client: Client) -> None:
    row = make_notification(alert=make_alert(next_due_at=None))
    with connection.cursor() as cursor:
        cursor.execute(_MANY, [row.alert_id, row.recipient_id])
        cursor.execute("VACUUM ANALYZE tracker_notification")
    assert Notification.objects.count() == 100_001
    metrics()
    took = []
    for _ in range(10):
        began = time.perf_counter()
        metrics()
        took.append(time.perf_counter() - began)

    assert min(took) < 0.020 or is_busy(), took
    assert client.get("/metrics").status_code == 200
