"""Mails that came back: whose address does not work, until one arrives or somebody says it is mended."""

from django.db import models
from django.db.models import CheckConstraint, Q
from django.utils.translation import gettext_lazy as _

from incidents.models import User
from incidents.models.base import Identified, in_order, moment
from tracker.models.notifications import Notification

OPEN = Q(cleared_at__isnull=True)


class Bounce(Identified):
    """A mail of ours that a server gave back; while a row is open its person is not reached by mail.

    Attributes:
        notification: The mail; each comes back once, however often it is told.
        status: The server's code, as ``5.1.1``.
        cleared_by: Who said that the address works again; null where a later mail was taken.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="bounces", verbose_name=_("person"))
    notification = models.OneToOneField(
        Notification, models.PROTECT, related_name="+", verbose_name=_("notification")
    )
    address = models.EmailField(_("address"))
    at = models.DateTimeField(_("came back"))
    status = models.CharField(_("code of the server"), max_length=20, blank=True)
    told = models.CharField(_("words of the server"), max_length=300)
    cleared_at = moment(_("reachable again"))
    cleared_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("said by")
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("mail that came back")
        verbose_name_plural = _("mails that came back")
        indexes = [models.Index(fields=["user"], name="bounce_open", condition=OPEN)]
        constraints = [
            in_order("bounce", "at", "cleared_at"),
            CheckConstraint(
                name="bounce_cleared_is_whole",
                condition=Q(cleared_by__isnull=True, reason="")
                | Q(cleared_by__isnull=False, cleared_at__isnull=False) & ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        """Return whose it was, and the server's code."""
        return f"{self.user} {self.status}".strip()
