"""Situation reports: frozen numbers as of a moment, signed by a person, immutable once sent."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from incidents.models import Organization, Storm, User
from incidents.models.base import Identified, moment
from tracker.choices import ReportKind, ReportState, ResponseLevel

FORMAL = [
    ReportKind.FLASH,
    ReportKind.FOLLOW_UP,
    ReportKind.VERIFIED,
    ReportKind.DETAILED,
    ReportKind.AD_HOC,
]
ORIGINAL = Q(corrects__isnull=True)
_ENDED = [ReportState.WAIVED, ReportState.SKIPPED]


class SituationReport(Identified):
    """What a company says of its grid as of a moment; the trigger ``report_is_frozen`` keeps it so.

    The row is made when the report falls due. The numbers are read once and stored with the rows that they
    were summed from; a person signs them, and what was sent never changes: a correction is a new report.

    Attributes:
        storm: The storm it is about; null for everything of the company that is not a drill.
        kind: Formal kinds are signed and sent by a person, the others go out by themselves.
        level: Response level in force when it fell due; empty without one.
        since_at: Outages that were over before are not counted; null counts all of the storm.
        as_of: Cut-off: what happened later is not in it.
        known_at: What the record learned later is not in it either; null for all that was known when drafted.
        due_at: When it has to be out.
        keep_until: When it is no longer worth sending; null for a duty, which does not lapse.
        next_due_at: When the next one is due, as far as the schedule says.
        numbers: :class:`tracker.rules.report_numbers.Numbers`, null until it is drafted.
        adds_up: Whether every check of the numbers holds; null until it is drafted.
        remark: Difficulties, needs and measures in the words of who signed.
        corrects: The report that this one takes the place of.
        end_reason: Why it was waived or skipped.
        tried_at: When drafting it broke last; it is tried again some minutes later.
    """

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="reports", verbose_name=_("organisation")
    )
    storm = models.ForeignKey(
        Storm, models.PROTECT, null=True, blank=True, related_name="reports", verbose_name=_("storm")
    )
    is_exercise = models.BooleanField(_("exercise"), default=False)
    kind = models.CharField(_("kind"), max_length=10, choices=ReportKind)
    level = models.CharField(_("response level"), max_length=3, choices=ResponseLevel, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=ReportState, default=ReportState.DUE)
    since_at = moment(_("counted from"))
    as_of = models.DateTimeField(_("as of"))
    known_at = moment(_("as known at"))
    due_at = models.DateTimeField(_("due"))
    keep_until = moment(_("worth sending until"))
    next_due_at = moment(_("next report due"))
    created_at = models.DateTimeField(_("fell due"))
    adds_up = models.BooleanField(_("adds up"), null=True, blank=True)
    numbers = models.JSONField(_("numbers"), null=True, blank=True, encoder=DjangoJSONEncoder)
    remark = models.TextField(_("difficulties and needs"), blank=True, max_length=1000)
    drafted_at = moment(_("drafted"))
    signed_at = moment(_("signed"))
    signed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("signed by")
    )
    sent_at = moment(_("sent"))
    sent_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("sent by")
    )
    corrects = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="corrections",
        verbose_name=_("takes the place of"),
    )
    correction_reason = models.CharField(_("why corrected"), max_length=300, blank=True)
    ended_at = moment(_("waived or skipped"))
    end_reason = models.CharField(_("why not sent"), max_length=300, blank=True)
    tried_at = moment(_("drafting broke"))
    last_error = models.TextField(_("last error"), blank=True)

    class Meta:
        verbose_name = _("situation report")
        verbose_name_plural = _("situation reports")
        indexes = [
            models.Index(fields=["as_of", "id"], name="report_due", condition=Q(state=ReportState.DUE)),
            models.Index(fields=["organization", "-as_of"], name="report_newest"),
        ]
        constraints = [
            UniqueConstraint(
                name="report_once",
                fields=["organization", "is_exercise", "kind", "as_of"],
                condition=ORIGINAL,
                violation_error_message=_("There is a report of this kind as of this moment already."),
            ),
            UniqueConstraint(
                name="report_one_flash_a_storm",
                fields=["organization", "storm"],
                condition=ORIGINAL & Q(kind=ReportKind.FLASH, storm__isnull=False),
            ),
            UniqueConstraint(
                name="report_corrected_once",
                fields=["corrects"],
                condition=Q(corrects__isnull=False) & ~Q(state=ReportState.WAIVED),
                violation_error_message=_("This report has a correction already: correct that one."),
            ),
            CheckConstraint(
                name="report_kind_and_state_are_known",
                condition=Q(kind__in=ReportKind.values, state__in=ReportState.values),
            ),
            CheckConstraint(name="report_cut_off_before_due", condition=Q(as_of__lte=F("due_at"))),
            CheckConstraint(
                name="report_numbers_when_drafted",
                condition=Q(numbers__isnull=True, drafted_at__isnull=True)
                & Q(state__in=[ReportState.DUE, *_ENDED])
                | Q(numbers__isnull=False, drafted_at__isnull=False) & ~Q(state=ReportState.DUE),
            ),
            CheckConstraint(
                name="report_signed_by_a_person",
                condition=Q(signed_at__isnull=True, signed_by__isnull=True)
                & (~Q(state__in=[ReportState.SIGNED, ReportState.SENT]) | ~Q(kind__in=FORMAL))
                | Q(signed_at__isnull=False, signed_by__isnull=False, kind__in=FORMAL)
                & Q(state__in=[ReportState.SIGNED, ReportState.SENT]),
            ),
            CheckConstraint(
                name="report_sent_is_whole",
                condition=Q(state=ReportState.SENT, sent_at__isnull=False)
                & (Q(sent_by__isnull=False) | ~Q(kind__in=FORMAL))
                | ~Q(state=ReportState.SENT) & Q(sent_at__isnull=True, sent_by__isnull=True),
            ),
            CheckConstraint(
                name="report_ended_with_a_reason",
                condition=Q(state__in=_ENDED, ended_at__isnull=False) & ~Q(end_reason="")
                | ~Q(state__in=_ENDED) & Q(ended_at__isnull=True, end_reason=""),
            ),
            CheckConstraint(
                name="report_correction_has_a_reason",
                condition=Q(corrects__isnull=True, correction_reason="")
                | Q(corrects__isnull=False) & ~Q(correction_reason=""),
            ),
        ]

    def __str__(self) -> str:
        """Return whose and which; a drill says so first."""
        words = f"{self.organization} {self.get_kind_display()}".removeprefix("【演练】")
        return f"【演练】{words}" if self.is_exercise else words

    @property
    def is_formal(self) -> bool:
        """Whether a person signs and sends it."""
        return self.kind in FORMAL
