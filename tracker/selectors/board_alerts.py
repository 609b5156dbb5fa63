"""The board's alerts: what nobody has taken yet, worst first, and how many somebody has."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Case, Count, IntegerField, Value, When

from tracker.choices import AlertState, Severity
from tracker.models import Alert
from tracker.selectors.board_scope import Scope

LONGEST = 8  # alerts that are named; the others are counted


@dataclass(frozen=True, kw_only=True)
class Alerts:
    """What breaches a rule now.

    Attributes:
        firing: The worst that nobody has taken, worst and then newest first.
        severities: Severity → how many nobody has taken.
        acknowledged: How many somebody has.
    """

    firing: Sequence[Alert]
    severities: dict[Severity, int]
    acknowledged: int

    @property
    def unacknowledged(self) -> int:
        """How many nobody has taken."""
        return sum(self.severities.values())

    @property
    def not_named(self) -> int:
        """Those beyond the ones that are named."""
        return self.unacknowledged - len(self.firing)


def alerts(scope: Scope) -> Alerts:
    """Return the alerts of a board: two statements. Those that another one explains tell nobody."""
    rows = Alert.objects.filter(
        organization__in=scope.organizations, is_exercise=scope.is_exercise, folded_under=None
    ).exclude(state=AlertState.RESOLVED)
    counted = {
        (state, severity): number
        for state, severity, number in rows.values_list("state", "severity").annotate(Count("pk"))
    }
    rank = Case(
        *(When(severity=each, then=Value(place)) for place, each in enumerate(Severity)),
        output_field=IntegerField(),
    )
    firing = rows.filter(state=AlertState.FIRING).select_related("rule", "organization")
    return Alerts(
        firing=list(firing.annotate(rank=rank).order_by("-rank", "-climb_at", "-pk")[:LONGEST]),
        severities={each: counted.get((AlertState.FIRING, each), 0) for each in reversed(Severity)},
        acknowledged=sum(n for (state, _), n in counted.items() if state == AlertState.ACKNOWLEDGED),
    )
