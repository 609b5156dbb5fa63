"""Storm mode: so many alerts at once that single mails would bury what matters."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import CheckConstraint, Q
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from incidents.models import Organization, User
from incidents.models.base import Identified, in_order
from incidents.models.crews import span
from tracker.choices import StormSwitch


class StormMode(Identified):
    """A time in which an organisation and everything below it is told by digests, critical ones apart.

    What a person switched goes before what the watch counted; it always has an end. What was counted is
    prolonged for as long as alerts keep coming.

    Attributes:
        alerts: Open alerts that were counted when it began; null where a person switched.
    """

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="storm_modes", verbose_name=_("organisation")
    )
    switch = models.CharField(_("switched by"), max_length=8, choices=StormSwitch)
    is_exercise = models.BooleanField(_("exercise"), default=False)
    since_at = models.DateTimeField(_("since"))
    until_at = models.DateTimeField(_("until"))
    alerts = models.PositiveIntegerField(_("alerts counted"), null=True, blank=True)
    made_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("switched by person")
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("storm mode")
        verbose_name_plural = _("storm modes")
        constraints = [
            in_order("storm_mode", "since_at", "until_at"),
            CheckConstraint(name="storm_mode_switch_is_known", condition=Q(switch__in=StormSwitch.values)),
            CheckConstraint(
                name="storm_mode_is_somebodys",
                condition=Q(switch=StormSwitch.COUNTED, made_by__isnull=True, alerts__isnull=False)
                | ~Q(switch=StormSwitch.COUNTED)
                & Q(made_by__isnull=False, alerts__isnull=True)
                & ~Q(reason=""),
            ),
            ExclusionConstraint(
                name="storm_mode_counted_once_at_a_time",
                expressions=[
                    ("organization", RangeOperators.EQUAL),
                    (Cast("is_exercise", models.IntegerField()), RangeOperators.EQUAL),
                    (span("since_at", "until_at"), RangeOperators.OVERLAPS),
                ],
                condition=Q(switch=StormSwitch.COUNTED),
            ),
            ExclusionConstraint(
                name="storm_mode_switched_once_at_a_time",
                expressions=[
                    ("organization", RangeOperators.EQUAL),
                    (Cast("is_exercise", models.IntegerField()), RangeOperators.EQUAL),
                    (span("since_at", "until_at"), RangeOperators.OVERLAPS),
                ],
                condition=~Q(switch=StormSwitch.COUNTED),
                violation_error_message=_("A person has switched it for that time already."),
            ),
        ]

    def __str__(self) -> str:
        """Return where, and by whom."""
        return f"{self.organization} · {self.get_switch_display()}"
