"""Rotations: who follows whom on duty, from which the shifts ahead are planned."""

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from incidents.models import Organization, User
from incidents.models.base import Identified, moment
from tracker.choices import DutyRole, RotationPattern


class Rotation(Identified):
    """People who take turns in a role; its shifts are duty posts, planned for some weeks ahead.

    Attributes:
        starts_at: Beginning of the first shift; its local time is that of every handover.
        planned_until: Shifts that begin before this moment are made already.
        ends_at: No shift is planned beyond; null until further notice.
        next_due_at: When more shifts have to be planned; null once it has ended.
    """

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="rotations", verbose_name=_("organisation")
    )
    role = models.CharField(_("role"), max_length=1, choices=DutyRole)
    name = models.CharField(_("name"), max_length=60)
    pattern = models.CharField(_("pattern"), max_length=10, choices=RotationPattern)
    starts_at = models.DateTimeField(_("first shift begins"))
    planned_until = models.DateTimeField(_("planned until"))
    ends_at = moment(_("ends"))
    next_due_at = moment(_("next due"))

    class Meta:
        verbose_name = _("rotation")
        verbose_name_plural = _("rotations")
        indexes = [
            models.Index(fields=["next_due_at"], name="rotation_due", condition=Q(next_due_at__isnull=False))
        ]
        constraints = [
            CheckConstraint(name="rotation_role_is_known", condition=Q(role__in=DutyRole.values)),
            CheckConstraint(
                name="rotation_pattern_is_known", condition=Q(pattern__in=RotationPattern.values)
            ),
            CheckConstraint(
                name="rotation_ended_plans_nothing",
                condition=Q(ends_at__isnull=True, next_due_at__isnull=False)
                | Q(ends_at__isnull=False, next_due_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        """Return its name and where."""
        return f"{self.name} · {self.organization}"


class RotationMember(Identified):
    """A person's place in a rotation, counted from nought."""

    rotation = models.ForeignKey(Rotation, models.PROTECT, related_name="members", verbose_name=_("rotation"))
    position = models.PositiveSmallIntegerField(_("turn"))
    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("person"))

    class Meta:
        verbose_name = _("member of a rotation")
        verbose_name_plural = _("members of rotations")
        constraints = [
            UniqueConstraint(name="rotation_place_once", fields=["rotation", "position"]),
            UniqueConstraint(name="rotation_person_once", fields=["rotation", "user"]),
        ]

    def __str__(self) -> str:
        """Return who, and the place."""
        return f"{self.position + 1}. {self.user}"
