"""When a door stays shut: too many wrong passwords or codes within a while.

Counted by account and place, where a place is a browser in which that person has signed in before, or else
an address. Places that the account does not know count together as well: nobody guesses from a thousand
addresses. A browser that it knows is never shut by what strangers do (OWASP, device cookies): whoever wants
to keep a dispatcher out of a storm would have to sit at the dispatcher's own desk.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from incidents.choices import SignInKind

FAILURES: Final = frozenset({SignInKind.WRONG_PASSWORD, SignInKind.WRONG_CODE})


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How often may be tried.

    Attributes:
        here: From one place.
        unknown: From all places together that the account does not know.
        within: In how long.
    """

    here: int
    unknown: int
    within: timedelta


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where an attempt comes from."""

    digest: str
    is_known: bool


@dataclass(frozen=True, kw_only=True)
class Try:
    """What happened at an account."""

    at: datetime
    kind: str
    place: Place


def locked_until(tries: Sequence[Try], *, place: Place, limits: Limits) -> datetime | None:
    """Return until when a place may not try an account again; None if it may now.

    Args:
        tries: What happened at the account within ``limits.within``, oldest first.
        place: Who asks.
        limits: How often may be tried.
    """
    here: list[datetime] = []
    unknown: list[datetime] = []
    for each in tries:
        if each.kind == SignInKind.UNLOCKED:
            here, unknown = [], []
        elif each.kind == SignInKind.ENTERED and each.place.digest == place.digest:
            here = []
        elif each.kind in FAILURES:
            here += [each.at] if each.place.digest == place.digest else []
            unknown += [] if each.place.is_known else [each.at]
    ends = [_full_until(here, limits.here, limits.within)]
    if not place.is_known:
        ends.append(_full_until(unknown, limits.unknown, limits.within))
    return max((end for end in ends if end is not None), default=None)


def _full_until(failures: Sequence[datetime], allowed: int, within: timedelta) -> datetime | None:
    return failures[-allowed] + within if len(failures) >= allowed else None
