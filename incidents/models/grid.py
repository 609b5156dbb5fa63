"""Lines and the sections that ice is graded on."""

from decimal import Decimal

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from incidents.choices import Access, LineKind, Vegetation
from incidents.models.base import Identified, between, initials_of
from incidents.models.people import Organization

VOLTAGES_KV = [Decimal(kv) for kv in ("0.4", "10", "20", "35", "110", "220", "500", "1000")]
DESIGN_ICE_MM = [0, 5, 10, 15, 20, 30, 40, 50]  # classes in use, GB 50545-2010 and GB 50061-2010
VOLTAGE_CHOICES = [(kv, f"{kv} kV") for kv in VOLTAGES_KV]


class Line(Identified):
    """A line of the grid.

    Attributes:
        voltage_kv: Nominal voltage, kV.
        is_exercise: Belongs to a drill; never mixed with real lines.
    """

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="lines", verbose_name=_("organisation")
    )
    code = models.CharField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=100)
    initials = initials_of("name")
    voltage_kv = models.DecimalField(
        _("voltage (kV)"), max_digits=5, decimal_places=1, choices=VOLTAGE_CHOICES
    )
    kind = models.CharField(_("kind"), max_length=8, choices=LineKind, default=LineKind.MAIN)
    substation = models.CharField(_("substation"), max_length=100, blank=True)
    has_tie = models.BooleanField(_("has a tie switch"), null=True, blank=True)
    customers = models.PositiveIntegerField(_("customers"), null=True, blank=True)
    is_exercise = models.BooleanField(_("exercise"), default=False)
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)

    class Meta:
        verbose_name = _("line")
        verbose_name_plural = _("lines")
        constraints = [
            UniqueConstraint(name="line_code_once", fields=["organization", "code"]),
            CheckConstraint(name="line_voltage_is_in_use", condition=Q(voltage_kv__in=VOLTAGES_KV)),
        ]

    def __str__(self) -> str:
        """Return the line's name as crews say it."""
        return self.name


class LineSection(Identified):
    """A stretch of a line with one design value; a line crosses icing zones.

    Attributes:
        design_ice_mm: Design ice thickness, mm of standard ice; null where it is not known.
        conductor_diameter_mm: Outer diameter of the bare conductor, mm.
        vertical_span_m: Vertical span (垂直档距) of the weighed tower, m; for tension sensors.
        conductor_weight_n_per_m: Weight of the bare conductor, N/m; for tension sensors.
    """

    line = models.ForeignKey(Line, models.PROTECT, related_name="sections", verbose_name=_("line"))
    code = models.CharField(_("section"), max_length=40)
    from_pole = models.CharField(_("from pole"), max_length=20, blank=True)
    to_pole = models.CharField(_("to pole"), max_length=20, blank=True)
    division = models.ForeignKey(
        "incidents.Division",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("division"),
    )
    conductor_type = models.CharField(_("conductor"), max_length=40, blank=True)
    conductor_diameter_mm = models.DecimalField(
        _("conductor diameter (mm)"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    conductor_weight_n_per_m = models.DecimalField(
        _("conductor weight (N/m)"), max_digits=7, decimal_places=4, null=True, blank=True
    )
    vertical_span_m = models.DecimalField(
        _("vertical span (m)"), max_digits=6, decimal_places=1, null=True, blank=True
    )
    design_ice_mm = models.PositiveSmallIntegerField(_("design ice thickness (mm)"), null=True, blank=True)
    design_ice_source = models.CharField(_("source of the design value"), max_length=200, blank=True)
    altitude_min_m = models.IntegerField(_("lowest point (m)"), null=True, blank=True)
    altitude_max_m = models.IntegerField(_("highest point (m)"), null=True, blank=True)
    vegetation = models.CharField(
        _("vegetation"), max_length=8, choices=Vegetation, default=Vegetation.UNKNOWN
    )
    access = models.CharField(_("access"), max_length=8, choices=Access, default=Access.UNKNOWN)

    class Meta:
        verbose_name = _("line section")
        verbose_name_plural = _("line sections")
        constraints = [
            UniqueConstraint(name="section_code_once", fields=["line", "code"]),
            CheckConstraint(
                name="section_design_ice_is_a_class",
                condition=Q(design_ice_mm__isnull=True) | Q(design_ice_mm__in=DESIGN_ICE_MM),
                violation_error_message=_("Design ice thickness is 0, 5, 10, 15, 20, 30, 40 or 50 mm."),
            ),
            CheckConstraint(
                name="section_design_ice_has_a_source",
                condition=Q(design_ice_mm__isnull=True) | ~Q(design_ice_source=""),
                violation_error_message=_("A design value needs its source."),
            ),
            between("section", "conductor_diameter_mm", 1, 60),
            between("section", "altitude_min_m", -100, 5000),
            between("section", "altitude_max_m", -100, 5000),
            between("section", "vertical_span_m", 1, 3000),
            between("section", "conductor_weight_n_per_m", 0.1, 200),
            CheckConstraint(
                name="section_altitudes_in_order",
                condition=Q(altitude_min_m__isnull=True)
                | Q(altitude_max_m__isnull=True)
                | Q(altitude_max_m__gte=F("altitude_min_m")),
            ),
        ]

    def __str__(self) -> str:
        """Return line and section."""
        return f"{self.line} {self.code}"
