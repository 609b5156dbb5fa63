from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.template import TemplateDoesNotExist

from incidents.choices import Language
from tests.factories import STORM_NIGHT
from tracker.checks import CHECKS
from tracker.mail.letters import LONGEST_SUBJECT, Letter, Notice, harmless, write

FACTS: dict[str, Any] = {
    "line": "10千伏横岗线",
    "voltage_kv": 10.0,
    "section": "S7",
    "from_pole": "12",
    "to_pole": "25",
    "place": "横岗村山上",
    "pole_no": "15",
    "standard_mm": 30.0,
    "thickness_mm": 30.0,
    "thickness_kind": "standard",
    "ice_type": "glaze",
    "design_mm": 15,
    "ratio": 2.0,
    "basis": "measured",
    "observed_at": "2024-02-26T12:00:00+00:00",
    "grade_since_at": "2024-02-26T12:00:00+00:00",
    "outage": {
        "began_at": "2024-02-26T09:50:00+00:00",
        "reported_at": "2024-02-26T10:00:00+00:00",
        "customers_out": 128,
        "crew": "抢修一班",
        "crew_status": "on_site",
    },
}
OUTAGE = FACTS["outage"]


def letter(*, without: tuple[str, ...] = (), language: str = "zh-hans", **over: Any) -> Letter:
    facts = {key: value for key, value in (FACTS | over.pop("facts", {})).items() if key not in without}
    values: dict[str, Any] = {
        "alert_id": 7,
        "alert_uuid": UUID(int=1),
        "rule_code": "E01",
        "band": "red",
        "is_exercise": False,
        "level": 1,
        "repeat": 0,
        "climb_at": STORM_NIGHT - timedelta(minutes=12),
    } | over
    return write(Notice(facts=facts, language=language, **values), now=STORM_NIGHT)


def test_the_subject_says_it_all_on_a_lock_screen() -> None:
    assert letter().subject == "【红色】10千伏横岗线 覆冰30.0mm(设计15) 停电128户 已2h10m — 请确认"


def test_the_text_says_what_where_since_when_how_many_who_and_what_is_asked() -> None:
    assert letter().text == (
        "线路：10千伏横岗线 S7（12–25号杆）\n"
        "地点：横岗村山上 15号杆\n"
        "等级：红色，已12m\n"
        "标准冰厚：30.0mm；设计冰厚：15mm；覆冰比值：2.00\n"
        "观测厚度：30.0mm\n"
        "观测时间：02-26 20:00（0m前）\n"
        "停电：128户；02-26 17:50开始，已2h10m\n"
        "抢修：抢修一班（已到现场）\n"
        "请求：请打开下面的链接，确认由谁处理。\n"
        "[answer 7 1]\n"
    )


def test_a_drill_says_so_first() -> None:
    drill = letter(is_exercise=True)

    assert drill.subject.startswith("【演练】【红色】10千伏横岗线")
    assert drill.text.startswith("这是演练，不是真实情况。\n")


def test_an_unknown_beginning_is_said_and_counted_from_the_report() -> None:
    said = letter(facts={"outage": {key: OUTAGE[key] for key in ("reported_at", "customers_out")}})

    assert "停电128户 已2h00m" in said.subject
    assert "停电：128户；起始时间未知，自02-26 18:00接报已2h00m\n抢修：尚未派队伍\n" in said.text


def test_a_beginning_known_to_the_day_is_said_as_a_day() -> None:
    said = letter(facts={"outage": {"reported_at": OUTAGE["reported_at"], "began_on": "2024-02-25"}})

    assert "停电(户数未知) 已2h00m" in said.subject
    assert "停电：户数未知；起始时间未知（02-25当天），自02-26 18:00接报已2h00m\n" in said.text


def test_nobody_left_without_power_is_said_as_nought() -> None:
    assert "停电0户" in letter(facts={"outage": OUTAGE | {"customers_out": 0}}).subject


def test_unknown_thickness_and_design_are_said_to_be_unknown() -> None:
    bare = letter(
        without=("standard_mm", "thickness_mm", "design_mm", "ratio", "outage", "place", "from_pole")
    )

    assert bare.subject == "【红色】10千伏横岗线 覆冰厚度未知(设计值未知) — 请确认"
    assert "标准冰厚：未知；设计冰厚：未知\n" in bare.text
    assert "停电：本线路没有停电记录\n" in bare.text
    assert "地点" not in bare.text
    assert letter(without=("standard_mm", "outage")).subject.startswith(
        "【红色】10千伏横岗线 观测覆冰30.0mm(设计15)"
    )


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (
            {"basis": "assumed_glaze", "thickness_kind": "apparent"},
            "30.0mm（覆冰厚度，未折算）\n未说明冰型，按雨凇",
        ),
        (
            {"basis": "assumed_density", "thickness_kind": "unknown"},
            "（未说明何种厚度）\n未测密度，按冰型的常用密度折算",
        ),
        ({"basis": "absolute_no_design"}, "设计值未知，按绝对厚度定级"),
        ({"basis": "override", "override_reason": "预报加重"}, "等级由人工改定：预报加重"),
    ],
)
def test_what_the_grade_assumes_is_said(facts: dict[str, str], words: str) -> None:
    assert words in letter(facts=facts).text


@pytest.mark.parametrize(
    ("status", "words"), [("en_route", "在途"), ("accepted", "已接单"), ("planned", "已派，未接单")]
)
def test_where_the_crew_is_is_said(status: str, words: str) -> None:
    assert f"抢修一班（{words}）" in letter(facts={"outage": OUTAGE | {"crew_status": status}}).text


def test_higher_rungs_and_repeats_say_why() -> None:
    assert "已12m无人确认，现逐级上报。" in letter(level=2).text
    assert "第3次重复提醒：至今无人确认。" in letter(level=3, repeat=3).text


@pytest.mark.parametrize(("kv", "named"), [(10.0, "10千伏横岗线"), (0.4, "0.4千伏横岗线"), (None, "横岗线")])
def test_a_name_without_its_voltage_gets_it(kv: float | None, named: str) -> None:
    facts = {"line": "横岗线"} | ({} if kv is None else {"voltage_kv": kv})

    assert f"】{named} " in letter(facts=facts, without=("voltage_kv",) if kv is None else ()).subject


def test_in_english_for_those_who_want_it() -> None:
    said = letter(language="en")

    assert said.subject == (
        "[RED] 10千伏横岗线 ice 30.0 mm (design 15), 128 customers out for 2h10m - please acknowledge"
    )
    assert "Crew: 抢修一班 (on site)\n" in said.text


@pytest.mark.parametrize("language", Language.values)
@pytest.mark.parametrize("code", sorted(CHECKS))
@pytest.mark.parametrize("band", ["blue", "yellow", "orange", "red"])
def test_every_rule_has_words_in_every_language_on_twenty_lines(language: str, code: str, band: str) -> None:
    worst = {"thickness_kind": "apparent", "basis": "override", "override_reason": "x" * 300}
    said = letter(language=language, rule_code=code, band=band, is_exercise=True, level=2, facts=worst)

    assert said.text.count("\n") <= 20
    assert "{" not in said.subject + said.text
    assert len(said.subject) <= LONGEST_SUBJECT


def test_a_rule_without_words_is_not_told_in_others() -> None:
    with pytest.raises(TemplateDoesNotExist):
        letter(rule_code="E98")


@pytest.mark.parametrize(
    "name",
    [
        "横岗线\r\nBcc: x@example.com",
        "横岗线\u2028第二行",
        "横岗线\u202e反写",
        "横岗线\x00\x1b[31m",
        "{{ link }}{% now %}<b>",
    ],
)
def test_names_cannot_break_out_of_their_line(name: str) -> None:
    said = letter(facts={"line": name, "place": name})

    assert said.text.count("\n") == letter().text.count("\n")
    assert not set("\r\n\u2028\u202e\x00\x1b") & set(said.subject)


@pytest.mark.parametrize(
    ("typed", "kept"), [("a\r\nb", "a b"), ("  a \t b ", "a b"), ("\u202ea", "a"), ("x" * 200, "x" * 120)]
)
def test_harmless(typed: str, kept: str) -> None:
    assert harmless(typed) == kept


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0, "0m"), (59, "59m"), (60, "1h00m"), (1439, "23h59m"), (1440, "1d0h"), (-5, "0m")],
)
def test_durations(minutes: int, words: str) -> None:
    said = letter(climb_at=STORM_NIGHT - timedelta(minutes=minutes))

    assert f"等级：红色，已{words}\n" in said.text


def test_a_drill_is_marked_once_and_a_pole_is_named_once() -> None:
    facts = FACTS | {"line": "【演练】10千伏云顶线", "place": "【演练】10千伏云顶线 051", "pole_no": "051"}

    told = letter(is_exercise=True, facts=facts)

    assert told.subject.startswith("【演练】【红色】10千伏云顶线 ")
    assert "线路：10千伏云顶线" in told.text
    assert "地点：10千伏云顶线 051\n" in told.text
