import pytest

from incidents.models import Deployment, SafetyBriefing
from tests.constraints import breaks
from tests.factories import STORM_NIGHT, make_assignment, make_briefing, make_organization, make_user

pytestmark = pytest.mark.django_db


def make_team() -> Deployment:
    return Deployment.objects.create(
        organization=make_organization(), host_text="嵊州", received_at=STORM_NIGHT, reported_by=make_user()
    )


def test_a_briefing_is_for_a_team_or_for_a_crew() -> None:
    team, job = make_team(), make_assignment()

    for both in ({"deployment": team, "assignment": job}, {"deployment": None, "assignment": None}):
        with breaks("briefing_is_for_a_team_or_a_crew"):
            make_briefing(**both)

    assert not SafetyBriefing.objects.exists()


def test_nobody_is_briefed_twice_at_one_moment() -> None:
    team, job = make_team(), make_assignment()
    make_briefing(deployment=team)
    make_briefing(assignment=job)

    with breaks("briefing_of_a_team_once_a_moment"):
        make_briefing(deployment=team)
    with breaks("briefing_of_a_crew_once_a_moment"):
        make_briefing(assignment=job)

    assert SafetyBriefing.objects.count() == 2
