"""What each guard of the way from a step to a mail is there for, as a check that needs it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TypeVar
from uuid import UUID, uuid4

from django.db import OperationalError, connection, transaction

from tests.factories import STORM_NIGHT, make_actor
from tests.tracker.mailservers import Mailbox
from tests.tracker.watchers import make_alert, make_notification, make_post, minutes, refresh
from tests.waiting import until
from tracker.choices import NotificationState
from tracker.models import Alert, Notification
from tracker.services import alerts, escalate, notify, outbox
from tracker.services.locks import Sweep, alone

T = TypeVar("T")
WORDS = outbox.Written(subject="一", text="二\n", composed_at=STORM_NIGHT)


def elsewhere(run: Callable[[], T]) -> T:
    """Run it in a session of its own that ends with it."""

    def alone_there() -> T:
        try:
            return run()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(alone_there).result()


def impatiently(run: Callable[[], T], otherwise: T) -> T:
    """Run it, but wait for no lock."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '200ms'")
            return run()
    except OperationalError:
        return otherwise


def _claimed(token: UUID) -> outbox.Claimed:
    (row,) = outbox.claim(now=minutes(0), limit=1, token=token)
    return row


def a_step_is_told_once(_mailbox: Mailbox) -> None:
    alert = make_alert()
    make_post("D", organization=alert.organization)
    for _ in range(2):  # as an engine that saw the alert before the other one had moved it
        Alert.objects.update(next_step=1, next_due_at=minutes(0))
        escalate.escalate(now=minutes(0))
    assert Notification.objects.count() == 1


def an_attempt_without_an_answer_is_a_doubt(_mailbox: Mailbox) -> None:
    row, token = make_notification(), uuid4()
    outbox.begin(_claimed(token), WORDS, token=token)
    Notification.objects.update(lease_until=STORM_NIGHT)
    outbox.tidy(now=minutes(0))
    assert refresh(row).doubts == 1


def what_is_answered_meanwhile_is_not_sent(mailbox: Mailbox) -> None:
    alert, by = make_alert(), make_actor()
    _two_mails_and_meanwhile(mailbox, alert, lambda: alerts.acknowledge(alert, at=minutes(0), by=by))


def a_newer_climb_silences_the_older_one(mailbox: Mailbox) -> None:
    _two_mails_and_meanwhile(mailbox, make_alert(), lambda: Alert.objects.update(generation=2))


def _two_mails_and_meanwhile(mailbox: Mailbox, alert: Alert, happens: Callable[[], object]) -> None:
    for _ in range(2):
        make_notification(alert=alert)
    meanwhile = [happens]

    def on_mail(_mail: object) -> None:
        if meanwhile:
            elsewhere(meanwhile.pop())

    mailbox.on_mail = on_mail
    notify.deliver(now=minutes(0))
    assert len(mailbox.mails) == 1


def what_is_over_is_given_up_without_a_claim(_mailbox: Mailbox) -> None:
    make_notification()
    Alert.objects.update(generation=2)
    assert notify.deliver(now=minutes(0)) == notify.Delivered(superseded=1)


def a_sender_past_its_lease_begins_nothing(_mailbox: Mailbox) -> None:
    make_notification()
    token = uuid4()
    row = _claimed(token)
    Notification.objects.update(lease_until=STORM_NIGHT)
    assert not outbox.begin(row, WORDS, token=token)


def a_sender_begins_only_what_is_its_own(_mailbox: Mailbox) -> None:
    make_notification()
    row = _claimed(uuid4())
    assert not outbox.begin(row, WORDS, token=uuid4())


def a_sender_settles_only_what_is_its_own(_mailbox: Mailbox) -> None:
    row = make_notification()
    _claimed(uuid4())
    outbox.settle(outbox.Settlement(id=row.pk, state=NotificationState.ACCEPTED), token=uuid4())
    assert refresh(row).state == NotificationState.LEASED


def what_a_living_sender_holds_is_left_to_it(_mailbox: Mailbox) -> None:
    make_notification()
    _claimed(uuid4())
    assert elsewhere(lambda: outbox.tidy(now=minutes(0))) == (0, 0)


def what_a_dead_sender_held_is_taken_back_at_once(_mailbox: Mailbox) -> None:
    make_notification()
    elsewhere(lambda: outbox.claim(now=minutes(0), limit=1, token=uuid4()))
    until(lambda: outbox.tidy(now=minutes(0)) == (0, 1), within=2)


def what_a_frozen_sender_holds_is_taken_back_in_the_end(_mailbox: Mailbox) -> None:
    make_notification()
    _claimed(uuid4())
    Notification.objects.update(lease_until=STORM_NIGHT)
    assert outbox.tidy(now=minutes(0)) == (0, 1)


def two_senders_do_not_wait_for_each_other(_mailbox: Mailbox) -> None:
    alert = make_alert()
    for _ in range(2):
        make_notification(alert=alert)
    with transaction.atomic():
        _claimed(uuid4())
        assert elsewhere(lambda: impatiently(lambda: _claimed(uuid4()).attempts, -1)) == 0


def an_alert_that_somebody_holds_is_passed_over(_mailbox: Mailbox) -> None:
    make_alert()
    with transaction.atomic():
        Alert.objects.select_for_update().get()
        moved = elsewhere(lambda: impatiently(lambda: escalate.escalate(now=minutes(0)).moved, -1))
    assert moved == 0


def one_engine_climbs_at_a_time(_mailbox: Mailbox) -> None:
    make_alert()
    with alone(Sweep.ESCALATE, patience=timedelta(0)):
        assert elsewhere(lambda: escalate.escalate(now=minutes(0)).moved) == 0


def nobody_is_told_three_times(_mailbox: Mailbox) -> None:
    row, token = make_notification(), uuid4()
    for _ in range(4):
        for claimed in outbox.claim(now=minutes(0), limit=1, token=token):
            outbox.begin(claimed, WORDS, token=token)
        Notification.objects.filter(state=NotificationState.LEASED).update(lease_until=STORM_NIGHT)
        outbox.tidy(now=minutes(0))
    assert refresh(row).attempts == 2
