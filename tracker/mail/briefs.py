"""The brief of a report in sentences: short (200 characters), standard and full.

A number that nobody knows is left out or said to be unknown; nothing becomes 0 by that. Chinese in the form
that companies use (截至…，…停运…条，已恢复…条，停电…户，投入…人次…), English beside it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tracker.mail import briefs_en, briefs_zh
from tracker.rules.report_numbers import Numbers

SHORTEST = 200  # characters of the short form


class Length(StrEnum):
    """How much a brief says."""

    SHORT = "short"
    STANDARD = "standard"
    FULL = "full"


@dataclass(frozen=True, kw_only=True)
class Brief:
    """What a brief is written from.

    Attributes:
        company: Name of the organisation, made harmless.
        next_due_at: When the next report is due; null where there is none.
        remark: Difficulties, needs and next steps.
    """

    company: str
    as_of: datetime
    numbers: Numbers
    next_due_at: datetime | None = None
    remark: str = ""


def brief(about: Brief, *, length: Length, language: str) -> str:
    """Return the sentences of a report.

    Args:
        about: What is told.
        length: The short form holds at most 200 characters: what matters less is left out.
        language: ``zh-hans`` or ``en``.
    """
    words = briefs_zh if language == "zh-hans" else briefs_en
    head = words.head(about.company, about.as_of)
    tail = words.tail(about.next_due_at, about.remark if length != Length.SHORT else "")
    if length == Length.SHORT:
        parts = _fitting(head, words.essentials(about.numbers), tail, words.join)
    elif length == Length.STANDARD:
        parts = [*words.essentials(about.numbers), *words.standard(about.numbers)]
    else:
        parts = [
            *words.essentials(about.numbers),
            *words.standard(about.numbers),
            *words.details(about.numbers),
        ]
    whole: str = words.join(head, parts, tail)
    return whole


def _fitting(
    head: str, parts: Iterable[str], tail: str, join: Callable[[str, list[str], str], str]
) -> list[str]:
    kept: list[str] = []
    for part in parts:
        if len(join(head, [*kept, part], tail)) <= SHORTEST:
            kept.append(part)
    return kept
