from datetime import timedelta
from typing import Any

import pytest

from incidents.models import Deployment, SupportRequest
from tests.constraints import breaks
from tests.factories import STORM_NIGHT, make_organization, make_user

pytestmark = pytest.mark.django_db
EARLIER = STORM_NIGHT - timedelta(minutes=1)
DECIDED = {"status": "refused", "decided_at": STORM_NIGHT, "decision_reason": "自顾不暇"}


def told() -> dict[str, Any]:
    return {"received_at": STORM_NIGHT, "reported_by": make_user(), "organization": make_organization()}


def make_request(**over: Any) -> SupportRequest:
    asked = {"asked_organization": make_organization(), "need": "20人", "requested_at": STORM_NIGHT}
    return SupportRequest.objects.create(**(told() | asked | over))


def make_deployment(**over: Any) -> Deployment:
    return Deployment.objects.create(**(told() | {"host_text": "嵊州"} | over))


@pytest.mark.parametrize(
    ("rule", "over"),
    [
        ("support_request_requested_decided_in_order", DECIDED | {"decided_at": EARLIER}),
        ("support_request_refused_with_a_reason", DECIDED | {"decision_reason": ""}),
        ("support_request_refused_with_a_reason", DECIDED | {"status": "cancelled", "decision_reason": ""}),
    ],
)
def test_refuses_a_decision_that_cannot_be(rule: str, over: dict[str, Any]) -> None:
    with breaks(rule):
        make_request(**over, decided_by=make_user())


@pytest.mark.parametrize("over", [{"status": "approved"}, DECIDED, {"decided_at": STORM_NIGHT}])
def test_refuses_half_a_decision(over: dict[str, Any]) -> None:
    with breaks("support_request_decision_is_whole"):
        make_request(**over)


def test_a_company_asks_another() -> None:
    asking = make_organization()

    with breaks("support_request_is_to_another"):
        make_request(organization=asking, asked_organization=asking)


@pytest.mark.parametrize(
    ("rule", "over"),
    [
        (
            "deployment_mobilised_departed_arrived_briefed_released_returned",
            {"mobilised_at": STORM_NIGHT, "returned_at": EARLIER},
        ),
        ("deployment_works_only_when_briefed", {"status": "working"}),
        ("deployment_works_only_when_briefed", {"status": "resting"}),
        ("deployment_has_a_receiver", {"host_text": ""}),
        ("deployment_cancelled_with_a_reason", {"status": "cancelled"}),
    ],
)
def test_refuses_a_team_that_cannot_be(rule: str, over: dict[str, Any]) -> None:
    with breaks(rule):
        make_deployment(**over)


def test_a_team_works_for_another_company() -> None:
    sending = make_organization()

    with breaks("deployment_is_to_another"):
        make_deployment(organization=sending, host_organization=sending)


def test_what_is_told_after_the_fact_may_lack_its_briefing() -> None:
    team = make_deployment(status="working", entry_mode="historical")

    assert team.briefed_at is None
    assert str(team) == f"{team.organization} → 嵊州"
