"""How people sign in, as the environment says (docs/operations.md, "Signing in")."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.core.exceptions import ImproperlyConfigured

from config import env

ROLES: Final = frozenset({"viewer", "crew_member", "crew_leader", "dispatcher", "manager", "admin"})
NOBODY: Final = "none"


@dataclass(frozen=True, kw_only=True)
class SignInRules:
    """What holds at the door.

    Attributes:
        idle: After how long without a request a session ends.
        longest: How long a session lasts at most: a shift.
        tries: Wrong passwords or codes at one account from one place before the door shuts.
        window: How long they count, and so how long it stays shut at most.
        second_factor_roles: Roles that must show a second factor; superusers count as administrators.
        password_link: How long a link lives by which somebody sets a new password.
        passwords: Whether people sign in with a password, or by the identity provider alone.
        break_glass: Accounts that may do so although the others may not.
    """

    idle: timedelta
    longest: timedelta
    tries: int
    window: timedelta
    second_factor_roles: frozenset[str]
    password_link: timedelta
    passwords: bool
    break_glass: frozenset[str]

    def takes_password_of(self, username: str) -> bool:
        """Return whether an account may sign in with a password."""
        return self.passwords or username in self.break_glass


def from_environment(*, embedded: bool, has_provider: bool) -> SignInRules:
    """Return what the environment says.

    Args:
        embedded: Whether this is a laptop, where nobody has to have a second factor.
        has_provider: Whether an identity provider is configured.

    Raises:
        ImproperlyConfigured: If a value is out of range, or nobody could sign in.
    """
    passwords = env.flag("PASSWORD_SIGN_IN", default=True)
    break_glass = frozenset(env.words("BREAK_GLASS"))
    if not passwords and not (has_provider and break_glass):
        raise ImproperlyConfigured(
            "PASSWORD_SIGN_IN=0 needs an identity provider (OIDC_…) and, for the day when that is away, "
            "at least one account in BREAK_GLASS"
        )
    return SignInRules(
        idle=timedelta(minutes=env.integer("SESSION_IDLE_MINUTES", 60, low=5, high=720)),
        longest=timedelta(hours=env.integer("SESSION_HOURS", 12, low=1, high=24)),
        tries=env.integer("SIGN_IN_TRIES", 5, low=3, high=20),
        window=timedelta(minutes=env.integer("SIGN_IN_LOCK_MINUTES", 15, low=1, high=1440)),
        second_factor_roles=_roles("SECOND_FACTOR_ROLES", NOBODY if embedded else "admin"),
        password_link=timedelta(hours=env.integer("PASSWORD_LINK_HOURS", 24, low=1, high=168)),
        passwords=passwords,
        break_glass=break_glass,
    )


def _roles(name: str, default: str) -> frozenset[str]:
    said = frozenset(env.words(name, default))
    if said == {NOBODY}:
        return frozenset()
    if unknown := said - ROLES:
        raise ImproperlyConfigured(
            f"{name}: {', '.join(sorted(unknown))}: expected {NOBODY} or some of {ROLES}"
        )
    return said
