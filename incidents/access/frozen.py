"""How far a person's rights reached at one moment, as numbers: what was in sight then can be asked later.

A row comes into sight or leaves it although nothing is written to it: a role ends, an organisation moves, a
crew's job is done. Two frozen sights side by side say which rows those are, by the very rules that every list
asks. That works because each rule follows from a row's references that never change and from three sets: the
organisations reached, the people in them, and the *guests*, which are rows seen by a rule that is marked as
passing. All rules only ever add, so that what came into sight is what the added numbers reach.
"""

import hashlib
import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import reduce
from operator import or_
from typing import Any, Self

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL

from incidents.access.reach import NOTHING, Row, Sight, rules_of, with_passing_rules
from incidents.access.rights import Right
from incidents.models import Organization, User

Numbers = frozenset[int]
NONE: Numbers = frozenset()
# What was in sight is kept with the sets themselves: no rule that is asked again looks at a clock.
_ALWAYS = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Frozen:
    """What a person may see, as numbers of rows.

    Attributes:
        kinds: What is looked at at all; a kind that is not among them is not in sight.
        everything: A superuser's sight; the sets are then empty.
        organizations: The organisations that the person's roles reach.
        people: The accounts of those who have or had a role there.
        guests: Name of a model → rows that are seen by a passing rule alone.
    """

    kinds: frozenset[str] = frozenset()
    everything: bool = False
    organizations: Numbers = NONE
    people: Numbers = NONE
    guests: Mapping[str, Numbers] = field(default_factory=dict)

    def __sub__(self, other: "Frozen") -> "Frozen":
        """Return the numbers that the other does not hold; of kinds that both look at."""
        if self.everything or other.everything:
            return Frozen(kinds=self.kinds, everything=self.everything and not other.everything)
        return self._with(other, frozenset.difference)

    def __and__(self, other: "Frozen") -> "Frozen":
        """Return what both see."""
        if self.everything or other.everything:
            return other if self.everything else self
        return self._with(other, frozenset.intersection)

    def __bool__(self) -> bool:
        """Return whether there is anything that could be seen."""
        return self.everything or any([self.organizations, self.people, *self.guests.values()])

    @property
    def digest(self) -> str:
        """The name by which it is kept: the first half of the SHA-256 of its text, 32 hex digits."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:32]

    @property
    def text(self) -> str:
        """One text for one sight."""
        told = {
            "kinds": sorted(self.kinds),
            "everything": self.everything,
            "organizations": sorted(self.organizations),
            "people": sorted(self.people),
            "guests": {name: sorted(rows) for name, rows in sorted(self.guests.items())},
        }
        return json.dumps(told, separators=(",", ":"))

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """Return the sight that such a text tells."""
        return cls(
            kinds=frozenset(told["kinds"]),
            everything=told["everything"],
            organizations=frozenset(told["organizations"]),
            people=frozenset(told["people"]),
            guests={name: frozenset(rows) for name, rows in told["guests"].items()},
        )

    def condition(self, model: type[Model]) -> Q:
        """Return the condition of the rows of a model that are in sight."""
        return _FrozenSight(User(), Right.SEE, _ALWAYS, model, self).condition()

    def _with(self, other: "Frozen", merge: Callable[[Numbers, Numbers], Numbers]) -> "Frozen":
        return Frozen(
            kinds=self.kinds,
            organizations=merge(self.organizations, other.organizations),
            people=merge(self.people, other.people),
            guests={name: merge(rows, other.guests.get(name, NONE)) for name, rows in self.guests.items()},
        )


def freeze(user: User, *, now: datetime, kinds: Collection[str]) -> Frozen:
    """Return what a person may see now, in one query."""
    if user.is_superuser:
        return Frozen(kinds=frozenset(kinds), everything=True)
    sight = Sight(user, Right.SEE, now, Organization)
    models = with_passing_rules()
    sets = [sight.organizations.values("pk"), sight.people, *(_guests(user, now, model) for model in models)]
    names = [f"set_{index}" for index in range(len(sets))]
    asked = {name: ArraySubquery(rows) for name, rows in zip(names, sets, strict=True)}
    found = User.objects.filter(pk=user.pk, is_active=True).annotate(**asked).values_list(*names).first()
    organizations, people, *guests = map(frozenset, found or [()] * len(sets))
    return Frozen(
        kinds=frozenset(kinds),
        organizations=organizations,
        people=people,
        guests={str(model._meta.model_name): rows for model, rows in zip(models, guests, strict=True)},
    )


def entered(model: type[Row], *, before: Frozen, after: Frozen) -> QuerySet[Row]:
    """Return the rows that a sight shows and an earlier one did not; turned round, those that left it."""
    rows: QuerySet[Row] = QuerySet(model)
    added = after - before
    if not added:
        return rows.none()
    known: QuerySet[Row] = QuerySet(model).filter(before.condition(model), pk=OuterRef("pk"))
    return rows.filter(added.condition(model)).exclude(Exists(known))


def _guests(user: User, now: datetime, model: type[Model]) -> QuerySet[Any, Any]:
    sight = Sight(user, Right.SEE, now, model)
    own = [rule(sight) for rule in rules_of(model, passes=False)]
    seen = [rule(sight) for rule in rules_of(model, passes=True)]
    return QuerySet(model).filter(reduce(or_, seen)).exclude(reduce(or_, own, NOTHING)).values("pk")


@dataclass(frozen=True)
class _FrozenSight(Sight):
    """The rules of access, asked with the numbers that were kept."""

    frozen: Frozen

    @property
    def organizations(self) -> QuerySet[Organization]:
        """The organisations that were reached."""
        return Organization.objects.filter(pk__in=_among(self.frozen.organizations))

    @property
    def people(self) -> Any:
        """The people who were there."""
        return _among(self.frozen.people)

    def rows(self, model: type[Row]) -> QuerySet[Row]:
        """Return the rows of another model that were in sight."""
        return QuerySet(model).filter(self.frozen.condition(model))

    def condition(self) -> Q:
        """Return the condition of the rows that were in sight."""
        if self.frozen.everything:
            return ~NOTHING
        guests = Q(pk__in=_among(self.frozen.guests.get(str(self.model._meta.model_name), NONE)))
        return reduce(or_, (rule(self) for rule in rules_of(self.model, passes=False)), guests)


def _among(numbers: Numbers) -> Any:
    """Return numbers for ``__in``: one parameter however many they are; none of them lets the database be."""
    if not numbers:
        return []
    return RawSQL("SELECT unnest(%s::bigint[])", [sorted(numbers)])
