"""Who is asking, when, and with what rights: found once a request."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from incidents import access
from incidents.access import Right
from incidents.choices import Channel
from incidents.journal import Actor
from incidents.models import User

_KEY = "ice.asking"


@dataclass(frozen=True, kw_only=True)
class Asking:
    """A signed-in person at one moment.

    Attributes:
        rights: Those that the person has anywhere; whether one holds for a row, :func:`access.within` says.
    """

    user: User
    now: datetime
    rights: frozenset[Right]
    request_id: str

    def visible(self, queryset: QuerySet[access.Row]) -> QuerySet[access.Row]:
        """Return the rows that the person may see."""
        return access.visible_to(queryset, self.user, now=self.now)

    def within(self, queryset: QuerySet[access.Row], right: Right) -> QuerySet[access.Row]:
        """Return the rows for which the person has a right."""
        return access.within(queryset, self.user, right=right, now=self.now)

    @property
    def actor(self) -> Actor:
        """The person as the services know who acts."""
        return Actor(user=self.user, now=self.now, channel=Channel.ADMIN, request_id=self.request_id)


def asking(request: HttpRequest) -> Asking:
    """Return who is asking; the clock and the rights are read at the first call of a request."""
    found = request.META.get(_KEY)
    if found is None:
        now = timezone.now()
        found = request.META[_KEY] = Asking(
            user=cast("User", request.user),
            now=now,
            rights=access.rights_of(request.user, now=now),
            request_id=request.META.get("ICE_REQUEST_ID", ""),
        )
    return cast("Asking", found)
