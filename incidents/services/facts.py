"""What all facts have in common: who told them, when, how sure, and that they can be true at all."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, TypedDict

from django.db import models

from incidents import journal
from incidents.choices import EntryMode, Source
from incidents.errors import Missing, OwnAccount
from incidents.journal import Actor
from incidents.models import Crew, Line, LineSection, Organization, Storm, User
from incidents.models.base import Sourced
from incidents.rules.times import check_not_future, check_not_too_old
from incidents.services import unknowns
from incidents.services.drills import keep_apart
from incidents.services.storing import store


class Told(TypedDict, total=False):
    """What may be said of any fact besides itself; the fields of :class:`Sourced`."""

    storm: Storm | None
    source: Source
    source_ref: str
    quote: str
    unknown_reasons: Mapping[str, str]
    recorded_at: datetime | None


def keep(row: Sourced, *, by: Actor, reasons: Mapping[str, str] | None = None) -> None:
    """Sign a new fact with who told it and when it was received, and save it.

    Args:
        row: The new fact.
        by: Who tells it.
        reasons: Why fields are empty, by name.

    Raises:
        Refused: Whatever the row's fields or the database refuse; nothing is written.
    """
    row.reported_by, row.received_at, row.entry_mode = by.user, by.now, by.entry_mode
    unknowns.explain(row, reasons=reasons)
    store(row)


def split(told: Told) -> tuple[dict[str, Any], Mapping[str, str]]:
    """Return a fact's own fields apart from the reasons why others are empty."""
    fields: dict[str, Any] = {**told}
    fields.pop("unknown_reasons", None)
    return fields, told.get("unknown_reasons", {})


def amend(
    kind: str,
    row: models.Model,
    changes: Mapping[str, Any],
    *,
    reason: str,
    at: datetime,
    by: Actor,
    organization: Organization | None = None,
) -> None:
    """Correct fields of a locked row, with a reason; what is true already changes nothing.

    Args:
        kind: Kind of the journal entry.
        row: The row, locked.
        changes: Field name → value.
        reason: Why.
        at: When it was found out.
        by: Who found it out.
        organization: Whose matter it is.

    Raises:
        Missing: If no reason is given.
        Refused: Whatever the row's fields or the database refuse; nothing is written.
    """
    require_words(purpose=kind, reason=reason)
    before = journal.snapshot(row)
    fields = [name for name, value in changes.items() if getattr(row, name) != value]
    if not fields:
        return
    for name in fields:
        setattr(row, name, changes[name])
    if isinstance(row, Sourced):
        unknowns.explain(row)
        fields.append("unknown_reasons")
    store(row, fields=fields)
    journal.write(kind, subject=row, at=at, by=by, organization=organization, before=before, reason=reason)


def check_moments(*, by: Actor, **moments: datetime | None) -> None:
    """Refuse moments that cannot be: without a zone, in the future, or too old for a live fact.

    Args:
        by: Who tells it, and the present.
        **moments: Field name → moment; None where it is not known.

    Raises:
        NaiveTime, OutOfRange: If a moment cannot be.
    """
    for field, at in moments.items():
        if at is not None:
            check_not_future(field=field, at=at, now=by.now)
            if by.entry_mode == EntryMode.LIVE:
                check_not_too_old(field=field, at=at, now=by.now)


def check_exercise(storm: Storm | None, *parts: Line | LineSection | Crew | None) -> None:
    """Refuse to mix what belongs to a drill with what is real.

    Args:
        storm: The storm of a fact; a fact without one is real.
        *parts: What else the fact names; None where it names nothing.

    Raises:
        ExerciseMix: If some belong to a drill and some do not.
    """
    named = [part for part in parts if part is not None]
    keep_apart((storm, storm is not None and storm.is_exercise), *((part, _is_drill(part)) for part in named))


def require_words(*, purpose: str, **texts: str) -> None:
    """Refuse blank texts where words are needed.

    Raises:
        Missing: If one is blank; names it.
    """
    for field, text in texts.items():
        if not text.strip():
            raise Missing(field=field, purpose=purpose)


def require_other(user: User, *, by: Actor) -> None:
    """Refuse what nobody may do for the own account.

    Raises:
        OwnAccount: If the account is that of who acts.
    """
    if user == by.user:
        raise OwnAccount


def keys_of(rows: Iterable[models.Model]) -> list[int]:
    """Return the numbers of rows in order, as the journal keeps a set of them."""
    return sorted(row.pk for row in rows)


def _is_drill(part: Line | LineSection | Crew) -> bool:
    return part.line.is_exercise if isinstance(part, LineSection) else part.is_exercise
