"""What is brought to the people outside."""

from django.db import models
from django.db.models import CheckConstraint, Q
from django.utils.translation import gettext_lazy as _

from incidents.choices import SupplyKind
from incidents.models.base import Sourced, moment
from incidents.models.crews import Crew
from incidents.models.people import Organization
from incidents.models.storms import OfAStorm
from incidents.models.support import Deployment
from incidents.models.visits import Visit


class Supply(Sourced, OfAStorm):
    """Meals, knee pads, chains … for crews.

    Attributes:
        quantity: Null where nobody counted.
    """

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="supplies", verbose_name=_("gives")
    )
    kind = models.CharField(_("kind"), max_length=18, choices=SupplyKind)
    quantity = models.PositiveIntegerField(_("quantity"), null=True, blank=True)
    unit = models.CharField(_("unit"), max_length=10, blank=True)
    visit = models.ForeignKey(
        Visit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="supplies",
        verbose_name=_("brought on the visit"),
    )
    crew = models.ForeignKey(
        Crew,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="supplies",
        verbose_name=_("to the crew"),
    )
    deployment = models.ForeignKey(
        Deployment,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="supplies",
        verbose_name=_("to the deployment"),
    )
    delivered_at = moment(_("delivered"))

    class Meta:
        verbose_name = _("supply")
        verbose_name_plural = _("supplies")
        constraints = [
            CheckConstraint(
                name="supply_quantity_is_positive",
                condition=Q(quantity__isnull=True) | Q(quantity__gte=1),
            ),
        ]

    def __str__(self) -> str:
        """Return what and how much."""
        return f"{self.get_kind_display()} × {'?' if self.quantity is None else self.quantity}"
