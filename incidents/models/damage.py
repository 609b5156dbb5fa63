"""What is broken."""

from django.db import models
from django.db.models import CheckConstraint, Q
from django.utils.translation import gettext_lazy as _

from incidents.choices import DamageKind
from incidents.models.base import Sourced, in_order, moment
from incidents.models.outages import Outage
from incidents.models.people import Organization
from incidents.models.places import Place


class Damage(Sourced):
    """Something broken, found on an outage.

    Attributes:
        is_live_hazard: A live wire within reach of people; stays until it is made safe.
    """

    outage = models.ForeignKey(Outage, models.PROTECT, related_name="damages", verbose_name=_("outage"))
    place = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("place")
    )
    kind = models.CharField(_("what"), max_length=20, choices=DamageKind)
    count = models.PositiveSmallIntegerField(_("count"), null=True, blank=True)
    is_live_hazard = models.BooleanField(_("live-wire hazard"), default=False)
    found_at = moment(_("found"))
    made_safe_at = moment(_("made safe"))
    isolated_at = moment(_("isolated"))
    isolated_by = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("isolated by"),
    )
    repaired_at = moment(_("repaired"))
    remark = models.CharField(_("remark"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("damage")
        verbose_name_plural = _("damage")
        indexes = [
            models.Index(
                fields=["outage"],
                name="damage_still_dangerous",
                condition=Q(is_live_hazard=True, made_safe_at__isnull=True),
            ),
        ]
        constraints = [
            CheckConstraint(
                name="damage_count_is_positive",
                condition=Q(count__isnull=True) | Q(count__gte=1),
            ),
            in_order("damage", "found_at", "isolated_at", "repaired_at"),
            in_order("damage", "found_at", "made_safe_at"),
        ]

    def __str__(self) -> str:
        """Return what is broken."""
        return self.get_kind_display()
