from collections.abc import Callable
from datetime import timedelta

import pytest

from incidents.choices import DeploymentStatus
from incidents.errors import BadTransition, Inconsistent, Missing, OutOfRange
from incidents.journal import Actor
from incidents.models import Deployment, JournalEntry
from incidents.services import deployments, journeys
from tests.factories import make_organization

MINUTE = timedelta(minutes=1)
Verb = Callable[..., Deployment]


@pytest.fixture
def team(by: Actor) -> Deployment:
    return deployments.mobilise(
        organization=make_organization(), host_text="嵊州", at=by.now - 60 * MINUTE, by=by
    )


def go(team: Deployment, *verbs: Verb, by: Actor) -> Deployment:
    for index, verb in enumerate(verbs):
        team = verb(team, at=by.now + (index - 50) * MINUTE, by=by)
    return team


def test_a_team_goes_out_works_rests_and_comes_home(team: Deployment, by: Actor) -> None:
    go(
        team,
        journeys.depart,
        journeys.arrive,
        journeys.brief,
        journeys.start_work,
        journeys.rest,
        journeys.start_work,
        journeys.release,
        journeys.return_home,
        by=by,
    )

    team.refresh_from_db()
    assert team.status == DeploymentStatus.RETURNED
    assert [getattr(team, name) for name in deployments.MOMENTS] == [
        by.now - minutes * MINUTE for minutes in (60, 50, 49, 48, 44, 43)
    ]
    kinds = [entry.kind for entry in JournalEntry.objects.order_by("id")]
    assert kinds == [
        "deployment.mobilised",
        "deployment.departed",
        "deployment.arrived",
        "deployment.briefed",
        "deployment.work_started",
        "deployment.rested",
        "deployment.work_started",
        "deployment.released",
        "deployment.returned",
    ]


@pytest.mark.parametrize("reached", [journeys.arrive, journeys.depart])
def test_nobody_works_without_the_briefing(team: Deployment, by: Actor, reached: Verb) -> None:
    go(team, reached, by=by)

    with pytest.raises(BadTransition, match="start_work"):
        journeys.start_work(team, at=by.now, by=by)

    team.refresh_from_db()
    assert team.status in {DeploymentStatus.ARRIVED, DeploymentStatus.EN_ROUTE}
    assert team.briefed_at is None


def test_a_departure_tells_when_the_team_should_be_there(team: Deployment, by: Actor) -> None:
    journeys.depart(team, at=by.now, expected_at=by.now + 90 * MINUTE, by=by)

    team.refresh_from_db()
    assert (team.departed_at, team.expected_at) == (by.now, by.now + 90 * MINUTE)


def test_a_departure_keeps_what_was_expected_before(by: Actor) -> None:
    soon = by.now + 30 * MINUTE
    team = deployments.mobilise(
        organization=make_organization(), host_text="嵊州", expected_at=soon, at=by.now, by=by
    )

    assert journeys.depart(team, at=by.now, by=by).expected_at == soon


def test_the_same_told_again_changes_nothing(team: Deployment, by: Actor) -> None:
    journeys.depart(team, at=by.now, by=by)
    again = journeys.depart(team, at=by.now, by=by)

    assert again.departed_at == by.now
    assert JournalEntry.objects.filter(kind="deployment.departed").count() == 1


def test_refuses_a_stage_before_the_one_that_is_known(team: Deployment, by: Actor) -> None:
    journeys.depart(team, at=by.now - 10 * MINUTE, by=by)

    with pytest.raises(Inconsistent) as refused:
        journeys.arrive(team, at=by.now - 11 * MINUTE, by=by)

    assert (refused.value.fields["field"], refused.value.fields["other"]) == ("at", "departed_at")
    team.refresh_from_db()
    assert (team.status, team.arrived_at) == (DeploymentStatus.EN_ROUTE, None)


def test_refuses_a_stage_that_is_yet_to_come(team: Deployment, by: Actor) -> None:
    with pytest.raises(OutOfRange, match="at"):
        journeys.depart(team, at=by.now + 6 * MINUTE, by=by)

    team.refresh_from_db()
    assert team.status == DeploymentStatus.MOBILISED


def test_a_team_is_called_back_with_a_reason(team: Deployment, by: Actor) -> None:
    with pytest.raises(Missing, match="reason"):
        journeys.cancel(team, reason="", at=by.now, by=by)

    journeys.cancel(team, reason="已恢复", at=by.now, by=by)

    team.refresh_from_db()
    assert (team.status, team.end_reason) == (DeploymentStatus.CANCELLED, "已恢复")
    assert JournalEntry.objects.get(kind="deployment.cancelled").reason == "已恢复"


def test_a_team_that_has_arrived_is_released_and_not_called_back(team: Deployment, by: Actor) -> None:
    go(team, journeys.arrive, by=by)

    with pytest.raises(BadTransition, match="cancel"):
        journeys.cancel(team, reason="已恢复", at=by.now, by=by)

    team.refresh_from_db()
    assert (team.status, team.end_reason) == (DeploymentStatus.ARRIVED, "")
