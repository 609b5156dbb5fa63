"""Briefs: read once, then decided piece by piece."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from incidents.choices import BriefItemState, BriefOutcome, EntryMode, OutageStatus, Source
from incidents.errors import BadTransition, ExerciseMix, Invalid, Missing, OutOfRange
from incidents.journal import Actor
from incidents.models import (
    Brief,
    BriefItem,
    Deployment,
    IceReading,
    JournalEntry,
    Organization,
    Outage,
    WeatherReading,
)
from incidents.rules.times import SHANGHAI
from incidents.services import briefs
from incidents.services.brief_pieces import record_of
from tests.factories import make_actor, make_line, make_outage, make_place, make_storm
from tests.incidents.services.briefs_told import HENGGANG, PUBLISHED, STORY, shangyu

pytestmark = pytest.mark.django_db
NOW = datetime(2024, 2, 28, 3, 0, tzinfo=UTC)


@pytest.fixture
def company() -> Organization:
    return shangyu()


@pytest.fixture
def officer() -> Actor:
    return make_actor(now=NOW)


@pytest.fixture
def brief(company: Organization, officer: Actor) -> Brief:
    return briefs.take(organization=company, text=STORY, published_on=PUBLISHED, by=officer)


def piece(brief: Brief, kind: str, nth: int = 0) -> BriefItem:
    return list(brief.items.filter(kind=kind).order_by("seq"))[nth]


def confirm(item: BriefItem, officer: Actor, **edits: Any) -> BriefItem:
    return briefs.confirm(item, edits=edits, at=officer.now, by=officer)


def test_the_story_is_read_into_pieces_and_nothing_is_in_the_record_yet(brief: Brief) -> None:
    kinds = list(brief.items.order_by("seq").values_list("kind", flat=True))

    assert kinds == [
        "storm", "deployment", "outage", "damage", "outage", "ice", "weather", "step",
        "total", "total", "total",
    ]  # fmt: skip
    assert brief.why_not == ""
    assert not Outage.objects.exists()
    assert not Deployment.objects.exists()
    assert JournalEntry.objects.get(kind="brief.taken").after["pieces"] == 11


def test_every_value_carries_the_words_that_it_came_from(brief: Brief) -> None:
    for item in brief.items.all():
        for told in item.values.values():
            for value in told if isinstance(told, list) else [told]:
                if value["span"]:
                    start, end = value["span"]
                    assert STORY[start:end] == value["quote"]


def test_the_same_text_again_is_the_same_brief(brief: Brief, company: Organization, officer: Actor) -> None:
    again = briefs.take(organization=company, text=STORY, published_on=PUBLISHED, by=officer)
    undated = briefs.take(organization=company, text=STORY, by=officer)
    windows = briefs.take(organization=company, text=STORY.replace("\n", "\r\n"), by=officer)

    assert again.pk == undated.pk == windows.pk == brief.pk
    assert Brief.objects.count() == 1


def test_what_is_no_brief_says_so_and_has_no_pieces(company: Organization, officer: Actor) -> None:
    brief = briefs.take(organization=company, text="今天中午食堂供应红烧肉，欢迎品尝。", by=officer)

    assert brief.why_not == "not-about-the-grid"
    assert not brief.items.exists()


def test_the_story_confirmed_is_in_the_record(brief: Brief, officer: Actor) -> None:
    for item in brief.items.order_by("seq"):
        confirm(item, officer, **({"name": "2024年2月寒潮"} if item.kind == "storm" else {}))

    feeder = record_of(piece(brief, "outage", 1))
    assert isinstance(feeder, Outage)
    assert [feeder.status, feeder.voltage_kv, feeder.cause_code] == [OutageStatus.RESTORED, 10, "ice_load"]
    assert feeder.restored_at == datetime(2024, 2, 26, 21, 10, tzinfo=SHANGHAI)
    assert (feeder.customers_affected, feeder.line, feeder.occurred_at) == (None, None, None)
    assert feeder.unknown_reasons["customers_affected"] == "not_stated"
    assert feeder.place.division is None
    assert tuple(feeder.place.candidates) == HENGGANG
    ice = IceReading.objects.get()
    assert (ice.thickness_mm, ice.statistic, ice.outage) == (Decimal("30.0"), "max", feeder)
    assert WeatherReading.objects.get().air_temp_c == Decimal("-5.0")
    team = Deployment.objects.get()
    assert (team.headcount, team.vehicle_count, team.host_text) == (13, 3, "嵊州")
    village = record_of(piece(brief, "outage", 0))
    assert isinstance(village, Outage)
    assert (village.place.division_id, village.status) == ("330683102343", OutageStatus.REPORTED)
    assert {each.outcome for each in brief.items.filter(kind="total")} == {BriefOutcome.STATED}
    assert not brief.items.filter(state=BriefItemState.OPEN).exists()


def test_a_record_names_its_brief_and_its_words_and_is_told_after_the_fact(
    brief: Brief, officer: Actor
) -> None:
    item = confirm(piece(brief, "outage", 1), officer)

    outage = Outage.objects.get()
    assert outage.source == Source.REPORTED
    assert outage.source_ref == f"brief {brief.uuid} #{item.seq}"
    assert "2月26日夜间" in outage.quote
    assert "恢复正常供电" in outage.quote
    assert outage.entry_mode == EntryMode.HISTORICAL
    assert outage.reported_at == datetime(2024, 2, 26, 22, 0, tzinfo=SHANGHAI)


def test_a_brief_of_this_hour_is_live(company: Organization) -> None:
    officer = make_actor(now=datetime(2024, 2, 26, 22, 30, tzinfo=SHANGHAI))
    brief = briefs.take(organization=company, text=STORY, published_on=officer.now.date(), by=officer)

    confirm(piece(brief, "outage", 1), officer)

    assert Outage.objects.get().entry_mode == EntryMode.LIVE


def test_an_edit_counts_over_what_was_read_and_both_are_kept(brief: Brief, officer: Actor) -> None:
    place = {"text": "横岗村山上", "code": "331102200244"}

    item = confirm(piece(brief, "outage", 1), officer, place=place, customers=128, cause=None)

    outage = Outage.objects.get()
    assert (outage.place.division_id, outage.customers_affected) == ("331102200244", 128)
    assert outage.cause_code == "unknown"
    assert item.edits == {"place": place, "customers": 128, "cause": None}
    assert item.values["place"]["value"]["code"] is None


def test_an_outage_on_record_is_found_by_line_and_day_and_not_doubled(
    company: Organization, officer: Actor
) -> None:
    line = make_line(organization=company, name="10千伏古西线", code="GX")
    known = make_outage(
        organization=company,
        line=line,
        reported_at=NOW - timedelta(days=1),
        occurred_at=datetime(2024, 2, 26, 13, 5, tzinfo=UTC),
        occurred_precision="minute",
        customers_affected=120,
    )
    text = "国网上虞区供电公司消息：2月26日21时，10千伏古西线跳闸，停电128户。"
    brief = briefs.take(organization=company, text=text, published_on=PUBLISHED, by=officer)

    item = confirm(piece(brief, "outage"), officer)

    assert (item.outcome, item.record_uuid, item.same) == (BriefOutcome.LINKED, known.uuid, ["line", "day"])
    assert item.differs == {"customers": 120}
    assert Outage.objects.get().customers_affected == 120


def test_one_that_matches_is_a_new_one_where_a_person_says_so(company: Organization, officer: Actor) -> None:
    line = make_line(organization=company, name="10千伏古西线")
    make_outage(organization=company, line=line, occurred_on=PUBLISHED, occurred_precision="day")
    text = "国网上虞区供电公司消息：2月28日8时，10千伏古西线跳闸，停电128户。"
    brief = briefs.take(organization=company, text=text, published_on=PUBLISHED, by=officer)

    briefs.confirm(piece(brief, "outage"), anew=True, at=NOW, by=officer)

    assert Outage.objects.filter(line=line).count() == 2


def test_place_voltage_and_day_find_an_outage_but_another_company_has_none(
    company: Organization, officer: Actor, brief: Brief
) -> None:
    stranger = make_outage(
        place=make_place(text="横岗村"), occurred_on=date(2024, 2, 26), occurred_precision="day"
    )
    confirm(piece(brief, "outage", 1), officer)
    again = briefs.take(
        organization=company,
        text="国网上虞区供电公司消息：2月26日夜间，横岗村山上10千伏线路覆冰停电。",
        published_on=PUBLISHED,
        by=officer,
    )

    item = confirm(piece(again, "outage"), officer)

    assert item.same == ["place", "voltage", "day"]
    assert item.record_uuid not in (None, stranger.uuid)
    assert Outage.objects.count() == 2


def test_a_step_waits_for_its_outage(brief: Brief, officer: Actor) -> None:
    with pytest.raises(Missing) as refused:
        confirm(piece(brief, "step"), officer)

    assert refused.value.fields["field"] == "outage"
    assert piece(brief, "step").state == BriefItemState.OPEN


@pytest.mark.parametrize(
    ("edits", "field"),
    [
        ({"customers": "many"}, "customers"),
        ({"customers": -1}, "customers"),
        ({"customers": True}, "customers"),
        ({"occurred": "2024-02-30"}, "occurred"),
        ({"cause": "gremlins"}, "cause"),
        ({"place": {"text": "", "code": "x"}}, "place"),
        ({"colour": "red"}, "colour"),
        ({"voltage_kv": "NaN"}, "voltage_kv"),
    ],
)
def test_an_edit_that_is_no_value_is_refused_and_nothing_is_written(
    brief: Brief, officer: Actor, edits: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        confirm(piece(brief, "outage"), officer, **edits)

    assert list(refused.value.fields["problems"]) == [field]  # type: ignore[call-overload]
    assert not Outage.objects.exists()
    assert piece(brief, "outage").state == BriefItemState.OPEN


def test_nobody_decides_twice(brief: Brief, officer: Actor) -> None:
    item = briefs.discard(piece(brief, "weather"), reason="已由气象站记录", at=NOW, by=officer)

    with pytest.raises(BadTransition):
        confirm(item, officer)

    assert (item.state, item.reason) == (BriefItemState.DISCARDED, "已由气象站记录")
    assert not WeatherReading.objects.exists()
    assert JournalEntry.objects.filter(kind="brief_item.discarded").count() == 1


def test_discarding_needs_a_reason(brief: Brief, officer: Actor) -> None:
    with pytest.raises(Missing):
        briefs.discard(piece(brief, "weather"), reason=" ", at=NOW, by=officer)

    assert piece(brief, "weather").state == BriefItemState.OPEN


def test_a_brief_of_an_exercise_needs_a_storm_that_is_one(company: Organization, officer: Actor) -> None:
    text = "【演练】国网上虞区供电公司消息：2月26日21时，10千伏古西线跳闸，停电128户。"
    real = briefs.take(organization=company, text=text, published_on=PUBLISHED, by=officer)
    drill = make_storm(is_exercise=True)
    inside = briefs.take(organization=company, text=text, published_on=PUBLISHED, storm=drill, by=officer)

    with pytest.raises(ExerciseMix):
        confirm(piece(real, "outage"), officer)
    confirm(piece(inside, "outage"), officer)

    assert Outage.objects.get().storm == drill


@pytest.mark.parametrize("text", ["", " \n "])
def test_nothing_is_no_brief(company: Organization, officer: Actor, text: str) -> None:
    with pytest.raises(Missing):
        briefs.take(organization=company, text=text, by=officer)

    assert not Brief.objects.exists()


def test_a_brief_has_at_most_twenty_thousand_characters(company: Organization, officer: Actor) -> None:
    with pytest.raises(OutOfRange):
        briefs.take(organization=company, text="停" * 20_001, by=officer)

    assert not Brief.objects.exists()


def test_reading_asks_the_database_a_fixed_number_of_times(
    company: Organization, officer: Actor, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(20):
        briefs.take(organization=company, text=STORY * 10, published_on=PUBLISHED, by=officer)
