"""Support across regions: the request, and the deployment from call to return."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, F, Q
from django.utils.translation import gettext_lazy as _

from incidents.choices import (
    DeploymentStatus,
    EntryMode,
    Skill,
    SupportRequestStatus,
    TaskKind,
    VehicleKind,
)
from incidents.models.base import Sourced, in_order, moment
from incidents.models.crews import Crew
from incidents.models.people import Organization, User
from incidents.models.places import Place
from incidents.models.storms import OfAStorm

DEPLOYED = [
    DeploymentStatus.EN_ROUTE,
    DeploymentStatus.ARRIVED,
    DeploymentStatus.BRIEFED,
    DeploymentStatus.WORKING,
    DeploymentStatus.RESTING,
]
AFTER_BRIEFING = [DeploymentStatus.BRIEFED, DeploymentStatus.WORKING, DeploymentStatus.RESTING]


class SupportRequest(Sourced, OfAStorm):
    """A company asks for people and vehicles; counted in heads and vehicles, never in "crews"."""

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="support_requests", verbose_name=_("asks")
    )
    asked_organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", verbose_name=_("is asked")
    )
    need = models.TextField(_("what is needed"), max_length=1000)
    skills = ArrayField(
        models.CharField(max_length=12, choices=Skill),
        verbose_name=_("skills"),
        default=list,
        blank=True,
    )
    headcount = models.PositiveSmallIntegerField(_("people"), null=True, blank=True)
    vehicle_count = models.PositiveSmallIntegerField(_("vehicles"), null=True, blank=True)
    needed_from_at = moment(_("needed from"))
    requested_at = models.DateTimeField(_("requested"))
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=SupportRequestStatus,
        default=SupportRequestStatus.REQUESTED,
    )
    decided_at = moment(_("decided"))
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decision_reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("support request")
        verbose_name_plural = _("support requests")
        constraints = [
            in_order("support_request", "requested_at", "decided_at"),
            CheckConstraint(
                name="support_request_is_to_another",
                condition=~Q(organization=F("asked_organization")),
            ),
            CheckConstraint(
                name="support_request_decision_is_whole",
                condition=Q(
                    status=SupportRequestStatus.REQUESTED,
                    decided_at__isnull=True,
                    decided_by__isnull=True,
                )
                | (
                    ~Q(status=SupportRequestStatus.REQUESTED)
                    & Q(decided_at__isnull=False, decided_by__isnull=False)
                ),
            ),
            CheckConstraint(
                name="support_request_refused_with_a_reason",
                condition=~Q(status__in=[SupportRequestStatus.REFUSED, SupportRequestStatus.CANCELLED])
                | ~Q(decision_reason=""),
            ),
        ]

    def __str__(self) -> str:
        """Return who asks."""
        return f"{self.organization}: {self.need[:30]}"


class Deployment(Sourced, OfAStorm):
    """A team of one company at work for another, from call to return.

    Attributes:
        host_organization: Null where the source names only a place; its words are then in ``host_text``.
        headcount: Declared number of people until crews with members are listed.
    """

    request = models.ForeignKey(
        SupportRequest,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="deployments",
        verbose_name=_("request"),
    )
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="deployments", verbose_name=_("sends")
    )
    host_organization = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="hosted_deployments",
        verbose_name=_("receives"),
    )
    host_text = models.CharField(_("receiver in the words used"), max_length=100, blank=True)
    host_place = models.ForeignKey(
        Place,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("where to"),
    )
    crews = models.ManyToManyField(Crew, related_name="deployments", verbose_name=_("crews"), blank=True)
    headcount = models.PositiveSmallIntegerField(_("people"), null=True, blank=True)
    vehicle_count = models.PositiveSmallIntegerField(_("vehicles"), null=True, blank=True)
    vehicle_kind = models.CharField(_("kind of vehicles"), max_length=10, choices=VehicleKind, blank=True)
    tasks = ArrayField(
        models.CharField(max_length=16, choices=TaskKind),
        verbose_name=_("tasks"),
        default=list,
        blank=True,
    )
    equipment = models.TextField(_("equipment"), blank=True, max_length=1000)
    leader_name = models.CharField(_("leader"), max_length=60, blank=True)
    leader_phone = models.CharField(_("leader's phone"), max_length=30, blank=True)
    host_contact = models.CharField(_("contact at the host"), max_length=100, blank=True)
    area = models.CharField(_("area handed over"), max_length=200, blank=True)
    lodging = models.CharField(_("lodging"), max_length=200, blank=True)
    meals = models.CharField(_("meals"), max_length=200, blank=True)
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=DeploymentStatus,
        default=DeploymentStatus.MOBILISED,
    )
    mobilised_at = moment(_("mobilised"))
    departed_at = moment(_("departed"))
    expected_at = moment(_("expected"))
    arrived_at = moment(_("arrived"))
    briefed_at = moment(_("briefed"))
    released_at = moment(_("released"))
    returned_at = moment(_("returned"))
    end_reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("support deployment")
        verbose_name_plural = _("support deployments")
        constraints = [
            in_order(
                "deployment",
                "mobilised_at",
                "departed_at",
                "arrived_at",
                "briefed_at",
                "released_at",
                "returned_at",
            ),
            CheckConstraint(
                name="deployment_works_only_when_briefed",
                condition=~Q(status__in=AFTER_BRIEFING)
                | Q(briefed_at__isnull=False)
                | Q(entry_mode=EntryMode.HISTORICAL),
                violation_error_message=_("A team works only after its safety briefing."),
            ),
            CheckConstraint(
                name="deployment_has_a_receiver",
                condition=Q(host_organization__isnull=False) | ~Q(host_text=""),
            ),
            CheckConstraint(
                name="deployment_is_to_another",
                condition=Q(host_organization__isnull=True) | ~Q(organization=F("host_organization")),
            ),
            CheckConstraint(
                name="deployment_cancelled_with_a_reason",
                condition=~Q(status=DeploymentStatus.CANCELLED) | ~Q(end_reason=""),
            ),
        ]

    def __str__(self) -> str:
        """Return from where to where."""
        return f"{self.organization} → {self.host_organization or self.host_text}"
