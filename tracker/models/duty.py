"""Duty posts: who holds which role of the ladder, where, and when."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.utils.translation import gettext_lazy as _

from incidents.models import Organization, User
from incidents.models.base import Identified, in_order
from incidents.models.crews import span
from tracker.choices import DutyRole


class DutyPost(Identified):
    """A person on duty in a role, in ``[since, until)``; several may hold one role together.

    Whoever is above is asked where nobody holds the role below (``selectors/duty.py``).
    """

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="duty_posts", verbose_name=_("organisation")
    )
    role = models.CharField(_("role"), max_length=1, choices=DutyRole)
    user = models.ForeignKey(User, models.PROTECT, related_name="duty_posts", verbose_name=_("person"))
    since_at = models.DateTimeField(_("since"))
    until_at = models.DateTimeField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("duty post")
        verbose_name_plural = _("duty posts")
        indexes = [models.Index(fields=["organization", "role"], name="duty_of_an_organization")]
        constraints = [
            in_order("duty", "since_at", "until_at"),
            models.CheckConstraint(name="duty_role_is_known", condition=models.Q(role__in=DutyRole.values)),
            ExclusionConstraint(
                name="duty_held_once_at_a_time",
                expressions=[
                    ("organization", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    ("user", RangeOperators.EQUAL),
                    (span("since_at", "until_at"), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("This person holds this post already at that time."),
            ),
        ]

    def __str__(self) -> str:
        """Return who is what where."""
        return f"{self.user} · {self.get_role_display()} · {self.organization}"
