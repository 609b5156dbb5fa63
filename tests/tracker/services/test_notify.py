import re
import time
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage

import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from tests.factories import STORM_NIGHT, make_actor
from tests.tracker.mailservers import Hostile, Mailbox, Talk
from tests.tracker.watchers import (
    alert_of,
    make_alert,
    make_notification,
    make_post,
    minutes,
    refresh,
    wait_of,
)
from tracker.choices import AlertEnd, AlertState, DutyRole, NotificationState
from tracker.models import Alert, Notification
from tracker.services import alerts, calendars, shifts
from tracker.services.notify import Delivered, deliver

pytestmark = pytest.mark.django_db
Begin = Callable[[Talk], Hostile]


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
    kept = row.body_text.replace(f"[answer {row.alert_id} 1]", "LINK")
    sent = re.sub(r"http://testserver/a/[\w.-]+/", "LINK", mail.get_content().replace("\r\n", "\n"))
    assert sent == kept
    assert "LINK" in sent


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
    alerts.acknowledge(alert_of(row), at=minutes(0), by=make_actor())

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
        waits.append(wait_of(refresh(row), since=now))

    assert row.attempts == 7
    for wait, planned in zip(waits, [15, 30, 60, 120, 240, 300, 300], strict=True):
        assert planned * 0.8 <= wait <= planned * 1.2 + 1


def test_is_tried_for_as_long_as_its_alert_is_open(mailbox: Mailbox) -> None:
    row = make_notification()
    mailbox.answers[row.address] = "451 greylisted"
    now = minutes(5 * 24 * 60)
    deliver(now=now)
    assert (refresh(row).state, row.last_error) == (NotificationState.QUEUED, "451 greylisted")
    assert wait_of(row, since=now) > 0
    alerts.acknowledge(alert_of(row), at=now, by=make_actor())

    deliver(now=now + timedelta(hours=1))

    assert (refresh(row).state, row.attempts, row.next_try_at) == (NotificationState.SUPERSEDED, 1, None)
    assert mailbox.mails == []


def test_what_no_alert_ends_is_given_up_after_a_day_and_says_why(mailbox: Mailbox) -> None:
    post = make_post(DutyRole.DUTY_OFFICER, since_at=minutes(30), until_at=minutes(90))
    calendars.wish(shift_mails=True, off_duty_mails=False, at=minutes(0), by=make_actor(user=post.user))
    shifts.tell(now=minutes(0))
    row = Notification.objects.get()
    mailbox.answers[row.address] = "451 greylisted"
    deliver(now=minutes(23 * 60))
    assert refresh(row).state == NotificationState.QUEUED

    deliver(now=minutes(24 * 60 + 20))

    assert (refresh(row).state, row.last_error) == (NotificationState.FAILED, "451 greylisted")


def test_without_a_server_one_mail_is_tried_and_the_rest_stays_due(settings: Settings) -> None:
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    alert = make_alert()
    rows = [make_notification(alert=alert) for _ in range(3)]

    done = deliver(now=minutes(0))

    assert (done.retried, done.accepted) == (1, 0)
    tried, *rest = (refresh(row) for row in rows)
    assert 1.6 <= wait_of(tried, since=minutes(0)) <= 4
    assert "ConnectionRefusedError" in tried.last_error
    assert [(row.state, row.attempts) for row in rest] == [(NotificationState.QUEUED, 0)] * 2
    assert all(wait_of(row, since=minutes(0)) < 1 for row in rest)


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


def test_an_hour_without_a_server_loses_and_doubles_nothing_and_is_over_in_half_a_minute(
    settings: Settings, mailbox: Mailbox
) -> None:
    alert = make_alert()
    rows = [make_notification(alert=alert) for _ in range(20)]
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 9
    for second in range(0, 3600, 15):
        assert deliver(now=minutes(0) + timedelta(seconds=second)).accepted == 0
    settings.EMAIL_PORT = port

    sent = [deliver(now=minutes(60) + timedelta(seconds=second)).accepted for second in range(0, 30, 2)]

    assert sum(sent) == len(rows)
    assert sorted(mail["Message-ID"] for mail in mailbox.mails) == sorted(row.message_id for row in rows)
    assert Notification.objects.filter(state=NotificationState.ACCEPTED, doubts=0).count() == len(rows)


def test_a_mail_that_cannot_be_written_steps_aside_with_its_traceback(mailbox: Mailbox) -> None:
    bad = make_notification(alert=make_alert(facts={"observed_at": "yesterday"}), urgency=3)
    good = make_notification(alert=make_alert(rule=alert_of(bad).rule))

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


def test_what_is_claimed_is_begun_while_its_lease_is_fresh_or_claimed_anew(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch, transactional_db: None
) -> None:
    monkeypatch.setattr("tracker.services.notify.FRESH_S", 0.2)
    alert = make_alert()
    last = [make_notification(alert=alert) for _ in range(3)][-1]
    leases: list[object] = []

    def look(_mail: EmailMessage) -> None:
        leases.append(refresh(last).lease_until)
        connection.close()
        time.sleep(0.3)

    mailbox.on_mail = look

    assert deliver(now=minutes(0)).accepted == 3
    assert None not in leases
    assert len(set(leases)) == 3


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


def test_a_mail_notes_which_server_took_it(mailbox: Mailbox, settings: Settings) -> None:
    row = make_notification()

    deliver(now=minutes(0))

    assert refresh(row).relay == f"127.0.0.1:{settings.EMAIL_PORT}"
