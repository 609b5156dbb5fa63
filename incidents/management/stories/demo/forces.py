"""Crews of the exercise, some with their people and vehicles."""

from typing import Final

from incidents.choices import Skill, VehicleKind
from incidents.management.stories.demo.world import MARK, Team, World
from incidents.models import Crew, Organization
from incidents.services import crews, people, vehicles

_SURNAMES: Final = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗"
_GIVEN: Final = (
    "建国",
    "志强",
    "海波",
    "文杰",
    "伟东",
    "立新",
    "明亮",
    "国平",
    "永林",
    "小军",
    "向阳",
    "春生",
)
_TRADES: Final = ("配电线路工", "带电作业工", "电缆工", "驾驶员")
_SKILLS: Final = (
    [Skill.MEDIUM_VOLTAGE, Skill.TOWER],
    [Skill.LOW_VOLTAGE],
    [Skill.MEDIUM_VOLTAGE, Skill.VEGETATION],
    [Skill.VEGETATION],
    [Skill.MEDIUM_VOLTAGE, Skill.DRONE],
    [Skill.GENERATOR],
)
_OUTAGES_PER_CREW: Final = 10
_FEWEST: Final = 4
_LISTED: Final = 6
_PEOPLE_IN_A_CREW: Final = 4


def call_up(world: World) -> None:
    """Form a crew for every ten outages; the first six with a list of people and a vehicle."""
    for number in range(max(_FEWEST, world.size // _OUTAGES_PER_CREW)):
        county = world.companies.mountain[number % len(world.companies.mountain)]
        crew = _crew(world, number, county)
        if number < _LISTED:
            _staff(world, crew, number)
        world.teams.append(Team(crew=crew, free_at=world.began_at))


def _crew(world: World, number: int, county: Organization) -> Crew:
    station = world.companies.stations[county.pk][number % 2]
    return crews.form(
        name=f"{MARK}{station.name.removeprefix(MARK)}抢修{number + 1}班",
        organization=station,
        skills=_SKILLS[number % len(_SKILLS)],
        headcount=None if number < _LISTED else world.dice.randint(3, 8),
        is_exercise=True,
        at=world.began_at,
        by=world.told(world.began_at),
    )


def _staff(world: World, crew: Crew, number: int) -> None:
    at, by = world.began_at, world.told(world.began_at)
    for place in range(_PEOPLE_IN_A_CREW):
        person = people.add_person(
            name=f"{world.dice.choice(_SURNAMES)}{world.dice.choice(_GIVEN)}",
            organization=crew.organization,
            trade=_TRADES[place],
            at=at,
            by=by,
        )
        crews.add_member(crew, person=person, is_leader=place == 0, at=at, by=by)
    vehicle = vehicles.add(
        plate=f"演练{number + 1:03d}",
        kind=VehicleKind.REPAIR if number % 2 else VehicleKind.FOUR_WHEEL_DRIVE,
        organization=crew.organization,
        has_chains=world.happens(0.7),
        at=at,
        by=by,
    )
    crews.add_vehicle(crew, vehicle=vehicle, at=at, by=by)
