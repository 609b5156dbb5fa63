"""The second factor: a code that an authenticator app makes anew every 30 seconds (TOTP, RFC 6238).

The arithmetic is django-otp's. Its tables are not used: they keep the key readable, read the clock themselves
and know neither a journal nor a lock. Here the key stands under a mask that follows from ``SECRET_KEY``
(HMAC-SHA-256 of a salt of its own, used once), so that a stolen dump of the database makes no codes.
"""

import base64
import hashlib
import secrets
import unicodedata
from collections.abc import Iterator
from datetime import datetime
from typing import Final
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac
from django_otp.oath import TOTP

from incidents import journal
from incidents.errors import Conflict, WrongCode
from incidents.journal import Actor
from incidents.models import SecondFactor, User
from incidents.services import facts, sessions
from incidents.services.storing import store

STEP_S: Final = 30
DIGITS: Final = 6
TOLERANCE: Final = 1
"""Steps that a phone's clock may be off, either way."""

RECOVERY_CODES: Final = 10
_KEY_BYTES: Final = 20
_RECOVERY_BYTES: Final = 10  # 80 bits: nobody guesses them, so a fast digest is enough


def of(user: User) -> SecondFactor | None:
    """Return the second factor that a person has to show at sign-in; None without one."""
    return SecondFactor.objects.filter(user=user, ended_at=None, confirmed_at__isnull=False).first()


def offered_to(user: User) -> SecondFactor | None:
    """Return the second factor that was offered to a person and is not confirmed yet."""
    return SecondFactor.objects.filter(user=user, ended_at=None, confirmed_at=None).first()


@transaction.atomic
def offer(user: User, *, by: Actor) -> SecondFactor:
    """Make a new secret for a person to put into an app; one that was not confirmed is no more.

    Raises:
        Conflict: If the person has a second factor already.
    """
    User.objects.select_for_update().get(pk=user.pk)
    if of(user) is not None:
        raise Conflict(subject="second_factor", other="second_factor")
    row = offered_to(user) or SecondFactor(user=user)
    _seal(row, secrets.token_bytes(_KEY_BYTES))
    row.offered_at = by.now
    store(row)
    return row


def address_of(row: SecondFactor, *, issuer: str) -> str:
    """Return what the app reads from the picture: the secret, and whose and what it is for."""
    told = {"secret": typed_key(row).replace(" ", ""), "issuer": issuer, "digits": DIGITS, "period": STEP_S}
    label = quote(f"{issuer}:{row.user.get_username()}")
    return f"otpauth://totp/{label}?{urlencode(told, quote_via=quote)}"


def typed_key(row: SecondFactor) -> str:
    """Return the secret as it is typed where there is no camera: groups of four."""
    text = base64.b32encode(next(_keys(row))).decode()
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


@transaction.atomic
def confirm(user: User, *, code: str, by: Actor, spared: str = "") -> list[str]:
    """Switch a person's second factor on, once a code shows that the app has the secret.

    Sessions that were begun without it end.

    Args:
        user: Whose.
        code: What the app shows.
        by: The person.
        spared: Digest of the key of the one session that goes on: in which it is switched on.

    Returns:
        Ten recovery codes, each good for one sign-in: the only time that they are seen.

    Raises:
        WrongCode: If it is none of the app's present codes, or nothing was offered.
    """
    row = SecondFactor.objects.select_for_update().filter(user=user, ended_at=None, confirmed_at=None).first()
    if row is None or not _passes_app(row, _said(code), now=by.now):
        raise WrongCode
    codes = _new_codes(row)
    row.confirmed_at = by.now
    store(row)
    journal.write("user.second_factor_on", subject=user, at=by.now, by=by, after={"second_factor": True})
    sessions.end_all(user, by=by, spared=spared)
    return codes


@transaction.atomic
def check(user: User, *, code: str, by: Actor) -> SecondFactor:
    """Use up a code of the app, or a recovery code.

    Raises:
        WrongCode: If it is neither, or was used before; the row stays as it is.
    """
    row = (
        SecondFactor.objects.select_for_update()
        .filter(user=user, ended_at=None, confirmed_at__isnull=False)
        .first()
    )
    said = _said(code)
    if row is None or not (_passes_app(row, said, now=by.now) or _passes_recovery(row, said, by=by)):
        raise WrongCode
    store(row)
    return row


@transaction.atomic
def renew_codes(user: User, *, code: str, by: Actor) -> list[str]:
    """Give a person ten new recovery codes, for a code; what is left of the old ones never works again.

    Raises:
        WrongCode: As :func:`check`.
    """
    row = check(user, code=code, by=by)
    codes = _new_codes(row)
    store(row, fields=["recovery_digests"])
    journal.write("user.recovery_codes_renewed", subject=user, at=by.now, by=by, after={})
    return codes


@transaction.atomic
def switch_off_own(user: User, *, code: str, by: Actor) -> SecondFactor:
    """Switch one's own second factor off, for a code.

    Raises:
        WrongCode: As :func:`check`.
    """
    row = check(user, code=code, by=by)
    _end(row, reason="", by=by)
    return row


@transaction.atomic
def switch_off(row: SecondFactor, *, reason: str, by: Actor) -> SecondFactor:
    """Switch somebody's second factor off whose phone is gone; one that is off stays so.

    The person's sessions end: whoever has the phone may have been signed in on it.

    Raises:
        Missing: If no reason is given.
        OwnAccount: If it is one's own.
    """
    facts.require_words(purpose="switch_off", reason=reason)
    facts.require_other(row.user, by=by)
    locked = SecondFactor.objects.select_for_update(of=["self"]).select_related("user").get(pk=row.pk)
    if locked.ended_at is None:
        _end(locked, reason=reason, by=by)
        sessions.end_all(locked.user, reason=reason, by=by)
    return locked


def _end(row: SecondFactor, *, reason: str, by: Actor) -> None:
    row.ended_at, row.recovery_digests = by.now, []
    store(row, fields=["ended_at", "recovery_digests"])
    told = {"second_factor": False}
    journal.write("user.second_factor_off", subject=row.user, at=by.now, by=by, after=told, reason=reason)


def _passes_app(row: SecondFactor, said: str, *, now: datetime) -> bool:
    """Whether a code is the app's of now or of a neighbouring step, newer than the last one used."""
    if len(said) != DIGITS or not (said.isascii() and said.isdigit()):
        return False
    for key in _keys(row):
        clock = TOTP(key, step=STEP_S, digits=DIGITS)
        clock.time = now.timestamp()
        newest = -1 if row.last_step is None else row.last_step
        if clock.verify(int(said), tolerance=TOLERANCE, min_t=newest + 1):
            _seal(row, key)  # under today's SECRET_KEY, with a salt that was never used
            row.last_step = clock.t()
            return True
    return False


def _passes_recovery(row: SecondFactor, said: str, *, by: Actor) -> bool:
    digest = _recovery_digest(said)
    if digest not in row.recovery_digests:
        return False
    row.recovery_digests = [each for each in row.recovery_digests if each != digest]
    left = {"recovery_codes": len(row.recovery_digests)}
    journal.write("user.recovery_code_used", subject=row.user, at=by.now, by=by, after=left)
    return True


def _new_codes(row: SecondFactor) -> list[str]:
    plain = [secrets.token_bytes(_RECOVERY_BYTES) for _ in range(RECOVERY_CODES)]
    codes = [base64.b32encode(each).decode().lower() for each in plain]
    row.recovery_digests = [_recovery_digest(code) for code in codes]
    return ["-".join(code[start : start + 4] for start in range(0, len(code), 4)) for code in codes]


def _said(code: str) -> str:
    """Return a code without the blanks and hyphens that people put into it; full-width signs are signs."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", code).lower() if sign not in " -")


def _recovery_digest(said: str) -> str:
    return hashlib.sha256(f"recovery {said}".encode()).hexdigest()


def _seal(row: SecondFactor, key: bytes) -> None:
    row.key_salt = secrets.token_hex(16)
    row.sealed_key = _masked(key, row.key_salt, settings.SECRET_KEY).hex()


def _keys(row: SecondFactor) -> Iterator[bytes]:
    """Yield what the key is under today's ``SECRET_KEY``, and under those before it."""
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        yield _masked(bytes.fromhex(row.sealed_key), row.key_salt, secret)


def _masked(key: bytes, salt: str, secret: str) -> bytes:
    mask = salted_hmac("incidents.second_factors", salt, secret=secret, algorithm="sha256").digest()
    return bytes(left ^ right for left, right in zip(key, mask, strict=False))
