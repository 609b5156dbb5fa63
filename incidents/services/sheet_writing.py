"""Rows on their way out: words are never formulas, numbers stay numbers, moments are local."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from incidents.choices import FileFormat
from incidents.rules.cells import LOCAL, disarmed, moment_told
from incidents.services.file_pieces import PIECE, blocks_of

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

Cell: TypeAlias = str | int | float | datetime | None
BOM: Final = b"\xef\xbb\xbf"
"""By which Excel knows that the words are UTF-8."""

TYPES: Final = {
    FileFormat.CSV: "text/csv; charset=utf-8",
    FileFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_WIDEST, _NARROWEST = 40, 10
_LONGEST: Final = 32_767  # characters of a cell of Excel


def written(
    headings: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    file_format: str,
    notes: Sequence[Sequence[str]] = (),
    notes_sheet: str = "",
) -> Iterator[bytes]:
    """Yield a file in blocks.

    Args:
        headings: Its first row.
        rows: The rows below; taken one at a time.
        file_format: CSV or workbook.
        notes: Rows of a second sheet of a workbook.
        notes_sheet: Name of that sheet.
    """
    if file_format == FileFormat.CSV:
        yield from _csv(headings, rows)
    else:
        yield from _workbook(headings, rows, notes, notes_sheet)


def _csv(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    held = io.StringIO(newline="")
    writer = csv.writer(held, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([disarmed(heading) for heading in headings])
    yield BOM
    for cells in rows:
        writer.writerow([_plain(cell) for cell in cells])
        if held.tell() > PIECE:
            yield held.getvalue().encode()
            held.seek(0)
            held.truncate()
    yield held.getvalue().encode()


def _plain(cell: Cell) -> str | int | float:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return moment_told(cell)
    return disarmed(cell) if isinstance(cell, str) else cell


def _workbook(
    headings: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    notes: Sequence[Sequence[str]],
    notes_sheet: str,
) -> Iterator[bytes]:
    from xlsxwriter import Workbook  # noqa: PLC0415 - 10 MB in every process that never makes one

    with TemporaryDirectory() as folder:
        path = Path(folder) / "rows.xlsx"
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        with Workbook(str(path), options | {"tmpdir": folder}) as book:
            bold = book.add_format({"bold": True, "bottom": 1})
            moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
            sheet = book.add_worksheet()
            for place, heading in enumerate(headings):
                sheet.set_column(place, place, min(max(2 * len(heading), _NARROWEST), _WIDEST))
                sheet.write_string(0, place, heading, bold)
            sheet.freeze_panes(1, 0)
            for number, cells in enumerate(rows, start=1):
                _write(sheet, number, cells, moment)
            if notes:
                _write_notes(book.add_worksheet(notes_sheet), notes)
        with path.open("rb") as stream:
            yield from blocks_of(stream)


def _write(sheet: "Worksheet", number: int, cells: Sequence[Cell], moment: Any) -> None:
    for place, cell in enumerate(cells):
        if isinstance(cell, datetime) and not cell.microsecond:
            sheet.write_datetime(number, place, cell.astimezone(LOCAL).replace(tzinfo=None), moment)
        elif isinstance(cell, datetime):
            sheet.write_string(number, place, moment_told(cell))
        elif isinstance(cell, str):
            sheet.write_string(number, place, cell[:_LONGEST])
        elif cell is not None:
            sheet.write_number(number, place, cell)


def _write_notes(sheet: "Worksheet", notes: Sequence[Sequence[str]]) -> None:
    sheet.set_column(0, len(notes[0]) - 1, _WIDEST)
    for number, cells in enumerate(notes):
        _write(sheet, number, cells, None)
