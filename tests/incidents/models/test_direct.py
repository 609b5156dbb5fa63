"""Statements that go past the ORM: what they store, refuse and tell, and that a connection may die."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from incidents.choices import Channel
from incidents.journal import Actor
from incidents.models import JournalEntry
from incidents.models.direct import insert, run
from tests.factories import make_actor

pytestmark = pytest.mark.django_db
ODD = ["", "毛竹", 'a"b\\c{d},e', "NULL", "x'y%s$1", "\n\t"]


def entry(by: Actor, **over: Any) -> JournalEntry:
    values: dict[str, Any] = {
        "kind": "ice.recorded",
        "subject_type": "icereading",
        "subject_id": 1,
        "subject_uuid": by.user.uuid,
        "occurred_at": datetime(2024, 2, 26, 13, 10, 0, 123_456, tzinfo=UTC),
        "by": by.user,
        "channel": Channel.API,
    }
    return JournalEntry(**(values | over))


@pytest.mark.parametrize("copies", [1, 2])
def test_what_is_inserted_is_what_is_read_back(copies: int) -> None:
    by = make_actor()
    for text in ODD:
        rows = [
            entry(by, reason=text, after={"note": text, "n": [1, None]}, before=None) for _ in range(copies)
        ]

        insert(rows)

        for row in rows:
            found = JournalEntry.objects.get(pk=row.pk)
            assert (found.reason, found.after, found.before) == (text, {"note": text, "n": [1, None]}, None)
            assert (found.occurred_at, found.device, found.organization) == (row.occurred_at, None, None)


@pytest.mark.parametrize("copies", [1, 2])
def test_what_does_not_fit_is_refused_and_not_cut_off(copies: int) -> None:
    by = make_actor()

    with pytest.raises(Exception, match="too long"), transaction.atomic():
        insert([entry(by, reason="x" * 301) for _ in range(copies)])

    assert not JournalEntry.objects.exists()


def test_a_broken_rule_is_the_same_error_and_goes_on_after_a_rollback() -> None:
    by = make_actor()
    insert([entry(by)])

    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        insert([entry(by, kind="Not a deed")])
    insert([entry(by)])

    diagnosis: Any = refusal.value.__cause__
    assert diagnosis.diag.constraint_name == "journal_kind_is_subject_and_verb"
    assert JournalEntry.objects.count() == 2


def test_values_of_lists_go_as_arrays() -> None:
    [(found,)] = run("SELECT %s::text[]", [[*ODD, None]])

    assert found == [*ODD, None]


def test_a_test_that_counts_queries_sees_them() -> None:
    with CaptureQueriesContext(connection) as queries:
        run("SELECT 1 WHERE 1 %% 2 = %s", [1])

    assert [query["sql"] for query in queries] == ["SELECT 1 WHERE 1 %% 2 = %s"]


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_the_server_closed_is_made_anew() -> None:
    [(process,)] = run("SELECT pg_backend_pid()")
    killer = connection.copy()
    with killer.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [process])
    killer.close()

    connection.close_if_unusable_or_obsolete()  # as at the beginning of a request
    [(other,)] = run("SELECT pg_backend_pid()")

    assert other != process


def test_a_living_connection_is_not_asked() -> None:
    connection.ensure_connection()

    assert connection.is_usable() is True
