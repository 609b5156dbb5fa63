import pytest
from django.db import connection, connections
from django.test import Client

from tracker.choices import Part
from tracker.services import heartbeats

pytestmark = pytest.mark.django_db(transaction=True)


def ask(client: Client) -> tuple[int, str, dict[str, str]]:
    answer = client.get("/readyz")
    said = answer.json()
    return answer.status_code, said["status"], said["checks"]


def test_is_ready_with_a_database_as_this_version_expects_it(client: Client) -> None:
    checks = {"database": "ok", "migrations": "ok", "broker": "away"}
    assert ask(client) == (200, "ready", checks)

    heartbeats.beat([Part.BROKER])

    assert ask(client) == (200, "ready", checks | {"broker": "ok"})


def test_a_migration_that_is_missing_is_not_ready(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'tracker' AND name = '0005_delivery'")
    try:
        assert ask(client)[:2] == (503, "not ready")
        assert ask(client)[2]["migrations"] == "missing"
    finally:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO django_migrations (app, name, applied)"
                " VALUES ('tracker', '0005_delivery', now())"
            )


def test_without_a_database_it_is_not_ready(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connections.settings["default"], "HOST", "127.0.0.1")
    monkeypatch.setitem(connections.settings["default"], "PORT", "9")

    unknown = {"database": "dead", "migrations": "unknown", "broker": "unknown"}
    assert ask(client) == (503, "not ready", unknown)


def test_is_only_read(client: Client) -> None:
    assert client.post("/readyz").status_code == 405
    assert client.head("/readyz").content == b""
