"""Messages to gateways: real servers, and everything that they may do."""

import json
import logging
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from incidents.choices import Language
from incidents.models import User
from tests.factories import STORM_NIGHT, make_actor, make_organization, make_user
from tests.tracker.gatewayservers import Gateway, Request
from tests.tracker.mailservers import Hostile, Talk, hang
from tests.tracker.watchers import (
    alert_of,
    load_rule,
    make_alert,
    make_hook,
    make_message,
    make_notification,
    make_post,
    minutes,
    refresh,
    wait_of,
)
from tracker.choices import HookFormat, NotificationState
from tracker.hooks import signing
from tracker.hooks.gateways import delivery_of
from tracker.models import Alert, Hook, Notification
from tracker.services import alerts, deliveries, digests, hook_circuit, hooks, outbox
from tracker.services.escalate import escalate
from tracker.services.hook_post import NO_SECRET, Posted, deliver
from tracker.services.notify import Delivered
from tracker.services.notify import deliver as deliver_mails
from tracker.services.wanted import spoken

pytestmark = pytest.mark.django_db


def hook_now(hook: Hook) -> Hook:
    hook.refresh_from_db()
    return hook


def test_a_message_says_who_what_and_where_to_answer(gateway: Gateway) -> None:
    hook = make_hook(gateway.url)
    row = make_message(hook, recipient=make_user(username="li", display_name="李明", phone="13800000001"))

    assert deliver(hook.pk, now=minutes(0)) == Posted(accepted=1)

    (request,) = gateway.requests
    said, alert = request.said, alert_of(refresh(row))
    assert said["recipient"] == {
        "id": str(row.recipient.uuid),
        "account": "li",
        "name": "李明",
        "phone": "13800000001",
    }
    assert said["alert"] == {"id": str(alert.uuid), "rule": "E01", "step": 1, "repeat": 0}
    assert (said["v"], said["kind"], said["exercise"], said["language"]) == (1, "step", False, "zh-hans")
    assert said["subject"] == row.subject
    assert "横岗线" in said["subject"]
    assert said["link"] in said["text"]
    assert "[answer" not in said["text"]
    assert (row.state, row.server_reply, row.attempts) == (NotificationState.ACCEPTED, "200 taken", 1)
    assert said["link"] not in row.body_text  # the link is kept nowhere


def test_it_is_signed_as_the_documentation_says(gateway: Gateway) -> None:
    hook, secret = hooks.make(name="g", url=gateway.url, languages=[Language.CHINESE], by=make_actor())
    row = make_message(hook)
    deliver(hook.pk, now=minutes(0))

    (request,) = gateway.requests
    timestamp = int(request.headers["x-ice-timestamp"])
    assert timestamp == int(STORM_NIGHT.timestamp())
    signed = signing.signature(secret, timestamp=timestamp, body=request.body)
    assert request.headers["x-ice-signature"] == signed
    assert request.headers["x-ice-delivery"] == request.said["id"] == str(delivery_of(row.message_id))


def test_one_line_for_text_messages(gateway: Gateway) -> None:
    hook = make_hook(gateway.url, form=HookFormat.SHORT)
    row = make_message(hook)
    deliver(hook.pk, now=minutes(0))

    said = gateway.requests[0].said
    assert said["text"] == f"{refresh(row).subject} {said['link']}"
    assert "\n" not in said["text"]


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (200, "accepted"),
        (202, "accepted"),
        (400, "failed"),
        (410, "failed"),
        (422, "failed"),
        (301, "queued"),
        (401, "queued"),
        (404, "queued"),
        (429, "queued"),
        (500, "queued"),
        (503, "queued"),
    ],
)
def test_what_an_answer_means(gateway: Gateway, status: int, state: str) -> None:
    gateway.status = status
    hook = make_hook(gateway.url)
    row = make_message(hook)

    deliver(hook.pk, now=minutes(0))

    assert refresh(row).state == state
    assert (row.next_try_at is not None) == (state == "queued")
    assert (hook_now(hook).failures > 0) == (state == "queued")
    assert len(gateway.requests) == 1


def test_the_delivery_keeps_its_number_over_attempts_that_come_later_and_later(gateway: Gateway) -> None:
    gateway.status = 500
    hook = make_hook(gateway.url)
    row = make_message(hook)
    waits = []
    for attempt in range(7):
        now = minutes(60 * attempt)
        Notification.objects.update(next_try_at=now)
        deliver(hook.pk, now=now)
        waits.append(wait_of(refresh(row), since=now))

    assert len(set(gateway.deliveries)) == 1
    assert [request.headers["x-ice-attempt"] for request in gateway.requests] == list("1234567")
    for wait, planned in zip(waits, [15, 30, 60, 120, 240, 300, 300], strict=True):
        assert planned <= wait <= planned * 1.3 + 1
    assert all(
        request.body == gateway.requests[0].body
        for request in gateway.requests
        if "x-ice-repeat" in request.headers
    )


def test_is_tried_for_as_long_as_its_alert_is_open(gateway: Gateway) -> None:
    gateway.status = 503
    hook = make_hook(gateway.url)
    row = make_message(hook)
    days = minutes(5 * 24 * 60)
    Notification.objects.update(next_try_at=days)
    deliver(hook.pk, now=days)
    assert refresh(row).state == NotificationState.QUEUED

    Alert.objects.update(state="resolved", resolved_why="cleared", resolved_at=days, next_due_at=None)
    outbox.tidy(now=days)

    assert refresh(row).state == NotificationState.SUPERSEDED


def test_heeds_how_long_a_gateway_wants_to_be_left(gateway: Gateway) -> None:
    gateway.status, gateway.headers = 429, {"Retry-After": "1200"}
    hook = make_hook(gateway.url)
    row = make_message(hook)

    deliver(hook.pk, now=minutes(0))

    assert 1200 <= wait_of(refresh(row), since=minutes(0)) <= 1200 * 1.3 + 1


def test_without_an_answer_it_is_uncertain_and_tried_again_with_a_mark(
    gateway: Gateway, hostile: Callable[[Talk], Hostile], settings: Settings
) -> None:
    settings.HOOK_DEADLINE_S = 0.3
    hook = make_hook(f"http://127.0.0.1:{hostile(hang).port}/")
    row = make_message(hook)
    for attempt in range(3):
        Notification.objects.update(next_try_at=minutes(attempt * 10))
        assert deliver(hook.pk, now=minutes(attempt * 10)).uncertain == 1
    assert (refresh(row).state, row.doubts, row.next_try_at is not None) == ("uncertain", 3, True)
    assert "timed out" in row.last_error

    Hook.objects.update(url=gateway.url)
    Notification.objects.update(next_try_at=minutes(60))
    deliver(hook.pk, now=minutes(60))

    (request,) = gateway.requests
    assert (request.headers["x-ice-repeat"], request.headers["x-ice-attempt"]) == ("1", "4")
    assert request.said["composed_at"] == "2024-02-26T12:00:00+00:00"
    assert refresh(row).state == NotificationState.ACCEPTED


def test_a_sender_that_died_leaves_a_doubt_that_is_repeated(gateway: Gateway) -> None:
    hook = make_hook(gateway.url)
    row = make_message(hook, doubts=5)
    Notification.objects.update(
        state="leased",
        next_try_at=None,
        lease_until=STORM_NIGHT - timedelta(days=1),
        lease_token="00000000-0000-0000-0000-000000000001",
        data_started_at=STORM_NIGHT,
    )

    outbox.tidy(now=minutes(1))

    assert (refresh(row).state, row.doubts) == (NotificationState.UNCERTAIN, 6)
    assert deliver(hook.pk, now=minutes(1)).accepted == 1
    assert gateway.requests[0].headers["x-ice-repeat"] == "1"


def test_a_gateway_that_is_away_rests_and_what_it_is_owed_waits_without_being_late() -> None:
    hook = make_hook("http://127.0.0.1:9/")
    alert = make_alert()
    rows = [make_message(hook, alert=alert) for _ in range(3)]

    done = deliver(hook.pk, now=minutes(0))

    assert done == Posted(retried=1)
    assert hook_now(hook).failures == 1
    assert "refused" in hook.last_error
    assert hook.failing_since == pytest.approx(minutes(0), abs=timedelta(seconds=1))
    assert hook.rests_until is not None
    assert 3.9 <= (hook.rests_until - minutes(0)).total_seconds() <= 6
    assert [refresh(row).attempts for row in rows] == [1, 0, 0]
    assert all(row.next_try_at is not None and row.next_try_at >= hook.rests_until for row in rows)
    assert hook_circuit.due(now=minutes(0)) == {}
    assert hook_circuit.due(now=minutes(1)) == {hook.pk: 1}


def test_rests_grow_to_half_a_minute_and_end_with_the_first_answer(gateway: Gateway) -> None:
    gateway.status = 500
    hook = make_hook(gateway.url)
    alert = make_alert()
    for _ in range(30):
        make_message(hook, alert=alert)
    rests = []
    for attempt in range(5):
        now = minutes(10 * attempt)
        Notification.objects.update(next_try_at=now)
        deliver(hook.pk, now=now)
        until = hook_now(hook).rests_until
        assert until is not None
        rests.append((until - now).total_seconds())
    assert len(gateway.requests) == 5  # one message a look, whatever is owed
    for rest, longest in zip(rests, [5, 10, 20, 30, 30], strict=True):
        assert longest * 0.8 <= rest <= longest + 1

    gateway.status = 200
    Notification.objects.update(next_try_at=minutes(60))
    done = deliver(hook.pk, now=minutes(60))

    assert done.accepted == 30
    assert (hook_now(hook).failures, hook.rests_until, hook.last_error) == (0, None, "")
    assert hook.last_accepted_at is not None


def test_one_message_that_a_gateway_cannot_bear_does_not_keep_back_the_others(gateway: Gateway) -> None:
    hook = make_hook(gateway.url)
    alert = make_alert()
    bad = make_message(hook, alert=alert, urgency=3)
    good = make_message(hook, alert=alert)

    def answer(request: Request) -> None:
        gateway.status = 500 if request.said["recipient"]["id"] == str(bad.recipient.uuid) else 200

    gateway.on_request = answer
    deliver(hook.pk, now=minutes(0))
    deliver(hook.pk, now=minutes(0) + timedelta(seconds=14))

    assert refresh(bad).state == NotificationState.QUEUED
    assert refresh(good).state == NotificationState.ACCEPTED


def test_mails_and_messages_are_sent_apart(gateway: Gateway, mailbox: object) -> None:
    hook = make_hook(gateway.url)
    alert = make_alert()
    mail, message = make_notification(alert=alert), make_message(hook, alert=alert)

    done = deliver_mails(now=minutes(0))
    assert isinstance(done, Delivered)
    assert done.accepted == 1
    assert (refresh(mail).state, refresh(message).state) == ("accepted", "queued")
    assert gateway.requests == []

    deliver(hook.pk, now=minutes(0))
    assert refresh(message).state == NotificationState.ACCEPTED


def test_what_is_acknowledged_is_not_posted(gateway: Gateway) -> None:
    hook = make_hook(gateway.url)
    row = make_message(hook)
    alerts.acknowledge(alert_of(row), at=minutes(0), by=make_actor())

    assert deliver(hook.pk, now=minutes(1)) == Posted(dropped=1)

    assert refresh(row).state == NotificationState.SUPERSEDED
    assert gateway.requests == []


def test_words_that_cannot_be_written_step_aside(gateway: Gateway) -> None:
    hook = make_hook(gateway.url)
    bad = make_message(hook, alert=make_alert(facts={"observed_at": "yesterday"}), urgency=3)
    good = make_message(hook, alert=make_alert(rule=alert_of(bad).rule))

    done = deliver(hook.pk, now=minutes(0))

    assert (done.accepted, done.failed) == (1, 1)
    assert refresh(bad).last_error.startswith("Traceback")
    assert refresh(good).state == NotificationState.ACCEPTED


def test_without_the_key_of_its_secret_nothing_is_posted(gateway: Gateway, settings: Settings) -> None:
    hook = make_hook(gateway.url)
    row = make_message(hook)
    settings.SECRET_KEY = "changed without a fallback"

    deliver(hook.pk, now=minutes(0))

    assert hook_now(hook).last_error == NO_SECRET
    assert refresh(row).state == NotificationState.QUEUED
    assert gateway.requests == []


def test_the_secret_is_neither_logged_nor_kept(gateway: Gateway, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    gateway.status = 422
    hook, secret = hooks.make(name="g", url=gateway.url, languages=[Language.CHINESE], by=make_actor())
    make_message(hook)

    deliver(hook.pk, now=minutes(0))

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT json_agg(h)::text FROM tracker_hook h)"
            " || (SELECT json_agg(n)::text FROM tracker_notification n)"
            " || (SELECT json_agg(j)::text FROM incidents_journalentry j)"
        )
        (kept,) = cursor.fetchone()
    assert secret not in kept
    assert hook.secret_digest in kept
    with connection.cursor() as cursor:
        cursor.execute("SELECT json_agg(j)::text FROM incidents_journalentry j")
        assert hook.secret_digest not in cursor.fetchone()[0]
    told = " ".join(json.dumps(vars(record), default=str) for record in caplog.records)
    assert secret not in told


def test_one_that_is_sent_again_keeps_its_number_and_has_a_mark(gateway: Gateway) -> None:
    hook = make_hook(gateway.url)
    row = make_message(hook)
    deliver(hook.pk, now=minutes(0))
    deliveries.send_again(refresh(row), reason="网关丢失", by=make_actor(now=minutes(30)))
    Alert.objects.update(state="resolved", resolved_why="cleared", resolved_at=minutes(31), next_due_at=None)

    assert deliver(hook.pk, now=minutes(32)).accepted == 1

    first, again = gateway.requests
    assert first.headers["x-ice-delivery"] == again.headers["x-ice-delivery"]
    assert ("x-ice-replay" in first.headers, again.headers["x-ice-replay"]) == (False, "1")
    assert again.headers["x-ice-attempt"] == "2"
    assert again.said["subject"] == first.said["subject"]


def test_one_that_is_sent_again_is_given_up_after_a_day(gateway: Gateway) -> None:
    gateway.status = 500
    hook = make_hook(gateway.url)
    row = make_message(hook, state="failed", next_try_at=None, last_error="x", attempts=1)
    deliveries.send_again(row, reason="再试", by=make_actor(now=minutes(0)))
    day = minutes(24 * 60 + 1)

    deliver(hook.pk, now=day)

    assert refresh(row).state == NotificationState.FAILED


def test_what_was_held_is_told_together_through_the_same_gateway(gateway: Gateway) -> None:
    hook, other = make_hook(gateway.url), make_hook(organization=make_organization())
    person = make_user(phone="13800000002")
    held = {"state": "held", "held_by": "quiet", "held_until": minutes(0), "next_try_at": None}
    told = [make_message(hook, recipient=person, **held) for _ in range(2)]
    apart = make_message(other, recipient=person, **held)
    mail = make_notification(recipient=person, **held)

    assert digests.release(now=minutes(0)).digests == 3
    deliver(hook.pk, now=minutes(1))

    (request,) = gateway.requests
    assert (request.said["kind"], request.said["alert"], request.said["link"]) == ("digest", None, None)
    assert request.said["text"].count("/a/") == 2
    first, again = (refresh(row).digest for row in told)
    assert first is not None
    assert (first, first.hook, first.state) == (again, hook, NotificationState.ACCEPTED)
    for row in (apart, mail):
        own = refresh(row).digest
        assert own is not None
        assert (own.hook, own.channel) == (row.hook, row.channel)


# --- which rung asks for it


def climbing(ladder: str, *, organization: object = None) -> tuple[Alert, User]:
    rule = load_rule("E05", ladders={"": spoken(ladder)})
    duty = make_post("D", organization=organization)  # type: ignore[arg-type]
    duty.user.phone = "13900000000"
    duty.user.save(update_fields=["phone"])
    alert = make_alert(
        rule=rule, rule_code="E05", band="", severity="critical", organization=duty.organization
    )
    return alert, duty.user


def through(alert: Alert) -> list[tuple[str, str, int | None]]:
    rows = alert.notifications.order_by("channel", "pk")
    return list(rows.values_list("channel", "address", "hook_id"))


def test_a_rung_tells_through_what_it_asks_for() -> None:
    hook = make_hook()
    alert, user = climbing("0 D via both")

    done = escalate(now=minutes(0))

    assert (done.moved, done.notified, done.nobody) == (1, 2, 0)
    assert through(alert) == [("mail", user.email, None), ("webhook", "13900000000", hook.pk)]
    assert alert.events.get(kind="told").detail["told"] == 1  # one person, by two ways
    assert len(set(alert.notifications.values_list("message_id", flat=True))) == 2
    assert escalate(now=minutes(0)).notified == 0


def test_who_has_no_phone_is_told_by_his_account_and_in_a_language_that_the_gateway_carries() -> None:
    make_hook(languages=[Language.ENGLISH])
    alert, user = climbing("0 D via webhook")
    User.objects.update(phone="")

    escalate(now=minutes(0))

    row = alert.notifications.get()
    assert (row.address, row.language) == (f"@{user.username}", "en")


def test_a_rung_whose_gateway_is_missing_goes_up_to_the_next() -> None:
    alert, user = climbing("0 D via webhook; 30 D")

    escalate(now=minutes(0))

    assert through(alert) == [("mail", user.email, None)]
    assert alert.events.get(kind="told").detail["unreached"] == [1]


def test_a_rung_that_asks_for_both_makes_do_with_mail() -> None:
    make_hook(organization=make_organization())  # another company's
    alert, user = climbing("0 D via both")

    escalate(now=minutes(0))

    assert through(alert) == [("mail", user.email, None)]


def test_the_gateway_of_the_nearest_organisation_counts() -> None:
    city = make_organization()
    county = make_organization(parent=city)
    alert, _user = climbing("0 D via webhook", organization=county)
    make_hook()
    ours = make_hook(organization=city)
    own = make_hook(organization=county)
    hooks.switch(own, on=False, reason="维护", at=minutes(0), by=make_actor())

    escalate(now=minutes(0))

    assert [hook for _, _, hook in through(alert)] == [ours.pk]


def test_a_message_takes_one_statement_besides_its_words(
    gateway: Gateway, django_assert_max_num_queries: Callable[..., object]
) -> None:
    hook = make_hook(gateway.url)
    alert = make_alert()
    for _ in range(20):
        make_message(hook, alert=alert)
    began = time.monotonic()

    with django_assert_max_num_queries(50):  # type: ignore[attr-defined]
        assert deliver(hook.pk, now=minutes(0)).accepted == 20

    assert time.monotonic() - began < 5
