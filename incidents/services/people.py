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
from incidents.services import facts
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
def set_password(user: User, *, password: str, at: datetime, by: Actor) -> User:
    """Give somebody a new password; every session of the old one ends.

    Raises:
        Invalid: If it is too weak; the old one stays.
    """
    locked = User.objects.select_for_update().get(pk=user.pk)
    _check_password(password, locked)
    locked.set_password(password)
    store(locked, fields=["password"])
    journal.write("user.password_set", subject=locked, at=at, by=by, after={})
    return locked


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


def _check_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid(problems={"password": error.messages}) from error
