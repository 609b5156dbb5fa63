"""Secrets of gateways and what they sign.

No secret is kept: it is made anew each time from the installation's key, the gateway's identity and a number;
the kept digest says whether it is the one that was shown. So a copy of the database signs nothing, and a key
that is changed goes on signing for as long as the old one stands in ``SECRET_KEY_FALLBACKS``.
"""

import base64
import hashlib
import hmac
from uuid import UUID

from django.conf import settings
from django.utils.crypto import salted_hmac

_SALT = "tracker.hook"


def new_secret(identity: UUID, number: int) -> str:
    """Return a gateway's secret of a number, made from the present key."""
    return _made(settings.SECRET_KEY, identity, number)


def secret_of(identity: UUID, number: int, *, digest: str) -> str | None:
    """Return the secret with this digest, made from whichever key it was shown under; None if no key does."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    made = (_made(key, identity, number) for key in keys)
    return next((secret for secret in made if hmac.compare_digest(digest_of(secret), digest)), None)


def digest_of(secret: str) -> str:
    """Return the digest under which a secret is known again."""
    return hashlib.sha256(secret.encode()).hexdigest()


def signature(secret: str, *, timestamp: int, body: bytes) -> str:
    """Return the value of ``X-Ice-Signature``: HMAC-SHA256 over the moment, a dot and the very bytes sent."""
    signed = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256)
    return f"v1={signed.hexdigest()}"


def _made(key: str, identity: UUID, number: int) -> str:
    told = salted_hmac(_SALT, f"{identity}.{number}", secret=key, algorithm="sha256").digest()
    return "ice_" + base64.urlsafe_b64encode(told).decode().rstrip("=")
