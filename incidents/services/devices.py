"""Phones that post in a person's name.

A token is 256 random bits, shown once; the record keeps its SHA-256 digest and the first characters to tell
phones apart. A slow hash would protect nothing here: nobody guesses 256 bits. A phone renews its token
itself: the new one takes the place of the old one when it is first used, so that an answer lost on the way
leaves the phone with a token that works.
"""

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import F, Q

from incidents import journal
from incidents.choices import DeviceScope
from incidents.errors import Inconsistent, Missing, NotFound, OutOfRange
from incidents.journal import Actor
from incidents.models import Device, User
from incidents.selectors.devices import valid
from incidents.services import deeds, facts
from incidents.services.storing import store

LONGEST: Final = timedelta(days=90)
"""How long a token lives at most."""

SEEN_EVERY: Final = timedelta(minutes=1)
"""How exactly ``last_seen_at`` is kept: not a write for every request."""

_TOKEN_BYTES: Final = 32
_PREFIX_LENGTH: Final = 8


@transaction.atomic
def enrol(
    *,
    user: User,
    name: str,
    scopes: Collection[DeviceScope],
    by: Actor,
    lasting: timedelta = LONGEST,
    platform: str = "",
    app_version: str = "",
) -> tuple[Device, str]:
    """Let a phone post in a person's name.

    Args:
        user: Whose phone it is.
        name: What the owner calls it.
        scopes: What the phone may do, at least one thing.
        by: Who enrols it.
        lasting: How long the token lives, at most 90 days.
        platform: What it runs on, in its own words.
        app_version: Version of the app on it.

    Returns:
        The device, and its token: the only time that it is seen.

    Raises:
        Missing: If no scope is given.
        OutOfRange: If it would live longer than 90 days or not at all.
        Inconsistent: If the owner's account is closed.
    """
    check_enrolment(user, scopes, lasting)
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    device = Device(
        user=user,
        name=name,
        platform=platform,
        app_version=app_version,
        token_digest=digest_of(token),
        token_prefix=token[:_PREFIX_LENGTH],
        scopes=sorted(set(scopes)),
        lasting=lasting,
        enrolled_at=by.now,
        expires_at=by.now + lasting,
    )
    store(device)
    journal.write("device.enrolled", subject=device, at=by.now, by=by)
    return device, token


@transaction.atomic
def revoke(device: Device, *, reason: str, by: Actor) -> Device:
    """Shut a phone out at once and for good; a second time changes nothing.

    Raises:
        Missing: If no reason is given.
    """
    facts.require_words(purpose="revoke", reason=reason)
    return _shut_out("device.revoked", device, reason=reason, by=by)


@transaction.atomic
def log_out(device: Device, *, by: Actor) -> Device:
    """Let a phone shut itself out, at once and for good; a second time changes nothing."""
    return _shut_out("device.logged_out", device, reason="", by=by)


@transaction.atomic
def renew(device: Device, *, by: Actor, app_version: str = "") -> tuple[Device, str]:
    """Give a phone its next token, for as long as it was enrolled for.

    The present one goes on working until the next one is used, or it expires. Renewed again before that, the
    phone gets another next one, and the one before it never works.

    Args:
        device: The phone.
        by: Its person.
        app_version: Version of the app on it; empty keeps the one known.

    Returns:
        The device, and its next token: the only time that it is seen.

    Raises:
        NotFound: If it was revoked or expired meanwhile.
    """
    locked = _locked_live(device, now=by.now)
    before, token = journal.snapshot(locked), secrets.token_urlsafe(_TOKEN_BYTES)
    locked.next_digest, locked.next_prefix = digest_of(token), token[:_PREFIX_LENGTH]
    locked.next_expires_at = by.now + locked.lasting
    locked.app_version = app_version or locked.app_version
    store(locked, fields=["next_digest", "next_prefix", "next_expires_at", "app_version"])
    journal.write("device.renewed", subject=locked, at=by.now, by=by, before=before)
    return locked, token


@transaction.atomic
def replace_token(device: Device, *, by: Actor) -> tuple[Device, str]:
    """Give a phone another token in place of its first one, whose answer never reached it.

    Raises:
        NotFound: If the phone has used its first one, or was shut out.
    """
    locked = _locked_live(device, now=by.now)
    if locked.last_seen_at is not None:
        raise NotFound(kind="device", key="–")
    before, token = journal.snapshot(locked), secrets.token_urlsafe(_TOKEN_BYTES)
    locked.token_digest, locked.token_prefix = digest_of(token), token[:_PREFIX_LENGTH]
    store(locked, fields=["token_digest", "token_prefix"])
    journal.write("device.token_replaced", subject=locked, at=by.now, by=by, before=before)
    return locked, token


def authenticate(token_digest: str, *, now: datetime) -> Device:
    """Return the phone that a token belongs to, with its owner, and note that it was seen.

    Args:
        token_digest: :func:`digest_of` the token that the phone sent.
        now: The present.

    Raises:
        NotFound: If there is none, it has expired or was revoked, or the owner's account is closed; which of
            these is not told.
    """
    device = valid(token_digest, now=now) or _renewed(token_digest, now=now)
    if device is None:
        raise NotFound(kind="device", key="–")
    if device.last_seen_at is None or device.last_seen_at <= now - SEEN_EVERY:
        Device.objects.filter(Q(last_seen_at=None) | Q(last_seen_at__lt=now), pk=device.pk).update(
            last_seen_at=now
        )
        device.last_seen_at = now
    return device


def digest_of(token: str) -> str:
    """Return the digest under which a token is kept."""
    return hashlib.sha256(token.encode()).hexdigest()


def check_enrolment(user: User, scopes: Collection[DeviceScope], lasting: timedelta) -> None:
    """Refuse a phone that could not be enrolled.

    Raises:
        Missing, OutOfRange, Inconsistent: As :func:`enrol`.
    """
    if not scopes:
        raise Missing(field="scopes", purpose="enrol")
    if not timedelta(0) < lasting <= LONGEST:
        raise OutOfRange(field="lasting", value=lasting.days, low=1, high=LONGEST.days, unit="d")
    if not user.is_active:
        raise Inconsistent(field="user", value=user, relation="=", other="is_active", other_value=True)


def _renewed(token_digest: str, *, now: datetime) -> Device | None:
    """Put a next token that is used for the first time in the place of the one before it.

    Used twice at once, the second use waits for the first and finds it done.
    """
    waiting = Device.objects.filter(next_digest=token_digest, next_expires_at__gt=now, revoked_at=None)
    waiting.update(
        token_digest=F("next_digest"),
        token_prefix=F("next_prefix"),
        expires_at=F("next_expires_at"),
        next_digest=None,
        next_prefix="",
        next_expires_at=None,
    )
    return valid(token_digest, now=now)


def _locked_live(device: Device, *, now: datetime) -> Device:
    locked = Device.objects.select_for_update().filter(pk=device.pk, revoked_at=None, expires_at__gt=now)
    found = locked.first()
    if found is None:
        raise NotFound(kind="device", key="–")
    return found


def _shut_out(kind: str, device: Device, *, reason: str, by: Actor) -> Device:
    locked = Device.objects.select_for_update().get(pk=device.pk)
    if locked.revoked_at is not None:
        return locked
    before = journal.snapshot(locked)
    locked.revoked_at = by.now
    locked.next_digest, locked.next_prefix, locked.next_expires_at = None, "", None
    store(locked, fields=["next_digest", "next_prefix", "next_expires_at"])  # the digest is no journal's
    deeds.record(kind, locked, before=before, at=by.now, by=by, reason=reason)
    return locked
