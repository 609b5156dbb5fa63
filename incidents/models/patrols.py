"""Patrols: lines walked to see what is there, and what was found or not found."""

from django.db import models
from django.db.models import CheckConstraint, Q
from django.utils.translation import gettext_lazy as _

from incidents.choices import EntryMode, PatrolKind, PatrolStatus
from incidents.models.assignments import Assignment
from incidents.models.base import Sourced, in_order, moment
from incidents.models.crews import Crew, Person
from incidents.models.damage import Damage
from incidents.models.grid import Line, LineSection
from incidents.models.hazards import Hazard
from incidents.models.ice import IceReading
from incidents.models.outages import Outage
from incidents.models.people import Organization
from incidents.models.places import Place
from incidents.models.storms import OfAStorm


class Patrol(Sourced, OfAStorm):
    """A line, or sections of it, looked at by a crew or a person.

    Attributes:
        sections: Empty for the whole line.
        assignment: The trip that the crew made for it, where it was sent; a person alone has none.
        outage: What the line was out by, for a patrol after restoration.
        nothing_found: Null until it is finished; then said either way.
    """

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="patrols", verbose_name=_("organisation")
    )
    line = models.ForeignKey(Line, models.PROTECT, related_name="patrols", verbose_name=_("line"))
    sections = models.ManyToManyField(
        LineSection, related_name="patrols", verbose_name=_("line sections"), blank=True
    )
    place = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("place")
    )
    kind = models.CharField(_("kind"), max_length=16, choices=PatrolKind)
    crew = models.ForeignKey(
        Crew, models.PROTECT, null=True, blank=True, related_name="patrols", verbose_name=_("crew")
    )
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="patrols", verbose_name=_("person")
    )
    assignment = models.ForeignKey(
        Assignment,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="patrols",
        verbose_name=_("assignment"),
    )
    outage = models.ForeignKey(
        Outage, models.PROTECT, null=True, blank=True, related_name="patrols", verbose_name=_("outage")
    )
    status = models.CharField(_("status"), max_length=10, choices=PatrolStatus, default=PatrolStatus.ORDERED)
    ordered_at = models.DateTimeField(_("ordered"))
    begun_at = moment(_("begun"))
    ended_at = moment(_("finished or cancelled"))
    nothing_found = models.BooleanField(_("nothing found"), null=True, blank=True)
    hazards = models.ManyToManyField(
        Hazard, related_name="patrols", verbose_name=_("hidden dangers found"), blank=True
    )
    ice_readings = models.ManyToManyField(
        IceReading, related_name="patrols", verbose_name=_("ice measured"), blank=True
    )
    damages = models.ManyToManyField(
        Damage, related_name="patrols", verbose_name=_("damage found"), blank=True
    )
    remark = models.CharField(_("remark"), max_length=1000, blank=True)

    class Meta:
        verbose_name = _("patrol")
        verbose_name_plural = _("patrols")
        indexes = [
            models.Index(fields=["line", "kind", "-ended_at"], name="patrol_newest_of_a_line"),
        ]
        constraints = [
            in_order("patrol", "ordered_at", "begun_at", "ended_at"),
            CheckConstraint(
                name="patrol_by_a_crew_or_a_person",
                condition=Q(crew__isnull=True) | Q(person__isnull=True),
                violation_error_message=_("A patrol is walked by a crew or by a person, not by both."),
            ),
            CheckConstraint(
                name="patrol_begun_by_somebody",
                condition=~Q(status__in=[PatrolStatus.UNDER_WAY, PatrolStatus.FINISHED])
                | Q(crew__isnull=False)
                | Q(person__isnull=False)
                | Q(entry_mode=EntryMode.HISTORICAL),
            ),
            CheckConstraint(
                name="patrol_status_fits_its_moments",
                condition=Q(status=PatrolStatus.ORDERED, begun_at__isnull=True, ended_at__isnull=True)
                | Q(status=PatrolStatus.UNDER_WAY, begun_at__isnull=False, ended_at__isnull=True)
                | Q(status__in=[PatrolStatus.FINISHED, PatrolStatus.CANCELLED], ended_at__isnull=False),
            ),
            CheckConstraint(
                name="patrol_says_what_was_found",
                condition=Q(status=PatrolStatus.FINISHED, nothing_found__isnull=False)
                | ~Q(status=PatrolStatus.FINISHED) & Q(nothing_found__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        """Return the line and the kind."""
        return f"{self.line}: {self.get_kind_display()}"
