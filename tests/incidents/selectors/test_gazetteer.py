"""The places of both stories of February 2024, against the official list of Zhejiang."""

from functools import cache

import pytest

from incidents.choices import PlaceResolution
from incidents.journal import Actor
from incidents.models import Division
from incidents.selectors.gazetteer import resolve
from incidents.services import division_files, divisions

EXACT, ALIAS, NONE = PlaceResolution.EXACT, PlaceResolution.ALIAS, PlaceResolution.NONE


NAMES = {"横岗村", "南田村", "龙井村", "岭头山村", "龙泉村", "大南田村", "小南田村", "寺村"}


@cache
def listed() -> list[division_files.OfficialDivision]:
    """Everything down to the towns, and of the villages those that these tests can meet."""
    return [row for row in division_files.read_packed() if len(row.code) < 12 or row.stem in NAMES]


@pytest.fixture(autouse=True)
def _zhejiang(by: Actor) -> None:
    divisions.load(listed(), by=by)


@pytest.mark.parametrize(
    ("text", "code", "resolved_by"),
    [
        ("嵊州市崇仁镇岭头山村", "330683102343", EXACT),
        ("浙江省绍兴市嵊州市崇仁镇岭头山村", "330683102343", EXACT),
        ("嵊州市崇仁镇岭头山村委会", "330683102343", EXACT),
        ("嵊州市 崇仁镇 岭头山村 3号杆", "330683102343", EXACT),
        ("嵊州市岭头山村岭下自然村", "330683102343", EXACT),
        ("嵊州崇仁镇岭头山村", "330683102343", ALIAS),
        ("西湖龙井村", "330106008205", ALIAS),
        ("缙云县壶镇镇南田村", "331122101", EXACT),
        ("云和县雾溪乡龙井村", "331125201", ALIAS),
        ("莲都区陈寮村", "331102", EXACT),
        ("遂昌县叶家殿村", "331123", EXACT),
        ("上虞山区", "330604", ALIAS),
        ("嵊州", "330683", ALIAS),
        ("浙江省崇仁镇", "330683102", EXACT),
    ],
)
def test_finds_the_deepest_division_that_is_certain(
    text: str, code: str, resolved_by: PlaceResolution
) -> None:
    found = resolve(text)

    assert found.division is not None
    assert (found.division.code, found.resolved_by, found.candidates) == (code, resolved_by, ())


@pytest.mark.parametrize(
    ("text", "candidates"),
    [
        ("横岗村山上", ("330329100214", "331102200244", "331124204203")),
        ("南田村", ("330326108243", "330328102200", "330683003260")),
        ("崇仁镇岭头山村", ("330683102343",)),
        ("崇仁镇无名村", ("330683102",)),
        ("浙江省", ()),
        ("陈寮村", ()),
        ("上虞岭头山村", ()),
        ("山", ()),
        ("", ()),
    ],
)
def test_gives_candidates_and_nothing_else_for_a_name_that_stands_alone(
    text: str, candidates: tuple[str, ...]
) -> None:
    found = resolve(text)

    assert (found.division, found.resolved_by, found.candidates) == (None, NONE, candidates)


def test_a_county_whose_name_begins_a_village_is_not_that_county() -> None:
    found = resolve("龙泉村")

    assert found.division is None
    assert {code[:6] for code in found.candidates} == {
        "330182",
        "330282",
        "330327",
        "330681",
        "330922",
        "331082",
    }


def test_several_villages_in_a_city_leave_the_city_and_are_candidates() -> None:
    found = resolve("丽水市横岗村")

    assert found.division is not None
    assert (found.division.code, found.candidates) == ("3311", ("331102200244", "331124204203"))


def test_one_village_in_a_city_is_a_candidate_for_the_list_misses_hamlets() -> None:
    found = resolve("温州市龙井村")

    assert found.division is not None
    assert (found.division.code, found.candidates) == ("3303", ("330327113210",))


def test_several_towns_of_a_name_leave_what_stands_above_them() -> None:
    found = resolve("浙江省城东街道")

    assert found.division is None
    assert found.candidates == ("330382001", "330702001", "330783006", "330902004", "331081002")


def test_a_village_whose_name_only_begins_a_longer_one_is_a_candidate() -> None:
    found = resolve("嵊州市崇仁镇岭头山村头村")

    assert found.division is not None
    assert (found.division.code, found.candidates) == ("330683102", ("330683102343",))


@pytest.mark.parametrize(
    ("text", "code"),
    [("崇仁镇岭头山村", "330683102343"), ("南田村", "330683003260"), ("云和县雾溪乡", "331125201")],
)
def test_where_the_speaker_is_counts_for_words_that_name_no_county(text: str, code: str) -> None:
    found = resolve(text, within=Division.objects.get(pk="330683"))

    assert found.division is not None
    assert found.division.code == code


def test_where_the_speaker_is_geocodes_nothing() -> None:
    found = resolve("横岗村山上", within=Division.objects.get(pk="330683"))

    assert found.division is None
    assert found.candidates == ("330329100214", "331102200244", "331124204203")


def test_several_villages_where_the_speaker_is_are_candidates_only() -> None:
    city = Division.objects.get(pk="3311")

    found = resolve("横岗村", within=city)

    assert (found.division, found.candidates) == (None, ("331102200244", "331124204203"))


def test_the_longer_name_wins() -> None:
    found = resolve("象山县大南田村")

    assert found.division is not None
    assert found.division.code[:6] == "330225"
