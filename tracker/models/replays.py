"""Replays: what the watch would have done over a past storm."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import CheckConstraint, F, Q
from django.utils.translation import gettext_lazy as _

from incidents.models import Storm, User
from incidents.models.base import Identified


class Replay(Identified):
    """One run of the watch over a past storm with one set of rules; append-only, never a live alert.

    Attributes:
        rules: What the rules said that were run, by code, in the form of a rules file.
        alerts: Alerts that would have been, in order, with whom each would have reached and how late.
    """

    storm = models.ForeignKey(Storm, models.PROTECT, related_name="replays", verbose_name=_("storm"))
    label = models.CharField(_("rules"), max_length=100)
    rules = models.JSONField(_("rules in words"), default=dict, encoder=DjangoJSONEncoder)
    from_at = models.DateTimeField(_("from"))
    to_at = models.DateTimeField(_("to"))
    step_s = models.PositiveIntegerField(_("step (s)"))
    alerts = models.JSONField(_("alerts"), default=list, blank=True, encoder=DjangoJSONEncoder)
    run_at = models.DateTimeField(_("run"))
    run_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("run by"))

    class Meta:
        verbose_name = _("replay")
        verbose_name_plural = _("replays")
        constraints = [
            CheckConstraint(name="replay_runs_forward", condition=Q(to_at__gt=F("from_at"))),
            CheckConstraint(name="replay_step_is_positive", condition=Q(step_s__gte=1)),
        ]

    def __str__(self) -> str:
        """Return storm and rules."""
        return f"{self.storm} · {self.label}"
