"""Leaders with the crews. A visit never changes an operational state."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from incidents.choices import VisitPurpose
from incidents.models.base import Sourced, day
from incidents.models.people import Organization
from incidents.models.places import Place
from incidents.models.storms import OfAStorm


class Visit(Sourced, OfAStorm):
    """Leaders of a company went to crews at work."""

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="visits", verbose_name=_("organisation")
    )
    leaders_text = models.CharField(_("leaders in the words used"), max_length=200, blank=True)
    visited_on = day(_("visited on"))
    places = models.ManyToManyField(Place, related_name="visits", verbose_name=_("places"))
    purposes = ArrayField(
        models.CharField(max_length=16, choices=VisitPurpose),
        verbose_name=_("purposes"),
        default=list,
        blank=True,
    )
    instructions = models.TextField(_("instructions"), blank=True, max_length=1000)

    class Meta:
        verbose_name = _("visit of leaders")
        verbose_name_plural = _("visits of leaders")

    def __str__(self) -> str:
        """Return whose leaders."""
        return f"{self.organization}: {self.leaders_text}"
