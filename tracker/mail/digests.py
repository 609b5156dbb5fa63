"""The words of a digest: what was held back, the gravest first, a line each with its link; and why it was."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tracker.mail.letters import ANSWER, Letter, Notice, rendered, write


@dataclass(frozen=True, kw_only=True)
class Digest:
    """What one person is told together.

    Attributes:
        notices: The alerts named, the gravest first; at least one.
        together: How many there are; more than are named if the mail would be too long.
        held_by: Limits that kept them back, as codes.
    """

    notices: Sequence[Notice]
    together: int
    held_by: frozenset[str]
    language: str


def write_digest(digest: Digest, *, now: datetime) -> Letter:
    """Write the mail for a digest.

    Args:
        digest: What is told.
        now: When it is written; durations end here.

    A rule whose words cannot be written is named by its code: one of thirty does not keep back the others.
    """
    told = [
        {
            "words": _words(notice, now),
            "link": ANSWER.format(alert=notice.alert_id, climb=notice.generation),
        }
        for notice in digest.notices
    ]
    said = {
        "told": told,
        "together": digest.together,
        "others": digest.together - len(told),
        "held_by": digest.held_by,
        "drill": all(notice.is_exercise for notice in digest.notices),
    }
    return rendered(f"tracker/mail/{digest.language}/digest", said)


def _words(notice: Notice, now: datetime) -> str:
    try:
        return write(notice, now=now).subject
    except Exception:  # noqa: BLE001 - whatever a template stumbles over
        return f"{notice.rule_code} {notice.band}".strip()


@dataclass(frozen=True, kw_only=True)
class Shift:
    """A shift that begins soon."""

    role: str
    organization: str
    since_at: datetime
    until_at: datetime | None
    language: str


def write_shift(shift: Shift) -> Letter:
    """Write the mail before a shift."""
    return rendered(f"tracker/mail/{shift.language}/shift", {"shift": shift})
