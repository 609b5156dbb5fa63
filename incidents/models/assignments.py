"""Where crews are sent, and their signs of life."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from incidents.choices import AbortReason, AssignmentStatus, TaskKind
from incidents.models.base import Identified, Sourced, in_order, moment
from incidents.models.crews import Crew, span
from incidents.models.outages import Outage
from incidents.models.people import Device, User
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
            models.Index(
                fields=["accepted_at"],
                name="assignment_on_the_way",
                condition=Q(status__in=[AssignmentStatus.ACCEPTED, AssignmentStatus.EN_ROUTE]),
            ),
            models.Index(
                fields=["on_site_at"], name="assignment_on_site", condition=Q(status=AssignmentStatus.ON_SITE)
            ),
            models.Index(
                fields=["on_site_at"],
                name="assignment_unbriefed",
                condition=Q(status=AssignmentStatus.ON_SITE) & (Q(briefed_at=None) | Q(permit_no="")),
            ),
            models.Index(Coalesce("departed_at", "on_site_at"), name="assignment_set_out"),
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
