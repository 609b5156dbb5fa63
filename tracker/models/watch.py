"""Signs of life of the watch's own parts, and the times at which the watch itself was ill."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from incidents.models.base import in_order, moment
from tracker.choices import Part, WatchTrouble


class Heartbeat(models.Model):
    """When a part of the watch last worked, by the database's clock.

    Attributes:
        detail: What it did, or since then the error that keeps it from beating.
    """

    name = models.CharField(_("part"), max_length=10, choices=Part, primary_key=True)
    beat_at = models.DateTimeField(_("last sign of life"), null=True, blank=True)
    detail = models.JSONField(_("detail"), default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")
        constraints = [
            CheckConstraint(name="heartbeat_of_a_known_part", condition=Q(name__in=Part.values)),
        ]

    def __str__(self) -> str:
        """Return the part."""
        return self.get_name_display()


class WatchFailure(models.Model):
    """A time in which the watch itself was late or dead, as a watchdog saw and told it.

    Attributes:
        why: What was wrong when it began.
        told_at: When people were last told by the second channel; null until that went through.
        told: When, through what and to how many people, in order.
    """

    why = models.CharField(_("what was wrong"), max_length=8, choices=WatchTrouble)
    began_at = models.DateTimeField(_("began"))
    ended_at = moment(_("well again"))
    told_at = moment(_("last told"))
    told = models.JSONField(_("how it was told"), default=list, blank=True, encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name = _("failure of the watch")
        verbose_name_plural = _("failures of the watch")
        constraints = [
            UniqueConstraint(
                name="watch_failure_one_at_a_time",
                fields=["why"],
                condition=Q(ended_at__isnull=True),
            ),
            CheckConstraint(name="watch_failure_is_known", condition=Q(why__in=WatchTrouble.values)),
            in_order("watch_failure", "began_at", "ended_at"),
        ]

    def __str__(self) -> str:
        """Return what was wrong."""
        return self.get_why_display()
