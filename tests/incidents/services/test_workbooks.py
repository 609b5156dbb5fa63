"""Workbooks are looked at before they are opened, and read as they are shown."""

import io
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from django.utils import translation
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from incidents.errors import UnreadableFile
from incidents.services.sheet_files import open_sheet
from incidents.services.sheets import Line


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """What is refused is looked for in its words."""
    with translation.override("en"):
        yield


def book(*rows: list[Any], change: Callable[[Any], None] = lambda _: None) -> bytes:
    held, made = io.BytesIO(), Workbook()
    for row in rows:
        made.active.append(row)
    change(made)
    made.save(held)
    return held.getvalue()


def lines(content: bytes, sheet: str = "") -> list[Line]:
    opened = open_sheet(content, name="台账.xlsx", matches=lambda _: True, sheet=sheet)
    return [line for line in opened.lines if not line.is_blank]


def repacked(content: bytes, change: Callable[[str, bytes], bytes], more: dict[str, bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, change(part, old.read(part)))
        for name, data in more.items():
            new.writestr(name, data)
    return held.getvalue()


def test_cells_become_what_they_show() -> None:
    content = book(
        ["编号", "x"],
        ["001", 12.5, 0.1 + 0.2, 46054, True, datetime(2026, 1, 5, 8, 3), 110001, 1.10001e17],  # noqa: DTZ001
    )

    assert lines(content)[0].cells == [
        "001",
        "12.5",
        "0.3",
        "46054",
        "是",
        "2026-01-05 08:03:00",
        "110001",
        "1.10001E+17",
    ]


def test_a_date_counted_from_1904_is_the_date_it_shows() -> None:
    def change(made: Any) -> None:
        made.epoch = CALENDAR_MAC_1904
        made.active["A2"] = datetime(2026, 1, 5, 8, 3)  # noqa: DTZ001 - spreadsheets know no zones

    assert lines(book(["时间"], [None], change=change))[0].cells == ["2026-01-05 08:03:00"]


def test_the_day_that_never_was_is_no_date() -> None:
    def change(made: Any) -> None:
        made.active["A2"] = 60
        made.active["A2"].number_format = "yyyy-mm-dd"

    assert list(lines(book(["时间"], [None], change=change))[0].problems) == [0]


@pytest.mark.parametrize("value", ["=1+1", "=cmd|' /C calc'!A0", "#N/A", "#REF!"])
def test_formulas_and_errors_are_named_by_their_cell_and_not_evaluated(value: str) -> None:
    assert list(lines(book(["a", "b"], ["x", value]))[0].problems) == [1]


def test_merged_cells_are_errors_and_merged_headings_refused() -> None:
    body = book(["a", "b"], ["x", "y"], ["z", "w"], change=lambda made: made.active.merge_cells("A2:A3"))
    head = book(["a", "b"], ["x", "y"], change=lambda made: made.active.merge_cells("A1:B1"))

    assert [list(line.problems) for line in lines(body)] == [[], [0]]
    with pytest.raises(UnreadableFile, match="merged"):
        lines(head)


def test_hidden_rows_are_read_and_told() -> None:
    def change(made: Any) -> None:
        made.active.row_dimensions[3].hidden = True

    opened = open_sheet(book(["a"], ["x"], ["y"], change=change), name="x", matches=lambda _: True)

    assert any("1" in str(note) for note in opened.notes[1:])
    assert [line.cells for line in opened.lines] == [["x"], ["y"]]


def test_of_several_sheets_one_has_to_be_named() -> None:
    content = book(["a"], ["x"], change=lambda made: made.create_sheet("二").append(["b"]))

    with pytest.raises(UnreadableFile, match="Sheet"):
        lines(content)
    assert [line.cells for line in lines(content, sheet="Sheet")] == [["x"]]


def test_rows_that_are_only_formatted_are_passed_over() -> None:
    def change(made: Any) -> None:
        for number in range(3, 3000):
            made.active.cell(number, 1).font = Font(bold=True)

    assert [line.cells[0] for line in lines(book(["a"], ["x"], change=change))] == ["x"]


def test_a_bomb_is_refused_before_it_is_opened() -> None:
    bomb = repacked(book(["a"]), lambda _, data: data, {"xl/media/zeros.xml": bytes(101_000_000)})

    assert len(bomb) < 1_000_000
    with pytest.raises(UnreadableFile, match="100 MB"):
        lines(bomb)


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({f"xl/media/{n}.xml": b"<a/>" for n in range(200)}, "parts"),
        ({"xl/vbaProject.bin": b"x"}, "macros"),
        ({"xl/externalLinks/externalLink1.xml": b"<a/>"}, "macros"),
        ({"xl/x.xml": b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'}, "entities"),
        ({"xl/x.xml": b" " * 2_000_000 + b"<!DOCTYPE a []><a/>"}, "entities"),
        ({"xl/x.xml": '<!DOCTYPE a [<!ENTITY x "y">]><a/>'.encode("utf-16")}, "entities"),
    ],
)
def test_what_no_spreadsheet_holds_is_refused(more: dict[str, bytes], why: str) -> None:
    with pytest.raises(UnreadableFile, match=why):
        lines(repacked(book(["a"]), lambda _, data: data, more))


@pytest.mark.parametrize("cut", [4, 100, 2000])
def test_a_workbook_that_was_cut_off_is_refused(cut: int) -> None:
    with pytest.raises(UnreadableFile):
        lines(book(["a"], ["x"])[:cut])


def test_a_broken_sheet_is_refused() -> None:
    def cut(part: str, data: bytes) -> bytes:
        return data[: len(data) // 2] if part.startswith("xl/worksheets/") else data

    with pytest.raises(UnreadableFile):
        lines(repacked(book(["a"], *([["x"]] * 50)), cut, {}))
