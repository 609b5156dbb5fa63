"""Several engines at once, on a database that really commits."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import TypeVar

import pytest
from django.db import OperationalError, connection, transaction

from incidents.choices import Grade
from tests.factories import make_actor, make_organization
from tests.tracker.mailservers import Mailbox
from tests.tracker.watchers import (
    load_rules,
    make_alert,
    make_crew_of_watchers,
    make_icing,
    make_post,
    minutes,
)
from tracker.choices import NotificationState, Part
from tracker.models import Alert, AlertEvent, Heartbeat, Notification
from tracker.services import alerts, locks, watch
from tracker.services.escalate import escalate
from tracker.services.evaluate import Evaluated, evaluate
from tracker.services.locks import Sweep, alone
from tracker.services.notify import deliver

pytestmark = pytest.mark.django_db(transaction=True)
T = TypeVar("T")
NOW = timedelta(0)


def at_once(number: int, run: Callable[[], T]) -> list[T]:
    """Do the same in several threads that begin together, each with a connection of its own."""
    together = Barrier(number)

    def one(_: int) -> T:
        try:
            connection.ensure_connection()
            together.wait(5)
            return run()
        finally:
            connection.close()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(one, range(number)))


def test_four_engines_make_one_alert_and_one_mail_a_person(mailbox: Mailbox) -> None:
    load_rules()
    icing = make_icing(Grade.RED)
    people = make_crew_of_watchers(icing.section.line.organization)

    turns = at_once(4, lambda: watch.turn(now=minutes(0)))

    assert [turn.broken for turn in turns] == [[]] * 4
    watch.turn(now=minutes(0))  # what one of them left to another that had passed by already
    assert Alert.objects.count() == 1
    assert sorted(mailbox.recipients) == sorted(people[role].email for role in "DSOEV")


def test_four_engines_share_a_storm_without_doubling_anything(mailbox: Mailbox) -> None:
    organization = make_organization()
    person = make_post("D", organization=organization).user
    for _ in range(40):
        make_alert(organization=organization)

    at_once(4, lambda: (escalate(now=minutes(0), batch=3), deliver(now=minutes(0))))
    deliver(now=minutes(0))

    assert Notification.objects.filter(state=NotificationState.ACCEPTED).count() == 40
    assert mailbox.recipients == [person.email] * 40
    assert len({mail["Message-ID"] for mail in mailbox.mails}) == 40
    assert AlertEvent.objects.count() == 40


def test_an_engine_leaves_the_evaluation_to_the_one_that_is_at_it() -> None:
    load_rules()
    make_icing(Grade.RED)
    with alone(Sweep.EVALUATE, patience=NOW) as mine:
        others = at_once(1, lambda: evaluate(now=minutes(0)))
        waiting = at_once(1, lambda: evaluate(now=minutes(0), patience=timedelta(seconds=0.2)))

    assert mine
    assert others == waiting == [Evaluated()]
    assert not Alert.objects.exists()


def test_a_doorbell_waits_for_an_evaluation_that_began_before_it_rang() -> None:
    load_rules()
    make_icing(Grade.RED)
    holding = Barrier(2)

    def hold() -> None:
        with alone(Sweep.EVALUATE, patience=NOW):
            holding.wait(5)
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(0.3)")
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(hold)
        holding.wait(5)
        found = evaluate(now=minutes(0), patience=timedelta(minutes=1))
        held.result()

    assert found == Evaluated(opened=1)


def test_an_alert_that_somebody_holds_is_passed_over() -> None:
    alert = make_alert()
    make_crew_of_watchers(alert.organization)
    with transaction.atomic():
        Alert.objects.select_for_update().get(pk=alert.pk)
        (passed,) = at_once(1, lambda: escalate(now=minutes(0)))

    assert passed.moved == 0
    assert escalate(now=minutes(0)).moved == 1


def test_acknowledging_and_climbing_at_once_leave_nothing_to_send_afterwards(mailbox: Mailbox) -> None:
    by = make_actor()
    for _ in range(10):
        alert = make_alert()
        make_crew_of_watchers(alert.organization)
        steps = iter(
            [lambda a=alert: alerts.acknowledge(a, at=minutes(0), by=by), lambda: escalate(now=minutes(0))]
        )
        at_once(2, lambda steps=steps: next(steps)())  # type: ignore[misc]

    deliver(now=minutes(1))

    assert mailbox.mails == []
    assert not Notification.objects.exclude(state=NotificationState.SUPERSEDED).exists()


def test_a_stage_that_breaks_is_told_and_the_others_go_on(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    alert = make_alert()
    make_post("D", organization=alert.organization)

    def broken(**_: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT broken")

    monkeypatch.setattr(watch, "evaluate", broken)
    turn = watch.turn(now=minutes(0), signs=[Part.WORKER])

    assert turn.broken == ["evaluate"]
    assert len(mailbox.mails) == 1
    assert Heartbeat.objects.get().detail == {"error": "evaluate"}
    assert Heartbeat.objects.get().beat_at is None


def test_a_rule_that_cannot_be_evaluated_keeps_the_watch_from_giving_a_sign(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "evaluate", lambda **_: Evaluated(broken=["E01"]))

    assert watch.turn(now=minutes(0)).broken == ["evaluate"]
    assert Heartbeat.objects.get().beat_at is None


def test_waiting_for_an_engine_that_never_ends_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    load_rules()
    monkeypatch.setattr(locks, "LONGEST_STATEMENT", timedelta(seconds=0.2))
    with alone(Sweep.EVALUATE, patience=NOW):
        (found,) = at_once(1, lambda: evaluate(now=minutes(0), patience=timedelta(minutes=1)))

    assert found == Evaluated(broken=["E01"])


def test_a_database_that_goes_between_two_mails_loses_none_and_repeats_one(mailbox: Mailbox) -> None:
    alert = make_alert()
    organization, rule = alert.organization, alert.rule
    make_post("D", organization=organization)
    make_alert(organization=organization, rule=rule)
    escalate(now=minutes(0))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (sender,) = cursor.fetchone()

    def end_connection(_mail: object) -> None:
        mailbox.on_mail = lambda _mail: None
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [sender])
        connection.close()

    mailbox.on_mail = end_connection
    with pytest.raises(OperationalError):
        deliver(now=minutes(0))
    connection.close()
    assert len(mailbox.mails) == 1
    Notification.objects.update(lease_until=minutes(0))

    done = deliver(now=minutes(1))

    assert (done.recovered, done.accepted) == (2, 2)
    assert sorted(mail["X-Ice-Repeat"] or "" for mail in mailbox.mails) == ["", "", "1"]
    assert len({mail["Message-ID"] for mail in mailbox.mails}) == 2


def test_a_turn_gives_the_signs_of_life_with_what_it_did(mailbox: Mailbox) -> None:
    load_rules()
    make_icing(Grade.RED)

    watch.turn(now=minutes(0), signs=[Part.WORKER])

    names = Heartbeat.objects.filter(beat_at__isnull=False).order_by("name").values_list("name", flat=True)
    assert list(names) == [Part.CYCLE, Part.WORKER]
    assert Heartbeat.objects.get(name=Part.CYCLE).detail["evaluate"]["opened"] == 1
