"""The tables of a report as a workbook: words are always words, never formulas; numbers stay numbers."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING

from tracker.mail.letters import harmless
from tracker.mail.report_words import WORDS, damage_named
from tracker.mail.tables import Cell, forces_table, totals_table
from tracker.rules.report_clock import ZONE
from tracker.rules.report_numbers import Numbers, OutageRow
from tracker.rules.report_sums import customers_back

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

_MOMENT = "%Y-%m-%d %H:%M"


def workbook(numbers: Numbers, *, title: str, created_at: datetime, language: str) -> bytes:
    """Return the tables of a report as an .xlsx file; the same report gives the same bytes.

    Args:
        numbers: What is told.
        title: Written above the first table and into the properties.
        created_at: Date of the file.
        language: Of the heads.
    """
    from xlsxwriter import Workbook  # noqa: PLC0415 - 10 MB in every process that never makes one

    stored, words = BytesIO(), WORDS[language]
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(stored, options) as book:
        book.set_properties({"title": title, "created": created_at.astimezone(ZONE).replace(tzinfo=None)})
        bold = book.add_format({"bold": True, "bottom": 1})
        totals = _sheet(book, words["sheet_totals"], [18, *[14] * 4])
        totals.write_string(0, 0, title, bold)
        _fill(totals, totals_table(numbers, language), bold, top=2)
        _fill(_sheet(book, words["sheet_forces"], [34, 14]), forces_table(numbers, language), bold)
        _fill(_sheet(book, words["sheet_damage"], [22, *[14] * 3]), _damage(numbers, language), bold)
        _fill(_sheet(book, words["sheet_outages"], [8, 24, 30, 12]), _outages(numbers.rows, language), bold)
        _fill(_sheet(book, words["sheet_curve"], [20, 16, 16]), _curve(numbers, language), bold)
    return stored.getvalue()


def _sheet(book: "Workbook", name: str, widths: Sequence[int]) -> "Worksheet":
    sheet = book.add_worksheet(name)
    for column, width in enumerate([*widths, *[16] * (10 - len(widths))]):
        sheet.set_column(column, column, width)
    return sheet


def _fill(sheet: "Worksheet", table: Iterable[Sequence[Cell]], bold: object, *, top: int = 0) -> None:
    for number, cells in enumerate(table):
        for column, cell in enumerate(cells):
            place = (top + number, column)
            style = (bold,) if number == 0 else ()
            if isinstance(cell, int | float):
                sheet.write_number(*place, cell, *style)
            else:
                sheet.write_string(*place, harmless(cell), *style)
    sheet.freeze_panes(top + 1, 0)


def _damage(numbers: Numbers, language: str) -> list[Sequence[Cell]]:
    words = WORDS[language]
    head = [words[name] for name in ("damage", "found", "repaired", "uncounted")]
    lines: list[Sequence[Cell]] = [
        [damage_named(each.kind, language), each.found, each.repaired, each.unknown]
        for each in numbers.damage
    ]
    return [head, *lines]


def _outages(rows: Iterable[OutageRow], language: str) -> list[Sequence[Cell]]:
    words = WORDS[language]
    names = ("name", "place", "kv", "how", "began", "back", "customers", "restored", "areas")
    return [["#", *(words[name] for name in names)], *(_outage(row, words) for row in rows)]


def _outage(row: OutageRow, words: dict[str, str]) -> list[Cell]:
    unknown = words["not_known"]
    began = _moment(row.began_at) + ("" if row.began_known else words["began_unknown"])
    return [
        row.id,
        row.line or unknown,
        row.place,
        float(row.kv),
        words.get(row.how, words["manner_unknown"]),
        began,
        _moment(row.restored_at) if row.restored_at else words["remaining"],
        unknown if row.customers is None else row.customers,
        unknown if row.customers is None else customers_back(row),
        unknown if row.mv_users is None else row.mv_users,
    ]


def _curve(numbers: Numbers, language: str) -> list[Sequence[Cell]]:
    words = WORDS[language]
    head = [words["at"], words["curve"], words["curve_outages"]]
    lines: list[Sequence[Cell]] = [[_moment(one.at), one.customers, one.outages] for one in numbers.curve]
    return [head, *lines]


def _moment(at: datetime) -> str:
    return at.astimezone(ZONE).strftime(_MOMENT)
