"""Safety briefings: who told whom about which dangers, and who signed."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from incidents.choices import BriefingTopic
from incidents.models.assignments import Assignment
from incidents.models.base import Sourced
from incidents.models.crews import Person
from incidents.models.support import Deployment


class SafetyBriefing(Sourced):
    """The dangers of a place told to a visiting team, or to a crew before its job.

    That a team or crew *is* briefed stands on it, as the moment of its first briefing; this is the evidence.

    Attributes:
        given_by: Name of who briefed: often a man of the host without an account.
        signed_by: People of ours who signed.
        signed_names: Names of visitors who signed and are on no list of ours.
    """

    deployment = models.ForeignKey(
        Deployment,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="briefings",
        verbose_name=_("support deployment"),
    )
    assignment = models.ForeignKey(
        Assignment,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="briefings",
        verbose_name=_("assignment"),
    )
    given_at = models.DateTimeField(_("given"))
    given_by = models.CharField(_("given by"), max_length=60, blank=True)
    topics = ArrayField(
        models.CharField(max_length=12, choices=BriefingTopic),
        verbose_name=_("topics"),
        default=list,
        blank=True,
    )
    text = models.TextField(_("what was said"), blank=True, max_length=2000)
    signed_by = models.ManyToManyField(
        Person, related_name="briefings", verbose_name=_("signed by"), blank=True
    )
    signed_names = ArrayField(
        models.CharField(max_length=60), verbose_name=_("signed by visitors"), default=list, blank=True
    )

    class Meta:
        verbose_name = _("briefing record")
        verbose_name_plural = _("briefing records")
        constraints = [
            CheckConstraint(
                name="briefing_is_for_a_team_or_a_crew",
                condition=Q(deployment__isnull=True, assignment__isnull=False)
                | Q(deployment__isnull=False, assignment__isnull=True),
                violation_error_message=_("A briefing is for a team or for a job, not for both."),
            ),
            UniqueConstraint(
                name="briefing_of_a_team_once_a_moment",
                fields=["deployment", "given_at"],
                violation_error_message=_("This team was briefed at that very moment already."),
            ),
            UniqueConstraint(
                name="briefing_of_a_crew_once_a_moment",
                fields=["assignment", "given_at"],
                violation_error_message=_("This crew was briefed at that very moment already."),
            ),
        ]

    def __str__(self) -> str:
        """Return whom it was for."""
        return str(self.deployment or self.assignment)
