"""Both stories of February 2024 as records: what they say, and, just as much, what they do not say."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from pytest_django import DjangoDbBlocker

from incidents.choices import (
    BlockCause,
    CauseCode,
    CauseConfidence,
    DamageKind,
    DeploymentStatus,
    EntryMode,
    IceMethod,
    IceType,
    NoteKind,
    OutageKind,
    OutageStatus,
    PlacePrecision,
    PlaceResolution,
    ReportChannel,
    RestorationMethod,
    Statistic,
    SupplyKind,
    TaskKind,
    ThicknessKind,
    TimePrecision,
    VehicleKind,
    VisitPurpose,
)
from incidents.errors import Missing
from incidents.models import (
    Assignment,
    Crew,
    Damage,
    Deployment,
    Estimate,
    Hazard,
    IceReading,
    JournalEntry,
    Line,
    Organization,
    Outage,
    Place,
    RestorationStep,
    RoadBlock,
    SectionIcing,
    Storm,
    StormNote,
    Supply,
    SupportRequest,
    User,
    Visit,
    WeatherReading,
)
from incidents.services import closing
from tests.factories import make_actor

SOURCED: list[Any] = [
    Damage,
    Deployment,
    IceReading,
    Outage,
    RoadBlock,
    StormNote,
    Supply,
    Visit,
    WeatherReading,
]


def load() -> str:
    told = StringIO()
    call_command("load_storm", "february-2024", stdout=told)
    return told.getvalue()


@pytest.fixture(scope="module")
def _told(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Both stories, told once for all tests here and gone afterwards."""
    with django_db_blocker.unblock():
        load()
        yield
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture
def storm(_told: None, db: None) -> Storm:
    return Storm.objects.get(slug="february-2024")


def outage_in_the_village() -> Outage:
    return Outage.objects.get(voltage_kv=Decimal("0.4"))


def outage_on_the_mountain() -> Outage:
    return Outage.objects.get(voltage_kv=10)


def test_the_storm_has_no_beginning_and_no_end_and_is_no_drill(storm: Storm) -> None:
    assert (storm.name, storm.hazard) == ("2024年2月寒潮雨雪冰冻", "mixed")
    assert (storm.started_at, storm.ended_at, storm.is_exercise) == (None, None, False)
    assert "年份由同页文章推断" in storm.remark
    assert set(storm.organizations.values_list("name", flat=True)) == {
        "国网丽水供电公司",
        "国网上虞区供电公司",
        "国网嵊州市供电公司",
    }


def test_the_organisations_stand_in_their_tree(storm: Storm) -> None:
    shangyu = Organization.objects.get(name="国网上虞区供电公司")
    lishui = Organization.objects.get(name="国网丽水供电公司")

    assert shangyu.parent is not None
    assert shangyu.parent.name == "国网绍兴供电公司"
    assert shangyu.parent.parent == lishui.parent == Organization.objects.get(name="国网浙江省电力有限公司")
    assert (shangyu.division_id, lishui.short_name) == ("330604", "国网丽水市供电公司")


def test_leaders_went_to_four_places_each_as_exact_as_it_is_known(storm: Storm) -> None:
    visit = Visit.objects.get()

    assert visit.organization.name == "国网丽水供电公司"
    assert visit.leaders_text == "公司领导班子，班子成员分别带队"
    assert (visit.visited_on, visit.unknown_reasons) == (None, {"visited_on": "not_stated"})
    assert visit.purposes == [VisitPurpose.COMFORT, VisitPurpose.SURVEY_ICING, VisitPurpose.GUIDE]
    assert (visit.instructions, visit.quote) == ("确保人身安全", "连日来")
    places = visit.places.order_by("id").values_list("text", "division_id", "precision", "resolved_by")
    assert list(places) == [
        ("缙云县壶镇镇南田村", "331122101", PlacePrecision.TOWN, PlaceResolution.EXACT),
        ("莲都区陈寮村", "331102", PlacePrecision.COUNTY, PlaceResolution.EXACT),
        ("遂昌县叶家殿村", "331123", PlacePrecision.COUNTY, PlaceResolution.EXACT),
        ("云和县雾溪乡龙井村", "331125201", PlacePrecision.TOWN, PlaceResolution.ALIAS),
    ]
    assert list(visit.places.values_list("candidates", flat=True)) == [[], [], [], []]


def test_leaders_brought_meals_and_knee_pads_that_nobody_counted(storm: Storm) -> None:
    brought = Supply.objects.order_by("id")

    assert [(row.kind, row.quote) for row in brought] == [
        (SupplyKind.SELF_HEATING_MEAL, "自热饭"),
        (SupplyKind.KNEE_PAD, "护膝"),
    ]
    for row in brought:
        assert row.visit == Visit.objects.get()
        assert (row.quantity, row.unit, row.delivered_at, row.crew, row.deployment) == (
            None,
            "",
            None,
            None,
            None,
        )
        assert row.unknown_reasons["quantity"] == "not_stated"


def test_lishui_has_a_condition_and_an_instruction_but_no_outage(storm: Storm) -> None:
    lishui = Organization.objects.get(name="国网丽水供电公司")

    notes = StormNote.objects.filter(organization=lishui).order_by("id")

    assert [(note.kind, note.text) for note in notes] == [
        (NoteKind.CONDITION, "部分地区冰冻，对电网安全稳定运行带来挑战"),
        (NoteKind.INSTRUCTION, "确保人身安全"),
    ]
    assert not Outage.objects.filter(organization=lishui).exists()
    assert not Outage.objects.filter(place__division__code__startswith="3311").exists()


def test_thirteen_people_and_three_vehicles_belong_to_the_deployment(storm: Storm) -> None:
    team = Deployment.objects.get()

    assert (team.headcount, team.vehicle_count, team.vehicle_kind) == (13, 3, VehicleKind.REPAIR)
    assert team.organization.name == "国网上虞区供电公司"
    assert (team.host_organization, team.host_text) == (None, "嵊州")
    assert team.host_place is not None
    assert team.host_place.division_id == "330683"
    assert team.tasks == [TaskKind.CLEAR_CORRIDOR, TaskKind.REPAIR]
    assert team.status == DeploymentStatus.WORKING


def test_of_the_deployment_nothing_else_is_known(storm: Storm) -> None:
    team = Deployment.objects.get()

    empty = ["request", "host_organization", "mobilised_at", "departed_at", "expected_at", "arrived_at"]
    empty += ["briefed_at", "released_at", "returned_at"]
    assert [getattr(team, name) for name in empty] == [None] * len(empty)
    assert team.unknown_reasons == dict.fromkeys(empty, "not_stated")
    words = [team.leader_name, team.leader_phone, team.host_contact, team.area, team.lodging, team.meals]
    assert [*words, team.equipment] == [""] * 7
    assert not team.crews.exists()
    assert not Crew.objects.exists()
    assert not Assignment.objects.exists()
    assert not SupportRequest.objects.exists()


def test_outage_a_is_a_wire_broken_by_bamboo_in_a_village(storm: Storm) -> None:
    outage = outage_in_the_village()

    assert outage.kind == OutageKind.LOW_VOLTAGE
    assert (outage.cause_code, outage.cause_confidence) == (CauseCode.BAMBOO_ICE, CauseConfidence.CONFIRMED)
    assert "竹子" in outage.cause_text
    assert (outage.place.text, outage.place.division_id) == ("嵊州市崇仁镇岭头山村", "330683102343")
    assert (outage.place.precision, outage.place.resolved_by) == (
        PlacePrecision.VILLAGE,
        PlaceResolution.EXACT,
    )
    assert (outage.status, outage.not_reported) == (OutageStatus.LOCATED, [OutageStatus.CONFIRMED])
    assert outage.report_channel == ReportChannel.MEDIA
    assert Damage.objects.get(outage=outage).kind == DamageKind.CONDUCTOR_BREAK


def test_outage_a_did_not_come_back_in_the_story_and_has_no_ice(storm: Storm) -> None:
    outage = outage_in_the_village()

    assert (outage.restored_at, outage.repaired_at, outage.located_at) == (None, None, None)
    assert outage.unknown_reasons["restored_at"] == "not_stated"
    assert not outage.steps.exists()
    assert not outage.ice_readings.exists()


def test_the_road_to_the_village_is_being_cleared(storm: Storm) -> None:
    road = RoadBlock.objects.get()

    assert list(road.outages.all()) == [outage_in_the_village()]
    assert road.quote == "把这条路尽快修出来，抢修车就可以过去了"
    assert (road.is_being_cleared, road.cause) == (True, BlockCause.UNKNOWN)
    assert (road.blocked_at, road.blocked_on, road.clearing_at, road.cleared_at) == (None, None, None, None)
    assert road.blocked_precision == TimePrecision.UNKNOWN


def test_outage_b_came_back_at_ten_past_nine_in_the_evening_chinese_time(storm: Storm) -> None:
    outage = outage_on_the_mountain()

    step = RestorationStep.objects.get()

    assert step.outage == outage
    assert step.at == datetime(2024, 2, 26, 13, 10, tzinfo=UTC)
    assert (step.seq, step.method, step.is_final) == (1, RestorationMethod.ISOLATE_AND_RECLOSE, True)
    assert (step.customers, step.mv_users) == (None, None)
    assert (outage.status, outage.restored_at) == (OutageStatus.RESTORED, step.at)
    assert (outage.cause_code, outage.cause_confidence) == (CauseCode.ICE_LOAD, CauseConfidence.INFERRED)
    assert outage.cause_text == "线路出现覆冰"


def test_outage_b_is_restored_and_neither_repaired_nor_closed(storm: Storm) -> None:
    outage, by = outage_on_the_mountain(), make_actor(now=datetime(2026, 1, 1, tzinfo=UTC))

    with pytest.raises(Missing):
        closing.close(outage, at=by.now, by=by)

    fault = Damage.objects.get(outage=outage)
    assert (fault.kind, fault.isolated_at, fault.repaired_at) == (DamageKind.UNKNOWN, None, None)
    assert fault.isolated_by is not None
    assert fault.isolated_by.short_name == "上虞供电公司"
    assert (outage.isolated_at, outage.repaired_at, outage.normal_mode_at) == (None, None, None)
    assert outage.unknown_reasons["isolated_at"] == "not_stated"
    outage.refresh_from_db()
    assert outage.status == OutageStatus.RESTORED


def test_the_mountain_village_is_not_geocoded_into_another_city(storm: Storm) -> None:
    place = outage_on_the_mountain().place

    assert place.text == "横岗村山上"
    assert (place.division, place.precision, place.resolved_by) == (
        None,
        PlacePrecision.UNKNOWN,
        PlaceResolution.NONE,
    )
    assert [code[:6] for code in place.candidates] == ["330329", "331102", "331124"]
    assert (place.latitude, place.longitude, place.altitude_m) == (None, None, None)


def test_whose_line_is_not_said_and_the_remark_says_so(storm: Storm) -> None:
    village, mountain = outage_in_the_village(), outage_on_the_mountain()

    assert village.organization.name == "国网嵊州市供电公司"
    assert mountain.organization.name == "国网上虞区供电公司"
    for outage in (village, mountain):
        assert "报道未说线路属于哪家公司" in outage.remark
    assert mountain.kind == OutageKind.UNKNOWN


def test_both_outages_have_a_day_and_no_hour_and_no_numbers(storm: Storm) -> None:
    unsaid = [
        "occurred_at",
        "line",
        "section",
        "lines_tripped",
        "mv_users",
        "customers_affected",
        "load_lost_mw",
    ]

    for outage in (outage_in_the_village(), outage_on_the_mountain()):
        assert [getattr(outage, name) for name in unsaid] == [None] * len(unsaid)
        assert {outage.unknown_reasons[name] for name in unsaid} == {"not_stated"}
        assert (outage.occurred_on, outage.occurred_precision) == (date(2024, 2, 26), TimePrecision.DAY)


def test_thirty_millimetres_are_a_maximum_of_unknown_kind_and_grade_nothing(storm: Storm) -> None:
    reading = IceReading.objects.get()

    assert (reading.thickness_mm, reading.statistic) == (Decimal("30.0"), Statistic.MAX)
    assert (reading.kind, reading.ice_type) == (ThicknessKind.UNKNOWN, IceType.UNKNOWN)
    assert (reading.method, reading.quote) == (IceMethod.MEDIA_REPORT, "最大厚度增至30毫米")
    assert (reading.outage, reading.place) == (outage_on_the_mountain(), outage_on_the_mountain().place)
    assert (reading.observed_at, reading.observed_on) == (None, date(2024, 2, 26))
    assert (reading.section, reading.air_temp_c, reading.density_g_cm3) == (None, None, None)
    assert not SectionIcing.objects.exists()


def test_it_was_five_degrees_below_zero_at_least(storm: Storm) -> None:
    reading = WeatherReading.objects.get()

    assert (reading.air_temp_c, reading.temp_statistic) == (Decimal("-5.0"), Statistic.MIN)
    assert reading.quote == "零下5摄氏度"
    assert (reading.observed_at, reading.observed_on) == (None, date(2024, 2, 26))
    assert (reading.wind_speed_m_s, reading.precipitation_mm_h, reading.relative_humidity_pct) == (None,) * 3
    assert reading.place == outage_on_the_mountain().place


def test_shangyu_announces_patrols_and_finds_its_own_grid_well(storm: Storm) -> None:
    notes = StormNote.objects.filter(organization__name="国网上虞区供电公司").order_by("id")

    assert [(note.kind, note.text) for note in notes] == [
        (NoteKind.FOLLOW_UP, "加强辖区巡视频次，隐患清理"),
        (NoteKind.CONDITION, "部分线路存在覆冰覆雪，整体运行良好"),
    ]
    place = notes[1].place
    assert place is not None
    assert (place.text, place.division_id, place.precision) == ("上虞山区", "330604", PlacePrecision.COUNTY)


def test_nothing_that_the_stories_do_not_tell_is_in_the_record(storm: Storm) -> None:
    for model in (Line, Crew, Assignment, Estimate, Hazard, SupportRequest, SectionIcing):
        assert not model.objects.exists(), model
    assert Outage.objects.count() == 2
    assert Place.objects.count() == 8  # four of the visit, the village, the mountain, Shengzhou, Shangyu


def test_every_fact_was_told_after_the_fact_with_its_words(storm: Storm) -> None:
    for model in SOURCED:
        for row in model.objects.all():
            assert row.entry_mode == EntryMode.HISTORICAL, row
            assert row.source_ref.startswith(("报道一：", "报道二：")), row
            assert row.quote, row
    assert not Outage.objects.live().exists()


def test_loading_it_again_changes_nothing(storm: Storm) -> None:
    before = (JournalEntry.objects.count(), Place.objects.count(), User.objects.count())

    told = load()

    assert (JournalEntry.objects.count(), Place.objects.count(), User.objects.count()) == before
    assert Storm.objects.count() == 1
    assert "february-2024" in told


def test_everything_has_its_entry_in_the_journal_by_the_system(storm: Storm) -> None:
    kinds = JournalEntry.objects.values_list("kind", flat=True)

    assert set(JournalEntry.objects.values_list("by__username", flat=True)) == {"system"}
    assert sorted(kinds) == sorted(
        [
            "user.added",
            "division.loaded",
            *["organization.created"] * 5,
            "storm.opened",
            *["place.created"] * 8,
            "visit.recorded",
            *["supply.recorded"] * 2,
            *["storm_note.added"] * 4,
            "deployment.recorded",
            *["outage.reported"] * 2,
            "outage.located",
            "outage.isolated",
            "outage.restored",
            "restoration_step.recorded",
            *["damage.recorded"] * 2,
            "damage.isolated",
            "road_block.reported",
            "road_block.clearing_started",
            "ice.recorded",
            "weather.recorded",
        ]
    )
