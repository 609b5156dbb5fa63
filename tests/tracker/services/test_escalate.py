from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import make_actor, make_organization, make_user
from tests.tracker.watchers import (
    load_rules,
    make_alert,
    make_crew_of_watchers,
    make_post,
    minutes,
    told,
)
from tracker.choices import AlertState, NotificationState
from tracker.models import AlertEvent, Notification
from tracker.services import alerts
from tracker.services.escalate import Escalated, escalate

pytestmark = pytest.mark.django_db


def test_the_first_rung_is_told_at_once_and_the_next_is_planned() -> None:
    alert = make_alert()
    people = make_crew_of_watchers(alert.organization)

    done = escalate(now=minutes(0))

    alert.refresh_from_db()
    first = sorted(people[role].pk for role in "DSOEV")
    assert done == Escalated(moved=1, notified=5)
    assert told(alert) == [(1, 0, pk) for pk in first]
    assert (alert.next_step, alert.next_due_at) == (2, minutes(10))
    event = AlertEvent.objects.get()
    assert (event.kind, event.step, event.detail["told"]) == ("told", 1, 5)


def test_a_notification_carries_all_that_sending_needs() -> None:
    load_rules()
    organization = make_organization()
    user = make_post("D", organization=organization, user=make_user(language="en")).user
    alert = make_alert(band="blue", severity="notice", organization=organization)

    escalate(now=minutes(1))

    row = Notification.objects.get()
    assert (row.address, row.language, row.urgency) == (user.email, "en", 1)
    assert (row.state, row.due_at, row.created_at) == (NotificationState.QUEUED, minutes(0), minutes(1))
    assert row.next_try_at == minutes(1)
    assert row.message_id == f"<{alert.uuid}.1.1.0.{user.uuid}@testserver>"


def test_a_late_step_makes_no_later_step_late() -> None:
    alert = make_alert()
    make_crew_of_watchers(alert.organization)

    for minute in (3, 13, 17, 50):
        escalate(now=minutes(minute))

    plan = alert.notifications.order_by("due_at").values_list("level", "repeat", "due_at").distinct()
    assert list(plan) == [
        (1, 0, minutes(0)),
        (2, 0, minutes(10)),
        (3, 0, minutes(15)),
        (3, 1, minutes(45)),
    ]
    alert.refresh_from_db()
    assert (alert.next_step, alert.next_due_at) == (5, minutes(75))


def test_steps_that_are_past_due_together_are_one_notice_to_everybody_of_them() -> None:
    alert = make_alert()
    people = make_crew_of_watchers(alert.organization)

    done = escalate(now=minutes(16))

    alert.refresh_from_db()
    everybody = sorted(user.pk for user in people.values())
    assert done.notified == 7
    assert told(alert) == [(3, 0, pk) for pk in everybody]
    assert (alert.next_step, alert.next_due_at) == (4, minutes(45))
    assert AlertEvent.objects.get().detail["skipped"] == [1, 2]


def test_after_a_long_stop_there_is_one_repeat_not_all_of_them() -> None:
    alert = make_alert(next_step=4, next_due_at=minutes(45))
    make_crew_of_watchers(alert.organization)

    escalate(now=minutes(15 + 30 * 4 + 1))

    alert.refresh_from_db()
    assert {(level, repeat) for level, repeat, _ in told(alert)} == {(3, 4)}
    assert (alert.next_step, alert.next_due_at) == (8, minutes(165))
    assert AlertEvent.objects.get().detail["skipped"] == [4, 5, 6]


def test_a_ladder_without_a_pace_ends() -> None:
    load_rules()
    alert = make_alert(band="blue", severity="notice")
    make_post("D", organization=alert.organization)

    escalate(now=minutes(0))

    alert.refresh_from_db()
    assert alert.next_due_at is None
    assert escalate(now=minutes(10_000)) == Escalated()


def test_an_alert_without_a_ladder_waits_for_nothing() -> None:
    load_rules()
    alert = make_alert(band="violet")

    assert escalate(now=minutes(0)) == Escalated(moved=1)

    alert.refresh_from_db()
    assert alert.next_due_at is None
    assert not AlertEvent.objects.exists()


def test_an_acknowledged_alert_is_quiet_until_that_runs_out() -> None:
    alert = make_alert()
    make_crew_of_watchers(alert.organization)
    escalate(now=minutes(0))
    alerts.acknowledge(alert, at=minutes(2), by=make_actor())

    assert escalate(now=minutes(61)) == Escalated()
    assert escalate(now=minutes(62)) == Escalated(moved=1, notified=7)

    alert.refresh_from_db()
    assert (alert.state, alert.acknowledged_by) == (AlertState.FIRING, None)
    assert {(level, repeat) for level, repeat, _ in told(alert)} == {(1, 0), (3, 1)}
    assert [event.kind for event in alert.events.order_by("id")] == [
        "told",
        "acknowledged",
        "ack_expired",
        "told",
    ]


def test_an_acknowledgement_that_runs_out_before_the_next_step_only_ends() -> None:
    load_rules()
    alert = make_alert(band="yellow", severity="warning")
    make_post("D", organization=alert.organization)
    escalate(now=minutes(0))
    alerts.acknowledge(alert, at=minutes(5), by=make_actor())

    done = escalate(now=minutes(65))

    alert.refresh_from_db()
    assert done == Escalated(moved=1)
    assert (alert.state, alert.next_step, alert.next_due_at) == (AlertState.FIRING, 2, minutes(120))
    assert alert.notifications.count() == 1


def test_takes_batch_after_batch_with_the_same_statements() -> None:
    organization = make_organization()
    make_post("D", organization=organization)
    for _ in range(7):
        make_alert(organization=organization)

    with CaptureQueriesContext(connection) as seven:
        done = escalate(now=minutes(0), batch=3)
    for _ in range(100):
        make_alert(organization=organization)
    with CaptureQueriesContext(connection) as hundred:
        escalate(now=minutes(0), batch=1000)

    assert (done.moved, done.notified) == (7, 7)
    assert len(seven) == 3 * len(hundred)


def test_what_is_not_due_is_left_alone() -> None:
    alert = make_alert(next_due_at=minutes(0) + timedelta(microseconds=1))
    make_crew_of_watchers(alert.organization)

    assert escalate(now=minutes(0)) == Escalated()
