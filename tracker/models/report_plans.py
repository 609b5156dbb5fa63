"""When reports fall due, and who gets them: rows that people edit."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from incidents.choices import Language
from incidents.models import Organization, User
from incidents.models.base import Identified, between
from tracker.choices import DutyRole, ReportKind, ResponseLevel

AFTER_AN_EVENT = [ReportKind.FLASH, ReportKind.VERIFIED]
BY_THE_CLOCK = [ReportKind.FOLLOW_UP, ReportKind.DIGEST, ReportKind.LONG_TAIL]
DAY_MIN = 1440


class ReportSchedule(Identified):
    """When reports of a kind fall due while a response level is in force.

    The rows that count for an organisation are those of the nearest one upwards that has rows of the kind,
    else those without an organisation.

    Attributes:
        level: Response level that it applies to; empty while no response is ordered.
        times: Times of day, Chinese time, at which a report has to be out.
        after_min: For flash and verified reports: minutes after the event.
        cutoff_min: How long before it is due its numbers are taken, minutes.
        keep_min: How long after it was due it is still sent by itself, minutes; null for a duty.
        source: Whose number it is.
    """

    organization = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("organisation"),
    )
    kind = models.CharField(_("kind"), max_length=10, choices=ReportKind)
    level = models.CharField(_("response level"), max_length=3, choices=ResponseLevel, blank=True)
    times = ArrayField(models.TimeField(), verbose_name=_("times of day"), default=list, blank=True)
    after_min = models.PositiveIntegerField(_("after the event (min)"), null=True, blank=True)
    cutoff_min = models.PositiveIntegerField(_("numbers taken before (min)"), default=0)
    keep_min = models.PositiveIntegerField(_("still sent for (min)"), null=True, blank=True)
    enabled = models.BooleanField(_("switched on"), default=True)
    source = models.CharField(_("source"), max_length=300)

    class Meta:
        verbose_name = _("schedule of reports")
        verbose_name_plural = _("schedules of reports")
        constraints = [
            UniqueConstraint(
                name="report_schedule_once",
                fields=["organization", "kind", "level", "cutoff_min"],
                nulls_distinct=False,
                violation_error_message=_("There is such a schedule already: change that one."),
            ),
            CheckConstraint(
                name="report_schedule_has_a_clock",
                condition=Q(kind__in=AFTER_AN_EVENT, after_min__isnull=False, times__len=0)
                | Q(kind__in=BY_THE_CLOCK, after_min__isnull=True, times__len__gte=1),
                violation_error_message=_(
                    "Flash and verified reports follow an event, the others a time of day."
                ),
            ),
            CheckConstraint(name="report_schedule_names_its_source", condition=~Q(source="")),
            between("report_schedule", "after_min", 1, 7 * DAY_MIN),
            between("report_schedule", "cutoff_min", 0, 2 * DAY_MIN),
            between("report_schedule", "keep_min", 1, DAY_MIN),
        ]

    def __str__(self) -> str:
        """Return kind and level."""
        return f"{self.get_kind_display()} {self.level}".rstrip()


class ReportRecipient(Identified):
    """A duty role or a person that gets reports of some kinds.

    The rows that count for an organisation are those of the nearest one upwards that has any, else those
    without an organisation.

    Attributes:
        language: Empty for the language of the person.
    """

    organization = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("organisation"),
    )
    kinds = ArrayField(models.CharField(max_length=10, choices=ReportKind), verbose_name=_("kinds"))
    role = models.CharField(_("role"), max_length=1, choices=DutyRole, blank=True)
    user = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("person")
    )
    language = models.CharField(_("language"), max_length=8, choices=Language, blank=True)
    enabled = models.BooleanField(_("switched on"), default=True)

    class Meta:
        verbose_name = _("recipient of reports")
        verbose_name_plural = _("recipients of reports")
        constraints = [
            UniqueConstraint(
                name="report_recipient_once",
                fields=["organization", "role", "user"],
                nulls_distinct=False,
                violation_error_message=_("This recipient is listed already: change that row."),
            ),
            CheckConstraint(
                name="report_recipient_is_a_role_or_a_person",
                condition=Q(user__isnull=True) & ~Q(role="") | Q(user__isnull=False, role=""),
                violation_error_message=_("A recipient is either a role or a person."),
            ),
            CheckConstraint(
                name="report_recipient_names_known_kinds",
                condition=Q(kinds__len__gte=1) & Q(kinds__contained_by=ReportKind.values),
            ),
        ]

    def __str__(self) -> str:
        """Return whom."""
        return str(self.user) if self.user else self.get_role_display()
