from datetime import date, timedelta
from typing import Any

import pytest

from incidents.choices import Skill
from incidents.errors import BadTransition, BrokenRule, Conflict, CrewUnderWay, Invalid, Missing, OutOfRange
from incidents.journal import Actor
from incidents.models import Crew, CrewMember, JournalEntry
from incidents.services import crews
from tests.factories import (
    STORM_NIGHT,
    make_assignment,
    make_crew,
    make_organization,
    make_person,
    make_vehicle,
)

MINUTE = timedelta(minutes=1)


def kinds() -> list[str]:
    return list(JournalEntry.objects.order_by("id").values_list("kind", flat=True))


def test_forms_a_crew_on_loan(by: Actor) -> None:
    host, home = make_organization(), make_organization()

    crew = crews.form(
        name="上虞支援一班",
        organization=host,
        home_organization=home,
        skills=[Skill.MEDIUM_VOLTAGE, Skill.VEGETATION],
        headcount=13,
        at=by.now,
        by=by,
    )

    crew.refresh_from_db()
    assert (crew.organization, crew.home_organization, crew.skills, crew.headcount) == (
        host,
        home,
        ["mv", "vegetation"],
        13,
    )
    assert (kinds(), JournalEntry.objects.get().organization) == (["crew.formed"], host)


@pytest.mark.parametrize(
    ("over", "refusal"),
    [
        ({"skills": []}, Invalid),
        ({"skills": ["magic"]}, Invalid),
        ({"headcount": 0}, BrokenRule),
        ({"at": STORM_NIGHT + timedelta(hours=1)}, OutOfRange),
    ],
)
def test_refuses_a_crew_that_cannot_be(by: Actor, over: dict[str, Any], refusal: type[Exception]) -> None:
    values: dict[str, Any] = {"name": "一班", "skills": [Skill.LOW_VOLTAGE], "at": by.now}

    with pytest.raises(refusal):
        crews.form(organization=make_organization(), by=by, **(values | over))

    assert not Crew.objects.exists()
    assert not JournalEntry.objects.exists()


def test_a_person_is_added_once_and_removed_once(by: Actor) -> None:
    crew, person = make_crew(), make_person()

    first, again = (crews.add_member(crew, person=person, at=by.now, by=by, is_leader=True) for _ in range(2))
    for _ in range(2):
        first = crews.remove_member(first, at=by.now, by=by, reason="受伤")

    assert again == first
    assert (first.is_leader, first.since_at, first.until_at) == (True, by.now, by.now)
    assert kinds() == ["crew_member.added", "crew_member.removed"]


def test_a_person_is_in_one_crew_at_a_time_and_the_other_is_named(by: Actor) -> None:
    person, first, second = make_person(name="王工"), make_crew(name="一班"), make_crew(name="二班")
    crews.add_member(first, person=person, at=by.now, by=by)

    with pytest.raises(Conflict) as refused:
        crews.add_member(second, person=person, at=by.now, by=by)

    assert refused.value.fields == {"subject": "王工", "other": "一班"}
    assert CrewMember.objects.get().crew == first


def test_whoever_has_left_joins_another_crew(by: Actor) -> None:
    person, first, second = make_person(), make_crew(), make_crew()
    member = crews.add_member(first, person=person, at=by.now - MINUTE, by=by)
    crews.remove_member(member, at=by.now, by=by)

    assert crews.add_member(second, person=person, at=by.now, by=by).crew == second


def test_a_crew_has_one_leader(by: Actor) -> None:
    crew = make_crew()
    crews.add_member(crew, person=make_person(), at=by.now, by=by, is_leader=True)

    with pytest.raises(BrokenRule) as refused:
        crews.add_member(crew, person=make_person(), at=by.now, by=by, is_leader=True)

    assert refused.value.fields["rule"] == "member_one_leader_a_crew"
    assert crew.members.count() == 1


def test_an_expired_certificate_needs_a_reason(by: Actor) -> None:
    crew, person = make_crew(), make_person(certificate_valid_to=date(2024, 2, 25))
    with pytest.raises(Missing) as refused:
        crews.add_member(crew, person=person, at=by.now, by=by)

    crews.add_member(crew, person=person, at=by.now, by=by, reason="复审中，仅做地面辅助")

    assert refused.value.fields == {"field": "reason", "purpose": "certificate-expired"}
    assert JournalEntry.objects.get().reason == "复审中，仅做地面辅助"


def test_a_certificate_holds_through_its_last_day(by: Actor) -> None:
    person = make_person(certificate_valid_to=date(2024, 2, 26))

    assert crews.add_member(make_crew(), person=person, at=by.now, by=by).person == person


def test_a_list_as_long_as_declared_speaks_for_itself(by: Actor) -> None:
    crew = make_crew(headcount=2)

    crews.add_member(crew, person=make_person(), at=by.now, by=by)
    crew.refresh_from_db()
    between = crew.headcount
    crews.add_member(crew, person=make_person(), at=by.now, by=by)

    crew.refresh_from_db()
    assert (between, crew.headcount) == (2, None)
    assert kinds() == ["crew_member.added", "crew_member.added", "crew.listed"]


def test_a_vehicle_is_with_one_crew_at_a_time(by: Actor) -> None:
    vehicle, first, second = make_vehicle(), make_crew(name="一班"), make_crew()
    held, again = (crews.add_vehicle(first, vehicle=vehicle, at=by.now, by=by) for _ in range(2))
    with pytest.raises(Conflict) as refused:
        crews.add_vehicle(second, vehicle=vehicle, at=by.now, by=by)

    for _ in range(2):
        crews.remove_vehicle(held, at=by.now, by=by)
    moved = crews.add_vehicle(second, vehicle=vehicle, at=by.now, by=by)

    assert (held, moved.crew) == (again, second)
    assert refused.value.fields["other"] == "一班"
    assert kinds() == ["crew_vehicle.added", "crew_vehicle.removed", "crew_vehicle.added"]


def test_nobody_leaves_twice(by: Actor) -> None:
    member = crews.add_member(make_crew(), person=make_person(), at=by.now - MINUTE, by=by)
    crews.remove_member(member, at=by.now - MINUTE, by=by)

    with pytest.raises(BadTransition):
        crews.remove_member(member, at=by.now, by=by)

    member.refresh_from_db()
    assert member.until_at == by.now - MINUTE


def test_nobody_leaves_before_he_came(by: Actor) -> None:
    member = crews.add_member(make_crew(), person=make_person(), at=by.now, by=by)

    with pytest.raises(BrokenRule) as refused:
        crews.remove_member(member, at=by.now - MINUTE, by=by)

    assert refused.value.fields["rule"] == "member_since_until_in_order"


def test_disbanding_frees_people_and_vehicles(by: Actor) -> None:
    crew = make_crew()
    member = crews.add_member(crew, person=make_person(), at=by.now - MINUTE, by=by)
    held = crews.add_vehicle(crew, vehicle=make_vehicle(), at=by.now - MINUTE, by=by)

    for _ in range(2):
        crew = crews.disband(crew, at=by.now, by=by, reason="任务结束")

    member.refresh_from_db()
    held.refresh_from_db()
    assert (crew.disbanded_at, member.until_at, held.until_at) == (by.now, by.now, by.now)
    assert kinds()[2:] == ["crew_member.removed", "crew_vehicle.removed", "crew.disbanded"]


@pytest.mark.parametrize(("status", "refusal"), [("on_site", CrewUnderWay), ("queued", Conflict)])
def test_a_crew_with_a_job_is_not_disbanded(by: Actor, status: str, refusal: type[Exception]) -> None:
    crew = make_crew()
    make_assignment(crew=crew, status=status, on_site_at=by.now if status == "on_site" else None)

    with pytest.raises(refusal):
        crews.disband(crew, at=by.now, by=by)

    crew.refresh_from_db()
    assert crew.disbanded_at is None


def test_nothing_is_done_to_a_crew_that_is_no_more(by: Actor) -> None:
    crew = crews.disband(make_crew(), at=by.now - MINUTE, by=by)

    with pytest.raises(BadTransition):
        crews.disband(crew, at=by.now, by=by)
    with pytest.raises(BadTransition):
        crews.add_member(crew, person=make_person(), at=by.now, by=by)
    with pytest.raises(BadTransition) as refused:
        crews.add_vehicle(crew, vehicle=make_vehicle(), at=by.now, by=by)

    assert refused.value.fields["state"] == "disbanded"
    assert kinds() == ["crew.disbanded"]
