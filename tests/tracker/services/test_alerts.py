from datetime import datetime, timedelta

import pytest

from incidents.choices import Grade
from incidents.errors import BadTransition, Inconsistent, Missing, OutOfRange
from incidents.journal import Actor
from incidents.models import JournalEntry, SectionIcing
from tests.tracker.watchers import load_rules, make_alert, make_icing, minutes
from tracker.choices import AlertEnd, AlertState
from tracker.models import Alert, AlertEvent
from tracker.services import alerts
from tracker.services.escalate import escalate
from tracker.services.evaluate import evaluate

pytestmark = pytest.mark.django_db


def test_acknowledging_keeps_quiet_for_as_long_as_the_rule_says(by: Actor) -> None:
    alert = make_alert()

    done = alerts.acknowledge(alert, at=minutes(3), by=by, generation=1)

    assert (done.state, done.acknowledged_by, done.acknowledged_at) == (
        AlertState.ACKNOWLEDGED,
        by.user,
        minutes(3),
    )
    assert done.next_due_at == minutes(63)
    event, entry = AlertEvent.objects.get(), JournalEntry.objects.get(kind="alert.acknowledged")
    assert (event.kind, event.detail["by"]) == ("acknowledged", by.user.pk)
    assert (entry.organization, entry.subject_uuid) == (alert.organization, alert.uuid)


def test_an_alert_with_nothing_to_come_stays_acknowledged(by: Actor) -> None:
    alert = make_alert(next_due_at=None)

    assert alerts.acknowledge(alert, at=minutes(3), by=by).next_due_at is None
    assert AlertEvent.objects.get().detail == {"by": by.user.pk}


@pytest.mark.parametrize(
    "over",
    [
        {"state": "resolved", "resolved_at": minutes(0), "resolved_why": "cleared", "next_due_at": None},
        {"state": "acknowledged", "acknowledged_at": minutes(0)},
    ],
)
def test_refuses_what_is_over_or_acknowledged(by: Actor, over: dict[str, object]) -> None:
    if over["state"] == "acknowledged":
        over = over | {"acknowledged_by": by.user}
    alert = make_alert(**over)
    before = JournalEntry.objects.count()

    with pytest.raises(BadTransition):
        alerts.acknowledge(alert, at=minutes(3), by=by)

    assert JournalEntry.objects.count() == before


def test_refuses_an_answer_to_an_older_climb(by: Actor) -> None:
    alert = make_alert(generation=2)

    with pytest.raises(Inconsistent):
        alerts.acknowledge(alert, at=minutes(3), by=by, generation=1)

    alert.refresh_from_db()
    assert alert.state == AlertState.FIRING
    assert not AlertEvent.objects.exists()


def test_snoozing_has_an_end_of_ones_own_and_the_alert_goes_on_after_it(by: Actor) -> None:
    alert = make_alert(next_due_at=None)

    done = alerts.snooze(alert, until=minutes(90), reason="等天亮", at=minutes(3), by=by, generation=1)
    later = alerts.snooze(alert, until=minutes(120), reason="路未通", at=minutes(80), by=by)
    escalate(now=minutes(119))
    alert.refresh_from_db()
    still = alert.state
    escalate(now=minutes(120))

    assert (done.state, done.next_due_at, later.snoozed_until) == (
        AlertState.ACKNOWLEDGED,
        minutes(90),
        minutes(120),
    )
    alert.refresh_from_db()
    assert (still, alert.state, alert.snoozed_until) == (AlertState.ACKNOWLEDGED, AlertState.FIRING, None)
    assert list(AlertEvent.objects.order_by("id").values_list("kind", flat=True))[:3] == [
        "snoozed",
        "snoozed",
        "ack_expired",
    ]
    assert JournalEntry.objects.filter(kind="alert.snoozed", reason="路未通").exists()


@pytest.mark.parametrize("until", [minutes(3), minutes(2), minutes(3) + timedelta(days=7, seconds=1)])
def test_refuses_a_snooze_without_a_sensible_end_or_a_reason(by: Actor, until: datetime) -> None:
    alert = make_alert()

    with pytest.raises(OutOfRange):
        alerts.snooze(alert, until=until, reason="等天亮", at=minutes(3), by=by)
    with pytest.raises(Missing):
        alerts.snooze(alert, until=minutes(9), reason=" ", at=minutes(3), by=by)
    with pytest.raises(Inconsistent):
        alerts.snooze(alert, until=minutes(9), reason="等天亮", at=minutes(3), by=by, generation=2)

    alert.refresh_from_db()
    assert alert.state == AlertState.FIRING
    assert not AlertEvent.objects.exists()


def test_what_a_person_ended_stays_ended_until_it_is_gone_or_worse(by: Actor) -> None:
    load_rules()
    icing = make_icing(Grade.YELLOW)
    evaluate(now=minutes(0))
    alert = Alert.objects.get()

    done = alerts.resolve(alert, reason="已融冰", at=minutes(1), by=by, generation=1)

    assert (done.state, done.resolved_why, done.resolved_by) == (
        AlertState.RESOLVED,
        AlertEnd.BY_PERSON,
        by.user,
    )
    assert evaluate(now=minutes(2)).opened == 0
    SectionIcing.objects.update(grade=Grade.ORANGE)
    assert evaluate(now=minutes(3)).opened == 1
    worse = Alert.objects.get(state=AlertState.FIRING)
    alerts.resolve(worse, reason="已融冰", at=minutes(4), by=by)
    SectionIcing.objects.update(grade=Grade.NONE)
    assert evaluate(now=minutes(5)).opened == 0
    SectionIcing.objects.filter(pk=icing.pk).update(grade=Grade.YELLOW)
    assert evaluate(now=minutes(6)).opened == 1
    assert not Alert.objects.filter(is_shut=True).exists()


def test_refuses_to_end_what_is_over_or_without_a_reason(by: Actor) -> None:
    alert = make_alert()

    with pytest.raises(Missing):
        alerts.resolve(alert, reason="", at=minutes(1), by=by)
    with pytest.raises(Inconsistent):
        alerts.resolve(alert, reason="已处理", at=minutes(1), by=by, generation=2)
    alerts.resolve(alert, reason="已处理", at=minutes(1), by=by)
    with pytest.raises(BadTransition):
        alerts.resolve(alert, reason="再次", at=minutes(2), by=by, generation=2)
    with pytest.raises(BadTransition):
        alerts.snooze(alert, until=minutes(9), reason="再次", at=minutes(2), by=by)
    with pytest.raises(BadTransition):
        alerts.acknowledge(alert, at=minutes(2), by=by)

    assert AlertEvent.objects.count() == 1
