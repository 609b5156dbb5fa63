"""Briefs are read as people meant them: whole ones, single facts in many words, the story of Shangyu."""

from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar
from zoneinfo import ZoneInfo

import pytest

from incidents.choices import (
    CauseCode,
    OutageKind,
    PlacePrecision,
    PlaceResolution,
    RestorationMethod,
    Statistic,
    TimePrecision,
    VehicleKind,
)
from incidents.rules.briefs import kinds, proof
from incidents.rules.briefs import records as r
from incidents.rules.briefs.draft import Doubt, Draft, Reason
from incidents.rules.briefs.gazetteer import InMemory, KnownLine
from incidents.rules.briefs.reading import read
from incidents.rules.briefs.values import Inference, Roughly, Value
from incidents.rules.briefs.vocabulary import Entry, ours
from tests.incidents.briefs.score import FOLDER, briefs, drafted, gazetteer, score

T = TypeVar("T")
LINES = [
    line
    for line in (FOLDER / "paraphrases.txt").read_text(encoding="utf-8").split("\n")
    if line and line[0] != "#"
]


def drafted_of(text: str, published_on: date | None = date(2024, 2, 27)) -> Draft:
    return read(text, published_on=published_on, vocabulary=ours(), gazetteer=gazetteer())


def told(value: Value[T] | None) -> T:
    assert value is not None
    return value.value


def quote(value: Value[T] | None) -> str:
    assert value is not None
    return value.quote


@pytest.fixture(scope="module")
def shangyu() -> Draft:
    return drafted(briefs("building")[0])


def test_the_building_half_is_read_to_the_last_field() -> None:
    result = score(briefs("building"))

    assert result.told == []
    assert result.right.total() > 600


@pytest.mark.parametrize("half", ["kept_aside", "second", "third_building", "third_blind"])
def test_what_was_blind_once_stays_read(half: str) -> None:
    result = score(briefs(half))

    assert result.precision() >= 0.99
    assert result.recall() >= 0.99


@pytest.mark.parametrize("line", LINES)
def test_reads_one_fact_in_many_words(line: str) -> None:
    entry = Entry(category="", means="", words=(), tests=(line,))

    assert proof.failures(entry, ours(), gazetteer()) == []


def test_the_deployment_has_people_and_vehicles_and_not_the_outages(shangyu: Draft) -> None:
    (team,) = shangyu.of(r.DeploymentRecord)

    assert (told(team.headcount), told(team.vehicles), quote(team.headcount)) == (13, 3, "13名")
    assert told(team.vehicle_kind) == VehicleKind.REPAIR
    assert told(team.host) == "嵊州"
    assert shangyu.of(r.AssignmentRecord) == []


def test_the_village_is_certain_and_its_restoration_unsaid(shangyu: Draft) -> None:
    village, _ = shangyu.of(r.OutageRecord)

    place = told(village.place)
    assert place.code == "330683102343"
    assert place.precision == PlacePrecision.VILLAGE
    assert place.resolved_by == PlaceResolution.EXACT
    assert told(village.kind) == OutageKind.LOW_VOLTAGE
    assert told(village.voltage_kv) == Decimal("0.4")
    assert told(village.cause) == CauseCode.BAMBOO_ICE
    assert (village.restored, village.customers, village.line) == (None, None, None)


def test_the_feeder_stays_a_question_of_place_and_has_its_minute(shangyu: Draft) -> None:
    _, feeder = shangyu.of(r.OutageRecord)
    (step,) = shangyu.of(r.StepRecord)

    place = told(feeder.place)
    assert (place.code, place.precision) == (None, PlacePrecision.UNKNOWN)
    assert place.candidates == ("330329100214", "331102200244", "331124204203")
    assert feeder.kind is None
    assert step.outage == feeder.key
    assert told(step.method) == RestorationMethod.ISOLATE_AND_RECLOSE
    assert step.at
    assert (step.at.quote, step.at.inferred) == ("晚上9时10分", Inference.DATE_FROM_EARLIER)
    assert step.at.value.precision == TimePrecision.MINUTE
    assert step.at.value.at == datetime(2024, 2, 26, 21, 10, tzinfo=ZoneInfo("Asia/Shanghai"))


def test_ice_and_cold_keep_their_signs_and_words(shangyu: Draft) -> None:
    (ice,), (weather,) = shangyu.of(r.IceRecord), shangyu.of(r.WeatherRecord)

    assert (ice.thickness_mm.value, ice.thickness_mm.quote) == (Decimal(30), "30毫米")
    assert told(ice.statistic) == Statistic.MAX
    assert (ice.kind, ice.ice_type, ice.method) == (None, None, None)
    assert weather.temperature_c
    assert (weather.temperature_c.value, weather.temperature_c.quote) == (Decimal(-5), "零下5摄氏度")


def test_wishes_and_plans_are_listed_as_left_out() -> None:
    draft = drafted_of("国网新昌县供电公司10千伏线路停运3条，预计今晚恢复2条。")

    assert [left.why for left in draft.left_out] == [Reason.PLANNED]
    assert [left.quote for left in draft.left_out] == ["2条"]


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("1月5日，10千伏青山线跳闸。", 2024),
        ("12月30日，10千伏青山线跳闸。", 2023),
        ("2021年1月5日，10千伏青山线跳闸", 2021),
    ],
)
def test_the_year_comes_from_the_day_of_publication(text: str, year: int) -> None:
    (outage,) = drafted_of(text, date(2024, 1, 6) if year > 2022 else date(2021, 1, 6)).of(r.OutageRecord)

    assert outage.occurred
    assert outage.occurred.value.year == year
    inferred = Inference.YEAR_FROM_PUBLICATION if year > 2022 else None
    assert outage.occurred.inferred == inferred


def test_without_a_day_of_publication_the_year_stays_unknown() -> None:
    (outage,) = drafted_of("2月26日18时，10千伏青山线跳闸。", None).of(r.OutageRecord)

    assert outage.occurred
    moment = outage.occurred.value
    assert (moment.year, moment.month, moment.day, moment.hour) == (None, 2, 26, 18)
    assert (moment.at, moment.precision) == (None, TimePrecision.UNKNOWN)


def test_numbers_that_are_bounds_say_so() -> None:
    (total,) = drafted_of("国网新昌县供电公司：停电3万多户。").of(r.TotalRecord)

    assert (total.count.value, total.count.roughly, total.count.quote) == (30_000, Roughly.MORE, "3万多户")


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("10千伏线路停运5条，已恢复7条。", Doubt.RESTORED_EXCEEDS_OUT),
        ("10千伏线路停运9条，已恢复5条，剩余3条。", Doubt.REMAINING_DIFFERS),
        ("停电用户900户，10千伏线路停运3条。停电用户950户。", Doubt.TWO_NUMBERS),
    ],
)
def test_numbers_that_cannot_all_be_true_are_doubted(text: str, doubt: Doubt) -> None:
    assert doubt in [check.doubt for check in drafted_of(f"国网新昌县供电公司：{text}").checks]


def test_numbers_that_add_up_are_not_doubted() -> None:
    text = "国网新昌县供电公司：133个乡镇停电，50个乡镇恢复供电，尚有83个乡镇未恢复。"

    assert drafted_of(text).checks == ()


def test_a_generator_supplies_and_does_not_restore() -> None:
    (total,) = drafted_of("国网新昌县供电公司用发电车为60户居民临时供电。").of(r.TotalRecord)

    assert total.state.value == kinds.State.ON_GENERATOR


def test_a_line_of_the_company_is_found_without_its_voltage_and_gives_its_code() -> None:
    lines = InMemory(lines=[KnownLine("L-017", "古西线", "10")])
    draft = read("昨夜古西线跳闸停电。", published_on=date(2024, 2, 27), vocabulary=ours(), gazetteer=lines)

    assert [outage.line_codes for outage in draft.of(r.OutageRecord)] == [("L-017",)]


def test_an_exercise_says_so() -> None:
    draft = drafted_of("国网新昌县供电公司开展演练，模拟10千伏青山线跳闸。")

    assert quote(draft.is_exercise) == "演练"
