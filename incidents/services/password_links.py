"""Links by which people set a new password: made by an administrator, good once and for a day.

Nothing is kept: a link is a digest over the account, its password and its last sign-in, so that it is worth
nothing once either has changed, or once its time is over.
"""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from incidents import journal
from incidents.choices import SignInKind
from incidents.errors import Inconsistent, NotFound
from incidents.journal import Actor
from incidents.models import User
from incidents.services import facts, people, sign_ins
from incidents.services.sign_ins import Whence


@transaction.atomic
def offer(user: User, *, reason: str, by: Actor) -> tuple[User, str]:
    """Make a link for somebody who has lost the password; the password itself stays as it is.

    Returns:
        The account, and the secret part of the link: the only time that it is seen.

    Raises:
        Missing: If no reason is given.
        OwnAccount: If it is one's own.
        Inconsistent: If the account is closed.
    """
    facts.require_words(purpose="reset_password", reason=reason)
    facts.require_other(user, by=by)
    if not user.is_active:
        raise Inconsistent(field="user", value=user, relation="=", other="is_active", other_value=True)
    journal.write("user.password_link_offered", subject=user, at=by.now, by=by, after={}, reason=reason)
    return user, _secret(user, int(by.now.timestamp()))


def owner(uuid: UUID, secret: str, *, now: datetime, lasting: timedelta) -> User:
    """Return whose password a link sets.

    Raises:
        NotFound: If it was never made, was used, or is too old; which of these is not told.
    """
    user = User.objects.filter(uuid=uuid, is_active=True).first()
    made = secret.partition("-")[0]
    if user is None or not (made.isascii() and made.isdigit() and len(made) < 12):  # noqa: PLR2004 - digits of a time
        raise NotFound(kind="password_link", key="–")
    age = now - datetime.fromtimestamp(int(made), UTC)
    if not constant_time_compare(secret, _secret(user, int(made))) or not age < lasting:
        raise NotFound(kind="password_link", key="–")
    return user


@transaction.atomic
def use(user: User, *, secret: str, password: str, lasting: timedelta, by: Actor) -> User:
    """Set the password by a link; all sessions end, and so do locks from wrong passwords.

    Raises:
        NotFound: As :func:`owner`, if somebody else used it meanwhile.
        Invalid: If the password is too weak; the link goes on working.
    """
    User.objects.select_for_update().get(pk=user.pk)
    locked = owner(user.uuid, secret, now=by.now, lasting=lasting)
    sign_ins.note(SignInKind.UNLOCKED, user=locked, whence=Whence(address="", agent=""), at=by.now)
    return people.set_password(locked, password=password, at=by.now, by=by)


def _secret(user: User, made: int) -> str:
    told = f"{user.uuid} {user.password} {user.last_login} {made}"
    return f"{made}-{salted_hmac('incidents.password_links', told, algorithm='sha256').hexdigest()}"
