"""Alerts over the field API: read, and acknowledged as they were seen."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from incidents.choices import Role
from incidents.models import JournalEntry
from tests.incidents.api.conftest import Phone, make_phone
from tests.world import World
from tracker.models import Alert


@pytest.fixture
def desk(db: None) -> Phone:
    return make_phone(role=Role.DISPATCHER)


@pytest.fixture
def alert(desk: Phone) -> Alert:
    found: Alert = World(desk.organization).first(Alert)
    return found


@pytest.mark.parametrize(
    ("query", "count"),
    [({}, 3), ({"severity": "warning"}, 3), ({"severity": "critical"}, 0), ({"state": "resolved"}, 0)],
)
def test_alerts_are_listed(desk: Phone, alert: Alert, query: dict[str, str], count: int) -> None:
    page = desk.get("alerts/", **query).json()

    assert len(page["results"]) == count


def test_an_alert_is_acknowledged_by_who_has_it(desk: Phone, alert: Alert) -> None:
    answer = desk.act(f"alerts/{alert.uuid}/acknowledge/", seen='"0"', generation=1)

    assert (answer.status_code, answer.json()["state"]) == (200, "acknowledged")
    assert answer.json()["acknowledged_by"] == str(desk.user.uuid)
    assert JournalEntry.objects.get(kind="alert.acknowledged").device == desk.user.devices.get()


@pytest.mark.parametrize(
    ("generation", "status", "code"), [(2, 400, "inconsistent"), (None, 400, "invalid"), (0, 400, "invalid")]
)
def test_an_alert_that_got_worse_meanwhile_is_not_acknowledged(
    desk: Phone, alert: Alert, generation: Any, status: int, code: str
) -> None:
    answer = desk.act(f"alerts/{alert.uuid}/acknowledge/", generation=generation)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    alert.refresh_from_db()
    assert alert.state == "firing"


def test_an_alert_is_snoozed_and_ended_once_however_often_it_is_sent(desk: Phone, alert: Alert) -> None:
    until = (timezone.now() + timedelta(hours=2)).isoformat()
    url = f"alerts/{alert.uuid}/snooze/"
    snoozed = desk.act(url, seen='"0"', generation=1, until=until, reason="等天亮")
    stale = desk.act(f"alerts/{alert.uuid}/resolve/", seen='"0"', generation=1, reason="已处理")
    ended = desk.act(f"alerts/{alert.uuid}/resolve/", seen=snoozed["ETag"], generation=1, reason="已处理")

    assert (snoozed.status_code, snoozed.json().get("state")) == (200, "acknowledged"), snoozed.json()
    assert snoozed.json()["snoozed_until"] == snoozed.json()["next_due_at"]
    assert stale.status_code == 412
    assert (ended.status_code, ended.json()["state"], ended.json()["resolved_why"]) == (
        200,
        "resolved",
        "by_person",
    )
    assert ended.json()["resolved_by"] == str(desk.user.uuid)
