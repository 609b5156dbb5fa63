"""Enrolling a phone: a one-time code that the desk shows, exchanged by the phone for its token.

A code is 160 random bits in 32 letters and digits that can also be typed; the record keeps its SHA-256
digest. It is shown once, lives for minutes, works for one phone, and a newer one for the same person ends it.
"""

import base64
import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from incidents import journal
from incidents.choices import Channel, DeviceScope
from incidents.errors import CodeRefused, NotFound
from incidents.journal import Actor
from incidents.models import Device, EnrolmentCode, User
from incidents.models.enrolment import STILL_OPEN
from incidents.services import deeds, devices, facts
from incidents.services.storing import store

_CODE_BYTES: Final = 20


@transaction.atomic
def offer(
    *,
    user: User,
    scopes: Collection[DeviceScope],
    valid_for: timedelta,
    by: Actor,
    lasting: timedelta = devices.LONGEST,
) -> tuple[EnrolmentCode, str]:
    """Make a code by which a person's phone enrols itself; an earlier one that is still open ends.

    Args:
        user: Whose phone it is.
        scopes: What the phone may do, at least one thing.
        valid_for: How long the code lives.
        by: Who offers it.
        lasting: How long the phone's token will live, at most 90 days.

    Returns:
        The row, and the code: the only time that it is seen.

    Raises:
        Missing, OutOfRange, Inconsistent: As :func:`incidents.services.devices.enrol`.
    """
    devices.check_enrolment(user, scopes, lasting)
    User.objects.select_for_update().get(pk=user.pk)
    for earlier in EnrolmentCode.objects.filter(STILL_OPEN, user=user):
        _end(earlier, reason="", by=by)
    code = base64.b32encode(secrets.token_bytes(_CODE_BYTES)).decode()
    row = EnrolmentCode(
        user=user,
        code_digest=digest_of(code),
        scopes=sorted(set(scopes)),
        lasting=lasting,
        issued_by=by.user,
        issued_at=by.now,
        expires_at=by.now + valid_for,
    )
    store(row)
    journal.write("enrolment_code.offered", subject=row, at=by.now, by=by)
    return row, code


@transaction.atomic
def withdraw(code: EnrolmentCode, *, reason: str, by: Actor) -> EnrolmentCode:
    """End a code before it is used; one that has been used or ended stays as it is.

    Raises:
        Missing: If no reason is given.
    """
    facts.require_words(purpose="withdraw", reason=reason)
    locked = EnrolmentCode.objects.select_for_update().get(pk=code.pk)
    return locked if locked.used_at or locked.withdrawn_at else _end(locked, reason=reason, by=by)


@transaction.atomic
def redeem(
    code: str,
    *,
    client_id: UUID,
    name: str,
    now: datetime,
    platform: str = "",
    app_version: str = "",
    request_id: str = "",
) -> tuple[Device, str]:
    """Exchange a code for the token of a new phone.

    Sent again by the same phone while the code lives and the token was never used, it is answered with
    another token, and the one before it never works: its answer was lost on the way.

    Args:
        code: As read or typed; blanks, hyphens and case do not count.
        client_id: The number that the phone gave itself.
        name: What its owner calls it.
        now: The present.
        platform: What it runs on, in its own words.
        app_version: Version of the app on it.
        request_id: For the journal.

    Raises:
        CodeRefused: If the code is unknown, used by another phone, withdrawn or too old, or its person's
            account is closed; which of these is not told, and nothing is written.
    """
    row = _living(code, now=now)
    by = Actor(user=row.user, now=now, channel=Channel.API, request_id=request_id)
    if row.used_at is not None:
        return _again(row, client_id=client_id, by=by)
    device, token = devices.enrol(
        user=row.user,
        name=name,
        scopes=[DeviceScope(scope) for scope in row.scopes],
        lasting=row.lasting,
        platform=platform,
        app_version=app_version,
        by=by,
    )
    before = journal.snapshot(row)
    row.used_at, row.device, row.client_id = now, device, client_id
    deeds.record("enrolment_code.used", row, before=before, at=now, by=by)
    return device, token


def digest_of(code: str) -> str:
    """Return the digest under which a code is kept; blanks, hyphens and case do not count."""
    said = "".join(sign for sign in code.upper() if sign not in " -")
    return hashlib.sha256(said.encode()).hexdigest()


def _living(code: str, *, now: datetime) -> EnrolmentCode:
    """Return the row of a code that may be used now, locked, so that two phones cannot share it."""
    row = (
        EnrolmentCode.objects.select_for_update(of=["self"])
        .select_related("user")  # not the device: the lock is waited for, what is joined is from before
        .filter(code_digest=digest_of(code), withdrawn_at=None, expires_at__gt=now, user__is_active=True)
        .first()
    )
    if row is None:
        raise CodeRefused
    return row


def _again(row: EnrolmentCode, *, client_id: UUID, by: Actor) -> tuple[Device, str]:
    if row.device is None or row.client_id != client_id:
        raise CodeRefused
    try:
        return devices.replace_token(row.device, by=by)
    except NotFound as unusable:
        raise CodeRefused from unusable


def _end(row: EnrolmentCode, *, reason: str, by: Actor) -> EnrolmentCode:
    before = journal.snapshot(row)
    row.withdrawn_at = by.now
    deeds.record("enrolment_code.withdrawn", row, before=before, at=by.now, by=by, reason=reason)
    return row
