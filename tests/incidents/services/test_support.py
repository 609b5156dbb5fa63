from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from incidents.choices import Skill, SupportRequestStatus
from incidents.errors import (
    BadTransition,
    BrokenRule,
    Conflict,
    Inconsistent,
    Invalid,
    Missing,
    OutOfRange,
)
from incidents.journal import Actor
from incidents.models import JournalEntry, SupportRequest
from incidents.services import deployments, journeys, support
from tests.factories import make_organization

HOUR = timedelta(hours=1)


def ask(by: Actor, **over: Any) -> SupportRequest:
    told: dict[str, Any] = {
        "organization": make_organization(),
        "asked": make_organization(),
        "need": "10千伏抢修力量",
        "at": by.now - HOUR,
    }
    return support.request(**(told | over), by=by)


def test_asks_in_heads_and_vehicles(by: Actor) -> None:
    wish = ask(by, skills=(Skill.TOWER,), headcount=13, vehicle_count=None, needed_from_at=by.now + HOUR)

    wish.refresh_from_db()
    assert (wish.headcount, wish.vehicle_count, wish.skills) == (13, None, [Skill.TOWER])
    assert (wish.status, wish.requested_at) == (SupportRequestStatus.REQUESTED, by.now - HOUR)
    entry = JournalEntry.objects.get()
    assert (entry.kind, entry.organization, entry.occurred_at) == (
        "support_request.requested",
        wish.organization,
        by.now - HOUR,
    )


@pytest.mark.parametrize(
    ("told", "refusal", "words"),
    [
        ({"need": ""}, Invalid, "need"),
        ({"skills": ["magic"]}, Invalid, "skills"),
        ({"headcount": -1}, Invalid, "headcount"),
    ],
)
def test_refuses_a_request_that_cannot_be(
    by: Actor, told: dict[str, Any], refusal: type[Exception], words: str
) -> None:
    with pytest.raises(refusal, match=words):
        ask(by, **told)

    assert not SupportRequest.objects.exists()
    assert not JournalEntry.objects.exists()


def test_refuses_a_request_to_oneself_or_of_tomorrow(by: Actor) -> None:
    company = make_organization()

    with pytest.raises(BrokenRule, match="support_request_is_to_another"):
        ask(by, organization=company, asked=company)
    with pytest.raises(OutOfRange, match="requested_at"):
        ask(by, at=by.now + HOUR)

    assert not SupportRequest.objects.exists()


@pytest.mark.parametrize(
    ("decide", "status", "reason"),
    [
        (support.approve, SupportRequestStatus.APPROVED, ""),
        (support.refuse, SupportRequestStatus.REFUSED, "人手不足"),
        (support.cancel, SupportRequestStatus.CANCELLED, "已恢复"),
    ],
)
def test_a_request_is_decided_by_somebody_at_a_moment(
    by: Actor, decide: Callable[..., SupportRequest], status: str, reason: str
) -> None:
    wish = ask(by)

    decide(wish, reason=reason, at=by.now, by=by)

    wish.refresh_from_db()
    assert (wish.status, wish.decided_at, wish.decided_by) == (status, by.now, by.user)
    assert wish.decision_reason == reason
    entry = JournalEntry.objects.get(kind=f"support_request.{status}")
    assert (entry.organization, entry.reason) == (wish.organization, reason)


@pytest.mark.parametrize("decide", [support.refuse, support.cancel])
def test_a_no_needs_a_reason(by: Actor, decide: Callable[..., SupportRequest]) -> None:
    wish = ask(by)

    with pytest.raises(Missing, match="reason"):
        decide(wish, reason=" ", at=by.now, by=by)

    wish.refresh_from_db()
    assert (wish.status, wish.decided_at) == (SupportRequestStatus.REQUESTED, None)


@pytest.mark.parametrize("decide", [support.approve, support.refuse])
def test_a_request_is_decided_once(by: Actor, decide: Callable[..., SupportRequest]) -> None:
    wish = ask(by)
    support.refuse(wish, reason="人手不足", at=by.now, by=by)

    with pytest.raises(BadTransition):
        decide(wish, reason="再想", at=by.now, by=by)

    wish.refresh_from_db()
    assert (wish.status, wish.decision_reason) == (SupportRequestStatus.REFUSED, "人手不足")


def test_a_decision_told_again_with_the_same_time_changes_nothing(by: Actor) -> None:
    wish = ask(by)

    support.approve(wish, at=by.now, by=by)
    again = support.approve(wish, at=by.now, by=by)

    assert again.status == SupportRequestStatus.APPROVED
    assert JournalEntry.objects.filter(kind="support_request.approved").count() == 1


def test_refuses_a_decision_before_the_question(by: Actor) -> None:
    wish = ask(by)

    with pytest.raises(Inconsistent) as refused:
        support.approve(wish, at=by.now - 2 * HOUR, by=by)

    assert (refused.value.fields["field"], refused.value.fields["other"]) == ("at", "requested_at")
    wish.refresh_from_db()
    assert wish.status == SupportRequestStatus.REQUESTED


def test_an_approved_request_is_taken_back_while_nobody_is_under_way(by: Actor) -> None:
    wish = ask(by)
    support.approve(wish, at=by.now, by=by)
    team = deployments.mobilise(organization=wish.asked_organization, request=wish, at=by.now, by=by)

    with pytest.raises(Conflict) as refused:
        support.cancel(wish, reason="已恢复", at=by.now, by=by)

    assert str(team.uuid) in str(refused.value.fields["other"])
    wish.refresh_from_db()
    assert wish.status == SupportRequestStatus.APPROVED
    journeys.cancel(team, reason="已恢复", at=by.now, by=by)
    assert support.cancel(wish, reason="已恢复", at=by.now, by=by).status == SupportRequestStatus.CANCELLED
