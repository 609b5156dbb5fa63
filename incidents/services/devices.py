"""Phones that post in a person's name.

A token is 256 random bits, shown once at enrolment; the record keeps its SHA-256 digest and the first
characters to tell phones apart. A slow hash would protect nothing here: nobody guesses 256 bits.
"""

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q

from incidents import journal
from incidents.choices import DeviceScope
from incidents.errors import Inconsistent, Missing, NotFound, OutOfRange
from incidents.journal import Actor
from incidents.models import Device, User
from incidents.services import deeds, facts
from incidents.services.storing import store

LONGEST: Final = timedelta(days=90)
"""How long a token lives at most."""

SEEN_EVERY: Final = timedelta(minutes=1)
"""How exactly ``last_seen_at`` is kept: not a write for every request."""

SKEW_STEP_S: Final = 5
"""From what difference a phone's clock is noted anew, s: less is the network's."""

MOST_SKEW_S: Final = 2_000_000_000
"""What the column holds, s; a clock of the year 9999 is off by this much, and shown so."""

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
) -> tuple[Device, str]:
    """Let a phone post in a person's name.

    Args:
        user: Whose phone it is.
        name: What the owner calls it.
        scopes: What the phone may do, at least one thing.
        by: Who enrols it.
        lasting: How long the token lives, at most 90 days.

    Returns:
        The device, and its token: the only time that it is seen.

    Raises:
        Missing: If no scope is given.
        OutOfRange: If it would live longer than 90 days or not at all.
        Inconsistent: If the owner's account is closed.
    """
    _check_enrolment(user, scopes, lasting)
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    device = Device(
        user=user,
        name=name,
        token_digest=digest_of(token),
        token_prefix=token[:_PREFIX_LENGTH],
        scopes=sorted(set(scopes)),
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
    locked = Device.objects.select_for_update().get(pk=device.pk)
    if locked.revoked_at is not None:
        return locked
    before = journal.snapshot(locked)
    locked.revoked_at = by.now
    deeds.record("device.revoked", locked, before=before, at=by.now, by=by, reason=reason)
    return locked


def authenticate(token_digest: str, *, now: datetime) -> Device:
    """Return the phone that a token belongs to, with its owner, and note that it was seen.

    Args:
        token_digest: :func:`digest_of` the token that the phone sent.
        now: The present.

    Raises:
        NotFound: If there is none, it has expired or was revoked, or the owner's account is closed; which of
            these is not told.
    """
    device = (
        Device.objects.select_related("user")
        .filter(token_digest=token_digest, revoked_at=None, expires_at__gt=now, user__is_active=True)
        .first()
    )
    if device is None:
        raise NotFound(kind="device", key="–")
    if device.last_seen_at is None or device.last_seen_at <= now - SEEN_EVERY:
        Device.objects.filter(Q(last_seen_at=None) | Q(last_seen_at__lt=now), pk=device.pk).update(
            last_seen_at=now
        )
        device.last_seen_at = now
    return device


def report_clock(
    device: Device, *, device_clock: datetime | None, now: datetime, app_version: str = ""
) -> Device:
    """Note how far a phone's clock is off, and what runs on it; no deed, so no entry in the journal.

    Written only where it has changed: a phone says it with every request. The time that a request is on its
    way counts as skew, too.

    Args:
        device: The phone; it carries the skew of this very moment afterwards.
        device_clock: The moment that the phone believes it is, aware; None where it does not say.
        now: The present.
        app_version: Version of the app on it; empty keeps the one known.
    """
    skew_s = None if device_clock is None else round((device_clock - now).total_seconds())
    if skew_s is not None:
        skew_s = max(-MOST_SKEW_S, min(skew_s, MOST_SKEW_S))
    known = (device.clock_skew_s, device.app_version)
    version = app_version or device.app_version
    moved = skew_s is not None and (known[0] is None or abs(skew_s - known[0]) >= SKEW_STEP_S)
    device.clock_skew_s, device.app_version = known[0] if skew_s is None else skew_s, version
    if moved or version != known[1]:
        store(device, fields=["clock_skew_s", "app_version"])
    return device


def digest_of(token: str) -> str:
    """Return the digest under which a token is kept."""
    return hashlib.sha256(token.encode()).hexdigest()


def _check_enrolment(user: User, scopes: Collection[DeviceScope], lasting: timedelta) -> None:
    if not scopes:
        raise Missing(field="scopes", purpose="enrol")
    if not timedelta(0) < lasting <= LONGEST:
        raise OutOfRange(field="lasting", value=lasting.days, low=1, high=LONGEST.days, unit="d")
    if not user.is_active:
        raise Inconsistent(field="user", value=user, relation="=", other="is_active", other_value=True)
