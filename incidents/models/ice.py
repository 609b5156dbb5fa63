"""Ice readings: what was seen or measured on a conductor, and what it is as standard thickness."""

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from incidents.choices import Grade, GradeBasis, IceMethod, IceType, Statistic, ThicknessKind
from incidents.models.base import Sourced, between, day, moment, moment_is_honest, precision
from incidents.models.grid import LineSection
from incidents.models.places import Place
from incidents.models.storms import OfAStorm


class IceReading(Sourced, OfAStorm):
    """One observation of ice on a conductor, as made and as standard thickness; append-only.

    A correction is a new reading that supersedes the old one.

    Attributes:
        thickness_mm: The number as read, mm; what it means is in ``kind``.
        standard_mm: Radial thickness of 0.9 g/cm³ ice of the same weight, mm; null where it can't be known.
        ratio: ``standard_mm`` over the section's design ice thickness; null without a design value.
        grade: Grade that this reading alone gives; the section's own grade has hysteresis.
        rule_version: Version of the rules that computed the four; with the inputs they can be recomputed.
    """

    client_id = models.UUIDField(_("phone's id"), null=True, blank=True)
    client_digest = models.CharField(_("digest of the body"), max_length=64, blank=True)
    place = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("place")
    )
    section = models.ForeignKey(
        LineSection,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="ice_readings",
        verbose_name=_("line section"),
    )
    outage = models.ForeignKey(
        "incidents.Outage",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="ice_readings",
        verbose_name=_("outage"),
    )
    observed_at = moment(_("observed"))
    observed_on = day(_("observed on"))
    observed_precision = precision(_("precision of the moment"))
    thickness_mm = models.DecimalField(
        _("thickness (mm)"), max_digits=4, decimal_places=1, null=True, blank=True
    )
    kind = models.CharField(_("kind of thickness"), max_length=8, choices=ThicknessKind)
    statistic = models.CharField(_("number is a"), max_length=8, choices=Statistic, default=Statistic.SINGLE)
    ice_type = models.CharField(_("ice type"), max_length=10, choices=IceType, default=IceType.UNKNOWN)
    method = models.CharField(_("method"), max_length=20, choices=IceMethod)
    density_g_cm3 = models.DecimalField(
        _("density (g/cm³)"), max_digits=3, decimal_places=2, null=True, blank=True
    )
    long_axis_mm = models.DecimalField(
        _("long axis with conductor (mm)"), max_digits=5, decimal_places=1, null=True, blank=True
    )
    short_axis_mm = models.DecimalField(
        _("short axis with conductor (mm)"), max_digits=5, decimal_places=1, null=True, blank=True
    )
    weight_g = models.DecimalField(_("ice weight (g)"), max_digits=7, decimal_places=1, null=True, blank=True)
    sample_length_m = models.DecimalField(
        _("sample length (m)"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    conductor_diameter_mm = models.DecimalField(
        _("conductor diameter (mm)"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    uncertainty_mm = models.DecimalField(
        _("uncertainty (± mm)"), max_digits=4, decimal_places=1, null=True, blank=True
    )
    air_temp_c = models.DecimalField(
        _("air temperature (°C)"), max_digits=4, decimal_places=1, null=True, blank=True
    )
    is_estimate = models.BooleanField(_("estimate of a model"), default=False)
    is_suspect = models.BooleanField(_("to be checked"), default=False)
    note = models.TextField(_("note"), blank=True, max_length=2000)
    supersedes = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="superseded_by",
        verbose_name=_("corrects"),
    )
    standard_mm = models.DecimalField(
        _("standard thickness (mm)"), max_digits=6, decimal_places=3, null=True, blank=True
    )
    ratio = models.DecimalField(_("icing ratio"), max_digits=7, decimal_places=4, null=True, blank=True)
    thickness_basis = models.CharField(
        _("standard thickness rests on"), max_length=20, choices=GradeBasis, blank=True
    )
    grade = models.CharField(_("grade"), max_length=8, choices=Grade, blank=True)
    grade_basis = models.CharField(_("grade rests on"), max_length=20, choices=GradeBasis, blank=True)
    computed_with = models.CharField(_("formula"), max_length=40, blank=True)
    rule_version = models.CharField(_("rules"), max_length=20)

    class Meta:
        verbose_name = _("ice reading")
        verbose_name_plural = _("ice readings")
        indexes = [
            models.Index(fields=["section", "-observed_at"], name="ice_by_section"),
            models.Index(fields=["-received_at", "-id"], name="ice_newest"),
        ]
        constraints = [
            UniqueConstraint(
                name="ice_client_id_once",
                fields=["reported_by", "client_id"],
                condition=Q(client_id__isnull=False),
            ),
            moment_is_honest("ice", "observed"),
            between("ice", "thickness_mm", 0, 300),
            between("ice", "standard_mm", 0, 150),
            between("ice", "density_g_cm3", 0.05, 0.92),
            between("ice", "air_temp_c", -60, 50),
            between("ice", "conductor_diameter_mm", 1, 60),
            between("ice", "weight_g", 0, 99999),
            CheckConstraint(
                name="ice_sample_length_is_positive",
                condition=Q(sample_length_m__isnull=True) | Q(sample_length_m__gt=0),
            ),
            CheckConstraint(
                name="ice_axes_in_order",
                condition=Q(long_axis_mm__isnull=True, short_axis_mm__isnull=True)
                | Q(
                    long_axis_mm__isnull=False,
                    short_axis_mm__isnull=False,
                    long_axis_mm__gte=F("short_axis_mm"),
                    short_axis_mm__gt=0,
                ),
            ),
            CheckConstraint(
                name="ice_axes_hold_the_conductor",
                condition=Q(short_axis_mm__isnull=True)
                | Q(conductor_diameter_mm__isnull=True)
                | Q(short_axis_mm__gte=F("conductor_diameter_mm")),
            ),
            CheckConstraint(
                name="ice_is_somewhere", condition=Q(section__isnull=False) | Q(place__isnull=False)
            ),
            CheckConstraint(
                name="ice_says_something",
                condition=Q(thickness_mm__isnull=False)
                | Q(weight_g__isnull=False, sample_length_m__isnull=False)
                | Q(long_axis_mm__isnull=False),
            ),
            CheckConstraint(
                name="ice_standard_has_a_basis",
                condition=Q(standard_mm__isnull=True, ratio__isnull=True, grade="")
                | (Q(standard_mm__isnull=False) & ~Q(thickness_basis="") & ~Q(grade="")),
            ),
            CheckConstraint(
                name="ice_grade_has_a_basis",
                condition=Q(grade="", grade_basis="") | (~Q(grade="") & ~Q(grade_basis="")),
            ),
            CheckConstraint(
                name="ice_does_not_supersede_itself",
                condition=Q(supersedes__isnull=True) | ~Q(supersedes=F("id")),
            ),
        ]

    def __str__(self) -> str:
        """Return place and thickness."""
        return f"{self.place or self.section}: {self.thickness_mm} mm"
