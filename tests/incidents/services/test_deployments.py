from datetime import timedelta
from typing import Any

import pytest

from incidents.choices import DeploymentStatus, EntryMode, TaskKind, VehicleKind
from incidents.errors import (
    BadTransition,
    BrokenRule,
    ExerciseMix,
    Inconsistent,
    Missing,
    OutOfRange,
)
from incidents.journal import Actor
from incidents.models import Deployment, JournalEntry, SupportRequest
from incidents.services import deployments, support
from tests.factories import make_actor, make_crew, make_organization, make_place, make_storm

HOUR = timedelta(hours=1)


@pytest.fixture
def past(by: Actor) -> Actor:
    """The same person, telling of it afterwards."""
    return make_actor(now=by.now, user=by.user, entry_mode=EntryMode.HISTORICAL)


def approved(by: Actor, **over: Any) -> SupportRequest:
    wish = support.request(
        organization=make_organization(),
        asked=make_organization(),
        need="抢修力量",
        at=by.now - 2 * HOUR,
        by=by,
        **over,
    )
    return support.approve(wish, at=by.now - HOUR, by=by)


def test_a_team_is_called_up_for_the_one_who_asked(by: Actor) -> None:
    storm = make_storm()
    wish = approved(by, storm=storm)
    crew = make_crew()

    team = deployments.mobilise(
        organization=wish.asked_organization,
        request=wish,
        crews=[crew],
        headcount=13,
        vehicle_count=3,
        vehicle_kind=VehicleKind.REPAIR,
        tasks=(TaskKind.CLEAR_CORRIDOR,),
        leader_name="何队长",
        leader_phone="13700000000",
        at=by.now,
        by=by,
    )

    team.refresh_from_db()
    assert (team.status, team.mobilised_at) == (DeploymentStatus.MOBILISED, by.now)
    assert (team.host_organization, team.storm, team.request) == (wish.organization, storm, wish)
    assert (team.headcount, team.vehicle_count, team.tasks) == (13, 3, [TaskKind.CLEAR_CORRIDOR])
    assert list(team.crews.all()) == [crew]
    entry = JournalEntry.objects.get(kind="deployment.mobilised")
    assert (entry.organization, entry.after["crews"]) == (team.organization, [crew.pk])
    assert "leader_phone" not in entry.after


def test_what_is_told_counts_before_what_the_request_says(by: Actor) -> None:
    wish, other = approved(by), make_organization()

    team = deployments.mobilise(
        organization=wish.asked_organization, request=wish, host_organization=other, at=by.now, by=by
    )

    assert team.host_organization == other


def test_a_receiver_may_be_known_by_its_words_only(by: Actor) -> None:
    place = make_place(text="嵊州")

    team = deployments.mobilise(
        organization=make_organization(), host_text="嵊州", host_place=place, at=by.now, by=by
    )

    team.refresh_from_db()
    assert (team.host_organization, team.host_text, team.host_place) == (None, "嵊州", place)


def test_nobody_is_called_up_for_a_request_that_is_not_approved(by: Actor) -> None:
    wish = approved(by)
    support.cancel(wish, reason="已恢复", at=by.now, by=by)

    with pytest.raises(BadTransition) as refused:
        deployments.mobilise(organization=wish.asked_organization, request=wish, at=by.now, by=by)

    fields = refused.value.fields
    assert (fields["subject"], fields["state"], fields["verb"]) == (
        "support_request",
        "cancelled",
        "mobilise",
    )
    assert not Deployment.objects.exists()


def test_refuses_a_team_for_nobody_or_for_its_own_company(by: Actor) -> None:
    company = make_organization()

    with pytest.raises(BrokenRule, match="deployment_has_a_receiver"):
        deployments.mobilise(organization=company, at=by.now, by=by)
    with pytest.raises(BrokenRule, match="deployment_is_to_another"):
        deployments.mobilise(organization=company, host_organization=company, at=by.now, by=by)

    assert not Deployment.objects.exists()
    assert not JournalEntry.objects.exists()


def test_refuses_a_call_that_is_yet_to_come(by: Actor) -> None:
    with pytest.raises(OutOfRange, match="mobilised_at"):
        deployments.mobilise(organization=make_organization(), host_text="嵊州", at=by.now + HOUR, by=by)

    assert not Deployment.objects.exists()


def test_a_crew_of_a_drill_is_not_called_up_for_real(by: Actor) -> None:
    with pytest.raises(ExerciseMix):
        deployments.mobilise(
            organization=make_organization(),
            host_text="嵊州",
            crews=[make_crew(is_exercise=True)],
            at=by.now,
            by=by,
        )

    assert not Deployment.objects.exists()


def test_after_the_fact_a_team_may_work_of_whose_way_nothing_is_known(past: Actor) -> None:
    moments = [*deployments.MOMENTS]

    team = deployments.record(
        organization=make_organization(),
        host_text="嵊州",
        status=DeploymentStatus.WORKING,
        headcount=13,
        unknown_reasons=dict.fromkeys(moments, "not_stated"),
        by=past,
    )

    team.refresh_from_db()
    assert (team.status, team.entry_mode) == (DeploymentStatus.WORKING, EntryMode.HISTORICAL)
    assert [getattr(team, name) for name in moments] == [None] * 6
    assert team.unknown_reasons == dict.fromkeys(moments, "not_stated")
    assert JournalEntry.objects.get().kind == "deployment.recorded"


def test_after_the_fact_moments_are_kept_where_they_are_known(past: Actor) -> None:
    long_ago = past.now - timedelta(days=900)

    team = deployments.record(
        organization=make_organization(),
        host_text="嵊州",
        status=DeploymentStatus.RETURNED,
        mobilised_at=long_ago,
        returned_at=long_ago + HOUR,
        by=past,
    )

    team.refresh_from_db()
    assert (team.mobilised_at, team.returned_at) == (long_ago, long_ago + HOUR)


def test_live_records_have_to_go_through_the_stages(by: Actor) -> None:
    with pytest.raises(Inconsistent) as refused:
        deployments.record(
            organization=make_organization(), host_text="嵊州", status=DeploymentStatus.WORKING, by=by
        )

    assert (refused.value.fields["field"], refused.value.fields["value"]) == ("entry_mode", "live")
    assert not Deployment.objects.exists()


def test_refuses_moments_after_the_fact_that_cannot_be(past: Actor) -> None:
    told: Any = {
        "organization": make_organization(),
        "host_text": "嵊州",
        "status": DeploymentStatus.ARRIVED,
        "by": past,
    }

    with pytest.raises(OutOfRange, match="arrived_at"):
        deployments.record(**told, arrived_at=past.now + HOUR)
    with pytest.raises(BrokenRule, match="deployment_mobilised_departed"):
        deployments.record(**told, mobilised_at=past.now, arrived_at=past.now - HOUR)

    assert not Deployment.objects.exists()


def test_corrects_what_becomes_known_of_a_team(by: Actor) -> None:
    team = deployments.mobilise(
        organization=make_organization(),
        host_text="嵊州",
        unknown_reasons={"headcount": "pending"},
        at=by.now,
        by=by,
    )

    deployments.correct(
        team,
        headcount=13,
        tasks=(TaskKind.REPAIR,),
        leader_phone="13700000000",
        reason="名单已到",
        at=by.now,
        by=by,
    )

    team.refresh_from_db()
    assert (team.headcount, team.tasks, team.leader_phone) == (13, [TaskKind.REPAIR], "13700000000")
    assert team.unknown_reasons == {}
    entry = JournalEntry.objects.get(kind="deployment.corrected")
    assert entry.after == {"headcount": 13, "tasks": ["repair"], "unknown_reasons": {}}


def test_a_correction_needs_a_reason(by: Actor) -> None:
    team = deployments.mobilise(organization=make_organization(), host_text="嵊州", at=by.now, by=by)

    with pytest.raises(Missing, match="reason"):
        deployments.correct(team, headcount=13, reason="", at=by.now, by=by)

    team.refresh_from_db()
    assert team.headcount is None
