import pytest

from incidents.choices import OrganizationLevel
from tests.factories import make_organization, make_user
from tests.tracker.watchers import (
    load_rules,
    make_alert,
    make_post,
    minutes,
    told,
)
from tracker.models import AlertEvent
from tracker.services.escalate import Escalated, escalate

pytestmark = pytest.mark.django_db


def test_a_role_that_nobody_holds_is_looked_for_upwards() -> None:
    load_rules()
    city = make_organization(level=OrganizationLevel.CITY)
    county = make_organization(parent=city)
    alert = make_alert(band="yellow", organization=county)
    near = make_post("D", organization=county).user
    make_post("D", organization=city)
    above = make_post("S", organization=city).user

    escalate(now=minutes(0))

    assert told(alert) == [(1, 0, pk) for pk in sorted([near.pk, above.pk])]


@pytest.mark.parametrize("over", [{"is_active": False}, {"email": ""}])
def test_somebody_who_cannot_be_reached_holds_no_post(over: dict[str, object]) -> None:
    load_rules()
    city = make_organization(level=OrganizationLevel.CITY)
    county = make_organization(parent=city)
    alert = make_alert(band="blue", organization=county)
    make_post("D", organization=county, user=make_user(**over))
    above = make_post("D", organization=city).user

    escalate(now=minutes(0))

    assert told(alert) == [(1, 0, above.pk)]


def test_a_shift_counts_from_its_beginning_to_before_its_end() -> None:
    load_rules()
    alert = make_alert(band="blue")
    make_post("D", organization=alert.organization, since_at=minutes(-60), until_at=minutes(0))
    begins = make_post("D", organization=alert.organization, since_at=minutes(0)).user
    make_post("D", organization=alert.organization, since_at=minutes(1))

    escalate(now=minutes(0))

    assert told(alert) == [(1, 0, begins.pk)]


def test_somebody_in_two_roles_is_told_once() -> None:
    load_rules()
    alert = make_alert(band="yellow")
    user = make_post("D", organization=alert.organization).user
    make_post("S", organization=alert.organization, user=user)

    escalate(now=minutes(0))

    assert told(alert) == [(1, 0, user.pk)]


def test_a_rung_that_reaches_nobody_goes_one_up_at_once_and_says_so() -> None:
    alert = make_alert()
    upper = make_post("U", organization=alert.organization).user

    done = escalate(now=minutes(0))

    alert.refresh_from_db()
    assert (done.nobody, told(alert)) == (0, [(3, 0, upper.pk)])
    assert (alert.next_step, alert.next_due_at) == (4, minutes(45))
    assert AlertEvent.objects.get().detail["unreached"] == [1, 2]


def test_an_alert_that_reaches_nobody_says_so_and_looks_again(caplog: pytest.LogCaptureFixture) -> None:
    alert = make_alert()

    done = escalate(now=minutes(0))

    alert.refresh_from_db()
    assert done == Escalated(moved=1, nobody=1)
    assert (alert.next_step, alert.next_due_at) == (1, minutes(5))
    assert AlertEvent.objects.get().kind == "nobody"
    assert [(record.levelname, record.message) for record in caplog.records] == [
        ("ERROR", "alerts reached nobody")
    ]

    late = make_post("D", organization=alert.organization).user
    escalate(now=minutes(5))
    assert told(alert) == [(1, 0, late.pk)]
