"""Browsers that are signed in: shown to their person, and ended one by one or all at once."""

import hashlib
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from incidents import journal
from incidents.journal import Actor
from incidents.models import BrowserSession, User
from incidents.services import facts

SEEN_EVERY: Final = timedelta(minutes=1)
"""How exactly ``last_seen_at`` is kept: not a write for every page."""


def digest_of(key: str) -> str:
    """Return the digest under which a session is kept; its key is 160 random bits."""
    return hashlib.sha256(key.encode()).hexdigest()


def living(*, now: datetime, idle: timedelta) -> QuerySet[BrowserSession]:
    """Return the sessions that have not ended, expired or been idle for too long."""
    return BrowserSession.objects.filter(ended_at=None, expires_at__gt=now, last_seen_at__gt=now - idle)


def saw(session: BrowserSession, *, address: str, now: datetime) -> None:
    """Note that a browser was there, at most once a minute."""
    if session.last_seen_at > now - SEEN_EVERY:
        return
    session.last_seen_at, session.address = now, address or session.address
    BrowserSession.objects.filter(pk=session.pk, ended_at=None, last_seen_at__lt=now).update(
        last_seen_at=now, address=session.address
    )


@transaction.atomic
def end(session: BrowserSession, *, reason: str, by: Actor) -> BrowserSession:
    """End a session of somebody else at once; one that has ended stays as it is.

    Raises:
        Missing: If no reason is given.
    """
    facts.require_words(purpose="end", reason=reason)
    if session.user is not None:
        _end(BrowserSession.objects.filter(pk=session.pk), session.user, reason=reason, by=by)
    return session


@transaction.atomic
def end_own(session: BrowserSession, *, by: Actor) -> None:
    """End one of one's own sessions."""
    _end(BrowserSession.objects.filter(pk=session.pk, user=by.user), by.user, reason="", by=by)


@transaction.atomic
def end_all(user: User, *, by: Actor, reason: str = "", spared: str = "") -> User:
    """End every session of a person.

    Args:
        user: Whose.
        by: Who ends them.
        reason: Why, where somebody else does.
        spared: Digest of the key of the one that goes on.
    """
    _end(BrowserSession.objects.filter(user=user).exclude(key_digest=spared), user, reason=reason, by=by)
    return user


def _end(sessions: QuerySet[BrowserSession], user: User, *, reason: str, by: Actor) -> None:
    ended = sessions.filter(ended_at=None).update(ended_at=by.now, session_data="")
    if ended:
        journal.write(
            "user.sessions_ended", subject=user, at=by.now, by=by, after={"sessions": ended}, reason=reason
        )
