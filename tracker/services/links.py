"""Personal links in mails: who may answer which climb of which alert, until when. Nothing of it is stored.

A link is signed with the key of the installation; it names the person, the alert, its climb and its end, and
serves for answering that alert alone. The text of a mail is kept with a mark in the link's place, so that
whoever may read the mail at the desk cannot answer in another's name.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core.signing import BadSignature, Signer

from tracker.mail.letters import ANSWER

LASTS = timedelta(hours=24)
_SALT = "tracker.answer"
_MARK = re.compile(f"^{re.escape(ANSWER.format(alert=0, climb=0)).replace('0', '([0-9]+)')}$", re.MULTILINE)
_PARTS = re.compile(r"(\d{1,18})-(\d{1,9})-(\d{1,18})-(\d{1,11})", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What a link says.

    Attributes:
        generation: The climb that the person was told of.
        ends_at: From when on it is no longer good.
    """

    alert_id: int
    generation: int
    user_id: int
    ends_at: datetime


def fill(text: str, *, user_id: int, at: datetime) -> str:
    """Put a person's links in the places that a mail has for them; the same for every repeat of it.

    Args:
        text: Text of the mail, as it is kept.
        user_id: Whose links.
        at: When the mail was written, aware.
    """
    return _MARK.sub(lambda found: link(int(found[1]), int(found[2]), user_id=user_id, at=at), text)


def link(alert_id: int, generation: int, *, user_id: int, at: datetime) -> str:
    """Return a person's link for answering one climb of an alert, written at a time."""
    claim = Claim(alert_id=alert_id, generation=generation, user_id=user_id, ends_at=at + LASTS)
    return f"{settings.PUBLIC_URL}/a/{token_of(claim)}/"


def token_of(claim: Claim) -> str:
    """Return the signed token of a claim."""
    parts = (claim.alert_id, claim.generation, claim.user_id, int(claim.ends_at.timestamp()))
    return _signer().sign("-".join(map(str, parts)))


def claim_of(token: str) -> Claim | None:
    """Return what a token claims, or None if nobody here signed it; whether it has ended is not asked."""
    try:
        parts = _PARTS.fullmatch(_signer().unsign(token))
    except BadSignature:
        return None
    if parts is None:
        return None
    return Claim(
        alert_id=int(parts[1]),
        generation=int(parts[2]),
        user_id=int(parts[3]),
        ends_at=datetime.fromtimestamp(int(parts[4]), UTC),
    )


def _signer() -> Signer:
    return Signer(salt=_SALT, sep=".")
