"""Hidden dangers found on patrol and not yet removed."""

from django.db import models
from django.db.models import CheckConstraint, Q
from django.utils.translation import gettext_lazy as _

from incidents.choices import HazardGrade, HazardKind
from incidents.models.base import Sourced, in_order, moment
from incidents.models.grid import LineSection
from incidents.models.people import Organization
from incidents.models.places import Place
from incidents.models.storms import OfAStorm


class Hazard(Sourced, OfAStorm):
    """A hidden danger, from its finding to its removal."""

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="hazards", verbose_name=_("organisation")
    )
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", verbose_name=_("place"))
    section = models.ForeignKey(
        LineSection,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="hazards",
        verbose_name=_("line section"),
    )
    kind = models.CharField(_("kind"), max_length=12, choices=HazardKind)
    grade = models.CharField(_("grade"), max_length=10, choices=HazardGrade)
    description = models.CharField(_("description"), max_length=300)
    found_at = models.DateTimeField(_("found"))
    due_at = moment(_("to be removed by"))
    closed_at = moment(_("removed"))
    close_remark = models.CharField(_("how it was removed"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("hidden danger")
        verbose_name_plural = _("hidden dangers")
        indexes = [
            models.Index(fields=["due_at"], name="hazard_open", condition=Q(closed_at__isnull=True)),
        ]
        constraints = [
            in_order("hazard", "found_at", "due_at"),
            in_order("hazard", "found_at", "closed_at"),
            CheckConstraint(
                name="hazard_closed_in_words",
                condition=Q(closed_at__isnull=True) | ~Q(close_remark=""),
            ),
        ]

    def __str__(self) -> str:
        """Return the description."""
        return self.description
