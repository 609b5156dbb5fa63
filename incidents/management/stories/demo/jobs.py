"""Who was sent to which outage of the exercise."""

from datetime import datetime, timedelta

from incidents.choices import AbortReason, OutageStatus, TaskKind
from incidents.management.stories.demo.fates import OVER, Fate
from incidents.management.stories.demo.world import Team, World
from incidents.models import Outage
from incidents.services import assignments, check_ins

_A_WHILE = timedelta(minutes=10)
_UNASSIGNED = 0.65


def send(world: World, outage: Outage, fate: Fate) -> None:
    """Send the crew that has been free longest, where one is free and the outage is not brand-new."""
    if fate.status == OutageStatus.REPORTED or world.happens(_UNASSIGNED):
        return
    at = fate.stage_at(OutageStatus.CONFIRMED) + world.minutes(2, 12)
    team = min(world.teams, key=lambda one: one.free_at)
    if team.free_at + _A_WHILE > at or at > world.now:
        return
    if fate.status in OVER:
        _all_the_way(world, team, outage, at, until=fate.at(1))
    else:
        _on_the_way(world, team, outage, at)


def _all_the_way(world: World, team: Team, outage: Outage, at: datetime, *, until: datetime) -> None:
    job = assignments.assign(
        team.crew, task=TaskKind.REPAIR, outage=outage, at=at, by=world.told(at), permit_no=_permit(outage)
    )
    there_at = at + (until - at) * 0.4
    for verb, moment in (
        (assignments.accept, at + (until - at) * 0.1),
        (assignments.depart, at + (until - at) * 0.2),
        (assignments.arrive, there_at),
        (assignments.brief, there_at),
    ):
        verb(job, at=moment, by=world.told(moment))
    if world.happens(0.1):
        assignments.abort(job, why=AbortReason.WEATHER, remark="能见度不足", at=until, by=world.told(until))
    else:
        assignments.finish(job, at=until, by=world.told(until))
    team.free_at = until


def _on_the_way(world: World, team: Team, outage: Outage, at: datetime) -> None:
    """Leave a job where it stands at the present: taken, on the road, or on site."""
    job = assignments.assign(team.crew, task=TaskKind.REPAIR, outage=outage, at=at, by=world.told(at))
    rest = world.now - at
    for verb, share in ((assignments.accept, 0.1), (assignments.depart, 0.2), (assignments.arrive, 0.5)):
        if world.happens(0.15):
            break
        verb(job, at=at + rest * share, by=world.told(at + rest * share))
    else:
        seen_at = at + rest * 0.9
        assignments.brief(job, at=at + rest * 0.5, permit_no=_permit(outage), by=world.told(at + rest * 0.5))
        check_ins.record(team.crew, at=seen_at, note="现场正常", by=world.told(seen_at))
    team.free_at = world.now + timedelta(days=1)


def _permit(outage: Outage) -> str:
    return f"演练抢修-{outage.pk % 10000:04d}"
