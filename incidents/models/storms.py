"""Storms, and what was said of one without being a measurement or an outage."""

from django.db import models
from django.db.models import CheckConstraint, Q
from django.utils.translation import gettext_lazy as _

from incidents.choices import NoteKind, StormHazard
from incidents.models.base import Identified, Sourced, in_order, initials_of
from incidents.models.people import Organization


class Storm(Identified):
    """A storm event that outages, readings and support belong to.

    Attributes:
        is_exercise: A drill: its records never appear in real totals, its mails begin with 【演练】.
        started_at: Null where only "for days" is known.
    """

    slug = models.SlugField(_("short name"), unique=True, max_length=60)
    name = models.CharField(_("name"), max_length=100)
    initials = initials_of("name")
    hazard = models.CharField(_("hazard"), max_length=12, choices=StormHazard)
    started_at = models.DateTimeField(_("began"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    organizations = models.ManyToManyField(
        Organization, related_name="storms", verbose_name=_("organisations"), blank=True
    )
    is_exercise = models.BooleanField(_("exercise"), default=False)
    remark = models.TextField(_("remark"), blank=True, max_length=2000)

    class Meta:
        verbose_name = _("storm")
        verbose_name_plural = _("storms")
        constraints = [
            in_order("storm", "started_at", "ended_at"),
            CheckConstraint(name="storm_has_a_name", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        """Return the name; a drill says so first."""
        return f"【演练】{self.name}" if self.is_exercise else self.name


class OfAStorm(models.Model):
    """A fact that may belong to a storm; it is a drill exactly when its storm is one."""

    storm = models.ForeignKey(
        Storm,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="%(class)s_set",
        verbose_name=_("storm"),
    )

    class Meta:
        abstract = True

    @property
    def is_exercise(self) -> bool:
        """Whether this is part of a drill."""
        return self.storm is not None and self.storm.is_exercise


REAL = Q(storm__isnull=True) | Q(storm__is_exercise=False)


class StormNote(Sourced, OfAStorm):
    """What a source says of the storm in words: a condition, an instruction, a follow-up."""

    kind = models.CharField(_("kind"), max_length=12, choices=NoteKind)
    organization = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("organisation"),
    )
    place = models.ForeignKey(
        "incidents.Place",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("place"),
    )
    text = models.TextField(_("text"), max_length=2000)

    class Meta:
        verbose_name = _("storm note")
        verbose_name_plural = _("storm notes")
        constraints = [CheckConstraint(name="storm_note_has_text", condition=~Q(text=""))]

    def __str__(self) -> str:
        """Return the beginning of the text."""
        return self.text[:40]
