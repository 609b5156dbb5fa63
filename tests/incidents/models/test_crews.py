from datetime import timedelta

import pytest
from django.db.models import F

from incidents.models import CrewMember, CrewVehicle
from tests.constraints import breaks
from tests.factories import STORM_NIGHT, make_crew, make_organization, make_person, make_vehicle

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def test_a_name_is_used_once_at_a_time() -> None:
    home = make_organization()
    make_crew(name="一班", organization=home, disbanded_at=STORM_NIGHT)
    make_crew(name="一班", organization=home)

    with breaks("crew_name_once"):
        make_crew(name="一班", organization=home)


def test_a_declared_number_of_people_is_positive() -> None:
    with breaks("crew_headcount_is_positive"):
        make_crew(headcount=0)


def test_a_person_is_in_one_crew_at_a_time() -> None:
    person, first, second = make_person(), make_crew(), make_crew()
    CrewMember.objects.create(crew=first, person=person, since_at=STORM_NIGHT, until_at=STORM_NIGHT + HOUR)

    with breaks("member_in_one_crew_at_a_time"):
        CrewMember.objects.create(crew=second, person=person, since_at=STORM_NIGHT + HOUR / 2)
    CrewMember.objects.create(crew=second, person=person, since_at=STORM_NIGHT + HOUR)

    assert person.crews.count() == 2


def test_a_crew_has_one_leader_at_a_time() -> None:
    crew = make_crew()
    CrewMember.objects.create(crew=crew, person=make_person(), since_at=STORM_NIGHT, is_leader=True)

    with breaks("member_one_leader_a_crew"):
        CrewMember.objects.create(crew=crew, person=make_person(), since_at=STORM_NIGHT, is_leader=True)


def test_nobody_leaves_before_he_came() -> None:
    CrewMember.objects.create(crew=make_crew(), person=make_person(), since_at=STORM_NIGHT)

    with breaks("member_since_until_in_order"):
        CrewMember.objects.update(until_at=F("since_at") - HOUR)


def test_a_vehicle_is_with_one_crew_at_a_time() -> None:
    vehicle = make_vehicle()
    CrewVehicle.objects.create(crew=make_crew(), vehicle=vehicle, since_at=STORM_NIGHT)

    with breaks("vehicle_with_one_crew_at_a_time"):
        CrewVehicle.objects.create(crew=make_crew(), vehicle=vehicle, since_at=STORM_NIGHT + HOUR)
    with breaks("crew_vehicle_since_until_in_order"):
        CrewVehicle.objects.update(until_at=F("since_at") - HOUR)


def test_say_who_they_are() -> None:
    crew, person, vehicle = make_crew(name="一班"), make_person(name="王工"), make_vehicle(plate="浙D12345")

    member = CrewMember(crew=crew, person=person)
    held = CrewVehicle(crew=crew, vehicle=vehicle)

    assert [str(row) for row in (crew, person, vehicle, member, held)] == [
        "一班",
        "王工",
        "浙D12345",
        "王工",
        "浙D12345",
    ]
