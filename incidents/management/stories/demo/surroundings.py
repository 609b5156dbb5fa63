"""Roads, hidden dangers, visits, supplies and notes of the exercise."""

from datetime import timedelta
from typing import Final

from incidents.choices import (
    BlockCause,
    HazardGrade,
    HazardKind,
    NoteKind,
    OutageStatus,
    SupplyKind,
    VisitPurpose,
)
from incidents.management.stories.demo.world import World
from incidents.rules.times import local_day
from incidents.services import hazards, places, roads, storms, supplies, visits

_CAUSES: Final = (BlockCause.BAMBOO, BlockCause.ICE, BlockCause.TREE, BlockCause.SNOW, BlockCause.LANDSLIDE)
_HAZARDS: Final = (
    (HazardKind.VEGETATION, HazardGrade.GENERAL, "毛竹距边线不足2米"),
    (HazardKind.ICING, HazardGrade.SERIOUS, "导线覆冰不均，弧垂下降"),
    (HazardKind.EQUIPMENT, HazardGrade.SERIOUS, "横担锈蚀变形"),
    (HazardKind.VEGETATION, HazardGrade.CRITICAL, "倒伏树木搭在架空地线上"),
)
_BROUGHT: Final = (
    (SupplyKind.SELF_HEATING_MEAL, 120, "份"),
    (SupplyKind.KNEE_PAD, 60, "副"),
    (SupplyKind.WATER, None, ""),
    (SupplyKind.CHAIN, 16, "副"),
    (SupplyKind.BEDDING, 40, "套"),
    (SupplyKind.FUEL, 800, "升"),
)
_OUTAGES_PER_ROAD: Final = 12
_OUTAGES_PER_HAZARD: Final = 15


def fill_in(world: World) -> None:
    """Tell of everything around the outages."""
    _block_roads(world)
    _find_hazards(world)
    _visit(world)
    for index, (kind, text) in enumerate(
        (
            (NoteKind.CONDITION, "山区线路普遍覆冰，平原地区运行正常"),
            (NoteKind.INSTRUCTION, "先除险、后送电，确保人身安全"),
            (NoteKind.FOLLOW_UP, "恢复后24小时内完成复巡"),
        )
    ):
        at = world.now - timedelta(hours=9 - 3 * index)
        storms.add_note(
            kind=kind, text=text, organization=world.companies.city, storm=world.storm, by=world.told(at)
        )


def _block_roads(world: World) -> None:
    """Block a road for every twelve outages, before those that are still out first; half of them clear."""
    behind = [outage for outage in world.outages if outage.line_id is not None][::-1]
    for number, outage in enumerate(behind[: max(1, world.size // _OUTAGES_PER_ROAD)]):
        at = outage.reported_at + timedelta(minutes=1)
        road = roads.report(
            organization=outage.organization,
            place=outage.place,
            cause=world.dice.choice(_CAUSES),
            blocked_at=outage.occurred_at,
            outages=[outage],
            storm=world.storm,
            at=at,
            by=world.told(at),
        )
        halfway = at + (world.now - at) / 2
        if number % 3:
            roads.start_clearing(road, at=halfway, by=world.told(halfway))
        if number % 2:
            roads.clear(road, at=world.now, by=world.by)


def _find_hazards(world: World) -> None:
    for number in range(max(2, world.size // _OUTAGES_PER_HAZARD)):
        kind, grade, description = _HAZARDS[number % len(_HAZARDS)]
        section = world.dice.choice(world.sections)
        at = world.now - world.minutes(30, 2000)
        place = places.create(line=section.line, pole_no=section.to_pole, at=at, by=world.told(at))
        hazard = hazards.report(
            organization=section.line.organization,
            place=place,
            kind=kind,
            grade=grade,
            description=description,
            section=section,
            due_at=at + timedelta(hours=24),
            storm=world.storm,
            at=at,
            by=world.told(at),
        )
        if number % 3 == 0:
            hazards.close(hazard, remark="已砍伐清理", at=world.now, by=world.by)


def _visit(world: World) -> None:
    seen = [outage.place for outage in world.outages if outage.status != OutageStatus.CANCELLED][:2]
    visit = visits.record(
        organization=world.companies.city,
        places=seen or [world.outages[0].place],
        leaders_text="演练总指挥部带队",
        visited_on=local_day(at=world.now),
        purposes=[VisitPurpose.COMFORT, VisitPurpose.INSPECT_SAFETY],
        instructions="演练：确保人身安全",
        storm=world.storm,
        by=world.by,
    )
    for number, (kind, quantity, unit) in enumerate(_BROUGHT):
        supplies.record(
            organization=world.companies.city,
            kind=kind,
            quantity=quantity,
            unit=unit,
            visit=visit,
            crew=world.teams[number % len(world.teams)].crew,
            delivered_at=world.now - timedelta(hours=number + 1),
            storm=world.storm,
            by=world.by,
        )
