"""What a brief says, and where exactly it says it."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Generic, TypeVar

from incidents.choices import PlacePrecision, PlaceResolution, TimePrecision
from incidents.rules.times import SHANGHAI

T_co = TypeVar("T_co", covariant=True)


class Roughly(StrEnum):
    """How a number that is not exact was meant."""

    MORE = "more"
    """At least: 百余, 3万多, 超20户."""
    ABOUT = "about"
    """Close to: 近3万, 约20."""
    LESS = "less"
    """Below: 不足20."""


class Inference(StrEnum):
    """What was concluded rather than read; the words for people stand in ``reasons.toml``."""

    YEAR_FROM_PUBLICATION = "year-from-publication"
    DATE_FROM_SENTENCE = "date-from-sentence"
    DATE_FROM_EARLIER = "date-from-earlier"
    DATE_FROM_PUBLICATION = "date-from-publication"
    PLACE_FROM_EARLIER = "place-from-earlier"
    SUBJECT_FROM_EARLIER = "subject-from-earlier"
    MAXIMUM_OF_RANGE = "maximum-of-range"
    REACHED = "reached"
    CAUSE_FROM_CONTEXT = "cause-from-context"
    VOLTAGE_FROM_EARLIER = "voltage-from-earlier"
    SUM_OF_OTHERS = "sum-of-others"
    REPAIRED_TEXT = "repaired-text"
    ALL_RESTORED = "all-restored"
    IMPLIED = "implied"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the original text, counted in characters; the end is not part of it."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Value(Generic[T_co]):
    """A value with its source.

    Attributes:
        value: What was understood.
        span: Where it stands in the text as it was pasted.
        quote: The words there, unchanged.
        confidence: 0 to 1; below 0.6 a person should look twice.
        inferred: What was concluded; None if the words say it.
        roughly: Set where the text gives the number as a bound.
    """

    value: T_co
    span: Span
    quote: str
    confidence: float
    inferred: Inference | None = None
    roughly: Roughly | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A time as far as a text tells it, in China. What it does not tell is None: a day is not midnight.

    Attributes:
        hour: 0 to 23; ``24时`` is hour 0 of the next day.
        minute: None for ``8时``.
    """

    year: int | None = None
    month: int | None = None
    day: int | None = None
    hour: int | None = None
    minute: int | None = None

    @property
    def on(self) -> date | None:
        """The day, if it is known with its year."""
        if self.year is None or self.month is None or self.day is None:
            return None
        return date(self.year, self.month, self.day)

    @property
    def at(self) -> datetime | None:
        """The moment, aware; None if only the day or less is known."""
        day = self.on
        if day is None or self.hour is None:
            return None
        return datetime(day.year, day.month, day.day, self.hour, self.minute or 0, tzinfo=SHANGHAI)

    @property
    def precision(self) -> TimePrecision:
        """How exactly it is known."""
        if self.on is None:
            return TimePrecision.UNKNOWN
        if self.hour is None:
            return TimePrecision.DAY
        return TimePrecision.HOUR if self.minute is None else TimePrecision.MINUTE


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPlace:
    """A place as a text names it.

    Attributes:
        text: All names together, higher ones that earlier sentences gave included.
        code: The deepest division that is certain; None if none is.
        candidates: Codes of what it might be besides, for a person to choose from.
        line: Name of the line, where the place is one on a line.
        branch: Name of the branch line.
        pole_no: Number of the pole or poles: ``29``, ``17-19``.
    """

    text: str
    precision: PlacePrecision = PlacePrecision.UNKNOWN
    resolved_by: PlaceResolution = PlaceResolution.NONE
    code: str | None = None
    candidates: tuple[str, ...] = ()
    line: str = ""
    branch: str = ""
    pole_no: str = ""
