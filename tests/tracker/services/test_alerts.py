import pytest

from incidents.errors import BadTransition, Inconsistent
from incidents.journal import Actor
from incidents.models import JournalEntry
from tests.tracker.watchers import make_alert, minutes
from tracker.choices import AlertState
from tracker.models import AlertEvent
from tracker.services import alerts

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
