"""Response levels: the dated thresholds that speak for one, what they apply to, and what people ordered."""

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from incidents.models import Organization, Storm, User
from incidents.models.base import Identified, between, moment
from tracker.choices import AreaType, Measure, ResponseLevel, ResponseState, ThresholdKind

OPEN_RESPONSE = Q(state__in=[ResponseState.STARTED])


def _dated(model: str) -> CheckConstraint:
    return CheckConstraint(
        name=f"{model}_dates_in_order",
        condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
        violation_error_message=_("It would end before it begins."),
    )


class ResponseThreshold(Identified):
    """A number that speaks for a level, while it is law or company practice; a change is a new row.

    Rows of one kind, organisation, area, level and ``clause`` hold together (all of them must be met); one
    clause of a level is enough.

    Attributes:
        organization: Whose practice; null for everybody without rows of their own. National rows have none.
        area: Kind of area that a national row applies to; empty for company rows.
        at_least: Met from this value on, the edge included ("以上" includes the edge).
        below: Met below this value, the edge excluded; null without an upper edge.
        basis: Law, plan or decision that the number stands in, or that it is our default.
    """

    kind = models.CharField(_("kind"), max_length=10, choices=ThresholdKind)
    organization = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("organisation"),
    )
    area = models.CharField(_("area"), max_length=16, choices=AreaType, blank=True)
    level = models.CharField(_("level"), max_length=3, choices=ResponseLevel)
    clause = models.PositiveSmallIntegerField(_("clause"), default=1)
    measure = models.CharField(_("measure"), max_length=24, choices=Measure)
    at_least = models.DecimalField(_("from"), max_digits=9, decimal_places=2)
    below = models.DecimalField(_("below"), max_digits=9, decimal_places=2, null=True, blank=True)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    basis = models.CharField(_("legal basis or source"), max_length=300)

    class Meta:
        verbose_name = _("threshold of a response level")
        verbose_name_plural = _("thresholds of response levels")
        constraints = [
            UniqueConstraint(
                name="threshold_once_at_a_time",
                fields=["kind", "organization", "area", "level", "clause", "measure", "valid_from"],
                nulls_distinct=False,
            ),
            _dated("threshold"),
            CheckConstraint(
                name="threshold_edges_in_order", condition=Q(below__isnull=True) | Q(below__gt=F("at_least"))
            ),
            CheckConstraint(name="threshold_names_its_basis", condition=~Q(basis="")),
            CheckConstraint(
                name="threshold_kind_fits",
                condition=Q(kind=ThresholdKind.NATIONAL, organization__isnull=True) & ~Q(area="")
                | Q(kind=ThresholdKind.COMPANY, area=""),
            ),
            between("threshold", "at_least", 0, 1_000_000),
        ]

    def __str__(self) -> str:
        """Return level and measure."""
        return f"{self.get_level_display()}: {self.get_measure_display()} ≥ {self.at_least:g}"


class AreaProfile(Identified):
    """What an organisation's area is and holds, as the thresholds need it, while that is so.

    Attributes:
        load_mw: Load before an event, MW.
        customers: All customers of the area.
    """

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="area_profiles", verbose_name=_("organisation")
    )
    area = models.CharField(_("area"), max_length=16, choices=AreaType, blank=True)
    load_mw = models.DecimalField(_("load (MW)"), max_digits=8, decimal_places=1, null=True, blank=True)
    customers = models.PositiveIntegerField(_("customers"), null=True, blank=True)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=300)

    class Meta:
        verbose_name = _("profile of an area")
        verbose_name_plural = _("profiles of areas")
        constraints = [
            UniqueConstraint(
                name="profile_one_current",
                fields=["organization"],
                condition=Q(valid_to__isnull=True),
                violation_error_message=_("This organisation has a current profile already."),
            ),
            _dated("profile"),
            between("profile", "load_mw", 0.1, 200_000),
            CheckConstraint(
                name="profile_says_something",
                condition=(Q(customers__isnull=False) | Q(load_mw__isnull=False)) & ~Q(source=""),
            ),
            CheckConstraint(
                name="profile_customers_positive", condition=Q(customers__isnull=True) | Q(customers__gte=1)
            ),
        ]

    def __str__(self) -> str:
        """Return whose area."""
        return str(self.organization)


class EmergencyResponse(Identified):
    """A response level of a company: proposed by the watch, ordered, changed and ended by people only.

    Attributes:
        seen_at: When the condition of a proposal was last met.
        expires_at: A proposal that nobody decides is void then.
        basis: Why: the clauses that were met, or the words of who ordered it.
        decided_by: Who ordered or declined it; null while it is a proposal and where it ran out.
        follows: The response whose level it raised or lowered.
    """

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="responses", verbose_name=_("organisation")
    )
    storm = models.ForeignKey(
        Storm,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="responses",
        verbose_name=_("storm"),
    )
    is_exercise = models.BooleanField(_("exercise"), default=False)
    level = models.CharField(_("level"), max_length=3, choices=ResponseLevel)
    state = models.CharField(_("state"), max_length=10, choices=ResponseState)
    basis = models.CharField(_("basis"), max_length=500)
    proposed_at = moment(_("proposed"))
    seen_at = moment(_("condition last met"))
    expires_at = moment(_("proposal void from"))
    decided_at = moment(_("decided"))
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    ended_at = moment(_("ended"))
    ended_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("ended by")
    )
    follows = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="followed_by",
        verbose_name=_("takes the place of"),
    )

    class Meta:
        verbose_name = _("emergency response")
        verbose_name_plural = _("emergency responses")
        constraints = [
            UniqueConstraint(
                name="response_one_proposal",
                fields=["organization", "is_exercise"],
                condition=Q(state=ResponseState.PROPOSED),
            ),
            UniqueConstraint(
                name="response_one_in_force",
                fields=["organization", "is_exercise"],
                condition=OPEN_RESPONSE,
                violation_error_message=_("A response is in force here already: raise or lower it."),
            ),
            CheckConstraint(name="response_names_its_basis", condition=~Q(basis="")),
            CheckConstraint(
                name="response_decided_by_a_person",
                condition=Q(
                    state__in=[ResponseState.PROPOSED, ResponseState.EXPIRED, ResponseState.WITHDRAWN],
                    decided_at__isnull=True,
                    decided_by__isnull=True,
                    expires_at__isnull=False,
                    seen_at__isnull=False,
                )
                | Q(
                    state__in=[ResponseState.STARTED, ResponseState.DECLINED, ResponseState.ENDED],
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                ),
            ),
            CheckConstraint(
                name="response_end_is_whole",
                condition=Q(state=ResponseState.ENDED, ended_at__isnull=False, ended_by__isnull=False)
                | ~Q(state=ResponseState.ENDED) & Q(ended_at__isnull=True, ended_by__isnull=True),
            ),
            CheckConstraint(
                name="response_ends_after_it_began",
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("decided_at")),
            ),
        ]

    def __str__(self) -> str:
        """Return whose and which level; a drill says so first."""
        words = f"{self.organization} {self.get_level_display()} {self.get_state_display()}"
        return f"【演练】{words}" if self.is_exercise else words
