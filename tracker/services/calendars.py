"""Addresses under which people's phones read their shifts: a secret each, revocable, kept as a digest."""

import hashlib
import secrets
from datetime import datetime

from django.db import transaction

from incidents import journal
from incidents.errors import NotTheirs
from incidents.journal import Actor
from incidents.models import User
from incidents.services.storing import store
from tracker.models import CalendarFeed, DutyWish

_TOKEN_BYTES = 32


@transaction.atomic
def make_feed(*, by: Actor) -> tuple[CalendarFeed, str]:
    """Make an address for one's own shifts.

    Returns:
        The row, and the secret of the address: the only time that it is seen.
    """
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    feed = CalendarFeed(user=by.user, token_digest=digest_of(token), made_at=by.now)
    store(feed)
    journal.write("calendar_feed.made", subject=feed, at=by.now, by=by)
    return feed, token


@transaction.atomic
def revoke_feed(feed: CalendarFeed, *, by: Actor) -> CalendarFeed:
    """Make an address worthless at once and for good; a second time changes nothing.

    Raises:
        NotTheirs: If it is somebody else's.
    """
    locked = CalendarFeed.objects.select_for_update(of=["self"]).select_related("user").get(pk=feed.pk)
    if locked.user != by.user:
        raise NotTheirs(person=locked.user)
    if locked.revoked_at is not None:
        return locked
    before = journal.snapshot(locked)
    locked.revoked_at = by.now
    store(locked, fields=["revoked_at"])
    journal.write("calendar_feed.revoked", subject=locked, at=by.now, by=by, before=before)
    return locked


def owner_of(token: str) -> User | None:
    """Return whose shifts an address shows; None if there is none, it was revoked or the account is closed.

    Looked up by the digest: how long that takes tells nothing about the secret.
    """
    feed = (
        CalendarFeed.objects.select_related("user")
        .filter(token_digest=digest_of(token), revoked_at=None, user__is_active=True)
        .first()
    )
    return feed.user if feed else None


@transaction.atomic
def wish(*, shift_mails: bool, off_duty_mails: bool, at: datetime, by: Actor) -> DutyWish:
    """Say what one wishes to be mailed about one's own duty, besides what the post says."""
    found = DutyWish.objects.select_for_update().filter(user=by.user).first()
    before = journal.snapshot(found) if found else None
    said = found or DutyWish(user=by.user)
    said.shift_mails, said.off_duty_mails = shift_mails, off_duty_mails
    store(said)
    journal.write("duty_wish.said", subject=said, at=at, by=by, before=before)
    return said


def digest_of(token: str) -> str:
    """Return the digest under which a secret is kept."""
    return hashlib.sha256(token.encode()).hexdigest()
