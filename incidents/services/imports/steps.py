"""The steps of an import after the file was read; each is one transaction with its progress."""

from collections.abc import Sequence
from typing import Final

from django.db.models import Min, QuerySet
from django.utils.translation import gettext as _

from incidents.choices import Channel, EntryMode, JobState, RowOutcome
from incidents.journal import Actor
from incidents.models import FileJob
from incidents.models.exchange import FileRow
from incidents.services.imports.base import Importing, Kind, Within
from incidents.services.imports.judging import judge
from incidents.services.imports.kinds import KINDS

TOGETHER: Final = 50
"""Rows of one step: it holds locks and keeps cursors of phones waiting while it lasts."""

WRITTEN: Final = (RowOutcome.NEW, RowOutcome.CHANGE)


def check(job: FileJob, *, by: Actor, within: Within) -> None:
    """Judge the next rows of a locked job without writing anything; after the last, a person decides."""
    kind = KINDS[job.subject]
    importing = _importing(job, kind, by=by, within=within)
    rows = list(job.rows.filter(outcome=RowOutcome.PENDING).order_by("number")[:TOGETHER])
    for row in rows:
        verdict = judge(kind, importing, row, write=False)
        row.outcome, row.key = verdict.outcome, verdict.key
        row.changes, row.problems = verdict.changes, verdict.problems
    FileRow.objects.bulk_update(rows, ["outcome", "key", "changes", "problems"])
    _refuse_twice(job, rows)
    job.done += len(rows)
    if job.done >= job.total:
        job.state = JobState.CHECKED


def apply(job: FileJob, *, by: Actor, within: Within) -> None:
    """Write the next rows of a locked job; one that cannot be any more is told, the others stay."""
    kind = KINDS[job.subject]
    importing = _importing(job, kind, by=by, within=within)
    rows = list(owed(job).order_by("number")[:TOGETHER])
    for row in rows:
        verdict = judge(kind, importing, row, write=True)
        row.outcome, row.changes, row.problems = verdict.outcome, verdict.changes, verdict.problems
        row.is_applied = verdict.outcome in WRITTEN
    FileRow.objects.bulk_update(rows, ["outcome", "changes", "problems", "is_applied"])
    job.done += len(rows)
    if not owed(job).exists():
        job.state, job.finished_at = JobState.DONE, by.now


def owed(job: FileJob) -> QuerySet[FileRow]:
    """Return the rows that are to be written still."""
    return job.rows.filter(outcome__in=WRITTEN, is_applied=False)


def actor_of(job: FileJob, by: Actor) -> Actor:
    """Return who acts in an import: the person who asked for it, in the file's own mode."""
    mode = EntryMode(job.entry_mode)
    return Actor(user=job.asked_by, now=by.now, channel=Channel.IMPORT, entry_mode=mode)


def _importing(job: FileJob, kind: Kind, *, by: Actor, within: Within) -> Importing:
    if job.organization is None:
        raise AssertionError  # held by file_job_import_has_an_owner
    return Importing(
        by=actor_of(job, by),
        organization=job.organization,
        within=within,
        right=kind.right,
        reason=_("Import of %(file)s") % {"file": job.file_name},
    )


def _refuse_twice(job: FileJob, rows: Sequence[FileRow]) -> None:
    """Refuse rows about what an earlier row is about: which one is right, a person has to say."""
    keys = [row.key for row in rows if row.key]
    first = dict(job.rows.filter(key__in=keys).values_list("key").annotate(Min("number")))
    twice = [row for row in rows if row.key and row.outcome in WRITTEN and first[row.key] < row.number]
    for row in twice:
        sentence = _("rows %(first)d and %(second)d are about the same")
        row.problems = [["", sentence % {"first": first[row.key], "second": row.number}]]
        row.outcome, row.changes = RowOutcome.ERROR, []
    FileRow.objects.bulk_update(twice, ["outcome", "changes", "problems"])
