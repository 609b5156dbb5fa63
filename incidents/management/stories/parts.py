"""What every story needs."""

from incidents.choices import OrganizationLevel
from incidents.journal import Actor
from incidents.models import Division, Organization
from incidents.services import organizations


def organization(
    name: str,
    level: OrganizationLevel,
    *,
    code: str,
    by: Actor,
    parent: Organization | None = None,
    short_name: str = "",
) -> Organization:
    """Return the organisation of a name; it is made where it is missing.

    Args:
        name: Its name.
        level: Its level.
        code: Code of its division.
        by: Who tells the story.
        parent: What it stands below.
        short_name: What people call it.
    """
    known = Organization.objects.filter(name=name).first()
    if known is not None:
        return known
    return organizations.create(
        name=name,
        level=level,
        at=by.now,
        by=by,
        parent=parent,
        division=Division.objects.get(pk=code),
        short_name=short_name,
    )
