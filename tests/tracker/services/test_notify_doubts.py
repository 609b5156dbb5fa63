import socket
import time
from collections.abc import Callable

import pytest
from pytest_django.fixtures import Settings

from tests.factories import STORM_NIGHT, make_actor, make_user
from tests.tracker import mailservers
from tests.tracker.mailservers import Hostile, Mailbox, Talk
from tests.tracker.watchers import alert_of, make_alert, make_notification, minutes, refresh, wait_of
from tracker.choices import NotificationState
from tracker.models import Notification
from tracker.services import alerts, outbox
from tracker.services.notify import Delivered, deliver

pytestmark = pytest.mark.django_db
Begin = Callable[[Talk], Hostile]


@pytest.mark.parametrize("talk", [mailservers.hang, mailservers.drip])
def test_a_server_that_never_ends_a_line_holds_nobody(talk: Talk, hostile: Begin, settings: Settings) -> None:
    settings.EMAIL_TIMEOUT, settings.MAIL_DEADLINE_S = 1, 2
    hostile(talk)
    row = make_notification()

    began = time.monotonic()
    deliver(now=minutes(0))

    assert time.monotonic() - began < 3
    assert (refresh(row).state, row.doubts) == (NotificationState.QUEUED, 0)


def test_an_answer_that_never_comes_is_a_doubt_and_repeated_once(hostile: Begin) -> None:
    server = hostile(mailservers.after_data(mailservers.drop))
    row = make_notification()

    deliver(now=minutes(0))

    assert (refresh(row).state, row.doubts) == (NotificationState.UNCERTAIN, 1)
    assert 6.4 <= wait_of(row, since=minutes(0)) <= 13

    deliver(now=minutes(10))

    assert (refresh(row).state, row.doubts, row.next_try_at) == (NotificationState.UNCERTAIN, 2, None)
    assert deliver(now=minutes(60 * 30)) == Delivered()
    first, second = (mailservers.headers(text) for text in server.texts)
    assert second.pop("X-Ice-Repeat") == "1"
    assert second == first
    assert first["Message-ID"] == row.message_id


def test_a_repeat_that_is_taken_ends_the_doubt(hostile: Begin) -> None:
    def drop_the_first(connection: socket.socket, number: int) -> None:
        if number == 1:
            mailservers.drop(connection, number)
        else:
            connection.sendall(b"250 taken\r\n")

    server = hostile(mailservers.after_data(drop_the_first))
    row = make_notification()

    deliver(now=minutes(0))
    deliver(now=minutes(1))

    assert (refresh(row).state, row.doubts) == (NotificationState.ACCEPTED, 1)
    assert len(server.texts) == 2


def test_a_doubt_is_not_repeated_once_the_alert_is_over(hostile: Begin) -> None:
    server = hostile(mailservers.after_data(mailservers.drop))
    row = make_notification()
    deliver(now=minutes(0))
    alerts.acknowledge(alert_of(row), at=minutes(0), by=make_actor())

    deliver(now=minutes(10))

    assert (refresh(row).state, row.next_try_at) == (NotificationState.UNCERTAIN, None)
    assert len(server.texts) == 1


def test_a_server_that_swallows_everything_is_left_alone_after_three(hostile: Begin) -> None:
    hostile(mailservers.after_data(mailservers.drop))
    alert = make_alert()
    for _ in range(5):
        make_notification(alert=alert)

    done = deliver(now=minutes(0))

    assert done.uncertain == 3
    assert Notification.objects.filter(state=NotificationState.QUEUED, attempts=0).count() == 2


def test_nonsense_after_the_text_is_a_doubt(hostile: Begin) -> None:
    hostile(mailservers.after_data(lambda connection, _number: connection.sendall(b"thanks\r\n")))
    row = make_notification()

    deliver(now=minutes(0))

    assert refresh(row).state == NotificationState.UNCERTAIN


def test_an_old_connection_that_the_server_ended_is_made_anew(hostile: Begin) -> None:
    def take_one(connection: socket.socket, number: int) -> None:
        connection.sendall(b"250 taken\r\n")
        if number == 1:
            mailservers.drop(connection, number)

    server = hostile(mailservers.after_data(take_one))
    alert = make_alert()
    for _ in range(2):
        make_notification(alert=alert)

    done = deliver(now=minutes(0))

    assert (done.accepted, done.connections, server.connections) == (2, 2, 2)


def test_what_a_dead_sender_held_is_taken_back_when_its_lease_is_over(mailbox: Mailbox) -> None:
    alert = make_alert()
    token = make_user().uuid
    began, waited = (make_notification(alert=alert) for _ in range(2))
    rows = outbox.claim(now=minutes(0), limit=10, token=token)
    written = outbox.Written(subject="一", text="二\n", composed_at=minutes(0))
    assert outbox.begin(rows[0], written, token=token)

    assert deliver(now=minutes(1)) == Delivered()
    Notification.objects.update(lease_until=STORM_NIGHT)
    done = deliver(now=minutes(2))

    assert (done.recovered, done.accepted) == (2, 2)
    assert (refresh(began).state, began.doubts, refresh(waited).doubts) == (NotificationState.ACCEPTED, 1, 0)
    repeated = {mail["Message-ID"]: mail["X-Ice-Repeat"] for mail in mailbox.mails}
    assert repeated == {began.message_id: "1", waited.message_id: None}
    assert next(mail for mail in mailbox.mails if mail["X-Ice-Repeat"])["Subject"] == "一"


def test_a_sender_that_froze_past_its_lease_sends_and_settles_nothing() -> None:
    row = make_notification()
    token, other = make_user().uuid, make_user().uuid
    (mine,) = outbox.claim(now=minutes(0), limit=10, token=token)
    Notification.objects.update(lease_until=STORM_NIGHT)
    outbox.tidy(now=minutes(0))
    outbox.claim(now=minutes(0), limit=10, token=other)

    written = outbox.Written(subject="一", text="二", composed_at=minutes(0))
    assert not outbox.begin(mine, written, token=token)
    outbox.settle(outbox.Settlement(id=mine.id, state=NotificationState.ACCEPTED), token=token)

    assert (refresh(row).state, row.lease_token, row.attempts) == (NotificationState.LEASED, other, 0)


def test_a_doubt_whose_repeat_is_refused_stays_a_doubt(mailbox: Mailbox) -> None:
    row = make_notification(
        state=NotificationState.UNCERTAIN,
        doubts=1,
        composed_at=minutes(0),
        subject="一",
        body_text="二\n",
    )
    mailbox.answers[row.address] = "550 nobody"

    deliver(now=minutes(0))

    assert (refresh(row).state, row.next_try_at) == (NotificationState.UNCERTAIN, None)


def test_what_was_claimed_does_not_queue_anew_behind_what_fell_due_meanwhile() -> None:
    row = make_notification(due_at=minutes(0), next_try_at=minutes(0))
    token = make_user().uuid
    rows = outbox.claim(now=minutes(10), limit=1, token=token)

    outbox.release(rows, now=minutes(10), token=token)
    assert refresh(row).next_try_at == minutes(0)

    outbox.claim(now=minutes(10), limit=1, token=token)
    Notification.objects.update(lease_until=STORM_NIGHT)
    assert outbox.tidy(now=minutes(10)) == (0, 1)
    assert refresh(row).next_try_at == minutes(0)


def test_what_is_due_later_is_given_back_for_now() -> None:
    row = make_notification(due_at=minutes(20))
    token = make_user().uuid

    outbox.release(outbox.claim(now=minutes(10), limit=1, token=token), now=minutes(10), token=token)

    assert refresh(row).next_try_at == minutes(10)
