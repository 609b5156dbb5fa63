"""Important users: hospitals, water works, tunnels; whom to supply first, and what they have of their own."""

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from incidents.choices import EmergencySupply, UserGrade
from incidents.models.base import Identified, between, in_order, initials_of, moment
from incidents.models.grid import Line
from incidents.models.people import Organization


class ImportantUser(Identified):
    """An important power user (重要电力用户, GB/T 29328), or a sensitive one.

    Attributes:
        feeders: Lines that supply it; it is out when all of them are.
        own_generator_kw: Power of its own emergency supply, kW; null where nobody has asked.
        endurance_h: How long that lasts without refuelling, h.
        confirmed_at: When these facts were last confirmed with the user.
        supplied_by: What supplies it while the grid does not; empty where nothing is known to.
        supplied_until_at: When that supply ends without fuel; null where nobody knows.
    """

    name = models.CharField(_("name"), max_length=100)
    initials = initials_of("name")
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="important_users", verbose_name=_("organisation")
    )
    grade = models.CharField(_("grade"), max_length=10, choices=UserGrade)
    feeders = models.ManyToManyField(
        Line, related_name="important_users", verbose_name=_("feeders"), blank=True
    )
    own_generator_kw = models.PositiveIntegerField(_("own generator (kW)"), null=True, blank=True)
    endurance_h = models.DecimalField(
        _("own supply lasts (h)"), max_digits=5, decimal_places=1, null=True, blank=True
    )
    contact = models.CharField(_("contact"), max_length=60, blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    confirmed_at = moment(_("facts confirmed"))
    supplied_by = models.CharField(_("emergency supply"), max_length=14, choices=EmergencySupply, blank=True)
    supplied_since_at = moment(_("supplied since"))
    supplied_until_at = moment(_("fuel lasts until"))
    retired_at = moment(_("no longer important"))

    class Meta:
        verbose_name = _("important user")
        verbose_name_plural = _("important users")
        constraints = [
            UniqueConstraint(
                name="important_user_once",
                fields=["organization", "name"],
                condition=Q(retired_at__isnull=True),
                violation_error_message=_("This user is on record already."),
            ),
            between("important_user", "own_generator_kw", 1, 100_000),
            between("important_user", "endurance_h", 0, 999),
            CheckConstraint(
                name="important_user_supply_is_whole",
                condition=Q(supplied_by="", supplied_since_at__isnull=True, supplied_until_at__isnull=True)
                | ~Q(supplied_by="") & Q(supplied_since_at__isnull=False),
            ),
            in_order("important_user", "supplied_since_at", "supplied_until_at"),
        ]

    def __str__(self) -> str:
        """Return the name."""
        return self.name
