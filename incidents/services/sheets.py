"""Files with rows, as people have them: CSV in the encodings of Chinese Excel, or a workbook.

Every cell becomes the text that it shows; nothing is evaluated. What cannot be read for certain is refused.
"""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from incidents.errors import UnreadableFile

LARGEST: Final = 20_000_000
"""Bytes of a file."""
MOST_ROWS: Final = 50_000
MOST_COLUMNS: Final = 100
NOTES_SHEET: Final = "说明 Notes"
"""The sheet of our templates that explains the columns; passed over when it comes back."""

_ENCODINGS: Final = ("utf-8-sig", "gb18030")
_DELIMITERS: Final = (",", ";", "\t")
SAVE_AS_XLSX: Final = _("this kind of file is not opened; save it as .xlsx or as CSV UTF-8")

Matches = Callable[[Sequence[str]], bool]
"""Whether a row of headings is one that is looked for."""


@dataclass(kw_only=True)
class Line:
    """A row of a file.

    Attributes:
        number: As a spreadsheet numbers it, from 1.
        cells: What its cells show.
        problems: Place of a cell → what keeps it from being read.
    """

    number: int
    cells: list[str]
    problems: dict[int, "str | Promise"] = field(default_factory=dict)

    @property
    def is_blank(self) -> bool:
        """Whether nothing stands in it."""
        return not self.problems and not any(cell.strip() for cell in self.cells)


@dataclass(kw_only=True)
class Sheet:
    """A file that was opened.

    Attributes:
        headings: Its first row.
        lines: The rows below; read once.
        notes: What a person should know about how it was read.
    """

    headings: list[str]
    lines: Iterator[Line]
    notes: list["str | Promise"] = field(default_factory=list)


def open_csv(content: bytes, name: str, matches: Matches) -> Sheet:
    """Open a CSV file with the encoding and delimiter under which its headings are known ones.

    Strict UTF-8 first, GB 18030 after it.

    Raises:
        UnreadableFile: If the headings fit under none, or a row is broken.
    """
    broken: list[int] = []
    fitting: list[tuple[str, str, str]] = []
    for encoding in _ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError as error:
            broken.append(content[: error.start].count(b"\n") + 1)
            continue
        fitting += [(encoding, mark, text) for mark in _DELIMITERS if matches(_first(text, mark))]
        if fitting:
            break  # strict UTF-8 with known headings is no accident
    if len(broken) == len(_ENCODINGS):
        why = _("row %(row)d is neither UTF-8 nor GBK; save it as CSV UTF-8") % {"row": max(broken)}
        raise UnreadableFile(file=name, why=why)
    if not fitting:
        raise UnreadableFile(file=name, why=_("its first row has no known headings; see the template"))
    encoding, delimiter, text = fitting[0]
    if "\ufffd" in text:
        row = text[: text.index("\ufffd")].count("\n") + 1
        raise UnreadableFile(file=name, why=_("row %(row)d holds characters that were lost") % {"row": row})
    lines = _lines(text, delimiter, name)
    headings = next(lines).cells
    shown = {"encoding": "UTF-8" if encoding == "utf-8-sig" else "GBK / GB 18030"}
    shown["delimiter"] = str(_("tab")) if delimiter == "\t" else delimiter
    return Sheet(
        headings=headings,
        lines=lines,
        notes=[_("Read as %(encoding)s, separated by “%(delimiter)s”.") % shown],
    )


def _first(text: str, delimiter: str) -> list[str]:
    return next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])


def _lines(text: str, delimiter: str, name: str) -> Iterator[Line]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    try:
        for cells in reader:
            number += 1
            yield Line(number=number, cells=cells)
    except csv.Error as error:
        why = _("row %(row)d: a quotation mark is not closed, or a cell is too long") % {"row": number + 1}
        raise UnreadableFile(file=name, why=why) from error
