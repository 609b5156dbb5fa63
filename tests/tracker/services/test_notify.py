import time
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage

import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from tests.factories import STORM_NIGHT, make_actor, make_user
from tests.tracker import mailservers
from tests.tracker.mailservers import Hostile, Mailbox, Talk
from tests.tracker.watchers import make_alert, make_notification, minutes
from tracker.choices import AlertEnd, AlertState, NotificationState
from tracker.models import Alert, Notification
from tracker.services import alerts, outbox
from tracker.services.notify import Delivered, deliver

pytestmark = pytest.mark.django_db
Begin = Callable[[Talk], Hostile]


def refresh(row: Notification) -> Notification:
    row.refresh_from_db()
    return row


def headers(text: bytes) -> dict[str, str]:
    mail = mailservers.email.message_from_bytes(text, policy=mailservers.default)
    return dict(mail.items())


def test_sends_and_records_what_the_server_said(mailbox: Mailbox) -> None:
    row = make_notification()

    done = deliver(now=minutes(0))

    refresh(row)
    assert done == Delivered(accepted=1, connections=1)
    assert mailbox.recipients == [row.address]
    assert (row.state, row.server_reply, row.attempts) == (NotificationState.ACCEPTED, "250 taken", 1)
    assert row.accepted_at is not None
    assert row.data_started_at is not None
    assert (row.next_try_at, row.lease_until, row.lease_token) == (None, None, None)
    mail = mailbox.mails[0]
    assert mail["Message-ID"] == row.message_id
    assert mail["Subject"] == row.subject
    assert mail.get_content().replace("\r\n", "\n") == row.body_text


def test_records_the_attempt_before_it_is_made(mailbox: Mailbox, transactional_db: None) -> None:
    row = make_notification()
    seen: list[object] = []

    def look(_mail: EmailMessage) -> None:
        seen.extend(Notification.objects.values_list("state", "attempts", "subject"))
        connection.close()

    mailbox.on_mail = look
    deliver(now=minutes(0))

    assert seen == [(NotificationState.LEASED, 1, refresh(row).subject)]


def test_all_mails_go_over_one_connection_the_urgent_ones_first(mailbox: Mailbox) -> None:
    alert = make_alert()
    blue = [make_notification(alert=alert, urgency=1) for _ in range(120)]
    red = make_notification(alert=alert, urgency=3, next_try_at=minutes(0) - timedelta(seconds=1))

    done = deliver(now=minutes(0))

    assert (done.accepted, done.connections, mailbox.connections) == (121, 1, 1)
    assert mailbox.recipients == [red.address, *(row.address for row in blue)]


def test_nothing_due_asks_no_server() -> None:
    make_notification(next_try_at=minutes(1))

    assert deliver(now=minutes(0)) == Delivered()


@pytest.mark.parametrize(
    "change",
    [
        {
            "state": AlertState.RESOLVED,
            "resolved_why": AlertEnd.CLEARED,
            "resolved_at": STORM_NIGHT,
            "next_due_at": None,
        },
        {"generation": 2},
    ],
)
def test_what_is_over_or_told_anew_is_not_sent(mailbox: Mailbox, change: dict[str, object]) -> None:
    row = make_notification()
    Alert.objects.update(**change)

    done = deliver(now=minutes(0))

    assert done == Delivered(superseded=1)
    assert refresh(row).state == NotificationState.SUPERSEDED
    assert mailbox.mails == []


def test_what_is_acknowledged_before_sending_is_not_sent(mailbox: Mailbox) -> None:
    row = make_notification()
    alerts.acknowledge(row.alert, at=minutes(0), by=make_actor())

    deliver(now=minutes(1))

    assert refresh(row).state == NotificationState.SUPERSEDED
    assert mailbox.mails == []


def test_looks_again_inside_the_lease(mailbox: Mailbox, transactional_db: None) -> None:
    alert = make_alert()
    first, second = (make_notification(alert=alert) for _ in range(2))
    by = make_actor()

    def acknowledge(_mail: EmailMessage) -> None:
        alerts.acknowledge(alert, at=minutes(0), by=by)
        connection.close()

    mailbox.on_mail = acknowledge
    done = deliver(now=minutes(0))

    assert (done.accepted, done.dropped) == (1, 1)
    assert refresh(first).state == NotificationState.ACCEPTED
    assert refresh(second).state == NotificationState.SUPERSEDED
    assert len(mailbox.mails) == 1


def test_a_refused_address_fails_at_once_and_the_others_go_on(mailbox: Mailbox) -> None:
    alert = make_alert()
    bad, good = (make_notification(alert=alert) for _ in range(2))
    mailbox.answers[bad.address] = "550 no such person"

    done = deliver(now=minutes(0))

    assert (done.accepted, done.failed) == (1, 1)
    assert (refresh(bad).state, bad.server_reply, bad.next_try_at) == (
        NotificationState.FAILED,
        "550 no such person",
        None,
    )
    assert refresh(good).state == NotificationState.ACCEPTED


def test_a_mail_that_is_refused_whole_fails(mailbox: Mailbox) -> None:
    mailbox.verdict = "554 rejected"
    row = make_notification()

    deliver(now=minutes(0))

    assert (refresh(row).state, row.server_reply) == (NotificationState.FAILED, "554 rejected")


def test_not_now_is_tried_again_later_and_later(mailbox: Mailbox) -> None:
    row = make_notification()
    mailbox.answers[row.address] = "451 greylisted"
    waits = []
    for attempt in range(7):
        now = minutes(60 * attempt)
        Notification.objects.update(next_try_at=now)
        deliver(now=now)
        waits.append((refresh(row).next_try_at - now).total_seconds())

    assert row.attempts == 7
    for wait, planned in zip(waits, [15, 30, 60, 120, 240, 300, 300], strict=True):
        assert planned * 0.8 <= wait <= planned * 1.2 + 1


def test_is_given_up_after_a_day_and_says_why(mailbox: Mailbox) -> None:
    row = make_notification()
    mailbox.answers[row.address] = "451 greylisted"

    deliver(now=minutes(24 * 60 + 1))

    assert (refresh(row).state, row.last_error) == (NotificationState.FAILED, "451 greylisted")


def test_without_a_server_one_mail_is_tried_and_the_rest_stays_due(settings: Settings) -> None:
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    alert = make_alert()
    rows = [make_notification(alert=alert) for _ in range(3)]

    done = deliver(now=minutes(0))

    assert (done.retried, done.accepted) == (1, 0)
    tried, *rest = (refresh(row) for row in rows)
    assert 4 <= (tried.next_try_at - minutes(0)).total_seconds() <= 7
    assert "ConnectionRefusedError" in tried.last_error
    assert [(row.state, row.attempts) for row in rest] == [(NotificationState.QUEUED, 0)] * 2
    assert all(row.next_try_at < minutes(0) + timedelta(seconds=1) for row in rest)


def test_what_was_written_before_the_server_went_goes_out_when_it_is_back(
    settings: Settings, mailbox: Mailbox
) -> None:
    row = make_notification()
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 9
    deliver(now=minutes(0))
    settings.EMAIL_PORT = port

    deliver(now=minutes(1))

    assert (refresh(row).state, row.attempts, row.doubts) == (NotificationState.ACCEPTED, 2, 0)
    assert mailbox.mails[0]["X-Ice-Repeat"] is None


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
    assert 24 <= (row.next_try_at - minutes(0)).total_seconds() <= 37

    deliver(now=minutes(10))

    assert (refresh(row).state, row.doubts, row.next_try_at) == (NotificationState.UNCERTAIN, 2, None)
    assert deliver(now=minutes(60 * 30)) == Delivered()
    first, second = (headers(text) for text in server.texts)
    assert second.pop("X-Ice-Repeat") == "1"
    assert second == first
    assert first["Message-ID"] == row.message_id


def test_a_repeat_that_is_taken_ends_the_doubt(hostile: Begin) -> None:
    def drop_the_first(connection: mailservers.socket.socket, number: int) -> None:
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
    alerts.acknowledge(row.alert, at=minutes(0), by=make_actor())

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
    def take_one(connection: mailservers.socket.socket, number: int) -> None:
        connection.sendall(b"250 taken\r\n")
        if number == 1:
            mailservers.drop(connection, number)

    server = hostile(mailservers.after_data(take_one))
    alert = make_alert()
    for _ in range(2):
        make_notification(alert=alert)

    done = deliver(now=minutes(0))

    assert (done.accepted, done.connections, server.connections) == (2, 2, 2)


def test_a_mail_that_cannot_be_written_steps_aside_with_its_traceback(mailbox: Mailbox) -> None:
    bad = make_notification(alert=make_alert(facts={"observed_at": "yesterday"}), urgency=3)
    good = make_notification(alert=make_alert(rule=bad.alert.rule))

    done = deliver(now=minutes(0))

    assert (done.accepted, done.failed) == (1, 1)
    assert refresh(bad).state == NotificationState.FAILED
    assert bad.last_error.startswith("Traceback")
    assert "yesterday" in bad.last_error
    assert refresh(good).state == NotificationState.ACCEPTED


def test_an_address_that_the_protocol_cannot_carry_steps_aside(mailbox: Mailbox) -> None:
    alert = make_alert()
    bad = make_notification(alert=alert, address="值班@example.com", urgency=3)
    good = make_notification(alert=alert)

    done = deliver(now=minutes(0))

    assert (done.accepted, done.failed) == (1, 1)
    assert "UnicodeEncodeError" in refresh(bad).last_error
    assert refresh(good).state == NotificationState.ACCEPTED


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


def test_stops_when_the_time_is_up_and_gives_back_the_rest(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracker.services.notify.LONGEST_S", 0.2)
    mailbox.on_mail = lambda _mail: time.sleep(0.3)
    alert = make_alert()
    for _ in range(3):
        make_notification(alert=alert)

    done = deliver(now=minutes(0))

    assert done.accepted == 1
    assert Notification.objects.filter(state=NotificationState.QUEUED, lease_token=None).count() == 2


def test_a_doubt_that_is_never_taken_again_stays_a_doubt(mailbox: Mailbox) -> None:
    row = make_notification(
        state=NotificationState.UNCERTAIN,
        doubts=1,
        composed_at=minutes(0),
        subject="一",
        body_text="二\n",
        created_at=minutes(-1500),
    )
    mailbox.answers[row.address] = "451 not now"

    deliver(now=minutes(0))

    assert (refresh(row).state, row.next_try_at) == (NotificationState.UNCERTAIN, None)
