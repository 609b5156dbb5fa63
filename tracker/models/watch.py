"""Signs of life of the watch's own parts."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import CheckConstraint, Q
from django.utils.translation import gettext_lazy as _

from tracker.choices import Part


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
