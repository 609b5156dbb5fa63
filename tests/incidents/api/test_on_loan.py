"""A crew on loan sees the outages of its deployment while deployed, and nothing before or after."""

from datetime import timedelta
from typing import Any

import pytest

from incidents.choices import DeploymentStatus, Role
from incidents.models import Assignment, Deployment, Organization, Outage
from incidents.models.support import DEPLOYED
from tests.desk import give_role
from tests.factories import (
    STORM_NIGHT,
    make_assignment,
    make_crew,
    make_damage,
    make_organization,
    make_outage,
    make_user,
)
from tests.incidents.api.conftest import Phone, enrolled, make_phone

HOUR = timedelta(hours=1)
pytestmark = pytest.mark.django_db


class Loan:
    """A crew of a company far away, at work for a host that has two outages."""

    def __init__(self, **over: Any) -> None:
        self.home = make_organization()
        self.host = make_organization(parent=make_organization(level="city"))
        self.crew = make_crew(organization=self.host, home_organization=self.home)
        self.outage, self.other = (make_outage(organization=self.host) for _ in range(2))
        self.damage = make_damage(outage=self.outage)
        self.job = make_assignment(crew=self.crew, outage=self.outage, assigned_at=STORM_NIGHT + HOUR)
        self.team = Deployment.objects.create(
            organization=self.home,
            host_organization=self.host,
            reported_by=make_user(),
            received_at=STORM_NIGHT,
            mobilised_at=STORM_NIGHT,
            **over,
        )
        self.team.crews.add(self.crew)

    def becomes(self, status: DeploymentStatus) -> None:
        briefed = STORM_NIGHT + HOUR if status in DEPLOYED else None
        reason = "不再需要" if status == DeploymentStatus.CANCELLED else ""
        Deployment.objects.update(status=status, briefed_at=briefed, end_reason=reason)

    def phone(self, *, role: Role = Role.CREW_LEADER, at: Organization | None = None) -> Phone:
        return make_phone(role=role, organization=at or self.home)


def sees(phone: Phone, outage: Outage) -> bool:
    listed = [row["uuid"] for row in phone.get("outages/").json()["results"]]
    found = phone.get(f"outages/{outage.uuid}/").status_code
    assert (str(outage.uuid) in listed) == (found == 200)
    return bool(found == 200)


STAGES = {
    DeploymentStatus.MOBILISED: False,
    DeploymentStatus.EN_ROUTE: True,
    DeploymentStatus.ARRIVED: True,
    DeploymentStatus.BRIEFED: True,
    DeploymentStatus.WORKING: True,
    DeploymentStatus.RESTING: True,
    DeploymentStatus.RELEASED: False,
    DeploymentStatus.RETURNED: False,
    DeploymentStatus.CANCELLED: False,
}


def test_every_stage_is_in_the_table() -> None:
    assert STAGES.keys() == set(DeploymentStatus)
    assert {stage for stage, seen in STAGES.items() if seen} == set(DEPLOYED)


@pytest.mark.parametrize("stage", STAGES)
def test_before_during_and_after(stage: DeploymentStatus) -> None:
    loan = Loan()
    loan.becomes(stage)
    phone = loan.phone()

    damages = phone.get("damages/").json()["results"]

    assert (sees(phone, loan.outage), sees(phone, loan.other)) == (STAGES[stage], False)
    assert [row["uuid"] for row in damages] == ([str(loan.damage.uuid)] if STAGES[stage] else [])
    status = phone.act(f"outages/{loan.outage.uuid}/locate/").status_code
    assert status == (400 if STAGES[stage] else 404)  # it may record; what it says is missing
    assert phone.get(f"assignments/{loan.job.uuid}/").status_code == 200  # its own job always


@pytest.mark.parametrize("role", Role)
def test_on_loan_one_records_by_one_s_role_and_commands_nothing(role: Role) -> None:
    loan = Loan()
    loan.becomes(DeploymentStatus.WORKING)
    phone = loan.phone(role=role)
    records = role in {Role.CREW_MEMBER, Role.CREW_LEADER, Role.DISPATCHER}

    answers = [phone.act(f"outages/{loan.outage.uuid}/{verb}/").status_code for verb in ("locate", "close")]

    assert sees(phone, loan.outage)
    assert answers == [400 if records else 403, 403]


def test_what_it_did_stays_in_sight_until_it_is_released() -> None:
    loan = Loan()
    loan.becomes(DeploymentStatus.WORKING)
    phone = loan.phone()
    Assignment.objects.update(status="finished", ended_at=STORM_NIGHT + 2 * HOUR)

    assert sees(phone, loan.outage)

    loan.becomes(DeploymentStatus.RELEASED)
    assert not sees(phone, loan.outage)


def test_jobs_of_an_earlier_deployment_are_not_of_this_one() -> None:
    loan = Loan()
    loan.becomes(DeploymentStatus.WORKING)
    Assignment.objects.update(assigned_at=STORM_NIGHT - HOUR)

    assert not sees(loan.phone(), loan.outage)


def test_a_crew_without_a_deployment_is_lent_for_its_job_alone() -> None:
    loan = Loan()
    loan.team.crews.clear()
    phone = loan.phone()
    assert sees(phone, loan.outage)

    Assignment.objects.update(status="finished", ended_at=STORM_NIGHT + 2 * HOUR)

    assert not sees(phone, loan.outage)


def test_neither_above_below_nor_beside_the_home_does_a_loan_open_more_than_it_must() -> None:
    loan = Loan()
    loan.becomes(DeploymentStatus.WORKING)
    company = make_organization(level="city")
    Organization.objects.filter(pk=loan.home.pk).update(parent=company)
    places = {
        "above": company,
        "beside": make_organization(parent=company),
        "below": make_organization(parent=loan.home),
    }

    seen = {name: sees(loan.phone(at=place), loan.outage) for name, place in places.items()}

    assert seen == {"above": True, "beside": False, "below": False}


def test_the_leaders_phone_of_a_team_is_for_those_who_may_call_on_either_side() -> None:
    loan = Loan(leader_phone="13900000000")
    loan.becomes(DeploymentStatus.WORKING)

    def told(organization: Organization, role: Role) -> Any:
        user = give_role(make_user(), organization, role)
        return enrolled(user).get(f"/api/v1/deployments/{loan.team.uuid}/").json().get("leader_phone")

    assert [told(loan.home, role) for role in (Role.DISPATCHER, Role.CREW_MEMBER)] == ["13900000000", None]
    assert [told(loan.host, role) for role in (Role.DISPATCHER, Role.VIEWER)] == ["13900000000", None]
