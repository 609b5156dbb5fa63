import pytest

from incidents.choices import Grade
from tests.factories import make_actor
from tests.tracker.watchers import (
    load_rules,
    make_icing,
    make_notification,
    minutes,
)
from tracker.choices import AlertEnd, AlertEventKind, AlertState, NotificationState
from tracker.models import Alert, AlertEvent
from tracker.services import alerts
from tracker.services.evaluate import Evaluated, evaluate

pytestmark = pytest.mark.django_db


def kinds(alert: Alert) -> list[str]:
    return [event.kind for event in alert.events.order_by("id")]


def test_opens_one_alert_with_the_ladder_of_the_rule_due_at_once() -> None:
    rule = load_rules()
    icing = make_icing(Grade.ORANGE)

    found = evaluate(now=minutes(0))

    alert = Alert.objects.get()
    assert found == Evaluated(opened=1)
    assert (alert.rule, alert.subject_type, alert.subject_id) == (rule, "linesection", icing.section_id)
    assert (alert.band, alert.band_rank, alert.severity) == ("orange", 3, "warning")
    assert (alert.state, alert.generation, alert.next_step) == (AlertState.FIRING, 1, 1)
    assert (alert.opened_at, alert.climb_at, alert.next_due_at) == (minutes(0),) * 3
    assert alert.organization == icing.section.line.organization
    assert kinds(alert) == [AlertEventKind.OPENED]


def test_twice_is_once() -> None:
    load_rules()
    make_icing(Grade.RED)
    evaluate(now=minutes(0))
    before = Alert.objects.values().get()

    found = evaluate(now=minutes(1))

    assert found == Evaluated()
    assert Alert.objects.values().get() == before


def test_a_normal_grade_opens_nothing() -> None:
    load_rules()
    make_icing(Grade.NONE)

    assert evaluate(now=minutes(0)) == Evaluated()


def test_a_worse_grade_begins_a_new_climb_and_takes_an_acknowledgement_back() -> None:
    load_rules()
    icing = make_icing(Grade.BLUE)
    evaluate(now=minutes(0))
    alert = Alert.objects.get()
    alerts.acknowledge(alert, at=minutes(1), by=make_actor())
    icing.grade = Grade.RED
    icing.save()

    found = evaluate(now=minutes(2))

    alert.refresh_from_db()
    assert found == Evaluated(raised=1)
    assert (alert.band, alert.severity, alert.generation) == ("red", "critical", 2)
    assert (alert.state, alert.acknowledged_at, alert.acknowledged_by) == (AlertState.FIRING, None, None)
    assert (alert.climb_at, alert.next_step, alert.next_due_at) == (minutes(2), 1, minutes(2))
    assert AlertEvent.objects.get(kind="raised").detail == {"from": "blue", "to": "red"}


def test_a_milder_grade_goes_on_where_time_stands() -> None:
    load_rules()
    icing = make_icing(Grade.RED)
    evaluate(now=minutes(0))
    Alert.objects.update(next_step=3)
    icing.grade = Grade.ORANGE
    icing.save()

    found = evaluate(now=minutes(12))

    alert = Alert.objects.get()
    assert found == Evaluated(lowered=1)
    assert (alert.band, alert.severity, alert.generation) == ("orange", "warning", 2)
    assert (alert.climb_at, alert.next_step, alert.next_due_at) == (minutes(0), 2, minutes(15))


def test_a_milder_grade_after_the_last_rung_waits_for_its_next_repeat() -> None:
    load_rules()
    icing = make_icing(Grade.ORANGE)
    evaluate(now=minutes(0))
    icing.grade = Grade.YELLOW
    icing.save()

    evaluate(now=minutes(130))

    alert = Alert.objects.get()
    assert (alert.next_step, alert.next_due_at) == (3, minutes(240))


def test_a_milder_grade_while_mails_are_owed_is_told_anew() -> None:
    load_rules()
    icing = make_icing(Grade.RED)
    evaluate(now=minutes(0))
    make_notification(alert=Alert.objects.get())
    icing.grade = Grade.YELLOW
    icing.save()

    found = evaluate(now=minutes(5))

    alert = Alert.objects.get()
    assert found == Evaluated(lowered=1)
    assert (alert.climb_at, alert.next_step, alert.next_due_at) == (minutes(5), 1, minutes(5))


def test_a_milder_grade_keeps_an_acknowledgement_to_its_end() -> None:
    load_rules()
    icing = make_icing(Grade.RED)
    evaluate(now=minutes(0))
    alert = alerts.acknowledge(Alert.objects.get(), at=minutes(1), by=make_actor())
    make_notification(alert=alert, state=NotificationState.ACCEPTED, next_try_at=None, accepted_at=minutes(0))
    icing.grade = Grade.YELLOW
    icing.save()

    evaluate(now=minutes(5))

    alert.refresh_from_db()
    assert (alert.state, alert.band, alert.next_due_at) == (AlertState.ACKNOWLEDGED, "yellow", minutes(61))


def test_clears_by_state_and_opens_anew_later() -> None:
    load_rules()
    icing = make_icing(Grade.YELLOW)
    evaluate(now=minutes(0))
    icing.grade = Grade.NONE
    icing.save()

    found = evaluate(now=minutes(9))

    alert = Alert.objects.get()
    assert found == Evaluated(resolved=1)
    assert (alert.state, alert.resolved_at, alert.resolved_why) == (
        AlertState.RESOLVED,
        minutes(9),
        AlertEnd.CLEARED,
    )
    assert alert.next_due_at is None
    assert kinds(alert) == [AlertEventKind.OPENED, AlertEventKind.RESOLVED]

    icing.grade = Grade.YELLOW
    icing.save()
    assert evaluate(now=minutes(10)) == Evaluated(opened=1)
    assert Alert.objects.count() == 2


def test_an_alert_that_opened_by_a_clock_that_was_set_back_still_ends() -> None:
    load_rules()
    icing = make_icing(Grade.YELLOW)
    evaluate(now=minutes(60))
    icing.grade = Grade.NONE
    icing.save()

    evaluate(now=minutes(0))

    assert Alert.objects.get().resolved_at == minutes(60)


def test_new_facts_are_taken_over_without_a_new_climb() -> None:
    load_rules()
    icing = make_icing(Grade.YELLOW)
    evaluate(now=minutes(0))
    icing.standard_mm = "12.500"
    icing.save()

    assert evaluate(now=minutes(1)) == Evaluated()

    alert = Alert.objects.get()
    assert (alert.facts["standard_mm"], alert.generation) == (12.5, 1)
    assert kinds(alert) == [AlertEventKind.OPENED]
