"""Who is not reached by mail just now."""

from collections.abc import Collection

from incidents.models import User
from tracker.models import Bounce


def unreachable_by_mail(users: Collection[User]) -> dict[int, Bounce]:
    """Return the latest mail that came back of each of these people whose address does not work, by person.

    Args:
        users: Whom a page is about, for example those on duty.
    """
    found = Bounce.objects.filter(user__in=users, cleared_at=None).order_by("at", "pk")
    return {bounce.user_id: bounce for bounce in found}
