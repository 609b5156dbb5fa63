"""People: those with an account, and those who work on the grid with or without one."""

from datetime import date, datetime
from typing import Final, TypedDict, Unpack

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from incidents import journal
from incidents.choices import Channel, Language
from incidents.errors import Invalid
from incidents.journal import Actor
from incidents.models import Organization, Person, User
from incidents.services import deeds, facts, sessions
from incidents.services.storing import store

SYSTEM_USERNAME: Final = "system"


class PersonFacts(TypedDict, total=False):
    """What may be known of somebody who works on the grid."""

    user: User | None
    trade: str
    phone: str
    certificate_valid_to: date | None


@transaction.atomic
def add_user(
    *,
    username: str,
    display_name: str,
    at: datetime,
    by: Actor,
    email: str = "",
    phone: str = "",
    language: Language = Language.CHINESE,
    password: str | None = None,
) -> User:
    """Give somebody an account.

    Args:
        username: Name to sign in with.
        display_name: Name that colleagues use.
        at: When it was decided.
        by: Who decides.
        email: Where alerts go; used once only.
        phone: Phone number.
        language: Language of screens and mails.
        password: None for an account that nobody can sign in with until a password is set.

    Raises:
        Invalid: If the password is too weak or a field is not valid.
        BrokenRule: If the name or the address is taken; nothing is written.
    """
    user = User(username=username, display_name=display_name, email=email, phone=phone, language=language)
    if password is not None:
        _check_password(password, user)
    user.set_password(password)
    store(user)
    journal.write("user.added", subject=user, at=at, by=by)
    return user


@transaction.atomic
def set_password(user: User, *, password: str, at: datetime, by: Actor, spared: str = "") -> User:
    """Give somebody a new password; every session of the old one ends.

    Args:
        user: Whose.
        password: The new one.
        at: When it was decided.
        by: Who decides.
        spared: Digest of the key of the one session that goes on: in which the person changes it.

    Raises:
        Invalid: If it is too weak; the old one stays.
    """
    locked = User.objects.select_for_update().get(pk=user.pk)
    _check_password(password, locked)
    locked.set_password(password)
    store(locked, fields=["password"])
    journal.write("user.password_set", subject=locked, at=at, by=by, after={})
    sessions.end_all(locked, by=by, spared=spared)
    return locked


@transaction.atomic
def close_account(user: User, *, reason: str, by: Actor) -> User:
    """Shut somebody out who has left: sessions end and phones are refused from now on; the record stays.

    Raises:
        Missing: If no reason is given.
        OwnAccount: If it is one's own.
    """
    facts.require_words(purpose="close_account", reason=reason)
    facts.require_other(user, by=by)
    closed = _set_active("user.closed", user, active=False, reason=reason, by=by)
    return sessions.end_all(closed, by=by)


@transaction.atomic
def reopen_account(user: User, *, reason: str, by: Actor) -> User:
    """Let somebody in again whose account was closed.

    Raises:
        Missing: If no reason is given.
    """
    facts.require_words(purpose="reopen_account", reason=reason)
    return _set_active("user.reopened", user, active=True, reason=reason, by=by)


@transaction.atomic
def add_person(
    *, name: str, organization: Organization, at: datetime, by: Actor, **known: Unpack[PersonFacts]
) -> Person:
    """Add somebody who works on the grid.

    Raises:
        BrokenRule: If the account belongs to somebody else already; nothing is written.
    """
    person = Person(name=name, organization=organization, **known)
    store(person)
    journal.write("person.added", subject=person, at=at, by=by, organization=organization)
    return person


@transaction.atomic
def correct_person(
    person: Person, *, reason: str, at: datetime, by: Actor, **changes: Unpack[PersonFacts]
) -> Person:
    """Correct what is known of somebody.

    Raises:
        Missing: If no reason is given.
    """
    locked = Person.objects.select_for_update(of=["self"]).select_related("organization").get(pk=person.pk)
    facts.amend(
        "person.corrected", locked, changes, reason=reason, at=at, by=by, organization=locked.organization
    )
    return locked


@transaction.atomic
def system_actor(*, now: datetime) -> Actor:
    """Return the system itself as who acts; its account is made when it is first needed.

    Nobody can sign in with that account.
    """
    user, is_new = User.objects.get_or_create(
        username=SYSTEM_USERNAME, defaults={"display_name": "系统", "password": make_password(None)}
    )
    actor = Actor(user=user, now=now, channel=Channel.SYSTEM)
    if is_new:
        journal.write("user.added", subject=user, at=now, by=actor)
    return actor


def _set_active(kind: str, user: User, *, active: bool, reason: str, by: Actor) -> User:
    locked = User.objects.select_for_update().get(pk=user.pk)
    if locked.is_active is not active:
        before = journal.snapshot(locked)
        locked.is_active = active
        deeds.record(kind, locked, before=before, at=by.now, by=by, reason=reason)
    return locked


def _check_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid(problems={"password": error.messages}) from error
