"""How ice is graded, and the grade that each section has now."""

from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from incidents.choices import Grade, GradeBasis
from incidents.models.base import Identified, between, in_order, moment
from incidents.models.grid import LineSection
from incidents.models.ice import IceReading
from incidents.models.people import Organization, User

if TYPE_CHECKING:
    from incidents.models.base import Words


def _millimetres(words: "Words", default: str) -> "models.DecimalField[Decimal, Decimal]":
    return models.DecimalField(words, max_digits=4, decimal_places=1, default=Decimal(default))


def _share(words: "Words", default: str) -> "models.DecimalField[Decimal, Decimal]":
    return models.DecimalField(words, max_digits=4, decimal_places=2, default=Decimal(default))


class GradingPolicy(Identified):
    """The numbers by which a company grades ice; a change is a new row, old readings keep theirs.

    The defaults and where they come from stand in ``incidents/rules/grading.py`` and ``rules/ice.py``.

    Attributes:
        organization: Whose numbers; null for everybody without their own.
        since_at: From when they hold.
        until_at: Null while they are the current ones.
    """

    organization = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("organisation"),
    )
    since_at = models.DateTimeField(_("since"))
    until_at = moment(_("until"))
    source = models.CharField(_("source of the numbers"), max_length=300)
    ratio_blue = _share(_("blue from ratio"), "0.3")
    ratio_yellow = _share(_("yellow from ratio"), "0.5")
    ratio_orange = _share(_("orange from ratio"), "0.7")
    ratio_red = _share(_("red from ratio"), "1.0")
    margin = _share(_("calm below an edge by (ratio)"), "0.05")
    thickness_blue_mm = _millimetres(_("blue from (mm), design unknown"), "10")
    thickness_yellow_mm = _millimetres(_("yellow from (mm), design unknown"), "15")
    thickness_orange_mm = _millimetres(_("orange from (mm), design unknown"), "20")
    thickness_red_mm = _millimetres(_("red from (mm), design unknown"), "30")
    margin_mm = _millimetres(_("calm below an edge by (mm)"), "1.5")
    no_ice_mm = _millimetres(_("beyond design 0 from (mm)"), "1.0")
    no_ice_margin_mm = _millimetres(_("calm below that by (mm)"), "0.5")
    calm_readings = models.PositiveSmallIntegerField(_("calm readings that lower a grade"), default=2)
    calm_minutes = models.PositiveSmallIntegerField(_("calm time that lowers a grade (min)"), default=120)
    fresh_mild_minutes = models.PositiveSmallIntegerField(_("none and blue are fresh for (min)"), default=180)
    fresh_severe_minutes = models.PositiveSmallIntegerField(
        _("yellow and up are fresh for (min)"), default=60
    )
    density_glaze = _share(_("density of glaze (g/cm³)"), "0.9")
    density_mixed = _share(_("density of mixed ice (g/cm³)"), "0.6")
    density_rime = _share(_("density of rime (g/cm³)"), "0.3")
    density_wet_snow = _share(_("density of wet snow (g/cm³)"), "0.5")

    class Meta:
        verbose_name = _("grading policy")
        verbose_name_plural = _("grading policies")
        constraints = [
            UniqueConstraint(
                name="policy_one_current",
                fields=["organization"],
                condition=Q(until_at__isnull=True),
                nulls_distinct=False,
            ),
            in_order("policy", "since_at", "until_at"),
            CheckConstraint(name="policy_names_its_source", condition=~Q(source="")),
            CheckConstraint(
                name="policy_edges_rise",
                condition=Q(
                    ratio_blue__gt=F("margin"),
                    ratio_yellow__gt=F("ratio_blue"),
                    ratio_orange__gt=F("ratio_yellow"),
                    ratio_red__gt=F("ratio_orange"),
                    thickness_blue_mm__gt=F("margin_mm"),
                    thickness_yellow_mm__gt=F("thickness_blue_mm"),
                    thickness_orange_mm__gt=F("thickness_yellow_mm"),
                    thickness_red_mm__gt=F("thickness_orange_mm"),
                    no_ice_mm__gt=F("no_ice_margin_mm"),
                ),
                violation_error_message=_("The edges must rise and lie above their margins."),
            ),
            between("policy", "calm_readings", 1, 20),
            *(
                between("policy", f"density_{ice}", 0.05, 0.92)
                for ice in ("glaze", "mixed", "rime", "wet_snow")
            ),
        ]

    def __str__(self) -> str:
        """Return whose numbers."""
        return str(self.organization or _("all organisations"))


class SectionIcing(Identified):
    """The icing of a section as it stands: one row a section, drill and real apart.

    The state that grading with hysteresis needs, and what rule E01 looks at.
    """

    # No index of their own: a section is found by the rule that it has one row, nobody asks by the reading;
    # what moves with every reading is written in place only while no index tells of it.
    section = models.ForeignKey(
        LineSection, models.PROTECT, related_name="icing", db_index=False, verbose_name=_("line section")
    )
    is_exercise = models.BooleanField(_("exercise"), default=False)
    reading = models.ForeignKey(
        IceReading, models.PROTECT, related_name="+", db_index=False, verbose_name=_("newest reading")
    )
    grade = models.CharField(_("grade"), max_length=8, choices=Grade)
    grade_basis = models.CharField(_("grade rests on"), max_length=20, choices=GradeBasis)
    standard_mm = models.DecimalField(
        _("standard thickness (mm)"), max_digits=6, decimal_places=3, null=True, blank=True
    )
    ratio = models.DecimalField(_("icing ratio"), max_digits=7, decimal_places=4, null=True, blank=True)
    observed_at = models.DateTimeField(_("newest observation"))
    grade_since_at = models.DateTimeField(_("grade since"))
    is_estimate = models.BooleanField(_("rests on a model"), default=False)
    measured_at = models.DateTimeField(_("last measured"), null=True, blank=True)
    below_count = models.PositiveSmallIntegerField(_("observations below the edge"), default=0)
    below_since_at = models.DateTimeField(_("below the edge since"), null=True, blank=True)
    override_grade = models.CharField(_("grade set by a person"), max_length=8, choices=Grade, blank=True)
    override_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("set by")
    )
    override_reason = models.CharField(_("reason"), max_length=300, blank=True)
    override_until_at = models.DateTimeField(_("set until"), null=True, blank=True)

    class Meta:
        verbose_name = _("icing of a section")
        verbose_name_plural = _("icing of sections")
        indexes = [
            models.Index(fields=["section"], name="icing_graded", condition=~Q(grade=Grade.NONE)),
        ]
        constraints = [
            UniqueConstraint(name="icing_one_row_a_section", fields=["section", "is_exercise"]),
            between("icing", "standard_mm", 0, 150),
            CheckConstraint(
                name="icing_override_is_whole",
                condition=Q(
                    override_grade="",
                    override_by__isnull=True,
                    override_reason="",
                    override_until_at__isnull=True,
                )
                | (
                    ~Q(override_grade="")
                    & ~Q(override_reason="")
                    & Q(override_by__isnull=False, override_until_at__isnull=False)
                ),
            ),
            CheckConstraint(
                name="icing_below_is_whole",
                condition=Q(below_count=0, below_since_at__isnull=True)
                | Q(below_count__gt=0, below_since_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        """Return section and grade."""
        return f"{self.section}: {self.get_grade_display()}"
