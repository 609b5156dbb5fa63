"""When something was: no more exact than it is known, and never a date stored as midnight."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import models

from incidents.choices import TimePrecision
from incidents.journal import Actor
from incidents.rules.times import Span, not_before, occurred_span
from incidents.services.facts import check_moments

_ROUNDED = {TimePrecision.MINUTE, TimePrecision.HOUR}


def columns(name: str, told: Mapping[str, Any], *, by: Actor) -> dict[str, Any]:
    """Return what to store of a moment that may be known by its day only, or not at all.

    Args:
        name: Beginning of its three columns: ``<name>_at``, ``<name>_on``, ``<name>_precision``.
        told: What was said, by column; what is missing was not said. Without a precision a moment is known
            to the minute, with seconds exactly.
        by: Who says it, and the present.

    Returns:
        All three columns; a moment known to the minute or hour as the first that it can mean.

    Raises:
        NaiveTime, OutOfRange: If the moment cannot be.
    """
    at, on = told.get(f"{name}_at"), told.get(f"{name}_on")
    precision = TimePrecision(told.get(f"{name}_precision") or _likely(at, on))
    check_moments(by=by, **{f"{name}_at": at})
    span = occurred_span(at=at, on=on, precision=precision)
    if span is not None and at is None:
        check_moments(by=by, **{f"{name}_on": span.earliest})
    elif span is not None and precision in _ROUNDED:
        at = span.earliest
    return {f"{name}_at": at, f"{name}_on": on, f"{name}_precision": precision}


def span_of(row: models.Model, name: str) -> Span | None:
    """Return the moments that a stored one can mean; None where it is not known."""
    return occurred_span(
        at=getattr(row, f"{name}_at"),
        on=getattr(row, f"{name}_on"),
        precision=TimePrecision(getattr(row, f"{name}_precision")),
    )


def check_deed(row: models.Model, name: str, *, at: datetime, by: Actor, field: str = "at") -> None:
    """Refuse the time of a deed that cannot be, or that lies before what it was done to began.

    Args:
        row: What it was done to.
        name: Beginning of the columns of its beginning.
        at: When it was done.
        by: Who did it, and the present.
        field: What the time was told as.

    Raises:
        NaiveTime, OutOfRange: If it carries no offset, lies ahead or is too old for a live record.
        Inconsistent: If it lies before the beginning.
    """
    check_moments(by=by, **{field: at})
    span = span_of(row, name)
    if span is not None:
        not_before(field=field, at=at, other=f"{name}_at", earliest=span.earliest)


def _likely(at: datetime | None, on: date | None) -> TimePrecision:
    if at is not None:
        return TimePrecision.EXACT if at.second or at.microsecond else TimePrecision.MINUTE
    return TimePrecision.UNKNOWN if on is None else TimePrecision.DAY
