"""What happened, in order: of one record with every difference, of an outage with all that belongs to it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model, Q, QuerySet

from incidents.admin.asking import Asking
from incidents.admin.deed_words import named
from incidents.admin.differences import changes
from incidents.admin.subjects import subject_link
from incidents.models import (
    Assignment,
    Attachment,
    CheckIn,
    Damage,
    Estimate,
    HeldFact,
    JournalEntry,
    Outage,
    RestorationStep,
    RoadBlock,
)

A_PAGE = 50
ON_AN_OUTAGE = 100
_PARTS: dict[type[Model], str] = {
    Assignment: "outage",
    Attachment: "outage",
    CheckIn: "assignment__outage",
    Damage: "outage",
    Estimate: "outage",
    HeldFact: "outage",
    RestorationStep: "outage",
    RoadBlock: "outages",
}


@dataclass(frozen=True, kw_only=True)
class Happening:
    """One line of a timeline.

    Attributes:
        at: When it happened.
        words: What.
        who: Who said so; empty for the watch.
        written_at: When it was written, where that was later.
        differences: What it changed, field by field.
    """

    at: datetime
    words: str
    about: str = ""
    who: str = ""
    through: str = ""
    written_at: datetime | None = None
    reason: str = ""
    differences: str = ""


Teller = Callable[[Outage, Asking], Iterable[Happening]]
_tellers: list[Teller] = []


def also_tells(teller: Teller) -> Teller:
    """Let something else tell what happened to an outage; each asks the database once."""
    _tellers.append(teller)
    return teller


def of_record(row: Model, who: Asking, *, before: int | None = None) -> tuple[list[Happening], int | None]:
    """Return what the journal says about a record, newest first, and where the next page begins."""
    mine = JournalEntry.objects.filter(subject_type=row._meta.model_name, subject_id=row.pk)
    mine = mine.filter(pk__lt=before) if before else mine
    entries = list(_told(who.visible(mine)).order_by("-pk")[: A_PAGE + 1])
    more = entries[A_PAGE - 1].pk if len(entries) > A_PAGE else None
    return [_happening(entry) for entry in entries[:A_PAGE]], more


def of_outage(outage: Outage, who: Asking) -> Sequence[Happening]:
    """Return what happened to an outage and to all that belongs to it, newest first."""
    about = Q(subject_type="outage", subject_id=outage.pk)
    for model, path in _PARTS.items():
        rows: QuerySet[Any] = QuerySet(model).filter(**{path: outage.pk}).values("pk")
        about |= Q(subject_type=model._meta.model_name, subject_id__in=rows)
    entries = _told(who.visible(JournalEntry.objects.filter(about))).order_by("-occurred_at", "-pk")
    found = [_happening(entry) for entry in entries[:ON_AN_OUTAGE]]
    for teller in _tellers:
        found.extend(teller(outage, who))
    return sorted(found, key=lambda each: each.at, reverse=True)[:ON_AN_OUTAGE]


def _told(entries: QuerySet[JournalEntry]) -> QuerySet[JournalEntry]:
    return entries.select_related("by", "device__user")


def _happening(entry: JournalEntry) -> Happening:
    late = entry.written_at - entry.occurred_at
    return Happening(
        at=entry.occurred_at,
        words=named(entry),
        about=subject_link(entry),
        who=str(entry.by),
        through=entry.get_channel_display() + (f" · {entry.device.name}" if entry.device else ""),
        written_at=entry.written_at if abs(late.total_seconds()) >= 60 else None,  # noqa: PLR2004 - a minute
        reason=entry.reason,
        differences=changes(entry),
    )
