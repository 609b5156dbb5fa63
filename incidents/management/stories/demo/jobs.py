"""Who was sent to which outage of the exercise."""

from datetime import datetime, timedelta

from incidents.choices import AbortReason, OutageStatus, TaskKind
from incidents.management.stories.demo.fates import OVER, Fate
from incidents.management.stories.demo.world import Team, World
from incidents.models import Outage
from incidents.services import assignments, check_ins

_A_WHILE = timedelta(minutes=10)
# Of what is still out most has its crew, as long as there are crews.
_UNASSIGNED_OVER, _UNASSIGNED_OPEN = 0.75, 0.3


def send(world: World, outage: Outage, fate: Fate) -> None:
    """Send the crew that has been free longest, where one is free and the outage is not brand-new."""
    is_over = fate.status in OVER
    if fate.status == OutageStatus.REPORTED or world.happens(
        _UNASSIGNED_OVER if is_over else _UNASSIGNED_OPEN
    ):
        return
    at = fate.stage_at(OutageStatus.CONFIRMED) + world.minutes(2, 12)
    team = min(world.teams, key=lambda one: one.free_at)
    if team.free_at + _A_WHILE > at or at > world.now:
        return
    if is_over:
        _all_the_way(world, team, outage, at, until=fate.at(1))
    else:
        _on_the_way(world, team, outage, fate, at)


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


def _on_the_way(world: World, team: Team, outage: Outage, fate: Fate, at: datetime) -> None:
    """Leave a job where it stands: on site where the fault is found, else taken or on the road."""
    by = world.told(at)
    job = assignments.assign(team.crew, task=TaskKind.REPAIR, outage=outage, at=at, by=by)
    rest = world.now - at
    is_there = fate.reached(OutageStatus.LOCATED)
    assignments.accept(job, at=at + rest * 0.1, by=world.told(at + rest * 0.1))
    if is_there or world.happens(0.5):
        assignments.depart(job, at=at + rest * 0.2, by=world.told(at + rest * 0.2))
    if is_there:
        there_at, seen_at = at + rest * 0.5, at + rest * 0.9
        assignments.arrive(job, at=there_at, by=world.told(there_at))
        assignments.brief(job, at=there_at, permit_no=_permit(outage), by=world.told(there_at))
        check_ins.record(team.crew, at=seen_at, note="现场正常", by=world.told(seen_at))
    team.free_at = world.now + timedelta(days=1)


def _permit(outage: Outage) -> str:
    return f"演练抢修-{outage.pk % 10000:04d}"
