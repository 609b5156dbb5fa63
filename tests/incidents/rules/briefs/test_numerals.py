from decimal import Decimal

import pytest

from incidents.rules.briefs.numerals import number_at, with_bounds
from incidents.rules.briefs.values import Roughly


@pytest.mark.parametrize(
    ("words", "value", "roughly"),
    [
        ("17条", 17, None),
        ("1.2万户", 12_000, None),
        ("3万多户", 30_000, Roughly.MORE),
        ("1万余户", 10_000, Roughly.MORE),
        ("60余台次", 60, Roughly.MORE),
        ("三辆", 3, None),
        ("十", 10, None),
        ("二十条", 20, None),
        ("百余名", 100, Roughly.MORE),
        ("两万五千余户", 25_000, Roughly.MORE),
        ("一百三十三个", 133, None),
        ("五千零五十个", 5_050, None),
        ("三万五", 35_000, None),
        ("一百八十三点六万", 1_836_000, None),
        ("1点2万", 12_000, None),
        ("二〇二四年", 2024, None),
        ("二百二十千伏", 220, None),
        ("10千伏", 10, None),
        ("4.69毫米", Decimal("4.69"), None),
    ],
)
def test_reads_numbers(words: str, value: Decimal, roughly: Roughly | None) -> None:
    number = number_at(words, 0)

    assert number is not None
    number = with_bounds(words, number)
    assert (number.value, number.roughly) == (value, roughly)


@pytest.mark.parametrize(
    ("text", "start", "roughly"),
    [
        ("近3万户", 0, Roughly.ABOUT),
        ("超过20户", 0, Roughly.MORE),
        ("不足5毫米", 0, Roughly.LESS),
        ("附近20户", 1, Roughly.ABOUT),
    ],
)
def test_a_bound_before_a_number_belongs_to_it(text: str, start: int, roughly: Roughly) -> None:
    digits = next(at for at, character in enumerate(text) if character.isdecimal())
    number = number_at(text, digits)

    assert number is not None
    assert (with_bounds(text, number).start, with_bounds(text, number).roughly) == (start, roughly)


@pytest.mark.parametrize("run", ["1" * 20_000, "一" * 20_000])
def test_a_run_too_long_to_count_anything_is_passed_over_whole(run: str) -> None:
    number = number_at(run, 0)

    assert number is not None
    assert (number.value, number.end) == (None, 20_000)


def test_what_is_no_number_is_none() -> None:
    assert number_at("线路", 0) is None
