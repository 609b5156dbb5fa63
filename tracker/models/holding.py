"""Conditions that hold, but not yet for as long as their rule asks."""

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from incidents.models.base import moment

WAITING = Q(since_at__isnull=False)


class Holding(models.Model):
    """Since when a subject has met a rule's condition without an alert; one row a rule and subject.

    A rule with a *for* opens an alert only after its condition has held that long: a value that trembles
    around its edge raises nothing. Where the condition is gone, or the alert open, the moment is taken away.
    """

    rule_code = models.CharField(_("rule code"), max_length=8)
    subject_type = models.CharField(_("subject type"), max_length=30)
    subject_id = models.BigIntegerField(_("subject number"))
    is_exercise = models.BooleanField(_("exercise"), default=False)
    since_at = moment(_("holds since"))

    class Meta:
        verbose_name = _("condition on the way")
        verbose_name_plural = _("conditions on the way")
        indexes = [models.Index(fields=["rule_code"], name="holding_waiting", condition=WAITING)]
        constraints = [
            UniqueConstraint(
                name="holding_once_a_subject",
                fields=["rule_code", "subject_type", "subject_id", "is_exercise"],
            ),
            CheckConstraint(
                name="holding_code_is_a_letter_and_two_digits", condition=Q(rule_code__regex="^E[0-9]{2}$")
            ),
        ]

    def __str__(self) -> str:
        """Return rule and subject."""
        return f"{self.rule_code} {self.subject_type} {self.subject_id}"
