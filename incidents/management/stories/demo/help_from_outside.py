"""Support in the exercise: a team at work, one on the road, a request without an answer, one refused."""

from datetime import timedelta

from incidents.choices import Skill, TaskKind, VehicleKind
from incidents.management.stories.demo.world import World
from incidents.models import Deployment, Organization, SupportRequest
from incidents.services import deployments, journeys, support


def send(world: World) -> None:
    """Ask for help four times, with four different outcomes."""
    first, second, third = world.companies.mountain
    at_work = _team(world, _ask(world, first, hours=20, people=30, need="10千伏抢修力量", answer=True))
    for verb, hours in (
        (journeys.depart, 17.0),
        (journeys.arrive, 14.0),
        (journeys.brief, 13.5),
        (journeys.start_work, 13.0),
        (journeys.rest, 6.0),
        (journeys.start_work, 2.0),
    ):
        at = world.now - timedelta(hours=hours)
        verb(at_work, at=at, by=world.told(at))
    on_the_road = _team(world, _ask(world, second, hours=5, people=16, need="清障与发电车", answer=True))
    at = world.now - timedelta(hours=2)
    journeys.depart(on_the_road, at=at, expected_at=world.now - timedelta(minutes=20), by=world.told(at))
    _ask(world, third, hours=1, people=20, need="无人机巡线与登杆力量", answer=None)
    _ask(world, second, hours=9, people=50, need="后勤保障人员", answer=False)


def _ask(
    world: World, organization: Organization, *, hours: int, people: int, need: str, answer: bool | None
) -> SupportRequest:
    at = world.now - timedelta(hours=hours)
    wish = support.request(
        organization=organization,
        asked=world.companies.plain,
        need=need,
        skills=[Skill.MEDIUM_VOLTAGE, Skill.VEGETATION],
        headcount=people,
        vehicle_count=people // 4,
        needed_from_at=at + timedelta(hours=3),
        storm=world.storm,
        at=at,
        by=world.told(at),
    )
    decided_at = at + timedelta(minutes=25)
    if answer is None:
        return wish
    if answer:
        return support.approve(wish, at=decided_at, by=world.told(decided_at))
    return support.refuse(wish, reason="本地力量已全部上线", at=decided_at, by=world.told(decided_at))


def _team(world: World, wish: SupportRequest) -> Deployment:
    at = wish.requested_at + timedelta(hours=2)
    return deployments.mobilise(
        organization=world.companies.plain,
        request=wish,
        headcount=wish.headcount,
        vehicle_count=wish.vehicle_count,
        vehicle_kind=VehicleKind.REPAIR,
        tasks=[TaskKind.CLEAR_CORRIDOR, TaskKind.REPAIR],
        equipment="油锯6台、发电机3台、导线600米",
        leader_name="领队（演练）",
        host_contact="对接人（演练）",
        area="云顶片区",
        lodging="县应急救灾点",
        meals="自热饭",
        expected_at=at + timedelta(hours=3),
        at=at,
        by=world.told(at),
    )
