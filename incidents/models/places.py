"""Administrative divisions and places with honest precision."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import CheckConstraint, F, Q
from django.db.models.functions import Length
from django.utils.translation import gettext_lazy as _

from incidents.choices import (
    CoordinateSystem,
    DivisionLevel,
    PlacePrecision,
    PlaceResolution,
)
from incidents.models.base import Identified, between, initials_of

CODE_LENGTH = {
    DivisionLevel.PROVINCE: 2,
    DivisionLevel.CITY: 4,
    DivisionLevel.COUNTY: 6,
    DivisionLevel.TOWN: 9,
    DivisionLevel.VILLAGE: 12,
}


def _level_fits_code() -> Q:
    condition = Q()
    for level, length in CODE_LENGTH.items():
        condition |= Q(level=level, code__regex=rf"^[0-9]{{{length}}}$")
    return condition


class Division(models.Model):
    """An administrative division; its code begins with its parent's (GB/T 2260, NBS 2023)."""

    code = models.CharField(_("code"), max_length=12, primary_key=True)
    name = models.CharField(_("official name"), max_length=60)
    initials = initials_of("name")
    stem = models.CharField(
        _("name without its suffix"), max_length=60, help_text=_("as people write it: 岭头山村")
    )
    level = models.CharField(_("level"), max_length=8, choices=DivisionLevel)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("parent"),
    )
    aliases = ArrayField(models.CharField(max_length=60), verbose_name=_("aliases"), default=list, blank=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)

    class Meta:
        verbose_name = _("division")
        verbose_name_plural = _("divisions")
        indexes = [
            models.Index(fields=["stem", "level"], name="division_stem"),
            GinIndex(fields=["aliases"], name="division_aliases"),
        ]
        constraints = [
            CheckConstraint(name="division_code_fits_level", condition=_level_fits_code()),
            CheckConstraint(
                name="division_code_begins_with_parent",
                condition=Q(parent__isnull=True, level=DivisionLevel.PROVINCE)
                | Q(parent__isnull=False, code__startswith=F("parent_id")),
            ),
        ]

    def __str__(self) -> str:
        """Return the name as people write it."""
        return self.stem


def _precision_is_kept() -> Q:
    """A place is as exact as the deepest division that it names, no more."""
    lengths = {
        PlacePrecision.VILLAGE: 12,
        PlacePrecision.TOWN: 9,
        PlacePrecision.COUNTY: 6,
        PlacePrecision.CITY: 4,
    }
    condition = Q(precision=PlacePrecision.UNKNOWN, division__isnull=True)
    condition |= Q(precision=PlacePrecision.POLE, line__isnull=False) & ~Q(pole_no="")
    for precision, length in lengths.items():
        # Without the first condition nothing known would be neither true nor false, and so be let through.
        condition |= Q(division__isnull=False, precision=precision, division_code_length=length)
    return condition


class Place(Identified):
    """Where something is: the words used, and as much as is really known behind them.

    Nothing is geocoded by guess: a name with several matches or none keeps the precision of what is certain,
    and ``candidates`` holds the codes that it might be.
    """

    text = models.CharField(_("in the words used"), max_length=200)
    initials = initials_of("text")
    division = models.ForeignKey(
        Division,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="places",
        verbose_name=_("division"),
    )
    precision = models.CharField(_("precision"), max_length=8, choices=PlacePrecision)
    resolved_by = models.CharField(
        _("resolved by"), max_length=8, choices=PlaceResolution, default=PlaceResolution.NONE
    )
    candidates = ArrayField(
        models.CharField(max_length=12), verbose_name=_("candidates"), default=list, blank=True
    )
    line = models.ForeignKey(
        "incidents.Line",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("line"),
    )
    branch = models.CharField(_("branch"), max_length=60, blank=True)
    pole_no = models.CharField(_("pole number"), max_length=20, blank=True)
    latitude = models.DecimalField(_("latitude"), max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(_("longitude"), max_digits=9, decimal_places=6, null=True, blank=True)
    crs = models.CharField(_("coordinate system"), max_length=10, choices=CoordinateSystem, blank=True)
    altitude_m = models.IntegerField(_("altitude (m)"), null=True, blank=True)
    division_code_length = models.GeneratedField(
        expression=Length("division_id"), output_field=models.IntegerField(), db_persist=True
    )

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        constraints = [
            CheckConstraint(
                name="place_is_no_more_exact_than_known",
                condition=_precision_is_kept(),
                violation_error_message=_("The precision does not fit the division that is named."),
            ),
            CheckConstraint(name="place_has_words", condition=~Q(text="")),
            CheckConstraint(
                name="place_coordinate_has_a_datum",
                condition=Q(latitude__isnull=True, longitude__isnull=True, crs="")
                | Q(latitude__isnull=False, longitude__isnull=False) & ~Q(crs=""),
            ),
            between("place", "latitude", -90, 90),
            between("place", "longitude", -180, 180),
            between("place", "altitude_m", -100, 5000),
            CheckConstraint(
                name="place_resolution_fits",
                condition=Q(division__isnull=True, resolved_by=PlaceResolution.NONE)
                | Q(division__isnull=False) & ~Q(resolved_by=PlaceResolution.NONE),
            ),
        ]

    def __str__(self) -> str:
        """Return the words used."""
        return self.text
