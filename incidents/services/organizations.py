"""Organisations and who belongs to them."""

from datetime import datetime

from django.db import transaction

from incidents import journal
from incidents.choices import OrganizationLevel, Role
from incidents.errors import Inconsistent
from incidents.journal import Actor
from incidents.models import Division, Membership, Organization, User
from incidents.services.storing import store

_RANK = {
    OrganizationLevel.PROVINCE: 0,
    OrganizationLevel.CITY: 1,
    OrganizationLevel.COUNTY: 2,
    OrganizationLevel.STATION: 3,
    OrganizationLevel.CONTRACTOR: 4,
}


@transaction.atomic
def create(
    *,
    name: str,
    level: OrganizationLevel,
    at: datetime,
    by: Actor,
    parent: Organization | None = None,
    division: Division | None = None,
    short_name: str = "",
    duty_phone: str = "",
) -> Organization:
    """Add an organisation to the tree.

    Raises:
        Inconsistent: If it would stand above its parent.
        Invalid, BrokenRule: If a field is not valid or the name is taken; nothing is written.
    """
    _check_level(level, parent)
    organization = Organization(
        name=name,
        level=level,
        parent=parent,
        division=division,
        short_name=short_name,
        duty_phone=duty_phone,
    )
    store(organization)
    journal.write("organization.created", subject=organization, at=at, by=by, organization=organization)
    return organization


@transaction.atomic
def move(
    organization: Organization, *, parent: Organization | None, at: datetime, by: Actor, reason: str
) -> Organization:
    """Hang an organisation under another one; everything below it moves along.

    Raises:
        Inconsistent: If it would stand above its parent.
        BrokenRule: If it would stand below itself.
    """
    locked = Organization.objects.select_for_update().get(pk=organization.pk)
    _check_level(OrganizationLevel(locked.level), parent)
    before = journal.snapshot(locked)
    locked.parent = parent
    store(locked, fields=["parent"])
    journal.write(
        "organization.moved",
        subject=locked,
        at=at,
        by=by,
        organization=locked,
        before=before,
        reason=reason,
    )
    return locked


@transaction.atomic
def bound_held_facts(
    organization: Organization, *, hours: int, at: datetime, by: Actor, reason: str
) -> Organization:
    """Say from when a fact from the field counts as held too long; facts held already keep their bound.

    Args:
        organization: Whose facts.
        hours: 1 to 168.
        at: From when.
        by: Who says so.
        reason: Why.

    Raises:
        OutOfRange: If it is less than an hour or more than a week.
    """
    locked = Organization.objects.select_for_update().get(pk=organization.pk)
    before = journal.snapshot(locked)
    locked.held_fact_hours = hours
    store(locked, fields=["held_fact_hours"])
    journal.write(
        "organization.held_facts_bounded",
        subject=locked,
        at=at,
        by=by,
        organization=locked,
        before=before,
        reason=reason,
    )
    return locked


@transaction.atomic
def join(*, user: User, organization: Organization, role: Role, at: datetime, by: Actor) -> Membership:
    """Give a person a role in an organisation; a role that is held already is returned as it is."""
    held = Membership.objects.filter(user=user, organization=organization, role=role, until_at=None).first()
    if held is not None:
        return held
    membership = Membership(user=user, organization=organization, role=role, since_at=at)
    store(membership)
    journal.write("membership.joined", subject=membership, at=at, by=by, organization=organization)
    return membership


@transaction.atomic
def leave(membership: Membership, *, at: datetime, by: Actor, reason: str) -> Membership:
    """End a role; what was done in it stays."""
    locked = Membership.objects.select_for_update().select_related("organization").get(pk=membership.pk)
    before = journal.snapshot(locked)
    locked.until_at = at
    store(locked, fields=["until_at"])
    journal.write(
        "membership.left",
        subject=locked,
        at=at,
        by=by,
        organization=locked.organization,
        before=before,
        reason=reason,
    )
    return locked


def _check_level(level: OrganizationLevel, parent: Organization | None) -> None:
    if parent is not None and _RANK[level] < _RANK[OrganizationLevel(parent.level)]:
        raise Inconsistent(
            field="level", value=level, relation="≤", other="parent.level", other_value=parent.level
        )
