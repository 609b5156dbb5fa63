"""Weather warnings, as the weather service issued them."""

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from incidents.choices import WarningHazard, WarningLevel
from incidents.models.base import Sourced, in_order, moment
from incidents.models.people import Organization
from incidents.models.places import Division
from incidents.models.storms import OfAStorm


class WeatherWarning(Sourced, OfAStorm):
    """A warning in the words of its issuer; superseded or cancelled, never edited (held by a trigger).

    Stations localise what a colour means, so that text and times count as much as the level.

    Attributes:
        organization: Who received it and keeps it; seen by all below.
        areas: Divisions that it names; it holds for all inside them.
        expires_at: Null where it holds until it is cancelled.
        update_of: The warning that this one takes the place of.
    """

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="weather_warnings", verbose_name=_("organisation")
    )
    issuer = models.CharField(_("issuer"), max_length=100)
    hazard = models.CharField(_("warns of"), max_length=12, choices=WarningHazard)
    level = models.CharField(_("level"), max_length=8, choices=WarningLevel)
    issued_at = models.DateTimeField(_("issued"))
    valid_from_at = models.DateTimeField(_("holds from"))
    expires_at = moment(_("expires"))
    areas = models.ManyToManyField(Division, related_name="weather_warnings", verbose_name=_("areas"))
    text = models.TextField(_("text as issued"), max_length=4000)
    update_of = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="updates",
        verbose_name=_("takes the place of"),
    )
    cancelled_at = moment(_("cancelled"))
    cancel_reason = models.CharField(_("why cancelled"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("weather warning")
        verbose_name_plural = _("weather warnings")
        indexes = [
            models.Index(
                fields=["expires_at"],
                name="weather_warning_not_cancelled",
                condition=Q(cancelled_at__isnull=True),
            ),
        ]
        constraints = [
            CheckConstraint(name="weather_warning_has_an_issuer", condition=~Q(issuer="")),
            CheckConstraint(name="weather_warning_has_a_text", condition=~Q(text="")),
            in_order("weather_warning", "issued_at", "expires_at"),
            in_order("weather_warning", "valid_from_at", "expires_at"),
            in_order("weather_warning", "issued_at", "cancelled_at"),
            CheckConstraint(
                name="weather_warning_cancelled_with_a_reason",
                condition=Q(cancelled_at__isnull=True, cancel_reason="")
                | Q(cancelled_at__isnull=False) & ~Q(cancel_reason=""),
            ),
            UniqueConstraint(
                name="weather_warning_superseded_once",
                fields=["update_of"],
                violation_error_message=_("Another warning has taken its place already."),
            ),
        ]

    def __str__(self) -> str:
        """Return issuer, hazard and level."""
        return f"{self.issuer}: {self.get_hazard_display()} {self.get_level_display()}"
