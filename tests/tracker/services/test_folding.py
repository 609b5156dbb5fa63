"""Outages that another one explains: their alerts are there, counted, and silent."""

from datetime import datetime
from typing import Any

import pytest

from incidents.models import Organization, Outage, User
from tests.factories import make_actor, make_organization, make_outage
from tests.tracker.mailservers import Mailbox
from tests.tracker.watchers import load_rules, make_alert, make_notification, make_post, minutes, refresh
from tracker.choices import AlertState, NotificationState
from tracker.models import Alert
from tracker.services import alerts
from tracker.services.escalate import escalate
from tracker.services.notify import deliver

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours(db: None) -> Organization:
    load_rules()
    return make_organization()


@pytest.fixture(autouse=True)
def officer(ours: Organization) -> User:
    return make_post("D", organization=ours).user


def about(outage: Outage, at: datetime, **over: Any) -> Alert:
    values = {"band": "yellow", "severity": "warning", "opened_at": at, "climb_at": at, "next_due_at": at}
    return make_alert(
        organization=outage.organization,
        subject_type="outage",
        subject_id=outage.pk,
        **(values | over),
    )


def kinds(alert: Alert) -> list[str]:
    return list(alert.events.order_by("id").values_list("kind", flat=True))


def test_children_of_a_trip_are_silent_and_counted(ours: Organization, mailbox: Mailbox) -> None:
    trip = make_outage(organization=ours)
    villages = [make_outage(organization=ours, parent=trip) for _ in range(14)]
    above = about(trip, minutes(0))
    below = [about(village, minutes(0)) for village in villages]

    escalate(now=minutes(0))
    deliver(now=minutes(0))
    escalate(now=minutes(300))

    assert len(mailbox.mails) == 1
    assert "另有14起停电由本次停电引起（+14）" in mailbox.mails[0].get_content()
    assert set(Alert.objects.filter(pk__in=[alert.pk for alert in below]).values_list("folded_under")) == {
        (above.pk,)
    }
    assert all(kinds(alert) == ["folded"] for alert in below)
    assert not Alert.objects.filter(folded_under=above, next_due_at__isnull=False).exists()


def test_a_child_climbs_by_itself_once_the_trip_is_over(ours: Organization) -> None:
    trip = make_outage(organization=ours)
    above, below = (
        about(trip, minutes(0)),
        about(make_outage(organization=ours, parent=trip), minutes(0)),
    )
    escalate(now=minutes(0))
    alerts.resolve(above, reason="线路恢复", at=minutes(30), by=make_actor())

    escalate(now=minutes(30))

    below.refresh_from_db()
    assert (below.folded_under, below.generation, below.climb_at) == (None, 2, minutes(30))
    assert kinds(below) == ["folded", "unfolded", "told"]
    assert below.notifications.get().due_at == minutes(30)


def test_a_child_that_is_critical_is_not_put_under_something_lighter(ours: Organization) -> None:
    trip = make_outage(organization=ours)
    about(trip, minutes(0))
    red = about(make_outage(organization=ours, parent=trip), minutes(0), band="red", severity="critical")

    escalate(now=minutes(0))

    red.refresh_from_db()
    assert red.folded_under is None
    assert red.notifications.get().state == NotificationState.QUEUED


@pytest.mark.parametrize("change", ["no alert", "over", "drill"])
def test_an_outage_that_nobody_is_told_of_explains_nothing(ours: Organization, change: str) -> None:
    trip = make_outage(organization=ours)
    if change != "no alert":
        about(trip, minutes(0), is_exercise=change == "drill")
    if change == "over":
        Outage.objects.filter(pk=trip.pk).update(
            status="cancelled", ended_at=minutes(0), ended_by=make_actor().user, end_reason="误报"
        )
    below = about(make_outage(organization=ours, parent=trip), minutes(0))

    escalate(now=minutes(0))

    below.refresh_from_db()
    assert below.folded_under is None
    assert below.notifications.exists()


def test_a_mail_that_was_owed_before_the_trip_was_known_is_not_sent(
    ours: Organization, mailbox: Mailbox
) -> None:
    trip = make_outage(organization=ours)
    below = about(make_outage(organization=ours, parent=trip), minutes(0))
    owed = make_notification(alert=below)
    about(trip, minutes(0), next_due_at=None)
    escalate(now=minutes(0))

    deliver(now=minutes(0))

    assert refresh(owed).state == NotificationState.SUPERSEDED
    assert mailbox.mails == []


def test_an_acknowledgement_holds_when_the_trip_is_over(ours: Organization) -> None:
    trip = make_outage(organization=ours)
    above = about(trip, minutes(0))
    below = about(make_outage(organization=ours, parent=trip), minutes(0))
    escalate(now=minutes(0))
    alerts.acknowledge(below, at=minutes(10), by=make_actor())
    alerts.resolve(above, reason="线路恢复", at=minutes(30), by=make_actor())
    escalate(now=minutes(30))

    below.refresh_from_db()
    assert (below.state, below.next_due_at) == (AlertState.ACKNOWLEDGED, minutes(70))
    escalate(now=minutes(70))
    assert below.notifications.get().due_at == minutes(30)
