"""Outages: from the first report to normal switching mode, with every step of restoration."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, F, Q, QuerySet, UniqueConstraint
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from incidents.choices import (
    CauseCode,
    CauseConfidence,
    EntryMode,
    OutageKind,
    OutageStatus,
    ReportChannel,
)
from incidents.models.base import (
    Sourced,
    day,
    in_order,
    moment,
    moment_is_honest,
    precision,
)
from incidents.models.grid import VOLTAGE_CHOICES, VOLTAGES_KV, Line, LineSection
from incidents.models.people import Organization, User
from incidents.models.places import Place
from incidents.models.storms import REAL, OfAStorm

SUPPLIED = [OutageStatus.RESTORED, OutageStatus.CLOSED, OutageStatus.REOPENED]
OVER = [
    OutageStatus.RESTORED,
    OutageStatus.CLOSED,
    OutageStatus.MOMENTARY,
    OutageStatus.CANCELLED,
    OutageStatus.REOPENED,
]
BEFORE_WORK = [
    OutageStatus.REPORTED,
    OutageStatus.CONFIRMED,
    OutageStatus.LOCATED,
    OutageStatus.ISOLATED,
]


class OutageQuerySet(QuerySet["Outage"]):
    """Questions that outages are asked."""

    def open(self) -> "OutageQuerySet":
        """Without full supply yet."""
        return self.exclude(status__in=OVER)

    def real(self) -> "OutageQuerySet":
        """Not part of a drill."""
        return self.filter(REAL)

    def live(self) -> "OutageQuerySet":
        """Made as things happened; records made after the fact never raise an alert."""
        return self.filter(entry_mode=EntryMode.LIVE)


class Outage(Sourced, OfAStorm):
    """A stretch of time in which customers or a line had no power.

    Supply restored, equipment repaired and normal switching mode are three facts with three moments. An
    outage ends in steps. A second trip after restoration is a new outage that names the previous one.

    Attributes:
        parent: The feeder trip that explains this outage, if one does.
        customers_affected: Low-voltage customers; null where nobody has counted, never 0 for that.
        mv_users: Medium-voltage users, one public transformer each (DL/T 836.1).
        not_reported: States that were passed over because nobody reported them.
    """

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="outages", verbose_name=_("organisation")
    )
    line = models.ForeignKey(
        Line,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="outages",
        verbose_name=_("line"),
    )
    section = models.ForeignKey(
        LineSection,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="outages",
        verbose_name=_("line section"),
    )
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("explained by"),
    )
    previous_outage = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="later_outages",
        verbose_name=_("previous outage of the line"),
    )
    place = models.ForeignKey(Place, models.PROTECT, related_name="outages", verbose_name=_("place"))
    voltage_kv = models.DecimalField(
        _("voltage (kV)"), max_digits=5, decimal_places=1, choices=VOLTAGE_CHOICES
    )
    kind = models.CharField(_("kind"), max_length=12, choices=OutageKind)
    cause_code = models.CharField(_("cause"), max_length=16, choices=CauseCode, default=CauseCode.UNKNOWN)
    cause_text = models.CharField(_("cause in words"), max_length=300, blank=True)
    cause_confidence = models.CharField(
        _("cause is"), max_length=10, choices=CauseConfidence, default=CauseConfidence.SUSPECTED
    )
    occurred_at = moment(_("began"))
    occurred_on = day(_("began on"))
    occurred_precision = precision(_("precision of the beginning"))
    reported_at = models.DateTimeField(_("reported"))
    report_channel = models.CharField(
        _("reported through"), max_length=10, choices=ReportChannel, default=ReportChannel.OTHER
    )
    lines_tripped = models.PositiveSmallIntegerField(_("lines out"), null=True, blank=True)
    mv_users = models.PositiveIntegerField(_("transformer areas out"), null=True, blank=True)
    customers_affected = models.PositiveIntegerField(_("customers out"), null=True, blank=True)
    load_lost_mw = models.DecimalField(
        _("load lost (MW)"), max_digits=8, decimal_places=2, null=True, blank=True
    )
    status = models.CharField(_("status"), max_length=20, choices=OutageStatus, default=OutageStatus.REPORTED)
    not_reported = ArrayField(
        models.CharField(max_length=20),
        verbose_name=_("states not reported"),
        default=list,
        blank=True,
    )
    confirmed_at = moment(_("confirmed"))
    located_at = moment(_("fault located"))
    isolated_at = moment(_("fault isolated"))
    restored_at = moment(_("supply restored"))
    repaired_at = moment(_("equipment repaired"))
    normal_mode_at = moment(_("normal switching mode"))
    ended_at = moment(_("closed or cancelled"))
    ended_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("ended by")
    )
    end_reason = models.CharField(_("reason of the end"), max_length=300, blank=True)
    remark = models.TextField(_("remark"), blank=True, max_length=2000)

    objects = OutageQuerySet.as_manager()

    class Meta:
        verbose_name = _("outage")
        verbose_name_plural = _("outages")
        indexes = [
            models.Index(fields=["-reported_at", "-id"], name="outage_open", condition=~Q(status__in=OVER)),
            models.Index(fields=["-reported_at", "-id"], name="outage_newest"),
            models.Index(fields=["storm", "-reported_at"], name="outage_by_storm"),
            models.Index(
                fields=["restored_at"], name="outage_restored", condition=Q(restored_at__isnull=False)
            ),
            models.Index(
                fields=["isolated_at"], name="outage_not_closed", condition=Q(status=OutageStatus.RESTORED)
            ),
            models.Index(
                fields=["reported_at"], name="outage_without_work", condition=Q(status__in=BEFORE_WORK)
            ),
            # What rules hold against the clock and against numbers, of outages that are not over.
            models.Index(
                Coalesce("occurred_at", "reported_at"), name="outage_began", condition=~Q(status__in=OVER)
            ),
            models.Index(
                Coalesce("confirmed_at", "reported_at"), name="outage_taken_up", condition=~Q(status__in=OVER)
            ),
            models.Index(
                fields=["customers_affected"], name="outage_customers", condition=~Q(status__in=OVER)
            ),
            models.Index(fields=["mv_users"], name="outage_areas", condition=~Q(status__in=OVER)),
        ]
        constraints = [
            UniqueConstraint(
                name="outage_one_open_per_section",
                fields=["section"],
                condition=Q(section__isnull=False) & ~Q(status__in=OVER),
                violation_error_message=_("This line section has an open outage already."),
            ),
            CheckConstraint(name="outage_voltage_is_in_use", condition=Q(voltage_kv__in=VOLTAGES_KV)),
            moment_is_honest("outage", "occurred"),
            in_order("outage", "occurred_at", "located_at", "isolated_at"),
            in_order("outage", "occurred_at", "restored_at", "normal_mode_at"),
            in_order("outage", "isolated_at", "repaired_at"),
            CheckConstraint(
                name="outage_section_has_a_line",
                condition=Q(section__isnull=True) | Q(line__isnull=False),
            ),
            CheckConstraint(
                name="outage_restored_has_a_moment",
                condition=Q(status__in=SUPPLIED, restored_at__isnull=False)
                | Q(status__in=[OutageStatus.CANCELLED, OutageStatus.MOMENTARY])
                | (~Q(status__in=SUPPLIED) & Q(restored_at__isnull=True)),
            ),
            CheckConstraint(
                name="outage_end_is_whole",
                condition=(
                    Q(status__in=[OutageStatus.CLOSED, OutageStatus.CANCELLED])
                    & Q(ended_at__isnull=False, ended_by__isnull=False)
                )
                | (
                    ~Q(status__in=[OutageStatus.CLOSED, OutageStatus.CANCELLED])
                    & Q(ended_at__isnull=True, ended_by__isnull=True)
                ),
            ),
            CheckConstraint(
                name="outage_cancelled_with_a_reason",
                condition=~Q(status=OutageStatus.CANCELLED) | ~Q(end_reason=""),
            ),
            CheckConstraint(
                name="outage_closed_with_a_cause",
                condition=~Q(status=OutageStatus.CLOSED) | ~Q(cause_code=CauseCode.UNKNOWN),
            ),
            CheckConstraint(
                name="outage_is_not_its_own_relative",
                condition=(Q(parent__isnull=True) | ~Q(parent=F("id")))
                & (Q(previous_outage__isnull=True) | ~Q(previous_outage=F("id"))),
            ),
        ]

    def __str__(self) -> str:
        """Return what and where."""
        return f"{self.get_voltage_kv_display()} {self.line or self.place}"
