from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from incidents.rules import cells
from incidents.rules.cells import BadCell


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", "12.0"),
        ("１２", "12.0"),
        ("'12", "12.0"),
        ("12 ", "12.0"),
        ("\u300012.5", "12.5"),
        ("-5", "-5.0"),
        ("－5", "-5.0"),
    ],
)
def test_a_number_is_read_as_people_write_it(text: str, number: str) -> None:
    assert cells.number_in(text, places=1) == Decimal(number)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("12毫米", "not-a-number"),
        ("(5)", "not-a-number"),
        ("50%", "not-a-number"),
        ("1,200", "not-a-number"),
        ("", "not-a-number"),
        ("NaN", "not-a-number"),
        ("12.55", "too-exact"),
        ("1.10001E+17", "looks-rounded"),
    ],
)
def test_what_is_no_clear_number_is_refused(text: str, code: str) -> None:
    with pytest.raises(BadCell, match=code):
        cells.number_in(text, places=1)


def test_a_code_that_a_spreadsheet_has_rounded_is_refused() -> None:
    assert cells.code_in("LS-1001") == "LS-1001"
    with pytest.raises(BadCell, match="looks-rounded"):
        cells.code_in("1.10001E+17")


@pytest.mark.parametrize(
    "text",
    [
        "2026/1/5 8:03",
        "2026-01-05 08:03",
        "2026-01-05T08:03",
        "2026年1月5日8时03分",
        "２０２６-01-05 08:03:00",
    ],
)
def test_a_naive_time_is_local(text: str) -> None:
    assert cells.moment_in(text) == datetime(2026, 1, 5, 0, 3, tzinfo=UTC)


def test_a_day_without_its_time_is_a_day() -> None:
    assert cells.moment_in("2026年1月5日") == date(2026, 1, 5)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1/5/26", "not-a-moment"),
        ("8:03", "not-a-moment"),
        ("46054.5", "not-a-moment"),
        ("2026-01-05 08:03+08:00", "zone-in-text"),
        ("2026-01-05T08:03Z", "zone-in-text"),
        ("2026-02-30", "no-such-moment"),
        ("2026-01-05 24:00", "no-such-moment"),
    ],
)
def test_what_is_no_clear_moment_is_refused(text: str, code: str) -> None:
    with pytest.raises(BadCell, match=code):
        cells.moment_in(text)


@given(st.datetimes(datetime(1950, 1, 2), datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_a_moment_comes_back_as_exactly_as_it_was_told(at: datetime) -> None:
    assert cells.moment_in(cells.moment_told(at)) == at


@given(st.text().map(str.strip))
@example("'")
@example("=cmd|' /C calc'!A0")
def test_words_come_back_from_behind_the_mark_that_disarms_them(text: str) -> None:
    told = cells.disarmed(text)

    assert told[:1] not in {*"=+-@＝＋－＠\t\r\n"}
    assert cells.plain(told) == text or text.startswith("'")


@pytest.mark.parametrize("text", ["'=1", "'12", "''", "'甲"])
def test_an_apostrophe_of_the_words_themselves_stays(text: str) -> None:
    assert cells.plain(cells.disarmed(text)) == text


@pytest.mark.parametrize("text", ["厚度（mm）", "厚度 (mm)", " 厚度", "厚度*", "厚 度", "厚度"])
def test_a_heading_is_known_whatever_its_unit_spaces_and_width(text: str) -> None:
    assert cells.heading(text) == "厚度"


def test_yes_and_no_are_told_apart_from_everything_else() -> None:
    assert all(cells.yes_in(each) for each in ("是", "Yes", "１"))
    assert not any(cells.yes_in(each) for each in ("否", "no", "0", "×"))
    with pytest.raises(BadCell, match="neither-yes-nor-no"):
        cells.yes_in("也许")
