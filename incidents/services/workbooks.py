"""Workbooks (.xlsx): looked at as a package first, then read a row at a time, never evaluated."""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from xml.etree.ElementTree import ParseError

from django.utils.translation import gettext_lazy as _
from openpyxl import load_workbook
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.escape import unescape

from incidents.errors import UnreadableFile
from incidents.services.sheets import MOST_COLUMNS, NOTES_SHEET, SAVE_AS_XLSX, Line, Sheet

_UNPACKED: Final = 100_000_000
_PARTS: Final = 100
_BLOCK: Final = 1 << 20
_OVERLAP: Final = 200
_NOT_OPENED: Final = re.compile(r"vbaProject|externalLink|embeddings|activeX|oleObject", re.IGNORECASE)
_DECLARES: Final = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
_MERGED: Final = re.compile(rb'<mergeCell [^>]*?ref="([A-Z0-9:]+)"')
_HIDDEN: Final = re.compile(rb'<row [^>]*?hidden="(?:1|true)"')
_EARLIEST: Final = 1950
_LARGEST_EXACT: Final = 1e15
_BROKEN: Final = (
    zipfile.BadZipFile,
    KeyError,
    ValueError,
    TypeError,
    IndexError,
    EOFError,
    ParseError,
    OSError,
)


def open_workbook(content: bytes, *, name: str, sheet: str = "") -> Sheet:
    """Open a workbook.

    Raises:
        UnreadableFile: If it is no workbook, holds macros or links, or unpacks to more than 100 MB.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            _check_package(packed, name)
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        chosen = _chosen(book, sheet, name)
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            merged, hidden = _layout(packed, chosen._worksheet_path)  # noqa: SLF001 - its part
        lines = _lines(chosen, merged, name)
        headings = next(lines, None)
    except UnreadableFile:
        raise
    except _BROKEN as error:
        raise UnreadableFile(file=name, why=_("it is no readable workbook")) from error
    if headings is None or headings.is_blank:
        raise UnreadableFile(file=name, why=_("it is empty"))
    if any(top == 1 for _left, top, _right, _bottom in merged):
        raise UnreadableFile(file=name, why=_("cells of the headings are merged; split them"))
    notes: list[Any] = [_("Read from the sheet “%(sheet)s”.") % {"sheet": chosen.title}]
    if hidden:
        notes.append(_("Hidden rows are read as well: %(n)d.") % {"n": hidden})
    return Sheet(headings=headings.cells, lines=lines, notes=notes)


def _check_package(packed: zipfile.ZipFile, name: str) -> None:
    parts = packed.infolist()
    if len(parts) > _PARTS or sum(part.file_size for part in parts) > _UNPACKED:
        raise UnreadableFile(file=name, why=_("it unpacks to more than 100 MB or to too many parts"))
    if any(_NOT_OPENED.search(part.filename) for part in parts):
        raise UnreadableFile(
            file=name, why=_("it holds macros, links or other files; save it as plain .xlsx")
        )
    names = {part.filename for part in parts}
    if "xl/workbook.xml" not in names or any(part.flag_bits & 1 for part in parts):
        raise UnreadableFile(file=name, why=SAVE_AS_XLSX)
    for part in parts:
        if part.filename.endswith((".xml", ".rels")):
            _check_xml(packed, part, name)


def _check_xml(packed: zipfile.ZipFile, part: zipfile.ZipInfo, name: str) -> None:
    """Refuse what declares entities, and encodings in which that could not be seen."""
    for number, block in enumerate(_blocks(packed, part.filename)):
        if _DECLARES.search(block) or (number == 0 and b"\x00" in block[:8]):
            raise UnreadableFile(file=name, why=_("it declares entities, which no spreadsheet does"))


def _blocks(packed: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """Yield a part in blocks that overlap a little."""
    with packed.open(part) as stream:
        rest = b""
        while block := stream.read(_BLOCK):
            yield rest + block
            rest = (rest + block)[-_OVERLAP:]


def _layout(packed: zipfile.ZipFile, path: str) -> tuple[set[tuple[int, int, int, int]], int]:
    """Return merged ranges, as left, top, right, bottom, and how many rows are hidden."""
    merged: set[tuple[int, int, int, int]] = set()
    hidden = 0
    for block in _blocks(packed, path.lstrip("/")):
        merged |= {range_boundaries(each.decode()) for each in _MERGED.findall(block)}
        hidden += len(_HIDDEN.findall(block[_OVERLAP:] if hidden else block))
    return merged, hidden


def _chosen(book: Any, wanted: str, name: str) -> Any:
    sheets = [each for each in book.worksheets if each.title != NOTES_SHEET]
    if wanted:
        sheets = [each for each in sheets if each.title == wanted.strip()]
    if len(sheets) != 1:
        titles = "、".join(each.title for each in book.worksheets)
        raise UnreadableFile(
            file=name, why=_("say which of its sheets to read: %(sheets)s") % {"sheets": titles}
        )
    return sheets[0]


def _lines(sheet: Any, merged: set[tuple[int, int, int, int]], name: str) -> Iterator[Line]:
    covered = {
        (row, column): (top, left)
        for left, top, right, bottom in sorted(merged)[:1000]
        for row in range(top, min(bottom, top + 1000) + 1)
        for column in range(left, min(right, MOST_COLUMNS) + 1)
        if (row, column) != (top, left)
    }
    sheet.reset_dimensions()  # what a file says of its own size is not believed
    try:
        for number, cells in enumerate(sheet.iter_rows(), start=1):
            line = Line(number=number, cells=[])
            for place, cell in enumerate(cells[:MOST_COLUMNS]):
                _take(line, place, cell)
            while line.cells and not line.cells[-1]:
                line.cells.pop()
            for place in [column - 1 for row, column in covered if row == number] if covered else []:
                line.problems[place] = _("the cell is merged with another one; split them")
            yield line
    except _BROKEN as error:
        raise UnreadableFile(file=name, why=_("it is no readable workbook")) from error


def _take(line: Line, place: int, cell: Any) -> None:
    value = cell.value
    if value is not None and cell.data_type == "f":
        line.problems[place] = _("a formula; paste its value instead")
        value = str(value)
    elif value is not None and cell.data_type == "e":
        line.problems[place] = _("an error of the spreadsheet, not a value")
    if value is not None and cell.is_date and isinstance(value, datetime | date):
        line.cells.append(_moment(value, has_time="h" in str(cell.number_format).lower()))
        if value.year < _EARLIEST:
            line.problems[place] = _("no date: the number is that of another format")
    else:
        line.cells.append(_text(value))


def _moment(value: datetime | date, *, has_time: bool) -> str:
    if not isinstance(value, datetime):
        return value.isoformat()
    if not has_time:
        return value.date().isoformat()
    exact = value if value.microsecond == 0 else value + timedelta(milliseconds=500)
    return exact.strftime("%Y-%m-%d %H:%M:%S")


def _text(value: object) -> str:
    """Return what a cell shows; a number as exactly as a spreadsheet keeps it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | float):
        return f"{value:.5E}" if abs(value) >= _LARGEST_EXACT else f"{value:.15g}"
    if isinstance(value, time):
        return value.strftime("%H:%M:%S")
    return str(unescape(str(value)))  # what a workbook cannot hold stands in it as _x001B_
