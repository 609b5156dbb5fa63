"""Important users: who they are, what feeds them, and what supplies them while the grid does not."""

from collections.abc import Collection
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TypedDict, Unpack

from django.db import transaction

from incidents import journal
from incidents.choices import EmergencySupply, UserGrade
from incidents.errors import BadTransition
from incidents.journal import Actor
from incidents.models import ImportantUser, Line, Organization
from incidents.rules.times import not_before
from incidents.services import facts
from incidents.services.drills import keep_apart
from incidents.services.storing import store


class UserFacts(TypedDict, total=False):
    """What may be known of an important user; None where nobody has asked."""

    own_generator_kw: int | None
    endurance_h: Decimal | None
    contact: str
    phone: str
    confirmed_at: datetime | None


class UserChanges(UserFacts, total=False):
    """What of an important user can be corrected."""

    name: str
    grade: UserGrade
    feeders: Collection[Line]


@transaction.atomic
def register(
    *,
    organization: Organization,
    name: str,
    grade: UserGrade,
    at: datetime,
    by: Actor,
    feeders: Collection[Line] = (),
    **known: Unpack[UserFacts],
) -> ImportantUser:
    """Put an important user on record.

    Args:
        organization: Whose user it is.
        name: Its name.
        grade: How important.
        at: Since when.
        by: Who says so.
        feeders: Lines that supply it; all of a drill or all real.
        **known: Its own supply, contact, when that was confirmed.

    Raises:
        BrokenRule: If a user of this name is on record here.
        ExerciseMix: If some feeders belong to a drill and some do not.
        NaiveTime, OutOfRange, Invalid: If a value cannot be; nothing is written.
    """
    facts.check_moments(by=by, at=at, confirmed_at=known.get("confirmed_at"))
    keep_apart(*((line, line.is_exercise) for line in feeders))
    user = ImportantUser(organization=organization, name=name.strip(), grade=grade, **known)
    store(user)
    user.feeders.set(feeders)
    _write("important_user.registered", user, before=None, at=at, by=by)
    return user


@transaction.atomic
def correct(
    user: ImportantUser, *, reason: str, at: datetime, by: Actor, **changes: Unpack[UserChanges]
) -> ImportantUser:
    """Correct what is known of a user.

    Raises:
        Missing: If no reason is given.
        ExerciseMix, BrokenRule, Invalid: If a value cannot be; nothing is written.
    """
    facts.require_words(purpose="correct", reason=reason)
    locked = _lock(user)
    before = _snapshot(locked)
    fields = {name: value for name, value in changes.items() if name != "feeders"}
    for name, value in fields.items():
        setattr(locked, name, value)
    store(locked, fields=list(fields))
    if "feeders" in changes:
        keep_apart(*((line, line.is_exercise) for line in changes["feeders"]))
        locked.feeders.set(changes["feeders"])
    _write("important_user.corrected", locked, before=before, at=at, by=by, reason=reason)
    return locked


@transaction.atomic
def supply(
    user: ImportantUser,
    *,
    supplied_by: EmergencySupply,
    at: datetime,
    by: Actor,
    until: datetime | None = None,
) -> ImportantUser:
    """Note what supplies a user while the grid does not, or that it was refuelled.

    Args:
        user: The user.
        supplied_by: Its own supply, a generator car, another line.
        at: Since when; a later refuelling keeps the first moment.
        by: Who says so.
        until: When the fuel ends; None reckons it from the endurance of the user's own supply, else unknown.

    Raises:
        Inconsistent: If it would end before it begins.
        NaiveTime, OutOfRange: If a moment cannot be.
    """
    facts.check_moments(by=by, at=at)
    locked = _lock(user)
    before = _snapshot(locked)
    if until is not None:
        not_before(field="until", at=until, other="at", earliest=at)
    elif supplied_by == EmergencySupply.OWN_GENERATOR and locked.endurance_h is not None:
        until = at + timedelta(hours=float(locked.endurance_h))
    if locked.supplied_by != supplied_by or locked.supplied_since_at is None:
        locked.supplied_since_at = at
    locked.supplied_by, locked.supplied_until_at = supplied_by, until
    store(locked, fields=["supplied_by", "supplied_since_at", "supplied_until_at"])
    _write("important_user.supplied", locked, before=before, at=at, by=by)
    return locked


@transaction.atomic
def end_supply(user: ImportantUser, *, at: datetime, by: Actor) -> ImportantUser:
    """Note that the emergency supply has ended: the grid is back, or the fuel is gone.

    Raises:
        BadTransition: If none is on record.
        NaiveTime, OutOfRange: If the moment cannot be.
    """
    facts.check_moments(by=by, at=at)
    locked = _lock(user)
    if not locked.supplied_by:
        raise BadTransition(subject="important_user", state="", verb="end_supply", allowed=["supply"])
    before = _snapshot(locked)
    locked.supplied_by, locked.supplied_since_at, locked.supplied_until_at = "", None, None
    store(locked, fields=["supplied_by", "supplied_since_at", "supplied_until_at"])
    _write("important_user.supply_ended", locked, before=before, at=at, by=by)
    return locked


@transaction.atomic
def retire(user: ImportantUser, *, reason: str, at: datetime, by: Actor) -> ImportantUser:
    """Take a user off the list; its past stays.

    Raises:
        Missing: If no reason is given.
        BadTransition: If it was taken off before.
    """
    facts.require_words(purpose="retire", reason=reason)
    facts.check_moments(by=by, at=at)
    locked = _lock(user)
    if locked.retired_at is not None:
        raise BadTransition(subject="important_user", state="retired", verb="retire", allowed=[])
    before = _snapshot(locked)
    locked.retired_at = at
    store(locked, fields=["retired_at"])
    _write("important_user.retired", locked, before=before, at=at, by=by, reason=reason)
    return locked


def _lock(user: ImportantUser) -> ImportantUser:
    return ImportantUser.objects.select_for_update(of=["self"]).select_related("organization").get(pk=user.pk)


def _snapshot(user: ImportantUser) -> dict[str, object]:
    return {**journal.snapshot(user), "feeders": facts.keys_of(user.feeders.all())}


def _write(
    kind: str,
    user: ImportantUser,
    *,
    before: dict[str, object] | None,
    at: datetime,
    by: Actor,
    reason: str = "",
) -> None:
    journal.write(
        kind,
        subject=user,
        at=at,
        by=by,
        organization=user.organization,
        before=before,
        after=_snapshot(user),
        reason=reason,
    )
