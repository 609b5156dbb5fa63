"""The journal: who did what, when, before and after; append-only and sealed into a chain."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import CheckConstraint, Func, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from incidents.choices import Channel
from incidents.models.people import Device, Organization, User

# Number of the writing transaction: with it a reader tells what was committed before its own snapshot.
TRANSACTION_ID = Func(template="(pg_current_xact_id()::text::bigint)", output_field=models.BigIntegerField())
# The database's clock at this very row, not at the beginning of its transaction.
WALL_CLOCK = Func(template="clock_timestamp()", output_field=models.DateTimeField())


class JournalEntry(models.Model):
    """One deed. Never changed, never deleted: the database refuses both.

    Attributes:
        kind: ``<subject>.<past tense of the verb>``, as ``outage.confirmed``.
        occurred_at: When the deed was done, as said by who did it.
        written_at: Clock of the database; set by it, whatever the writer says.
        transaction_id: Set by the database; readers order by it to miss no late commit.
        cluster: System identifier of the database cluster, set by it: transaction numbers start again in
            another cluster, as after restoring a dump.
        before: Changed fields with their old values; null for a new record.
        after: Changed fields with their new values.
    """

    kind = models.CharField(_("deed"), max_length=40)
    subject_type = models.CharField(_("subject type"), max_length=30)
    subject_id = models.BigIntegerField(_("subject number"))
    subject_uuid = models.UUIDField(_("subject"))
    organization = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("organisation"),
    )
    occurred_at = models.DateTimeField(_("done"))
    written_at = models.DateTimeField(_("written"), db_default=WALL_CLOCK, editable=False)
    transaction_id = models.BigIntegerField(_("transaction"), db_default=TRANSACTION_ID, editable=False)
    cluster = models.BigIntegerField(_("database cluster"), db_default=0, editable=False)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))
    device = models.ForeignKey(
        Device, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("device")
    )
    channel = models.CharField(_("through"), max_length=8, choices=Channel)
    request_id = models.CharField(_("request"), max_length=64, blank=True)
    before = models.JSONField(_("before"), null=True, blank=True, encoder=DjangoJSONEncoder)
    after = models.JSONField(_("after"), default=dict, blank=True, encoder=DjangoJSONEncoder)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("journal entry")
        verbose_name_plural = _("journal")
        indexes = [
            models.Index(fields=["cluster", "transaction_id", "id"], name="journal_in_commit_order"),
            models.Index(fields=["subject_type", "subject_id", "id"], name="journal_of_a_subject"),
        ]
        constraints = [
            CheckConstraint(
                name="journal_kind_is_subject_and_verb",
                condition=Q(kind__regex=r"^[a-z_]+\.[a-z_]+$"),
            ),
        ]

    def __str__(self) -> str:
        """Return the deed."""
        return f"{self.kind} #{self.subject_id}"


class JournalSeal(models.Model):
    """A link of the chain over the journal; written by the sealing sweep, one a journal entry.

    ``chain_hash = SHA-256(previous chain_hash ‖ entry_hash)``; ``entry_hash`` is over the entry's text.
    """

    seq = models.BigIntegerField(_("link"), primary_key=True)
    entry = models.OneToOneField(JournalEntry, models.PROTECT, related_name="seal", verbose_name=_("entry"))
    entry_hash = models.BinaryField(_("hash of the entry"), max_length=32)
    chain_hash = models.BinaryField(_("hash of the chain"), max_length=32)
    sealed_at = models.DateTimeField(_("sealed"), db_default=WALL_CLOCK, editable=False)

    class Meta:
        verbose_name = _("journal seal")
        verbose_name_plural = _("journal seals")
        constraints = [
            CheckConstraint(name="seal_number_from_one", condition=Q(seq__gte=1)),
            UniqueConstraint(name="seal_chain_hash_once", fields=["chain_hash"]),
        ]

    def __str__(self) -> str:
        """Return the number."""
        return str(self.seq)
