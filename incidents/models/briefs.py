"""Briefs that were read, piece by piece, and what a person decided about each piece."""

from typing import Final

from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import CheckConstraint, F, Q, QuerySet, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from incidents.choices import BriefItemKind, BriefItemState, BriefOutcome, Channel
from incidents.models.base import Identified, day, moment
from incidents.models.people import Organization, User
from incidents.models.storms import OfAStorm

LONGEST: Final = 20_000
"""Characters of a brief."""


class Brief(Identified, OfAStorm):
    """A brief as it was pasted, and what reading it gave besides its pieces; never changed.

    Attributes:
        digest: SHA-256 of the text: the same text again is the same brief.
        reading: What was left out and why, what does not add up, the cut-off, whether it says 演练.
        why_not: Why it is no brief; empty where it is one.
    """

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="briefs", verbose_name=_("organisation")
    )
    text = models.TextField(_("text"), max_length=LONGEST)
    digest = models.CharField(_("digest of the text"), max_length=64)
    published_on = day(_("published"))
    why_not = models.CharField(_("why it is no brief"), max_length=30, blank=True)
    reading = models.JSONField(_("reading"), default=dict, blank=True, encoder=DjangoJSONEncoder)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel)
    received_at = models.DateTimeField(_("received"))
    reported_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("pasted by"), related_name="+")

    class Meta:
        verbose_name = _("brief")
        verbose_name_plural = _("briefs")
        indexes = [models.Index(fields=["-received_at", "-id"], name="brief_newest")]
        constraints = [
            UniqueConstraint(
                name="brief_text_once",
                fields=["organization", "digest", "published_on", "storm"],
                nulls_distinct=False,
                violation_error_message=_("This brief has been read already."),
            ),
            CheckConstraint(name="brief_has_text", condition=~Q(text="")),
            CheckConstraint(name="brief_digest_is_whole", condition=Q(digest__regex="^[0-9a-f]{64}$")),
        ]

    def __str__(self) -> str:
        """Return how it begins."""
        return " ".join(self.text.split())[:40]


class BriefItemQuerySet(QuerySet["BriefItem"]):
    """Questions that pieces of briefs are asked."""

    def open(self) -> "BriefItemQuerySet":
        """Nobody has decided yet."""
        return self.filter(state=BriefItemState.OPEN)


class BriefItem(Identified):
    """One record that a brief speaks of: as it was read, and once a person has decided, what became of it.

    Attributes:
        seq: Its number in the brief, in the order of the text, from 1.
        of: The piece of an outage that a step, damage or reading belongs to.
        values: Field → value with span, quote, confidence and what was inferred; never changed.
        edits: Field → value, where the person said otherwise; null there for "unknown".
        record_type: Name of the model of the record that it became or was found to be; empty where it is kept
            as what the brief says.
        same: What matched where it was found in the record.
        differs: Field → what the record says instead; the record stays as it is.
    """

    brief = models.ForeignKey(Brief, models.PROTECT, related_name="items", verbose_name=_("brief"))
    seq = models.PositiveSmallIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=12, choices=BriefItemKind)
    of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="parts", verbose_name=_("belongs to")
    )
    values = models.JSONField(_("values"), encoder=DjangoJSONEncoder)
    start = models.PositiveIntegerField(_("from character"))
    end = models.PositiveIntegerField(_("to character"))
    confidence = models.DecimalField(_("confidence"), max_digits=3, decimal_places=2)
    state = models.CharField(_("state"), max_length=10, choices=BriefItemState, default=BriefItemState.OPEN)
    edits = models.JSONField(_("corrected"), default=dict, blank=True, encoder=DjangoJSONEncoder)
    decided_at = moment(_("decided"))
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    outcome = models.CharField(_("what it became"), max_length=8, choices=BriefOutcome, blank=True)
    record_type = models.CharField(_("kind of record"), max_length=30, blank=True)
    record_uuid = models.UUIDField(_("record"), null=True, blank=True)
    same = ArrayField(
        models.CharField(max_length=30), verbose_name=_("what matched"), default=list, blank=True
    )
    differs = models.JSONField(_("the record says"), default=dict, blank=True, encoder=DjangoJSONEncoder)

    objects = BriefItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("piece of a brief")
        verbose_name_plural = _("pieces of briefs")
        indexes = [
            models.Index(
                fields=["record_uuid"], name="brief_item_record", condition=Q(record_uuid__isnull=False)
            ),
        ]
        constraints = [
            UniqueConstraint(name="brief_item_number_once", fields=["brief", "seq"]),
            CheckConstraint(name="brief_item_number_from_one", condition=Q(seq__gte=1)),
            CheckConstraint(name="brief_item_span_runs_forward", condition=Q(end__gte=F("start"))),
            CheckConstraint(
                name="brief_item_confidence_is_a_share", condition=Q(confidence__gte=0, confidence__lte=1)
            ),
            CheckConstraint(
                name="brief_item_open_is_undecided",
                condition=Q(state=BriefItemState.OPEN, decided_at__isnull=True, decided_by__isnull=True)
                | ~Q(state=BriefItemState.OPEN) & Q(decided_at__isnull=False, decided_by__isnull=False),
            ),
            CheckConstraint(
                name="brief_item_discarded_with_a_reason",
                condition=~Q(state=BriefItemState.DISCARDED) | ~Q(reason=""),
                violation_error_message=_("Discarding needs a reason."),
            ),
            CheckConstraint(
                name="brief_item_outcome_is_whole",
                condition=~Q(state=BriefItemState.CONFIRMED) & Q(outcome="", record_type="", record_uuid=None)
                | Q(state=BriefItemState.CONFIRMED, outcome=BriefOutcome.STATED, record_type="")
                & Q(record_uuid=None)
                | Q(
                    state=BriefItemState.CONFIRMED,
                    outcome__in=[BriefOutcome.CREATED, BriefOutcome.LINKED],
                    record_uuid__isnull=False,
                )
                & ~Q(record_type=""),
            ),
        ]

    def __str__(self) -> str:
        """Return number and kind."""
        return f"{self.seq}. {self.get_kind_display()}"


class BriefWord(Identified):
    """Words that a person taught the reading, over those that come with the product; withdrawn, never erased.

    Attributes:
        category: What kind of word: ``unit``, ``verb``, ``negation``, as in the packed vocabulary.
        means: What it means inside its category; a meaning that the packed vocabulary has.
        tests: Lines ``text | kind field=value …`` that held when it was added.
        since_at: From when it is read so.
    """

    category = models.CharField(_("category"), max_length=40)
    means = models.CharField(_("meaning"), max_length=60)
    word = models.CharField(_("word"), max_length=30)
    tests = ArrayField(models.CharField(max_length=300), verbose_name=_("test lines"))
    since_at = models.DateTimeField(_("since"))
    added_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("added by"), related_name="+")
    withdrawn_at = moment(_("withdrawn"))
    withdraw_reason = models.CharField(_("why withdrawn"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("word of briefs")
        verbose_name_plural = _("words of briefs")
        constraints = [
            UniqueConstraint(
                name="brief_word_once",
                fields=["category", "word"],
                condition=Q(withdrawn_at__isnull=True),
                violation_error_message=_("This word is known in this category already."),
            ),
            CheckConstraint(
                name="brief_word_has_letters", condition=~Q(word="") & ~Q(category="") & ~Q(means="")
            ),
            CheckConstraint(name="brief_word_is_proved", condition=Q(tests__len__gte=1)),
            CheckConstraint(
                name="brief_word_withdrawn_with_a_reason",
                condition=Q(withdrawn_at__isnull=True, withdraw_reason="")
                | Q(withdrawn_at__isnull=False) & ~Q(withdraw_reason=""),
            ),
        ]

    def __str__(self) -> str:
        """Return the word and what it means."""
        return f"{self.word} → {self.category}.{self.means}"
