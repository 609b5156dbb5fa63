"""Blocked roads: what keeps a repair vehicle from the fault."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from incidents.choices import BlockCause
from incidents.models.base import Sourced, day, in_order, moment, moment_is_honest, precision
from incidents.models.outages import Outage
from incidents.models.people import Organization
from incidents.models.places import Place
from incidents.models.storms import OfAStorm


class RoadBlock(Sourced, OfAStorm):
    """A road that crews cannot pass, while it lasts."""

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", verbose_name=_("organisation")
    )
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", verbose_name=_("place"))
    outages = models.ManyToManyField(
        Outage, related_name="road_blocks", verbose_name=_("outages behind it"), blank=True
    )
    cause = models.CharField(_("cause"), max_length=10, choices=BlockCause, default=BlockCause.UNKNOWN)
    blocked_at = moment(_("blocked since"))
    blocked_on = day(_("blocked on"))
    blocked_precision = precision(_("precision of the beginning"))
    clearing_at = moment(_("clearing began"))
    is_being_cleared = models.BooleanField(_("being cleared"), default=False)
    cleared_at = moment(_("cleared"))
    vehicle_limit = models.CharField(_("vehicles that still pass"), max_length=100, blank=True)
    alternative = models.CharField(_("other way"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("blocked road")
        verbose_name_plural = _("blocked roads")
        indexes = [
            models.Index(
                fields=["organization"],
                name="road_still_blocked",
                condition=models.Q(cleared_at__isnull=True),
            )
        ]
        constraints = [
            moment_is_honest("road", "blocked"),
            in_order("road", "blocked_at", "clearing_at", "cleared_at"),
        ]

    def __str__(self) -> str:
        """Return the place."""
        return str(self.place)
