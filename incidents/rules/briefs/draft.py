"""The answer to a brief: records to confirm, what was left out, and what does not add up."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from incidents.rules.briefs.records import Record
from incidents.rules.briefs.values import Moment, Span, Value

R = TypeVar("R", bound=Record)


class Reason(StrEnum):
    """Why words with a number or an event made no record; the words for people stand in ``reasons.toml``."""

    NEGATED = "negated"
    PLANNED = "planned"
    CONDITIONAL = "conditional"
    EARLIER_STORM = "earlier-storm"
    INCREASE = "increase"
    PERCENTAGE = "percentage"
    NO_UNIT = "no-unit"
    NO_PREDICATE = "no-predicate"
    NO_FIELD = "no-field"
    DESIGN_VALUE = "design-value"
    OUT_OF_RANGE = "out-of-range"
    FORECAST = "forecast"
    STANDING_BY = "standing-by"
    REPEATED = "repeated"
    TOO_LONG = "too-long"
    NOT_ABOUT_THE_GRID = "not-about-the-grid"
    NO_FACTS = "no-facts"


class Doubt(StrEnum):
    """What does not add up; the words for people stand in ``reasons.toml``."""

    RESTORED_EXCEEDS_OUT = "restored-exceeds-out"
    REMAINING_DIFFERS = "remaining-differs"
    PARTS_EXCEED_WHOLE = "parts-exceed-whole"
    TWO_NUMBERS = "two-numbers"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """Words that were understood well enough to be left out."""

    why: Reason
    span: Span
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """Numbers of one brief that contradict each other.

    Attributes:
        spans: Where the numbers stand, in the order of the text.
    """

    doubt: Doubt
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What was read.

    Attributes:
        text: The brief as it was pasted; all spans count its characters.
        is_brief: Whether it tells of the grid at all; then and only then there are records.
        why_not: Why it is none.
        is_exercise: The words that make it one of an exercise (演练).
        as_of: The cut-off of its numbers, where it tells one.
        records: In the order of the text.
    """

    text: str
    published_on: date | None
    is_brief: bool
    why_not: Reason | None = None
    is_exercise: Value[bool] | None = None
    as_of: Value[Moment] | None = None
    records: tuple[Record, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    checks: tuple[Check, ...] = ()

    def of(self, kind: type[R]) -> list[R]:
        """Return the records of one kind."""
        return [record for record in self.records if isinstance(record, kind)]
