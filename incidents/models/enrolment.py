"""One-time codes by which phones are enrolled."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from incidents.models.base import Identified, in_order, moment
from incidents.models.people import Device, User

STILL_OPEN = Q(used_at__isnull=True, withdrawn_at__isnull=True)


class EnrolmentCode(Identified):
    """A code that a phone reads from a page and exchanges for its token, once; only a digest is kept.

    Kept for seven days after it has expired; the journal keeps that it was.

    Attributes:
        scopes: What the phone will be enrolled for.
        lasting: How long its token will live.
        client_id: The number that the phone gave itself: it alone may ask again when the answer was lost.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("person"))
    code_digest = models.CharField(_("digest of the code"), max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=20), verbose_name=_("scopes"), default=list)
    lasting = models.DurationField(_("a token lives for"))
    issued_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("issued by"))
    issued_at = models.DateTimeField(_("issued"))
    expires_at = models.DateTimeField(_("expires"))
    used_at = moment(_("used"))
    withdrawn_at = moment(_("withdrawn"))
    device = models.ForeignKey(
        Device, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("device")
    )
    client_id = models.UUIDField(_("number of the phone"), null=True, blank=True)

    class Meta:
        verbose_name = _("enrolment code")
        verbose_name_plural = _("enrolment codes")
        indexes = [models.Index(fields=["expires_at"], name="enrolment_by_age")]
        constraints = [
            UniqueConstraint(name="enrolment_one_open_a_person", fields=["user"], condition=STILL_OPEN),
            CheckConstraint(
                name="enrolment_keeps_a_digest_only", condition=Q(code_digest__regex=r"^[0-9a-f]{64}$")
            ),
            CheckConstraint(
                name="enrolment_use_is_whole",
                condition=Q(used_at__isnull=True, device__isnull=True, client_id__isnull=True)
                | Q(used_at__isnull=False, device__isnull=False, client_id__isnull=False),
            ),
            in_order("enrolment", "issued_at", "used_at", "expires_at"),
        ]

    def __str__(self) -> str:
        """Return whose phone it is for."""
        return str(self.user)
