"""Work on files: a few steps whenever somebody is woken, each step one transaction with its progress.

A job is locked for one step. Who dies in the middle of it leaves what the step before it left, and the next
one goes on there; a job whose steps fail again and again is given up, with the reason.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import translation
from django.utils.translation import gettext as _

from incidents.choices import Channel, FilePart, JobState
from incidents.errors import Refused
from incidents.journal import Actor
from incidents.models import FileJob, User
from incidents.models.exchange import FilePiece, FileRow
from incidents.services import exports, file_pieces
from incidents.services.exports import Reader
from incidents.services.imports import reading, steps
from incidents.services.imports.life import write

logger = logging.getLogger(__name__)

ATTEMPTS: Final = 5
_ONE_AT_A_TIME: Final = 0x1CE_F11E
_AT_ONCE: Final = 20
_NOT_AT_ALL: Final = timedelta(0)

ReaderOf = Callable[[User], Reader]
"""What a person may see now."""


def work(*, now: datetime, reader_of: ReaderOf, late: timedelta = _NOT_AT_ALL, most: int = _AT_ONCE) -> int:
    """Do steps that are owed, of the job first that has waited longest; return how many were done.

    Args:
        now: The present.
        reader_of: Asked anew for each step: a role that ended no longer counts.
        late: Only jobs that nobody has worked on for so long: the watchdog's, while the worker is silent.
        most: Most steps; what is left over is done next time.
    """
    done = 0
    while done < most and _step(now, reader_of, late):
        done += 1
    return done


def purge(*, now: datetime) -> int:
    """Delete bytes and rows of files that have expired; return of how many jobs. The jobs stay."""
    due = FileJob.objects.filter(expires_at__lte=now)
    due.filter(finished_at=None).update(state=JobState.CANCELLED, finished_at=now)
    jobs = {
        job
        for model in (FilePiece, FileRow)
        for job in model.objects.filter(job__in=due).values_list("job", flat=True).distinct()
    }
    for job in jobs:
        with transaction.atomic():
            FilePiece.objects.filter(job=job).delete()
            FileRow.objects.filter(job=job).delete()
    return len(jobs)


def _step(now: datetime, reader_of: ReaderOf, late: timedelta) -> bool:
    """Do one step of one job; return whether there was one."""
    job = _begun(now, late)
    if job is None:
        return False
    try:
        with transaction.atomic():
            row = _alone_with(job)
            if row is None:
                return False
            _do(row, now, reader_of)
    except Refused as refused:
        _fail(job, now, refused)
    except Exception:
        # Whatever it is: the next step tries again, and the last one gives up.
        logger.exception("a step of a file failed", extra={"job": job.pk, "attempts": job.attempts})
        if job.attempts >= ATTEMPTS:
            _fail(job, now, None)
    return True


def _begun(now: datetime, late: timedelta) -> FileJob | None:
    """Return the job that has waited longest, its attempt noted before it is made; None if another works."""
    with transaction.atomic():
        if not _is_alone():
            return None
        owed = FileJob.objects.owed().select_for_update(skip_locked=True)
        if late:
            idle_since = Coalesce("worked_at", "created_at")
            owed = owed.annotate(idle_since=idle_since).filter(idle_since__lte=now - late)
        job = owed.order_by(F("worked_at").asc(nulls_first=True), "pk").first()
        if job is None:
            return None
        job.attempts, job.worked_at = job.attempts + 1, now
        job.save(update_fields=["attempts", "worked_at"])
        return job


def _alone_with(job: FileJob) -> FileJob | None:
    """Return a job locked, while nobody else works on files; None if it is over or another works."""
    if not _is_alone():
        return None
    rows = FileJob.objects.owed().select_for_update(of=["self"]).select_related("asked_by", "organization")
    return rows.filter(pk=job.pk).first()


def _is_alone() -> bool:
    """Take the lock of who works on files until the end of the transaction; return whether it was free."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_ONE_AT_A_TIME])
        (is_free,) = cursor.fetchone()
    return bool(is_free)


def _do(job: FileJob, now: datetime, reader_of: ReaderOf) -> None:
    by = Actor(user=job.asked_by, now=now, channel=Channel.IMPORT)
    reader = reader_of(job.asked_by)
    with translation.override(job.language):
        if job.state == JobState.READING:
            reading.read(job)
        elif job.state == JobState.CHECKING:
            steps.check(job, by=by, within=reader.within)
        elif job.state == JobState.APPLYING:
            steps.apply(job, by=by, within=reader.within)
        elif job.state == JobState.COLLECTING:
            exports.collect(job, reader=reader)
        else:
            exports.finish(job, reader=reader, by=by)
    job.attempts = 0
    job.save()
    if job.state == JobState.DONE:
        write("file.finished", job, by=by)


def _fail(job: FileJob, now: datetime, refused: Refused | None) -> None:
    with transaction.atomic(), suppress(FileJob.DoesNotExist), translation.override(job.language):
        row = FileJob.objects.owed().select_for_update().get(pk=job.pk)
        row.state, row.finished_at = JobState.FAILED, now
        row.problem = (refused.message if refused else _("It failed several times and was given up."))[:500]
        row.save()
        file_pieces.drop(row, FilePart.ROWS)
        write("file.failed", row, by=Actor(user=row.asked_by, now=now, channel=Channel.IMPORT))
