"""A draft as it is stored: plain values, each with the words it came from."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from enum import Enum
from typing import Any, Final

from incidents.rules.briefs.draft import Draft
from incidents.rules.briefs.flat import NAMES, time_word
from incidents.rules.briefs.records import IceRecord, OutageRecord, Record
from incidents.rules.briefs.values import FoundPlace, Moment, Span, Value

_NOT_VALUES: Final = frozenset(("span", "key", "outage", "line_codes"))

Stored = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredItem:
    """A record of a draft in plain values.

    Attributes:
        values: Field → ``{"value", "span", "quote", "confidence", "inferred", "roughly"}``, or several.
        key: Number of an outage in its draft.
        of: Number of the outage that it belongs to.
        confidence: The lowest of its values', 0 to 1.
    """

    kind: str
    values: Stored
    span: Span
    confidence: float
    key: int | None = None
    of: int | None = None


def items_of(draft: Draft) -> list[StoredItem]:
    """Return the records of a draft as they are stored, in their order."""
    outages = draft.of(OutageRecord)
    return [_item(_with_outage(record, outages)) for record in draft.records]


def reading_of(draft: Draft) -> Stored:
    """Return what a draft says besides its records."""
    return {
        "as_of": _value(draft.as_of) if draft.as_of else None,
        "is_exercise": _value(draft.is_exercise) if draft.is_exercise else None,
        "left_out": [
            {"why": each.why.value, "span": _span(each.span), "quote": each.quote[:300]}
            for each in draft.left_out
        ],
        "checks": [
            {"doubt": each.doubt.value, "spans": [_span(span) for span in each.spans]}
            for each in draft.checks
        ],
    }


def values_in(stored: Stored) -> Iterator[Stored]:
    """Yield every value of a stored item, one of several by itself."""
    for told in stored.values():
        yield from told if isinstance(told, list) else [told]


def moment_of(told: Stored) -> Moment:
    """Return a stored moment."""
    return Moment(**{name: told.get(name) for name in ("year", "month", "day", "hour", "minute")})


def _with_outage(record: Record, outages: list[OutageRecord]) -> Record:
    """Return ice with the outage of its sentence: 覆冰30毫米，导致线路停电 speaks of one line."""
    if not isinstance(record, IceRecord) or record.outage is not None:
        return record
    beside = [
        each for each in outages if each.span.start < record.span.end > each.span.start >= record.span.start
    ]
    return replace(record, outage=beside[0].key) if len(beside) == 1 else record


def _item(record: Record) -> StoredItem:
    values: Stored = {}
    for field in fields(record):
        told = getattr(record, field.name)
        if field.name in _NOT_VALUES or told is None or told == ():
            continue
        values[field.name] = [*map(_value, told)] if isinstance(told, tuple) else _value(told)
    if isinstance(record, OutageRecord) and record.line_codes:
        values["line"]["codes"] = list(record.line_codes)
    found = [each["confidence"] for each in values_in(values)]
    return StoredItem(
        kind=NAMES[type(record)],
        values=values,
        span=record.span,
        confidence=min(found, default=0.0),
        key=record.key if isinstance(record, OutageRecord) else None,
        of=getattr(record, "outage", None),
    )


def _value(told: Any) -> Stored:
    if not isinstance(told, Value):  # what a total counts is said by its unit
        return {"value": _plain(told), "span": None, "quote": "", "confidence": 1.0}
    found: Stored = {
        "value": _plain(told.value),
        "span": _span(told.span),
        "quote": told.quote,
        "confidence": told.confidence,
    }
    if told.inferred:
        found["inferred"] = told.inferred.value
    if told.roughly:
        found["roughly"] = told.roughly.value
    return found


def _span(span: Span) -> list[int]:
    return [span.start, span.end]


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, Moment):
        parts = {name: getattr(value, name) for name in ("year", "month", "day", "hour", "minute")}
        return {name: part for name, part in parts.items() if part is not None} | {"word": time_word(value)}
    if isinstance(value, FoundPlace):
        return {
            "text": value.text,
            "code": value.code,
            "candidates": list(value.candidates),
            "line": value.line,
            "branch": value.branch,
            "pole_no": value.pole_no,
        }
    return value
