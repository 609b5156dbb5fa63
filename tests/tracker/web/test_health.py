import socket
import time
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.db.models.functions import Now
from django.test import Client

from tests.tracker.watchers import make_alert, make_notification, minutes
from tracker.choices import Part
from tracker.models import Alert, Heartbeat, Notification
from tracker.selectors.clock import database_now
from tracker.selectors.health import LONGEST_SILENCE
from tracker.services import heartbeats

pytestmark = pytest.mark.django_db(transaction=True)
ALL = ["web", "database", *LONGEST_SILENCE]


def ask(client: Client) -> tuple[int, dict[str, object]]:
    answer = client.get("/healthz")
    return answer.status_code, answer.json()


def test_says_that_all_is_well(client: Client) -> None:
    heartbeats.beat(list(LONGEST_SILENCE))

    assert ask(client) == (200, {"status": "ok", "checks": dict.fromkeys(ALL, "ok"), "oldest_due_s": 0.0})


@pytest.mark.parametrize("part", LONGEST_SILENCE)
def test_names_the_part_that_is_silent(client: Client, part: Part) -> None:
    heartbeats.beat(list(LONGEST_SILENCE))
    Heartbeat.objects.filter(name=part).update(beat_at=Now() - LONGEST_SILENCE[part] - timedelta(seconds=1))

    status, said = ask(client)

    assert (status, said["status"]) == (503, "ill")
    assert said["checks"] == dict.fromkeys(ALL, "ok") | {part.value: "dead"}


def test_a_part_that_was_never_seen_is_dead(client: Client) -> None:
    heartbeats.fail([Part.MAIL], error="refused")

    assert ask(client)[1]["checks"] == {"web": "ok", "database": "ok"} | dict.fromkeys(
        LONGEST_SILENCE, "dead"
    )


@pytest.mark.parametrize("what", ["step", "mail", "lease"])
def test_what_is_late_by_more_than_a_minute_is_an_illness(client: Client, what: str) -> None:
    heartbeats.beat(list(LONGEST_SILENCE))
    late = database_now() - timedelta(seconds=70)
    if what == "step":
        make_alert(next_due_at=late)
    else:
        make_notification(alert=make_alert(next_due_at=None), next_try_at=late)
    if what == "lease":
        Notification.objects.update(
            state="leased",
            next_try_at=None,
            lease_until=late,
            lease_token="00000000-0000-0000-0000-000000000001",
        )

    status, said = ask(client)

    assert status == 503
    assert 70 <= float(str(said["oldest_due_s"])) < 75
    assert said["checks"] == dict.fromkeys(ALL, "ok")


def test_what_is_due_later_is_not_late(client: Client) -> None:
    heartbeats.beat(list(LONGEST_SILENCE))
    make_alert(next_due_at=database_now() + timedelta(hours=1))
    assert Alert.objects.exists()

    assert ask(client)[1]["oldest_due_s"] == 0.0


def test_a_database_that_refuses_is_named_in_no_time(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    heartbeats.beat(list(LONGEST_SILENCE))
    monkeypatch.setitem(connections.settings["default"], "HOST", "127.0.0.1")
    monkeypatch.setitem(connections.settings["default"], "PORT", "9")

    status, said = ask(client)

    assert status == 503
    assert said["checks"] == {"web": "ok", "database": "dead"} | dict.fromkeys(LONGEST_SILENCE, "dead")
    assert said["oldest_due_s"] is None


def test_a_database_that_never_answers_keeps_nobody_waiting(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as hole:
        monkeypatch.setitem(connections.settings["default"], "HOST", "127.0.0.1")
        monkeypatch.setitem(connections.settings["default"], "PORT", str(hole.getsockname()[1]))
        took = []
        for _ in range(2):  # the second asks while the first still hangs
            began = time.monotonic()
            status, said = ask(client)
            took.append(time.monotonic() - began)
            assert (status, said["checks"]["database"]) == (503, "dead")  # type: ignore[index]

    assert max(took) < 2
    monkeypatch.undo()
    end = time.monotonic() + 10
    while ask(client)[1]["checks"]["database"] != "ok":  # type: ignore[index]
        assert time.monotonic() < end
        time.sleep(0.1)


def test_is_only_read(client: Client) -> None:
    assert client.post("/healthz").status_code == 405
    assert client.head("/healthz").content == b""


def test_leaves_no_connection_behind(client: Client) -> None:
    ask(client)

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        (open_now,) = cursor.fetchone()
    assert open_now == 1
    assert minutes(0) < database_now()
