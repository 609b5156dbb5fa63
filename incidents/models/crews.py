"""Crews: their people and vehicles, where they are sent, and signs of life."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import CheckConstraint, F, Func, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from incidents.choices import AbortReason, AssignmentStatus, Skill, TaskKind, VehicleKind
from incidents.models.base import Identified, Sourced, in_order, moment
from incidents.models.outages import Outage
from incidents.models.people import Device, Organization, User
from incidents.models.places import Place
from incidents.models.roads import RoadBlock
from incidents.models.storms import OfAStorm

ACTIVE = [
    AssignmentStatus.PLANNED,
    AssignmentStatus.ACCEPTED,
    AssignmentStatus.EN_ROUTE,
    AssignmentStatus.ON_SITE,
]
ENDED = [AssignmentStatus.FINISHED, AssignmentStatus.REFUSED, AssignmentStatus.ABORTED]


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

    name = models.CharField(_("name"), max_length=60)
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


class Assignment(Sourced, OfAStorm):
    """A crew sent to do something: at most one under way, on one site at a time; more may wait in a queue."""

    crew = models.ForeignKey(Crew, models.PROTECT, related_name="assignments", verbose_name=_("crew"))
    outage = models.ForeignKey(
        Outage,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="assignments",
        verbose_name=_("outage"),
    )
    road_block = models.ForeignKey(
        RoadBlock,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="assignments",
        verbose_name=_("blocked road"),
    )
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", verbose_name=_("place"))
    task = models.CharField(_("task"), max_length=16, choices=TaskKind)
    status = models.CharField(
        _("status"), max_length=10, choices=AssignmentStatus, default=AssignmentStatus.PLANNED
    )
    assigned_at = models.DateTimeField(_("assigned"))
    accepted_at = moment(_("accepted"))
    departed_at = moment(_("departed"))
    on_site_at = moment(_("on site"))
    briefed_at = moment(_("safety briefing"))
    permit_no = models.CharField(_("work permit"), max_length=60, blank=True)
    ended_at = moment(_("finished or given back"))
    abort_reason = models.CharField(_("why given back"), max_length=10, choices=AbortReason, blank=True)
    remark = models.CharField(_("remark"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        indexes = [
            models.Index(fields=["outage"], name="assignment_active", condition=Q(status__in=ACTIVE)),
        ]
        constraints = [
            UniqueConstraint(
                name="assignment_one_under_way_a_crew",
                fields=["crew"],
                condition=Q(status__in=ACTIVE),
                violation_error_message=_("This crew is under way already."),
            ),
            ExclusionConstraint(
                name="assignment_one_site_at_a_time",
                expressions=[
                    ("crew", RangeOperators.EQUAL),
                    (span("on_site_at", "ended_at"), RangeOperators.OVERLAPS),
                ],
                condition=Q(on_site_at__isnull=False),
                violation_error_message=_("This crew is at another site at that time."),
            ),
            in_order("assignment", "accepted_at", "departed_at", "on_site_at", "ended_at"),
            CheckConstraint(
                name="assignment_end_is_whole",
                condition=Q(status__in=ENDED, ended_at__isnull=False)
                | (~Q(status__in=ENDED) & Q(ended_at__isnull=True)),
            ),
            CheckConstraint(
                name="assignment_on_site_has_a_moment",
                condition=~Q(status=AssignmentStatus.ON_SITE) | Q(on_site_at__isnull=False),
            ),
            CheckConstraint(
                name="assignment_given_back_with_a_reason",
                condition=~Q(status__in=[AssignmentStatus.REFUSED, AssignmentStatus.ABORTED])
                | ~Q(abort_reason=""),
            ),
        ]

    def __str__(self) -> str:
        """Return crew and task."""
        return f"{self.crew}: {self.get_task_display()}"


class CheckIn(Identified):
    """A sign of life of a crew; append-only."""

    crew = models.ForeignKey(Crew, models.PROTECT, related_name="check_ins", verbose_name=_("crew"))
    assignment = models.ForeignKey(
        Assignment,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="check_ins",
        verbose_name=_("assignment"),
    )
    at = models.DateTimeField(_("at"))
    received_at = models.DateTimeField(_("received"))
    reported_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("reported by"))
    device = models.ForeignKey(
        Device, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("device")
    )
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("check-in")
        verbose_name_plural = _("check-ins")
        indexes = [models.Index(fields=["crew", "-at"], name="check_in_newest")]

    def __str__(self) -> str:
        """Return the crew."""
        return str(self.crew)
