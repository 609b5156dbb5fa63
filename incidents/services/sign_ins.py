"""At the door: what is tried, what became of it, and when an account stays shut for a while.

An attempt is written as refused before the password is looked at, under a lock of its name: fifty at once
are fifty. What is refused because the door is shut is not written, so that knocking on keeps nobody out.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils.crypto import salted_hmac

from incidents import journal
from incidents.choices import SignInKind
from incidents.errors import TooManyTries
from incidents.journal import Actor
from incidents.models import SignIn, User
from incidents.models.sign_in import LONGEST_AGENT
from incidents.rules.lockout import Limits, Place, Try, locked_until
from incidents.services import facts
from incidents.services.storing import store


@dataclass(frozen=True, kw_only=True)
class Whence:
    """Where somebody at the door comes from.

    Attributes:
        address: Network address, as far as the configured proxies can be believed.
        agent: What the browser says of itself.
        known_as: The secret of a browser in which the same person has signed in before; empty for others.
    """

    address: str
    agent: str
    known_as: str = ""

    @property
    def place(self) -> Place:
        """What attempts from here are counted under."""
        said = f"browser {self.known_as}" if self.known_as else f"address {self.address}"
        return Place(digest=_digest(said), is_known=bool(self.known_as))


@transaction.atomic
def attempt(
    *,
    username: str,
    whence: Whence,
    limits: Limits,
    now: datetime,
    kind: SignInKind = SignInKind.WRONG_PASSWORD,
) -> SignIn:
    """Write down that somebody tries, as refused until :func:`accept` says otherwise.

    The same statements whether there is such an account or not.

    Args:
        username: What was typed as a name; only a digest of it is kept.
        whence: Where it comes from.
        limits: How often may be tried.
        now: The present.
        kind: What it is if it fails.

    Raises:
        TooManyTries: If the account is shut for this place; nothing is written.
    """
    digest = name_digest(username)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [digest])
    until = locked_until(_recent(digest, now - limits.within), place=whence.place, limits=limits)
    if until is not None and until > now:
        raise TooManyTries(wait_s=max(1, round((until - now).total_seconds())))
    user = User.objects.filter(username=username).values_list("pk", flat=True).first()
    return _note(kind, username, whence, user_id=user, at=now)


def accept(tried: SignIn, *, kind: SignInKind, user: User) -> None:
    """Say that an attempt was none of a stranger: the person signed in, or a code is asked for next."""
    tried.kind, tried.user = kind, user
    store(tried, fields=["kind", "user"])


def note(kind: SignInKind, *, user: User | None, whence: Whence, at: datetime, username: str = "") -> SignIn:
    """Write down what happened at the door without a password: by the identity provider, or signing out."""
    return _note(kind, user.username if user else username, whence, user_id=user.pk if user else None, at=at)


@transaction.atomic
def unlock(user: User, *, reason: str, by: Actor) -> User:
    """Forget the wrong passwords and codes of an account, wherever they came from.

    Raises:
        Missing: If no reason is given.
        OwnAccount: If it is one's own.
    """
    facts.require_words(purpose="unlock", reason=reason)
    facts.require_other(user, by=by)
    note(SignInKind.UNLOCKED, user=user, whence=Whence(address="", agent=""), at=by.now)
    journal.write("user.unlocked", subject=user, at=by.now, by=by, after={}, reason=reason)
    return user


def name_digest(username: str) -> str:
    """Return the digest under which attempts at an account are counted; case does not count."""
    return _digest(f"name {username.casefold()}")


def _recent(digest: str, since: datetime) -> list[Try]:
    rows = SignIn.objects.filter(name_digest=digest, at__gt=since).order_by("at", "pk")
    return [
        Try(at=at, kind=kind, place=Place(digest=place, is_known=is_known))
        for at, kind, place, is_known in rows.values_list("at", "kind", "place_digest", "is_known")
    ]


def _note(kind: SignInKind, username: str, whence: Whence, *, user_id: int | None, at: datetime) -> SignIn:
    return SignIn.objects.create(
        kind=kind,
        at=at,
        user_id=user_id,
        name_digest=name_digest(username),
        place_digest=whence.place.digest,
        is_known=whence.place.is_known,
        address=whence.address,
        agent=whence.agent[:LONGEST_AGENT],
    )


def _digest(said: str) -> str:
    return salted_hmac("incidents.sign_ins", said, algorithm="sha256").hexdigest()
