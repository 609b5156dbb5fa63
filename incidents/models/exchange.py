"""Files that go in and out: the work on each, its rows, and its bytes until they expire.

A job is a row like everything that has to happen: whoever works on it locks it for one step, and a step is
one transaction that writes rows and progress together. See docs/decisions/files-in-and-out.md.
"""

from typing import Final

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import CheckConstraint, F, Q, QuerySet, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from incidents.choices import (
    EntryMode,
    FileFormat,
    FilePart,
    JobDirection,
    JobState,
    Language,
    RowOutcome,
)
from incidents.models.base import Identified, moment
from incidents.models.people import Organization, User

AT_WORK: Final = (
    JobState.READING,
    JobState.CHECKING,
    JobState.APPLYING,
    JobState.COLLECTING,
    JobState.WRITING,
)
OVER: Final = (JobState.DONE, JobState.FAILED, JobState.CANCELLED)


class FileJobQuerySet(QuerySet["FileJob"]):
    """Questions that jobs are asked."""

    def owed(self) -> "FileJobQuerySet":
        """Somebody has to work on them."""
        return self.filter(state__in=AT_WORK)


class FileJob(Identified):
    """An import or export: who asked for it, how far it is, what came of it.

    Attributes:
        subject: Name of the kind of an import, or label of the exported model.
        sheet: Which sheet of a workbook was asked for.
        organization: Whose rows they are where the file does not say; null for exports.
        entry_mode: Whether readings and outages of the file were recorded as they happened.
        headings: Columns as they were recognised, in their order in the file.
        notes: What a person should know about how the file was read.
        shown_phones: Rows whose phone numbers stand in the file.
        leave_out_errors: Whether rows with errors are left out and the others imported.
        done: Rows that the present stage is past.
        attempts: Steps that were begun since one succeeded; too many of them give the job up.
        problem: Why it failed, in the language of who asked.
        expires_at: When its bytes and rows go; the job itself stays as evidence.
    """

    direction = models.CharField(_("direction"), max_length=8, choices=JobDirection)
    subject = models.CharField(_("subject"), max_length=60)
    organization = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("organisation"),
    )
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("asked for by"))
    language = models.CharField(_("language"), max_length=8, choices=Language)
    file_format = models.CharField(_("format"), max_length=5, choices=FileFormat)
    file_name = models.CharField(_("file"), max_length=120)
    sheet = models.CharField(_("sheet"), max_length=31, blank=True)
    digest = models.CharField(_("digest"), max_length=64, blank=True)
    entry_mode = models.CharField(_("entry mode"), max_length=12, choices=EntryMode, default=EntryMode.LIVE)
    state = models.CharField(_("state"), max_length=10, choices=JobState)
    headings = models.JSONField(_("columns"), default=list, blank=True, encoder=DjangoJSONEncoder)
    notes = models.JSONField(_("notes"), default=list, blank=True, encoder=DjangoJSONEncoder)
    shown_phones = models.PositiveIntegerField(_("rows with phone numbers"), default=0)
    leave_out_errors = models.BooleanField(_("rows with errors are left out"), default=False)
    total = models.PositiveIntegerField(_("rows"), default=0)
    done = models.PositiveIntegerField(_("rows done"), default=0)
    worked_at = moment(_("last worked on"))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    problem = models.CharField(_("problem"), max_length=500, blank=True)
    created_at = models.DateTimeField(_("asked for"))
    finished_at = moment(_("finished"))
    expires_at = models.DateTimeField(_("file kept until"))

    objects = FileJobQuerySet.as_manager()

    class Meta:
        verbose_name = _("import or export")
        verbose_name_plural = _("imports and exports")
        indexes = [
            models.Index(fields=["id"], name="file_job_owed", condition=Q(state__in=AT_WORK)),
            models.Index(fields=["expires_at"], name="file_job_by_expiry"),
        ]
        constraints = [
            CheckConstraint(name="file_job_within_total", condition=Q(done__lte=F("total"))),
            CheckConstraint(
                name="file_job_over_has_an_end",
                condition=Q(state__in=OVER, finished_at__isnull=False)
                | ~Q(state__in=OVER) & Q(finished_at__isnull=True),
            ),
            CheckConstraint(
                name="file_job_import_has_an_owner",
                condition=~Q(direction=JobDirection.IMPORT) | Q(organization__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        """Return the name of the file."""
        return self.file_name

    @property
    def percent(self) -> int:
        """How far the present stage is."""
        return 100 * self.done // self.total if self.total else 0

    @property
    def is_at_work(self) -> bool:
        """Whether somebody works on it."""
        return self.state in AT_WORK

    @property
    def is_over(self) -> bool:
        """Whether nothing more happens to it."""
        return self.state in OVER


class FileRow(models.Model):
    """A row of an imported file, and what it would do or did.

    Attributes:
        number: Its number in the file as a spreadsheet shows it; the headings are row 1.
        cells: Column → text as it stands in the file.
        key: What it is about; two rows of one file about the same thing are an error.
        changes: ``[column, old, new]`` for each field that it would change.
        problems: ``[column, sentence]``; the column is empty for the row as a whole.
        is_applied: Whether it has been written.
    """

    job = models.ForeignKey(FileJob, models.PROTECT, related_name="rows", verbose_name=_("import"))
    number = models.PositiveIntegerField(_("row"))
    cells = models.JSONField(_("cells"), encoder=DjangoJSONEncoder)
    key = models.CharField(_("about"), max_length=400, blank=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=RowOutcome, default=RowOutcome.PENDING)
    changes = models.JSONField(_("changes"), default=list, blank=True, encoder=DjangoJSONEncoder)
    problems = models.JSONField(_("problems"), default=list, blank=True, encoder=DjangoJSONEncoder)
    is_applied = models.BooleanField(_("written"), default=False)

    class Meta:
        verbose_name = _("row of a file")
        verbose_name_plural = _("rows of files")
        indexes = [
            models.Index(fields=["job", "outcome", "number"], name="file_row_by_outcome"),
            models.Index(fields=["job", "key"], name="file_row_by_key"),
        ]
        constraints = [UniqueConstraint(name="file_row_once", fields=["job", "number"])]

    def __str__(self) -> str:
        """Return its number."""
        return str(self.number)


class FilePiece(models.Model):
    """Bytes of a file, a piece at a time, so that none is ever whole in memory.

    Attributes:
        seq: Its place, from 0.
    """

    job = models.ForeignKey(FileJob, models.PROTECT, related_name="pieces", verbose_name=_("job"))
    part = models.CharField(_("part"), max_length=8, choices=FilePart)
    seq = models.PositiveIntegerField(_("place"))
    data = models.BinaryField(_("bytes"))

    class Meta:
        verbose_name = _("piece of a file")
        verbose_name_plural = _("pieces of files")
        constraints = [UniqueConstraint(name="file_piece_once", fields=["job", "part", "seq"])]

    def __str__(self) -> str:
        """Return its place."""
        return str(self.seq)
