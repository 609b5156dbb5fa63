"""Story 2: Shangyu helps Shengzhou. A village without power, a feeder freed of its fault, a team on loan."""

from datetime import date
from decimal import Decimal
from typing import Final, TypedDict

from incidents.choices import (
    BlockCause,
    CauseCode,
    CauseConfidence,
    DamageKind,
    DeploymentStatus,
    IceMethod,
    IceType,
    NoteKind,
    OutageKind,
    ReportChannel,
    RestorationMethod,
    Source,
    Statistic,
    TaskKind,
    ThicknessKind,
    TimePrecision,
    VehicleKind,
)
from incidents.journal import Actor
from incidents.management.stories.february_2024.words import BACK_AT, DAY, SHANGYU, not_stated, told
from incidents.management.stories.february_2024.words import place as place_of
from incidents.models import Organization, Outage, Place, Storm
from incidents.services import damage, deployments, ice, outages, restoration, roads, storms, weather


class _Dated(TypedDict):
    occurred_on: date
    occurred_precision: TimePrecision
    report_channel: ReportChannel


# Both outages have the day and nothing finer, and neither line, number nor load.
_ON_THE_DAY: Final[_Dated] = {
    "occurred_on": DAY,
    "occurred_precision": TimePrecision.DAY,
    "report_channel": ReportChannel.MEDIA,
}
_UNSAID: Final = (
    "occurred_at",
    "line",
    "section",
    "lines_tripped",
    "mv_users",
    "customers_affected",
    "load_lost_mw",
)


def tell(storm: Storm, shangyu: Organization, shengzhou: Organization, by: Actor) -> None:
    """Tell of the team, both outages, the ice, and what Shangyu does next."""
    _tell_support(storm, shangyu, by)
    _tell_village(storm, shengzhou, by)
    _tell_feeder(storm, shangyu, by)
    _tell_follow_up(storm, shangyu, by)


def _tell_support(storm: Storm, shangyu: Organization, by: Actor) -> None:
    """Thirteen people and three repair vehicles belong to the deployment, not to one of the outages."""
    deployments.record(
        organization=shangyu,
        status=DeploymentStatus.WORKING,
        host_organization=None,
        host_text="嵊州",
        host_place=place_of("嵊州", by),
        headcount=13,
        vehicle_count=3,
        vehicle_kind=VehicleKind.REPAIR,
        tasks=[TaskKind.CLEAR_CORRIDOR, TaskKind.REPAIR],
        by=by,
        **told(
            storm,
            SHANGYU,
            "13名骨干力量；3辆抢修车；线路通道清理、应急抢险",
            "request",
            "host_organization",
            *deployments.MOMENTS,
            "expected_at",
        ),
    )


def _tell_village(storm: Storm, shengzhou: Organization, by: Actor) -> None:
    """Outage A: bamboo, not ice, broke the wire; whether supply came back is not said."""
    place = place_of("嵊州市崇仁镇岭头山村", by)
    outage = outages.report(
        organization=shengzhou,
        place=place,
        at=by.now,
        by=by,
        kind=OutageKind.LOW_VOLTAGE,
        voltage_kv=Decimal("0.4"),
        cause_code=CauseCode.BAMBOO_ICE,
        cause_text="冻雨压弯的竹子压断低压线",
        cause_confidence=CauseConfidence.CONFIRMED,
        remark="报道未说线路属于哪家公司：按地点记在嵊州。未说是否已恢复供电。",
        **_ON_THE_DAY,
        **told(storm, SHANGYU, "低压线被弯折的竹子压断", *_UNSAID, "restored_at"),
    )
    outages.locate(outage, at=by.now, by=by, stated=False)
    damage.record(
        outage,
        kind=DamageKind.CONDUCTOR_BREAK,
        at=by.now,
        by=by,
        place=place,
        found_at=None,
        source=Source.REPORTED,
        source_ref=SHANGYU,
        quote="被弯折的竹子压断",
        unknown_reasons=not_stated("count", "found_at"),
    )
    road = roads.report(
        organization=shengzhou,
        place=place,
        at=by.now,
        by=by,
        outages=[outage],
        cause=BlockCause.UNKNOWN,
        blocked_precision=TimePrecision.UNKNOWN,
        **told(storm, SHANGYU, "把这条路尽快修出来，抢修车就可以过去了", "blocked_at", "cleared_at"),
    )
    roads.start_clearing(road, at=by.now, by=by, stated=False)


def _tell_feeder(storm: Storm, shangyu: Organization, by: Actor) -> None:
    """Outage B: a 10 kV line on a mountain that no list can place, back at ten past nine in the evening."""
    place = place_of("横岗村山上", by)
    outage = outages.report(
        organization=shangyu,
        place=place,
        at=by.now,
        by=by,
        kind=OutageKind.UNKNOWN,
        voltage_kv=Decimal(10),
        cause_code=CauseCode.ICE_LOAD,
        cause_text="线路出现覆冰",
        cause_confidence=CauseConfidence.INFERRED,
        remark="报道未说线路属于哪家公司：由上虞供电公司切除隔离，记在上虞。未说是跳闸还是拉停。",
        **_ON_THE_DAY,
        **told(storm, SHANGYU, "2月26日的夜间……上虞供电公司连夜……到晚上9时10分……恢复正常供电", *_UNSAID),
    )
    fault = damage.record(
        outage,
        kind=DamageKind.UNKNOWN,
        at=by.now,
        by=by,
        place=place,
        source=Source.REPORTED,
        source_ref=SHANGYU,
        quote="切除隔离",
        unknown_reasons=not_stated("count", "found_at", "repaired_at"),
    )
    damage.isolate(fault, at=by.now, by=by, isolated_by=shangyu, stated=False)
    outages.isolate(outage, at=by.now, by=by, stated=False)
    restoration.restore_step(
        outage,
        method=RestorationMethod.ISOLATE_AND_RECLOSE,
        at=BACK_AT,
        by=by,
        final=True,
        remark="日期由“2月26日的夜间……连夜……到晚上9时10分”推断",
    )
    _tell_ice(storm, outage, place, by)


def _tell_ice(storm: Storm, outage: Outage, place: Place, by: Actor) -> None:
    """Thirty millimetres at most, of what kind nobody says; five degrees below zero."""
    ice.record(
        ice.Observation(
            kind=ThicknessKind.UNKNOWN,
            method=IceMethod.MEDIA_REPORT,
            thickness_mm=Decimal("30.0"),
            statistic=Statistic.MAX,
            ice_type=IceType.UNKNOWN,
            observed_on=DAY,
            observed_precision=TimePrecision.DAY,
            place=place,
            outage=outage,
            storm=storm,
            source=Source.REPORTED,
            source_ref=SHANGYU,
            quote="最大厚度增至30毫米",
            unknown_reasons=not_stated(
                "section", "observed_at", "density_g_cm3", "conductor_diameter_mm", "air_temp_c"
            ),
        ),
        by=by,
    )
    weather.record(
        place=place,
        air_temp_c=Decimal("-5.0"),
        temp_statistic=Statistic.MIN,
        observed_on=DAY,
        observed_precision=TimePrecision.DAY,
        by=by,
        **told(
            storm,
            SHANGYU,
            "零下5摄氏度",
            "observed_at",
            "section",
            "relative_humidity_pct",
            "wind_speed_m_s",
            "wind_direction_deg",
            "precipitation_mm_h",
        ),
    )


def _tell_follow_up(storm: Storm, shangyu: Organization, by: Actor) -> None:
    storms.add_note(
        kind=NoteKind.FOLLOW_UP,
        text="加强辖区巡视频次，隐患清理",
        organization=shangyu,
        by=by,
        **told(storm, SHANGYU, "加强辖区巡视频次", "place"),
    )
    storms.add_note(
        kind=NoteKind.CONDITION,
        text="部分线路存在覆冰覆雪，整体运行良好",
        organization=shangyu,
        place=place_of("上虞山区", by),
        by=by,
        **told(storm, SHANGYU, "部分线路存在覆冰覆雪，整体运行良好"),
    )
