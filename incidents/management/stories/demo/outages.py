"""The outages of the exercise, each told through its life as far as it has come."""

from datetime import timedelta
from decimal import Decimal
from typing import Final

from incidents.choices import (
    CauseCode,
    CauseConfidence,
    DamageKind,
    EstimateKind,
    OutageKind,
    ReportChannel,
    RestorationMethod,
    UnknownReason,
)
from incidents.choices import OutageStatus as Out
from incidents.management.stories.demo import jobs
from incidents.management.stories.demo.fates import OVER, Fate, draw
from incidents.management.stories.demo.world import World
from incidents.models import LineSection, Outage
from incidents.services import closing, damage, estimates, outages, places, restoration

_VILLAGES: Final = ("演练乡上坳村", "演练乡里坞村", "演练镇岗背村", "演练镇水口村", "演练乡半岭村")
_CAUSES: Final = (
    *[CauseCode.ICE_LOAD] * 5,
    *[CauseCode.BAMBOO_ICE] * 4,
    *[CauseCode.TREE_ICE] * 3,
    CauseCode.GALLOPING,
    CauseCode.ICE_FLASHOVER,
    CauseCode.SNOW_LOAD,
)
_DAMAGE: Final = {
    CauseCode.ICE_LOAD: (DamageKind.CONDUCTOR_BREAK, DamageKind.POLE_BROKEN, DamageKind.CROSSARM),
    CauseCode.BAMBOO_ICE: (DamageKind.BAMBOO_ON_LINE, DamageKind.CONDUCTOR_PRESSED),
    CauseCode.TREE_ICE: (DamageKind.TREE_ON_LINE, DamageKind.CONDUCTOR_BREAK),
    CauseCode.GALLOPING: (DamageKind.JUMPER,),
    CauseCode.ICE_FLASHOVER: (DamageKind.INSULATOR, DamageKind.ICE_FLASHOVER),
    CauseCode.SNOW_LOAD: (DamageKind.POLE_LEANING, DamageKind.FOUNDATION),
}
_CHANNELS: Final = (
    ReportChannel.AUTOMATION,
    ReportChannel.HOTLINE,
    ReportChannel.METER,
    ReportChannel.PATROL,
    ReportChannel.DISPATCH,
)
_LOW_VOLTAGE_EVERY: Final = 7
_NO_COUNT_EVERY: Final = 19
_HAZARD_EVERY: Final = 5


def happen(world: World) -> None:
    """Let all outages happen, the oldest first."""
    for number, fate in enumerate(draw(world)):
        outage = _report(world, number, fate)
        world.outages.append(outage)
        if fate.status == Out.MOMENTARY:
            _pass_by(world, outage, fate)
        elif fate.status == Out.CANCELLED:
            by = world.told(fate.at(0.5))
            outages.cancel(outage, reason="用户内部故障，误报（演练）", at=fate.at(0.5), by=by)
        else:
            _work(world, outage, fate)


def _report(world: World, number: int, fate: Fate) -> Outage:
    is_low = number % _LOW_VOLTAGE_EVERY == _LOW_VOLTAGE_EVERY - 1
    section = world.sections[number % len(world.sections)]
    reported_at = fate.at(0.03)
    by = world.told(reported_at)
    customers = world.dice.randint(6, 60) if is_low else world.dice.randint(30, 1600)
    line = section.line
    if is_low:
        place = places.create(text=world.dice.choice(_VILLAGES), at=reported_at, by=by)
    else:
        place = places.create(
            line=line, branch=section.code, pole_no=_pole(world, section), at=reported_at, by=by
        )
    cause = world.dice.choice(_CAUSES)
    return outages.report(
        organization=line.organization,
        place=place,
        kind=OutageKind.LOW_VOLTAGE if is_low else OutageKind.FORCED,
        voltage_kv=Decimal("0.4") if is_low else line.voltage_kv,
        at=reported_at,
        by=by,
        line=None if is_low else line,
        section=None if is_low else section,
        storm=world.storm,
        cause_code=cause,
        cause_confidence=CauseConfidence.CONFIRMED if fate.status in OVER else CauseConfidence.SUSPECTED,
        occurred_at=fate.began_at,
        report_channel=world.dice.choice(_CHANNELS),
        customers_affected=None if number % _NO_COUNT_EVERY == _NO_COUNT_EVERY - 1 else customers,
        mv_users=1 if is_low else max(1, customers // 60),
        lines_tripped=None if is_low else 1,
    )


def _pass_by(world: World, outage: Outage, fate: Fate) -> None:
    """Let an outage be over by itself after two minutes."""
    at = fate.at(0.5)
    back_at = fate.began_at + timedelta(minutes=2)
    outages.record_momentary(outage, restored_at=back_at, at=at, by=world.told(at))


def _work(world: World, outage: Outage, fate: Fate) -> None:
    """Go through the stages of the work as far as they were reached; nobody tells all of them."""
    if fate.reached(Out.CONFIRMED) and (fate.status not in OVER or world.happens(0.5)):
        at = fate.stage_at(Out.CONFIRMED)
        outages.confirm(outage, at=at, by=world.told(at))
    jobs.send(world, outage, fate)
    _estimate(world, outage, fate)
    if fate.status not in OVER or world.happens(0.3):
        _find_and_mend(world, outage, fate)
    if fate.reached(Out.PARTIALLY_RESTORED):
        _restore(world, outage, fate)


def _find_and_mend(world: World, outage: Outage, fate: Fate) -> None:
    for status, verb in (
        (Out.LOCATED, outages.locate),
        (Out.ISOLATED, outages.isolate),
        (Out.REPAIRING, outages.start_repair),
    ):
        if fate.reached(status):
            at = fate.stage_at(status)
            verb(outage, at=at, by=world.told(at))
    if fate.reached(Out.LOCATED):
        _break(world, outage, fate)


def _estimate(world: World, outage: Outage, fate: Fate) -> None:
    """Publish when supply should be back: some too early, some revised, some never."""
    if fate.status == Out.REPORTED or world.happens(0.7 if fate.status in OVER else 0.25):
        return
    at = fate.stage_at(Out.CONFIRMED)
    value_at = at + world.minutes(60, 420)
    estimates.publish(outage, kind=EstimateKind.AUTO, value_at=value_at, at=at, by=world.told(at))
    if fate.reached(Out.ISOLATED) and world.happens(0.4):
        at = fate.stage_at(Out.ISOLATED)
        estimates.publish(
            outage,
            kind=EstimateKind.CREW,
            value_at=at + world.minutes(60, 300),
            reason="班组现场复核",
            at=at,
            by=world.told(at),
        )


def _break(world: World, outage: Outage, fate: Fate) -> None:
    if world.happens(0.4):
        return
    at = fate.stage_at(Out.LOCATED)
    is_hazard = len(world.outages) % _HAZARD_EVERY == 0
    found = damage.record(
        outage,
        kind=world.dice.choice(_DAMAGE[CauseCode(outage.cause_code)]),
        count=world.dice.randint(1, 4),
        place=outage.place,
        is_live_hazard=is_hazard,
        found_at=at,
        at=at,
        by=world.told(at),
    )
    if is_hazard and fate.status in OVER:
        safe_at = fate.stage_at(Out.ISOLATED)
        damage.make_safe(found, at=safe_at, by=world.told(safe_at))


def _restore(world: World, outage: Outage, fate: Fate) -> None:
    """Bring supply back in one to three steps; of a partly restored outage the last one is still owed."""
    is_over = fate.status in OVER
    at = fate.stage_at(Out.PARTIALLY_RESTORED)
    total = outage.customers_affected
    if total is None or (is_over and world.happens(0.5)):
        parts: list[int | None] = [total]
    else:
        parts = [*_parts(world, total)]
    for index, customers in enumerate(parts if is_over else parts[: max(1, len(parts) - 1)]):
        is_last = is_over and index == len(parts) - 1
        step_at = fate.at(1) if is_last else at + (fate.at(0.95) - at) * index / len(parts)
        step_at = step_at.replace(second=0, microsecond=0)
        restoration.restore_step(
            outage,
            method=RestorationMethod.REPAIR if is_last else RestorationMethod.TRANSFER,
            customers=customers,
            final=is_last and total is None,
            at=step_at,
            by=world.told(step_at),
        )
    if is_over:
        _finish(world, outage, fate)


def _parts(world: World, total: int) -> list[int]:
    """Share customers out over two or three steps."""
    first = max(1, total * world.dice.randint(40, 70) // 100)
    second = max(1, (total - first) // 2) if world.happens(0.2) else 0
    return [part for part in (first, second, total - first - second) if part > 0]


def _finish(world: World, outage: Outage, fate: Fate) -> None:
    at = fate.at(1.05)
    if world.happens(0.3):
        restoration.repair(outage, at=at, by=world.told(at))
    if fate.status == Out.CLOSED:
        if world.happens(0.3):
            restoration.return_to_normal(outage, at=at, by=world.told(at))
        unknown = {} if outage.customers_affected else {"customers_affected": str(UnknownReason.NOT_MEASURED)}
        closing.close(
            outage,
            reason="演练：虚构地点不能对应行政区划",
            unknown_reasons=unknown,
            at=fate.at(1.1),
            by=world.told(fate.at(1.1)),
        )


def _pole(world: World, section: LineSection) -> str:
    return f"{int(section.from_pole) + world.dice.randrange(25):03d}"
