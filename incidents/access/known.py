"""The same rules, asked with numbers: how far a person sees is found once a request, not in each statement.

A page of the desk asks a dozen statements, most of them over a long list. With the tree of organisations and
the loans of crews inside each of them, the database walked them each time, and no index served. Here the one
walk is done before; then a rule is ``organization_id IN (…) OR id IN (…)``.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Q, QuerySet

from incidents.access.reach import Row, Sight, rules_of, scope_of
from incidents.access.record import lent_outages
from incidents.access.rights import Right
from incidents.models import Organization, Outage, User


@dataclass(frozen=True, kw_only=True)
class Reach:
    """How far a person sees at a moment.

    Attributes:
        organizations: The organisations of the person's roles, and all below.
        superiors: The same, and all above.
        lent: The outages that crews of these organisations work on.
    """

    organizations: tuple[int, ...] = ()
    superiors: tuple[int, ...] = ()
    lent: tuple[int, ...] = ()


def reach_of(user: User, *, now: datetime) -> Reach:
    """Return how far a person sees: one statement, and nothing for who needs no numbers."""
    if not user.is_active or user.is_superuser:
        return Reach()
    sight = Sight(user, Right.SEE, now, Organization)
    asked = {
        "below": ArraySubquery(sight.organizations.values("pk")),
        "above": ArraySubquery(sight.superiors.values("pk")),
        "lent": ArraySubquery(lent_outages(sight)),
    }
    rows = User.objects.filter(pk=user.pk).annotate(**asked).values_list(*asked)
    below, above, lent = rows.first() or ((), (), ())
    return Reach(organizations=tuple(below), superiors=tuple(above), lent=tuple(lent))


def seen_by(queryset: QuerySet[Row], user: User, reach: Reach, *, now: datetime) -> QuerySet[Row]:
    """Return the rows that a person may see, as :func:`visible_to` does, by the numbers of the reach.

    Raises:
        LookupError: If nobody said whose matter the rows of this model are.
    """
    scope_of(queryset.model)
    if not user.is_active:
        return queryset.none()
    if user.is_superuser:
        return queryset
    return queryset.filter(_Known(user, Right.SEE, now, queryset.model, reach).condition())


@dataclass(frozen=True)
class _Known(Sight):
    """The rules of access, asked with the numbers that were found."""

    reach: Reach

    @property
    def organizations(self) -> Any:
        """The organisations that are reached."""
        return self.reach.organizations

    @property
    def superiors(self) -> Any:
        """The organisations of the person's roles and all above."""
        return self.reach.superiors

    def rows(self, model: type[Row]) -> QuerySet[Row]:
        """Return the rows of another model that are seen."""
        return seen_by(QuerySet(model), self.user, self.reach, now=self.now)

    def condition(self) -> Q:
        """Return the condition of the rows that are seen."""
        if self.model is not Outage:
            return scope_of(self.model)(self)
        own = [rule(self) for rule in rules_of(Outage, passes=False)]
        return reduce(Q.__or__, own, Q(pk__in=self.reach.lent))
