"""Crews: their people and vehicles, where they are sent, and signs of life."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import CheckConstraint, F, Func, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from incidents.choices import Skill, VehicleKind
from incidents.models.base import Identified, in_order, initials_of, moment
from incidents.models.people import Organization, User


def span(since: str, until: str) -> Func:
    """Return ``[since, until)``; an empty end lasts until further notice."""
    return Func(
        F(since),
        F(until),
        models.Value("[)"),
        function="TSTZRANGE",
        output_field=DateTimeRangeField(),
    )


class Person(Identified):
    """Somebody who works on the grid, with or without an account."""

    name = models.CharField(_("full name"), max_length=60)
    initials = initials_of("name")
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="people", verbose_name=_("organisation")
    )
    user = models.OneToOneField(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="person",
        verbose_name=_("account"),
    )
    trade = models.CharField(_("trade"), max_length=60, blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    certificate_valid_to = models.DateField(_("certificate valid to"), null=True, blank=True)

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        """Return the name."""
        return self.name


class Vehicle(Identified):
    """A vehicle that crews use."""

    plate = models.CharField(_("plate"), max_length=20, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=VehicleKind)
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="vehicles", verbose_name=_("organisation")
    )
    has_chains = models.BooleanField(_("snow chains"), null=True, blank=True)

    class Meta:
        verbose_name = _("vehicle")
        verbose_name_plural = _("vehicles")

    def __str__(self) -> str:
        """Return the plate."""
        return self.plate


class Crew(Identified):
    """A crew; it may work for another organisation than its own while on loan.

    Attributes:
        headcount: Declared number of people; null once members are listed or where nobody counted.
    """

    name = models.CharField(_("name"), max_length=100)
    initials = initials_of("name")
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="crews", verbose_name=_("works for")
    )
    home_organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", verbose_name=_("belongs to")
    )
    skills = ArrayField(
        models.CharField(max_length=12, choices=Skill), verbose_name=_("skills"), default=list
    )
    headcount = models.PositiveSmallIntegerField(_("people"), null=True, blank=True)
    is_exercise = models.BooleanField(_("exercise"), default=False)
    disbanded_at = moment(_("disbanded"))

    class Meta:
        verbose_name = _("crew")
        verbose_name_plural = _("crews")
        constraints = [
            UniqueConstraint(
                name="crew_name_once",
                fields=["home_organization", "name"],
                condition=Q(disbanded_at__isnull=True),
            ),
            CheckConstraint(
                name="crew_headcount_is_positive",
                condition=Q(headcount__isnull=True) | Q(headcount__gte=1),
            ),
        ]

    def __str__(self) -> str:
        """Return the name."""
        return self.name


def _one_at_a_time(name: str, field: str) -> ExclusionConstraint:
    return ExclusionConstraint(
        name=name,
        expressions=[
            (field, RangeOperators.EQUAL),
            (span("since_at", "until_at"), RangeOperators.OVERLAPS),
        ],
    )


class CrewMember(Identified):
    """A person in a crew, while it lasts; in one crew at a time."""

    crew = models.ForeignKey(Crew, models.PROTECT, related_name="members", verbose_name=_("crew"))
    person = models.ForeignKey(Person, models.PROTECT, related_name="crews", verbose_name=_("person"))
    is_leader = models.BooleanField(_("leader"), default=False)
    since_at = models.DateTimeField(_("since"))
    until_at = moment(_("until"))

    class Meta:
        verbose_name = _("crew member")
        verbose_name_plural = _("crew members")
        constraints = [
            in_order("member", "since_at", "until_at"),
            _one_at_a_time("member_in_one_crew_at_a_time", "person"),
            UniqueConstraint(
                name="member_one_leader_a_crew",
                fields=["crew"],
                condition=Q(is_leader=True, until_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        """Return the person."""
        return str(self.person)


class CrewVehicle(Identified):
    """A vehicle with a crew, while it lasts; with one crew at a time."""

    crew = models.ForeignKey(Crew, models.PROTECT, related_name="vehicles", verbose_name=_("crew"))
    vehicle = models.ForeignKey(Vehicle, models.PROTECT, related_name="crews", verbose_name=_("vehicle"))
    since_at = models.DateTimeField(_("since"))
    until_at = moment(_("until"))

    class Meta:
        verbose_name = _("vehicle of a crew")
        verbose_name_plural = _("vehicles of crews")
        constraints = [
            in_order("crew_vehicle", "since_at", "until_at"),
            _one_at_a_time("vehicle_with_one_crew_at_a_time", "vehicle"),
        ]

    def __str__(self) -> str:
        """Return the vehicle."""
        return str(self.vehicle)
