"""Views of lists that people keep under a name, for themselves or for their organisation."""

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from incidents.models.base import Identified, in_order, moment
from incidents.models.people import Organization, User

LONGEST_QUERY = 1000


class SavedView(Identified):
    """What somebody has searched, filtered and sorted a list by, under a name.

    It widens nobody's sight: whoever opens it sees of the list what he sees of it anyway.

    Attributes:
        page: Which list, as ``incidents.outage``.
        query: The part of the list's address after the question mark.
        organization: With whom it is shared: those whose roles reach it; null for oneself alone.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("person"))
    name = models.CharField(_("name"), max_length=60)
    page = models.CharField(_("list"), max_length=60)
    query = models.CharField(_("filters"), max_length=LONGEST_QUERY)
    organization = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("shared with"),
    )
    saved_at = models.DateTimeField(_("saved"))
    withdrawn_at = moment(_("withdrawn"))

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        indexes = [
            models.Index(fields=["page"], name="saved_view_of_a_list", condition=Q(withdrawn_at__isnull=True))
        ]
        constraints = [
            UniqueConstraint(
                name="saved_view_name_once",
                fields=["user", "page", "name"],
                condition=Q(withdrawn_at__isnull=True),
                violation_error_message=_("You have a view of this name already."),
            ),
            CheckConstraint(name="saved_view_has_a_name", condition=~Q(name="")),
            CheckConstraint(name="saved_view_names_a_list", condition=Q(page__regex=r"^[a-z]+\.[a-z]+$")),
            CheckConstraint(name="saved_view_is_printable", condition=Q(query__regex=r"^[!-~]*$")),
            in_order("saved_view", "saved_at", "withdrawn_at"),
        ]

    def __str__(self) -> str:
        """Return the name."""
        return self.name
