"""Who is asking, when, and with what rights: found once a request."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import cast

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from incidents import access
from incidents.access import Right
from incidents.choices import Channel
from incidents.journal import Actor
from incidents.models import Organization, User

_KEY = "ice.asking"


@dataclass(frozen=True, kw_only=True)
class Asking:
    """A signed-in person at one moment.

    Attributes:
        posts: The roles that the person has now, the highest organisation first; a superuser needs none.
        rights: Those that the person has anywhere; whether one holds for a row, :func:`access.within` says.
    """

    user: User
    now: datetime
    posts: tuple[access.Post, ...] = ()
    rights: frozenset[Right]
    request_id: str
    _held: dict[tuple[Model, Right, str], bool] = field(default_factory=dict)

    def visible(self, queryset: QuerySet[access.Row]) -> QuerySet[access.Row]:
        """Return the rows that the person may see."""
        return access.seen_by(queryset, self.user, self.reach, now=self.now)

    @cached_property
    def reach(self) -> access.Reach:
        """How far the person sees; asked once a request, where a page asks at all."""
        return access.reach_of(self.user, now=self.now)

    def inside(self, rows: QuerySet[access.Row], right: Right, whose: str = "") -> QuerySet[access.Row]:
        """Return the rows for which the person has a right.

        Args:
            rows: The rows.
            right: The right.
            whose: Foreign key to the organisation in which it has to hold; empty for any that owns the row.
        """
        found = access.within(rows, self.user, right=right, now=self.now)
        if not whose:
            return found
        return found.filter(**{f"{whose}__in": self.inside(Organization.objects.all(), right)})

    def holds(self, row: Model, right: Right, whose: str = "") -> bool:
        """Return whether the person has a right for a row; asked once a request."""
        key = (row, right, whose)
        if key not in self._held:
            rows: QuerySet[Model] = self.inside(QuerySet(type(row)), right, whose)
            self._held[key] = right in self.rights and rows.filter(pk=row.pk).exists()
        return self._held[key]

    @property
    def actor(self) -> Actor:
        """The person as the services know who acts."""
        return Actor(user=self.user, now=self.now, channel=Channel.ADMIN, request_id=self.request_id)


def asking(request: HttpRequest) -> Asking:
    """Return who is asking; the clock and the rights are read at the first call of a request."""
    found = request.META.get(_KEY)
    if found is None:
        now = timezone.now()
        posts = access.posts_of(request.user, now=now)
        found = request.META[_KEY] = Asking(
            user=cast("User", request.user),
            now=now,
            posts=posts,
            rights=access.rights_by(request.user, posts),
            request_id=request.META.get("ICE_REQUEST_ID", ""),
        )
    return cast("Asking", found)
