"""How far a person's rights reach: the tree below his roles, as one recursive query inside each statement."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, reduce
from operator import or_
from typing import Any, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL

from incidents.access.rights import ON_SHARED_ROWS, RIGHTS, Right
from incidents.choices import Role
from incidents.models import Membership, Organization, User

Row = TypeVar("Row", bound=Model)
NOTHING = Q(pk__in=[])

_HELD = """
    SELECT organization_id FROM incidents_membership
    WHERE user_id = %s AND since_at <= %s AND (until_at IS NULL OR until_at > %s) AND role = ANY(%s)
"""
_DOWN = (
    f"WITH RECURSIVE reach(id) AS ({_HELD} UNION "  # noqa: S608 - constants only
    "SELECT o.id FROM incidents_organization o JOIN reach r ON o.parent_id = r.id) SELECT id FROM reach"
)
_UP = (
    f"WITH RECURSIVE reach(id) AS ({_HELD} UNION "  # noqa: S608 - constants only
    "SELECT o.parent_id FROM incidents_organization o JOIN reach r ON o.id = r.id "
    "WHERE o.parent_id IS NOT NULL) SELECT id FROM reach"
)


@dataclass(frozen=True)
class Sight:
    """What one person may do with one model's rows by one right at one moment."""

    user: User
    right: Right
    now: datetime
    model: type[Model]

    @cached_property
    def organizations(self) -> Any:
        """The organisations in which the right holds: those of the person's roles and all below."""
        return self._walk(_DOWN)

    @cached_property
    def superiors(self) -> Any:
        """The organisations of the person's roles and all above: their storms are the person's too."""
        return self._walk(_UP)

    @cached_property
    def people(self) -> Any:
        """The accounts, by number, of all who have or had a role in those organisations."""
        return Membership.objects.filter(organization__in=self.organizations).values("user")

    @property
    def shares(self) -> bool:
        """Whether rows count that are only shared with the person's organisations."""
        return self.right in ON_SHARED_ROWS

    def rows(self, model: type[Row]) -> QuerySet[Row]:
        """Return the rows of another model that the same right reaches."""
        return within(QuerySet(model), self.user, right=self.right, now=self.now)

    def _walk(self, sql: str) -> QuerySet[Organization]:
        roles = [role.value for role, rights in RIGHTS.items() if self.right in rights]
        ids = RawSQL(sql, [self.user.pk, self.now, self.now, roles])  # noqa: S611 - constant text, bound values
        return Organization.objects.filter(pk__in=ids)


Scope = Callable[[Sight], Q]
_scopes: dict[type[Model], Scope] = {}
_rules: dict[type[Model], tuple[Scope, ...]] = {}
_passing: set[Scope] = set()


def scope(model: type[Model], *rules: Scope) -> None:
    """Say whose matter the rows of a model are: any of the rules is enough; each model once."""
    if model in _scopes:
        raise ValueError(f"{model.__name__} has a scope already")
    _scopes[model] = lambda sight: reduce(or_, (rule(sight) for rule in rules))
    _rules[model] = rules


def passing(rule: Scope) -> Scope:
    """Mark a rule whose answer for a row changes with what is written about other rows, or about its owner.

    What all other rules say of a row follows from references that never change, and from the organisations
    and people that they are asked for: see :mod:`incidents.access.frozen`.
    """
    _passing.add(rule)
    return rule


def scope_of(model: type[Model]) -> Scope:
    """Return the rules of a model as one.

    Raises:
        LookupError: If nobody said whose matter the rows of this model are.
    """
    if model not in _scopes:
        raise LookupError(f"{model.__name__} has no scope")
    return _scopes[model]


def rules_of(model: type[Model], *, passes: bool) -> tuple[Scope, ...]:
    """Return the rules of a model that are marked as passing, or those that are not."""
    return tuple(rule for rule in _rules[model] if (rule in _passing) is passes)


def with_passing_rules() -> tuple[type[Model], ...]:
    """Return the models that have a rule marked as passing, in the order in which they said so."""
    return tuple(model for model in _rules if rules_of(model, passes=True))


def is_scoped(model: type[Model]) -> bool:
    """Return whether somebody said whose matter the rows of a model are."""
    return model in _scopes


def visible_to(queryset: QuerySet[Row], user: User | AnonymousUser, *, now: datetime) -> QuerySet[Row]:
    """Return the rows that a person may see."""
    return within(queryset, user, right=Right.SEE, now=now)


def within(
    queryset: QuerySet[Row], user: User | AnonymousUser, *, right: Right, now: datetime
) -> QuerySet[Row]:
    """Return the rows for which a person has a right; part of the same statement, whatever the tree.

    Raises:
        LookupError: If nobody said whose matter the rows of this model are.
    """
    model = queryset.model
    rule = scope_of(model)
    if isinstance(user, AnonymousUser) or not user.is_active:
        return queryset.none()
    if user.is_superuser:
        return queryset
    return queryset.filter(rule(Sight(user, right, now, model)))


@dataclass(frozen=True, kw_only=True)
class Post:
    """A role that somebody has, and where."""

    role: Role
    organization: str


def posts_of(user: User | AnonymousUser, *, now: datetime) -> tuple[Post, ...]:
    """Return the roles that a person has, in the order in which organisations were founded: the top first."""
    if isinstance(user, AnonymousUser) or not user.is_active or user.is_superuser:
        return ()
    held = Membership.objects.filter(current(now), user=user).order_by("organization", "pk")
    return tuple(
        Post(role=Role(role), organization=name)
        for role, name in held.values_list("role", "organization__name")
    )


def rights_by(user: User | AnonymousUser, posts: Iterable[Post]) -> frozenset[Right]:
    """Return the rights that a person has anywhere by these roles."""
    if isinstance(user, AnonymousUser) or not user.is_active:
        return frozenset()
    if user.is_superuser:
        return frozenset(Right)
    return frozenset[Right]().union(*(RIGHTS[post.role] for post in posts))


def rights_of(user: User | AnonymousUser, *, now: datetime) -> frozenset[Right]:
    """Return the rights that a person has anywhere."""
    return rights_by(user, posts_of(user, now=now))


def current(now: datetime) -> Q:
    """Return the condition that a membership holds at a moment."""
    return Q(since_at__lte=now) & (Q(until_at__isnull=True) | Q(until_at__gt=now))


def owned(*paths: str) -> Scope:
    """Rows that lead by one of these look-ups to the organisations whose matter they are."""
    return lambda sight: reduce(or_, (Q(**{f"{path}__in": sight.organizations}) for path in paths))


def shared(*paths: str) -> Scope:
    """Rows that lead by one of these look-ups to organisations which may see and add to them."""
    found = owned(*paths)
    return lambda sight: found(sight) if sight.shares else NOTHING


def part_of(*fields: str) -> Scope:
    """Rows that are the matter of whoever has the row that one of these foreign keys names."""

    def rule(sight: Sight) -> Q:
        targets: dict[str, Any] = {
            field: sight.model._meta.get_field(field).related_model for field in fields
        }
        named = (sight.rows(target).filter(pk=OuterRef(field)) for field, target in targets.items())
        return reduce(or_, (Q(Exists(rows)) for rows in named))

    return rule


def named_by(*references: tuple[type[Model], str]) -> Scope:
    """Rows that are the matter of whoever has a row which names them.

    Asked row by row, by the index of the reference: a page of a list needs fifty answers, not all of them.
    """
    return lambda sight: reduce(
        or_,
        (Q(Exists(sight.rows(other).filter(**{field: OuterRef("pk")}))) for other, field in references),
    )


def by_oneself(field: str) -> Scope:
    """Rows that the person made or is."""
    return lambda sight: Q(**{field: sight.user.pk}) if sight.right is Right.SEE else NOTHING


def public(sight: Sight) -> Q:
    """Rows that are common knowledge: seen by all, changed only by a superuser."""
    return ~NOTHING if sight.right is Right.SEE else NOTHING
