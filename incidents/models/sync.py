"""What the cursors of the changes refer to."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _


class SyncScope(models.Model):
    """How far somebody's rights reached at some moment: numbers of rows, named by a digest of themselves.

    People who see the same share a row. A cursor names it, so that a cursor stays short.

    Attributes:
        body: As :class:`incidents.access.frozen.Frozen` writes it.
        touched_at: When a cursor was last given out that names it; to the day.
    """

    digest = models.CharField(_("digest"), max_length=32)
    body = models.JSONField(_("what is in sight"), encoder=DjangoJSONEncoder)
    made_at = models.DateTimeField(_("first seen"))
    touched_at = models.DateTimeField(_("last used"))

    class Meta:
        verbose_name = _("scope of a phone")
        verbose_name_plural = _("scopes of phones")
        indexes = [models.Index(fields=["touched_at"], name="sync_scope_by_use")]
        constraints = [
            UniqueConstraint(name="sync_scope_once", fields=["digest"]),
            CheckConstraint(name="sync_scope_digest_is_whole", condition=Q(digest__regex=r"^[0-9a-f]{32}$")),
        ]

    def __str__(self) -> str:
        """Return the digest."""
        return self.digest
