"""The first step of an import: the file becomes rows, or is refused as a whole."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Final

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incidents.choices import FilePart, JobState
from incidents.errors import UnreadableFile
from incidents.models import FileJob
from incidents.models.exchange import FileRow
from incidents.rules import cells
from incidents.services import file_pieces
from incidents.services.imports.base import Kind
from incidents.services.imports.columns import Column, recognised
from incidents.services.imports.kinds import KINDS
from incidents.services.sheet_files import open_sheet
from incidents.services.sheets import MOST_ROWS, Line

if TYPE_CHECKING:
    from incidents.models.base import Words

PROBLEM: Final["Words"] = gettext_lazy("What is wrong")
"""Heading of the column that we add to rows with errors; passed over when the file comes back."""

_TOGETHER: Final = 1000


def read(job: FileJob) -> None:
    """Read the file of a locked job into rows.

    Raises:
        UnreadableFile: If it cannot be read, its columns are not known ones, or it has no rows or too many.
    """
    kind = KINDS[job.subject]
    content = file_pieces.whole(job, FilePart.UPLOAD)

    def matches(headings: Sequence[str]) -> bool:
        return sum(column is not None for column in recognised(kind.columns, headings)) >= len(_needed(kind))

    opened = open_sheet(content, name=job.file_name, matches=matches, sheet=job.sheet)
    columns = _columns(job, kind, opened.headings)
    job.headings = [
        {"heading": heading.strip(), "column": column.name if column else ""}
        for heading, column in zip(opened.headings, columns, strict=True)
        if heading.strip()
    ]
    job.notes = [str(note) for note in opened.notes]
    rows = _rows(job, kind, columns, opened.lines)
    while several := list(islice(rows, _TOGETHER)):
        FileRow.objects.bulk_create(several)
        job.total += len(several)
        if job.total > MOST_ROWS:
            raise UnreadableFile(file=job.file_name, why=_("more than %(n)d rows") % {"n": MOST_ROWS})
    if not job.total:
        raise UnreadableFile(file=job.file_name, why=_("there are no rows below the headings"))
    job.state, job.done = JobState.CHECKING, 0


def _needed(kind: Kind) -> list[Column]:
    """Return the columns without which a row is about nothing."""
    return [column for column in kind.columns if column.is_needed and column.name in kind.keys]


def _columns(job: FileJob, kind: Kind, headings: Sequence[str]) -> list[Column | None]:
    """Return the column of each heading; refuse what is unknown, doubled, missing or in another unit."""
    columns = recognised(kind.columns, headings)
    ours = _our_headings()
    for heading, column in zip(headings, columns, strict=True):
        if column is None and heading.strip() and cells.heading(heading) not in ours:
            raise _refusal(job, _("the column “%(name)s” is not known; see the template"), heading)
        if column is not None and not _unit_fits(heading, column):
            raise _refusal(job, _("the column “%(name)s” has another unit than the template"), heading)
        if column is not None and columns.count(column) > 1:
            raise _refusal(job, _("there are two columns “%(name)s”"), heading)
    for column in _needed(kind):
        if column not in columns:
            raise _refusal(job, _("the column “%(name)s” is missing"), str(column.label))
    return columns


def _refusal(job: FileJob, why: str, name: str) -> UnreadableFile:
    return UnreadableFile(file=job.file_name, why=why % {"name": name.strip()})


def _our_headings() -> set[str]:
    found = set()
    for language in ("zh-hans", "en"):
        with translation.override(language):
            found.add(cells.heading(str(PROBLEM)))
    return found


def _unit_fits(heading: str, column: Column) -> bool:
    told = _bare(cells.unit_of(heading))
    if not told:
        return True
    units = set()
    for language in ("zh-hans", "en"):
        with translation.override(language):
            units.add(_bare(cells.unit_of(str(column.label))))
    return units == {""} or told in units


def _bare(unit: str) -> str:
    return "".join(unit.replace("±", "").replace("·", "").split()).lower()


def _rows(
    job: FileJob, kind: Kind, columns: Sequence[Column | None], lines: Iterator[Line]
) -> Iterator[FileRow]:
    example = {column.name: column.example for column in kind.columns if column.example}
    for line in lines:
        if line.is_blank:
            continue
        told, problems = _told(columns, line)
        if {name: cells.plain(cell) for name, cell in told.items()} == example and not problems:
            job.notes.append(
                _("Row %(row)d is the example of the template; it is passed over.") % {"row": line.number}
            )
            continue
        yield FileRow(job=job, number=line.number, cells=told, problems=problems)


def _told(columns: Sequence[Column | None], line: Line) -> tuple[dict[str, str], list[list[str]]]:
    told: dict[str, str] = {}
    problems = [
        [column.name, str(problem)]
        for place, problem in sorted(line.problems.items())
        if place < len(columns) and (column := columns[place])
    ]
    for place, cell in enumerate(line.cells):
        column = columns[place] if place < len(columns) else None
        if place >= len(columns) and cell.strip():
            problems.append(["", _("more cells than headings")])
            break
        if column is not None and cell.strip():
            told[column.name] = cell
    return told, problems
