"""Which phone a token belongs to."""

from datetime import datetime
from typing import Final

from incidents.models import Device
from incidents.selectors.worded import NOW, WORD, Worded

_VALID: Final = Worded(
    lambda: Device.objects.filter(
        token_digest=WORD, revoked_at=None, expires_at__gt=NOW, user__is_active=True
    ),
    "user",
)


def valid(token_digest: str, *, now: datetime) -> Device | None:
    """Return a phone with its owner, if its token and the owner's account hold; asked anew every time."""
    return _VALID.first(word=token_digest, now=now)
