"""Mails of reports: words on record, tables that open, a picture, and nothing that breaks out of them."""

import re
import zipfile
from datetime import UTC, datetime, timedelta
from io import BytesIO
from xml.etree import ElementTree as ET

import msgspec
import pytest
from PIL import Image

from tests.tracker.mail.report_samples import FOLDER, FULL, LANGUAGES, MAILS, mail, report, text_of, text_path
from tracker.mail import curves
from tracker.mail.briefs import SHORTEST, Brief, Length, brief
from tracker.mail.enclosures import body
from tracker.mail.reports import enclose, html, subject, write_report
from tracker.rules.report_numbers import Forces, LineClass, Numbers, Tally
from tracker.rules.report_sums import flaws

SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
SIX = datetime(2024, 2, 26, 22, 0, tzinfo=UTC)


def cells(content: bytes, sheet: int) -> list[list[str | float]]:
    """The cells of a sheet: numbers as numbers, words as words; formulas are refused."""
    with zipfile.ZipFile(BytesIO(content)) as book:
        shared = ET.fromstring(book.read("xl/sharedStrings.xml"))  # noqa: S314 - our own file
        words = ["".join(text.text or "" for text in one.iter(f"{SHEET}t")) for one in shared]
        tree = ET.fromstring(book.read(f"xl/worksheets/sheet{sheet}.xml"))  # noqa: S314 - our own file
    assert tree.find(f".//{SHEET}f") is None
    lines: list[list[str | float]] = []
    for row in tree.iter(f"{SHEET}row"):
        line: list[str | float] = []
        for cell in row.iter(f"{SHEET}c"):
            value = cell.findtext(f"{SHEET}v") or ""
            line.append(words[int(value)] if cell.get("t") == "s" else float(value))
        lines.append(line)
    return lines


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", MAILS)
def test_mails_are_as_on_record(name: str, language: str) -> None:
    assert text_of(name, language) == text_path(name, language).read_text(encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_html_is_as_on_record(language: str) -> None:
    kept = (FOLDER / f"report-follow-up.{language}.html").read_text(encoding="utf-8")
    assert html(mail("follow-up", language), has_picture=True) == kept
    assert "<b>" not in kept


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_workbook_opens_with_the_tables_on_record(language: str) -> None:
    made = enclose(mail("follow-up", language)).attached[0].content
    kept = (FOLDER / f"report-follow-up.{language}.xlsx").read_bytes()

    for sheet in range(1, 6):
        assert cells(made, sheet) == cells(kept, sheet)
    assert made == enclose(mail("follow-up", language)).attached[0].content


def test_words_stay_words_and_numbers_numbers_in_the_workbook() -> None:
    made = enclose(mail("follow-up", "zh-hans")).attached[0].content

    totals = {line[0]: line[1:] for line in cells(made, 1)[2:]}
    outages = {line[0]: line for line in cells(made, 4)[1:]}
    assert totals["停电用户（户）"] == [
        FULL.customers.affected,
        FULL.customers.restored,
        FULL.customers.remaining,
        2,
    ]
    assert outages[16][1:3] == ['=HYPERLINK("http://x","点我")', "<b>岭头山村</b>"]
    assert outages[15][7] == "未知"


def test_the_samples_add_up() -> None:
    assert [flaws(mail(name, "en").numbers) for name in MAILS] == [[]] * len(MAILS)


def test_the_brief_has_the_form_that_companies_use() -> None:
    numbers = Numbers(
        outages=Tally(affected=12, restored=8, remaining=4),
        lines=(
            LineClass(kv="10", how="tripped", tally=Tally(affected=10, restored=7, remaining=3)),
            LineClass(kv="10", how="switched_off", tally=Tally(affected=2, restored=1, remaining=1)),
        ),
        customers=Tally(affected=3200, restored=2100, remaining=1100, unknown=3),
        forces=Forces(person_trips=56, vehicle_trips=14),
    )
    about = Brief(
        company="国网嵊州市供电公司", as_of=SIX, numbers=numbers, next_due_at=SIX + timedelta(hours=11)
    )
    assert brief(about, length=Length.SHORT, language="zh-hans") == (
        "截至2月27日6时，国网嵊州市供电公司10千伏线路停运12条（跳闸10条、拉停2条），已恢复8条；"
        "停电3200户，已恢复2100户，尚有1100户（另有3起停电户数不明）；累计投入56人次、车辆14台次。"
        "下次报告2月27日17时。"
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_short_form_holds_200_characters_whatever_happened(language: str) -> None:
    lines = tuple(
        LineClass(kv=kv, how=how, tally=Tally(affected=99999, restored=99999))
        for kv in ("1000", "500", "220", "110", "35", "20", "10")
        for how in ("tripped", "switched_off", "unknown")
    )
    numbers = msgspec.structs.replace(FULL, lines=lines)
    about = Brief(company="国网演示县供电公司", as_of=SIX, numbers=numbers, remark="很长" * 300)

    assert len(brief(about, length=Length.SHORT, language=language)) <= SHORTEST


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_nobody_knows_never_becomes_nought(language: str) -> None:
    words = write_report(mail("february-2024", language)).text
    assert not re.search(r"(停电|customers out )0", words)
    assert not re.search(r"0人|0 people|0台次|0 vehicle", words)


def test_a_drill_says_so_first_everywhere() -> None:
    drill = mail("exercise", "zh-hans")
    assert subject(drill).startswith("【演练】")
    assert write_report(drill).text.startswith("【演练】")
    assert html(drill, has_picture=False).count("【演练】") >= 3


def test_words_of_people_cannot_break_out_of_headers_or_html() -> None:
    evil = report("ad_hoc", "zh-hans", company="甲\r\nBcc: x@example.com", remark="<script>1</script>\r\n乙")
    assert "\n" not in subject(evil)
    assert "<script>" not in html(evil, has_picture=False)
    assert "\r" not in write_report(evil).text


def test_the_picture_is_a_picture_with_or_without_a_chinese_face(monkeypatch: pytest.MonkeyPatch) -> None:
    for face in (curves.chinese_face(), None):
        monkeypatch.setattr(curves, "chinese_face", lambda face=face: face)
        png = curves.curve_png(FULL.curve, as_of=SIX, language="zh-hans")
        with Image.open(BytesIO(png)) as picture:
            assert picture.size == (900, 420)
            assert len(picture.convert("RGB").getcolors(1 << 20) or []) > 4
    assert curves.curve_png((), as_of=SIX, language="en") == b""


def test_the_same_report_gives_the_same_bytes() -> None:
    made = [body("甲\n", enclose(mail("follow-up", "zh-hans")), mark="0f") for _ in range(2)]
    assert made[0] == made[1]
    assert b"\r\n" in made[0]
    assert re.search(rb"(?<!\r)\n", made[0]) is None
    assert max(map(len, made[0].split(b"\r\n"))) <= 998
