"""The life of an import: taken, checked, confirmed by a person, or given up."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from incidents import journal
from incidents.choices import EntryMode, FileFormat, FilePart, JobDirection, JobState, RowOutcome
from incidents.errors import BadTransition, RowsWithErrors, UnreadableFile
from incidents.journal import Actor
from incidents.models import FileJob, Organization
from incidents.models.exchange import OVER
from incidents.services import file_pieces, sheet_writing
from incidents.services.imports.base import Kind
from incidents.services.imports.kinds import KINDS
from incidents.services.imports.reading import PROBLEM
from incidents.services.imports.steps import owed
from incidents.services.sheet_writing import Cell
from incidents.services.sheets import LARGEST, NOTES_SHEET

KEPT: Final = timedelta(days=7)
"""How long files and their rows are kept."""


@transaction.atomic
def take(
    *,
    kind: Kind,
    organization: Organization,
    content: bytes,
    name: str,
    language: str,
    by: Actor,
    entry_mode: EntryMode = EntryMode.LIVE,
    sheet: str = "",
) -> FileJob:
    """Take a file; it is read and checked by and by, and nothing of it is written before somebody confirms.

    Args:
        kind: What its rows are.
        organization: Whose they are where the file does not say.
        content: The file.
        name: Its name.
        language: Of what is told about it.
        by: Who sends it.
        entry_mode: HISTORICAL for facts that must not raise an alert.
        sheet: Which sheet of a workbook.

    Raises:
        UnreadableFile: If it is larger than 20 MB.
    """
    if len(content) > LARGEST:
        raise UnreadableFile(file=name, why=_("larger than 20 MB"))
    job = FileJob.objects.create(
        direction=JobDirection.IMPORT,
        subject=kind.name,
        organization=organization,
        asked_by=by.user,
        language=language,
        file_format=FileFormat.XLSX if content.startswith(b"PK") else FileFormat.CSV,
        file_name=name[:120],
        sheet=sheet[:31],
        digest=hashlib.sha256(content).hexdigest(),
        entry_mode=entry_mode,
        state=JobState.READING,
        created_at=by.now,
        expires_at=by.now + KEPT,
    )
    step = file_pieces.PIECE
    pieces = (content[start : start + step] for start in range(0, len(content), step))
    file_pieces.keep(job, FilePart.UPLOAD, pieces)
    write("file.taken", job, by=by)
    return job


@transaction.atomic
def confirm(job: FileJob, *, leave_out_errors: bool, by: Actor) -> FileJob:
    """Let a checked import be written; a second time changes nothing.

    Raises:
        BadTransition: If it has not been checked, or is over.
        RowsWithErrors: If rows have errors and are not to be left out; nothing is written.
    """
    row = _locked(job)
    if row.state in (JobState.APPLYING, JobState.DONE):
        return row
    if row.state != JobState.CHECKED:
        raise BadTransition(subject="import", state=row.state, verb="confirm", allowed=())
    count = row.rows.filter(outcome=RowOutcome.ERROR).count()
    if count and not leave_out_errors:
        raise RowsWithErrors(count=count)
    row.state, row.leave_out_errors = JobState.APPLYING, leave_out_errors
    row.total, row.done = owed(row).count(), 0
    if not row.total:
        row.state, row.finished_at = JobState.DONE, by.now
    row.save()
    write("file.confirmed", row, by=by)
    return row


@transaction.atomic
def cancel(job: FileJob, *, by: Actor) -> FileJob:
    """Stop the work on a file; what is written already stays, and the job says how much that is.

    Raises:
        BadTransition: If it is over.
    """
    row = _locked(job)
    if row.state == JobState.CANCELLED:
        return row
    if row.state in OVER:
        raise BadTransition(subject="file", state=row.state, verb="cancel", allowed=())
    row.state, row.finished_at = JobState.CANCELLED, by.now
    row.save()
    write("file.cancelled", row, by=by)
    return row


def write(kind: str, job: FileJob, *, by: Actor) -> None:
    """Write into the journal what became of a file; not its rows, they have entries of their own."""
    told = {
        name: getattr(job, name) for name in ("direction", "subject", "file_name", "state", "total", "done")
    }
    journal.write(kind, subject=job, at=by.now, by=by, organization=job.organization, after=told)


def template(kind: Kind, *, file_format: str, language: str) -> Iterator[bytes]:
    """Yield an empty file of a kind, with an example and, in a workbook, what may stand where."""
    with translation.override(language):
        notes = [[str(_("Column")), str(_("Needed")), str(_("Unit and what may stand in it"))]]
        notes += [
            [str(each.label), str(_("Yes") if each.is_needed else _("No")), str(each.remark)]
            for each in kind.columns
        ]
        yield from sheet_writing.written(
            [str(column.label) for column in kind.columns],
            [[column.example or None for column in kind.columns]],
            file_format=file_format,
            notes=notes,
            notes_sheet=NOTES_SHEET,
        )


def faulty(job: FileJob) -> Iterator[bytes]:
    """Yield the rows with errors as a file like the one that was sent, with what is wrong with each.

    Mended, it can be imported again.
    """
    with translation.override(job.language):
        yield from sheet_writing.written(
            [*(each["heading"] for each in job.headings if each["column"]), str(PROBLEM)],
            _faulty_rows(job),
            file_format=job.file_format,
        )


def _faulty_rows(job: FileJob) -> Iterator[list[Cell]]:
    names = [each["column"] for each in job.headings if each["column"]]
    labels = {column.name: str(column.label) for column in KINDS[job.subject].columns}
    rows = job.rows.filter(outcome=RowOutcome.ERROR).order_by("number")
    for row in rows.iterator(chunk_size=500):
        told = [f"{labels[name]}: {why}" if name else why for name, why in row.problems]
        yield [*(row.cells.get(name) for name in names), "; ".join(told)]


def _locked(job: FileJob) -> FileJob:
    return FileJob.objects.select_for_update(of=["self"]).select_related("organization").get(pk=job.pk)
