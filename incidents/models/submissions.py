"""What phones have sent, and what they were answered: a repeat gets the same answer and does nothing."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from incidents.models.people import User


class Submission(models.Model):
    """A request that changed the record, and its answer; written in the transaction of the deed itself.

    Only successes are kept: what was refused may be sent again under the same key, and is tried afresh.
    Kept for seven days at least.

    Attributes:
        key: The phone's own key: a ``client_id`` or an ``Idempotency-Key``; once a person.
        route: Method and address.
        digest: SHA-256 over what was sent.
        body: The answer as it was sent, byte for byte.
        clock_skew_s: How far the phone's clock was off when it sent this; null where it did not say.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("person"))
    key = models.CharField(_("key"), max_length=200)
    route = models.CharField(_("address"), max_length=200)
    digest = models.CharField(_("digest of the body"), max_length=64)
    status = models.PositiveSmallIntegerField(_("status"))
    body = models.TextField(_("answer"), blank=True)
    headers = models.JSONField(_("headers"), default=dict, blank=True, encoder=DjangoJSONEncoder)
    created_at = models.DateTimeField(_("received"))
    clock_skew_s = models.IntegerField(
        _("clock skew (s)"), null=True, blank=True, help_text=_("device clock minus server clock")
    )

    class Meta:
        verbose_name = _("submission")
        verbose_name_plural = _("submissions")
        indexes = [models.Index(fields=["created_at"], name="submission_by_age")]
        constraints = [
            UniqueConstraint(name="submission_key_once", fields=["user", "key"]),
            CheckConstraint(name="submission_keeps_successes_only", condition=Q(status__range=(200, 299))),
            CheckConstraint(name="submission_digest_is_whole", condition=Q(digest__regex=r"^[0-9a-f]{64}$")),
        ]

    def __str__(self) -> str:
        """Return the address."""
        return self.route
