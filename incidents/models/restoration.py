"""How power comes back: the steps of restoration, and what was promised."""

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from incidents.choices import EstimateKind, RestorationMethod
from incidents.models.base import Identified
from incidents.models.outages import Outage
from incidents.models.people import User


class RestorationStep(Identified):
    """Part of an outage's customers got supply; the last step restores it.

    The trigger ``restoration_step_fits`` holds what one row cannot: steps follow each other in number and
    time, and never give back more customers than were out.

    Attributes:
        customers: Customers this step gave supply; null where nobody counted.
        is_final: The step that restores supply where customers are not known.
    """

    outage = models.ForeignKey(Outage, models.PROTECT, related_name="steps", verbose_name=_("outage"))
    seq = models.PositiveSmallIntegerField(_("step"))
    at = models.DateTimeField(_("at"))
    customers = models.PositiveIntegerField(_("customers"), null=True, blank=True)
    mv_users = models.PositiveIntegerField(_("transformer areas"), null=True, blank=True)
    method = models.CharField(_("method"), max_length=20, choices=RestorationMethod)
    is_final = models.BooleanField(_("last step"), default=False)
    remark = models.CharField(_("remark"), max_length=300, blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("recorded by"))

    class Meta:
        verbose_name = _("restoration step")
        verbose_name_plural = _("restoration steps")
        constraints = [
            UniqueConstraint(name="step_number_once", fields=["outage", "seq"]),
            UniqueConstraint(name="step_one_final", fields=["outage"], condition=Q(is_final=True)),
            CheckConstraint(name="step_number_from_one", condition=Q(seq__gte=1)),
            CheckConstraint(
                name="step_generator_never_final",
                condition=~Q(method=RestorationMethod.GENERATOR, is_final=True),
                violation_error_message=_("A generator supplies but does not restore."),
            ),
        ]

    def __str__(self) -> str:
        """Return number and method."""
        return f"{self.seq}. {self.get_method_display()}"


class Estimate(Identified):
    """An estimated time of restoration as it was published; append-only.

    Attributes:
        value_at: The promised moment; null for "assessing".
    """

    outage = models.ForeignKey(Outage, models.PROTECT, related_name="estimates", verbose_name=_("outage"))
    kind = models.CharField(_("kind"), max_length=8, choices=EstimateKind)
    value_at = models.DateTimeField(_("estimated restoration"), null=True, blank=True)
    published_at = models.DateTimeField(_("published"))
    published_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("published by"))
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("estimate of restoration")
        verbose_name_plural = _("estimates of restoration")
        indexes = [
            models.Index(fields=["outage", "-published_at"], name="estimate_newest"),
            models.Index(fields=["value_at"], include=["outage"], name="estimate_promised"),
        ]
        constraints = [
            CheckConstraint(
                name="estimate_none_has_no_time",
                condition=Q(kind=EstimateKind.NONE, value_at__isnull=True)
                | (~Q(kind=EstimateKind.NONE) & Q(value_at__isnull=False)),
            ),
            CheckConstraint(
                name="estimate_lies_ahead",
                condition=Q(value_at__isnull=True) | Q(value_at__gt=F("published_at")),
                violation_error_message=_("An estimate lies after its publication."),
            ),
        ]

    def __str__(self) -> str:
        """Return the kind."""
        return self.get_kind_display()
