"""A scratch record: the storm's tables, empty, seen by this transaction alone, filled as the journal tells.

Temporary tables of the same names hide the real ones for this connection, so that the very same statements
run on them. They end with the transaction; no live row is read where a scratch one exists, none is ever
    written.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any, Final

from django.db import connection, models, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from psycopg import sql

from incidents.choices import EntryMode
from incidents.journal import Actor
from incidents.models import (
    Assignment,
    CheckIn,
    Damage,
    Deployment,
    Estimate,
    Hazard,
    IceReading,
    JournalEntry,
    Outage,
    RestorationStep,
    RoadBlock,
    SectionIcing,
    Storm,
    SupportRequest,
    direct,
)
from incidents.selectors.grading import current_policy
from incidents.services import icing
from incidents.services.policies import ladder_of
from tracker.models import Alert, AlertEvent, EmergencyResponse, Holding, Notification, Rule, RuleLevel

# Model → how its rows lead to their storm; later ones may point to earlier ones.
OF_A_STORM: Final[dict[type[models.Model], tuple[str, ...]]] = {
    Outage: ("storm",),
    RestorationStep: ("outage__storm",),
    Estimate: ("outage__storm",),
    Damage: ("outage__storm",),
    RoadBlock: ("storm",),
    Assignment: ("storm", "outage__storm"),
    CheckIn: ("assignment__storm", "assignment__outage__storm"),
    SupportRequest: ("storm",),
    Deployment: ("storm",),
    Hazard: ("storm",),
    IceReading: ("storm",),
}
_RULES: Final = [Rule._meta.db_table, RuleLevel._meta.db_table, RuleLevel.people.through._meta.db_table]
_WATCHED: Final[list[type[models.Model]]] = [
    *[SectionIcing, JournalEntry],
    *[Alert, AlertEvent, EmergencyResponse, Holding, Notification],
]
_EMPTY: Final = [
    RoadBlock.outages.through._meta.db_table,
    *(model._meta.db_table for model in [*OF_A_STORM, *_WATCHED]),
]
_LIKE: Final = sql.SQL("CREATE TEMPORARY TABLE {name} (LIKE public.{name} INCLUDING ALL)")
_COPY: Final = sql.SQL("INSERT INTO {name} OVERRIDING SYSTEM VALUE SELECT * FROM public.{name}")
_HONEST: Final = ("occurred", "blocked", "observed")


@dataclass(frozen=True, kw_only=True)
class Deed:
    """A journal entry, and when it was known."""

    known_at: datetime
    entry: JournalEntry
    model: type[models.Model]


def deeds_of(storm: Storm, *, by_deed: bool) -> list[Deed]:
    """Return what the journal tells of a storm, in the order in which it became known.

    Args:
        storm: The storm.
        by_deed: Whether a deed was known when it was done, as for storms that were told afterwards; else when
            it was written. What has no moment but a day was known at the end of that day.
    """
    found = []
    for model, paths in OF_A_STORM.items():
        mine = Q()
        for path in paths:
            mine |= Q(**{path: storm})
        subjects: QuerySet[Any] = QuerySet(model).filter(mine).values("pk")
        entries = JournalEntry.objects.filter(
            subject_type=model._meta.model_name, subject_id__in=subjects
        ).order_by("id")
        found += [
            Deed(known_at=_known_at(entry) if by_deed else entry.written_at, entry=entry, model=model)
            for entry in entries
        ]
    first: dict[tuple[type[models.Model], int], datetime] = {}
    ordered = sorted(found, key=lambda deed: deed.entry.pk)
    for deed in ordered:  # nothing of a row was known before the row
        first.setdefault((deed.model, deed.entry.subject_id), deed.known_at)
    for deed in ordered:  # and an outage by what was done about it at the latest
        outage = (Outage, deed.entry.after.get("outage_id"))
        if outage in first and deed.entry.before is None:
            first[outage] = min(first[outage], deed.known_at)
    rank = list(OF_A_STORM)
    return sorted(
        (
            replace(deed, known_at=_settled(deed, first[deed.model, deed.entry.subject_id]))
            for deed in ordered
        ),
        key=lambda deed: (
            deed.known_at,
            deed.entry.before is not None,
            rank.index(deed.model),
            deed.entry.pk,
        ),
    )


@contextmanager
def scratch(*, keep_rules: bool) -> Iterator[None]:
    """Hide the storm's and the watch's tables behind empty ones; all of it is undone at the end.

    Args:
        keep_rules: Whether the current rules are in force there; else there are none.
    """
    try:
        yield from _hidden(keep_rules=keep_rules)
    finally:
        direct.forget()


def _hidden(*, keep_rules: bool) -> Iterator[None]:
    with transaction.atomic(), connection.cursor() as cursor:
        for table in (*_EMPTY, *_RULES):
            cursor.execute(_LIKE.format(name=sql.Identifier(table)))
        if keep_rules:
            for table in _RULES:
                cursor.execute(_COPY.format(name=sql.Identifier(table)))
        direct.forget()
        yield
        transaction.set_rollback(True)


def apply(deeds: Sequence[Deed], *, by: Actor) -> None:
    """Let deeds happen in the scratch record; ice moves the grades of its sections as it did.

    Args:
        deeds: In order.
        by: The system, at the time of the deeds.
    """
    written = []
    for deed in deeds:
        if deed.entry.before is None:
            _insert(deed)
        else:
            _update(deed)
        entry = copy(deed.entry)
        entry.pk, entry.written_at = None, deed.known_at
        written.append(entry)
    JournalEntry.objects.bulk_create(written)
    _take(
        [deed.entry.subject_id for deed in deeds if deed.model is IceReading and deed.entry.before is None],
        by,
    )


def _settled(deed: Deed, first: datetime) -> datetime:
    return first if deed.entry.before is None else max(deed.known_at, first)


def _known_at(entry: JournalEntry) -> datetime:
    """Return when a deed was done; a fact told afterwards is as old as itself, a day ends at midnight."""
    if entry.before is not None or entry.after.get("entry_mode") != EntryMode.HISTORICAL:
        return entry.occurred_at
    for stem in _HONEST:
        if at := entry.after.get(f"{stem}_at"):
            return datetime.fromisoformat(at)
        if on := entry.after.get(f"{stem}_on"):
            night = datetime.combine(datetime.fromisoformat(on), time.min, timezone.get_current_timezone())
            return night + timedelta(days=1)
    if at := entry.after.get("at"):
        return datetime.fromisoformat(at)
    return entry.occurred_at


def _insert(deed: Deed) -> None:
    values = {field.attname: _blank(field) for field in deed.model._meta.concrete_fields} | deed.entry.after
    values["id"] = deed.entry.subject_id
    if "entry_mode" in values:
        values["entry_mode"] = EntryMode.LIVE
    if "reported_at" in values:
        values["reported_at"] = min(datetime.fromisoformat(values["reported_at"]), deed.known_at).isoformat()
    table = sql.Identifier(deed.model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL(
                "INSERT INTO {table} OVERRIDING SYSTEM VALUE"
                " SELECT * FROM jsonb_populate_record(NULL::{table}, %s::jsonb) ON CONFLICT DO NOTHING"
            ).format(table=table),
            [json.dumps(values)],
        )
        if deed.model is RoadBlock:
            cursor.execute(
                "INSERT INTO incidents_roadblock_outages OVERRIDING SYSTEM VALUE"
                " SELECT * FROM public.incidents_roadblock_outages WHERE roadblock_id = %s",
                [deed.entry.subject_id],
            )


def _update(deed: Deed) -> None:
    columns = {field.attname for field in deed.model._meta.concrete_fields} - {"id", "entry_mode"}
    values = {name: value for name, value in deed.entry.after.items() if name in columns}
    if not values:
        return
    names = sql.SQL(", ").join(map(sql.Identifier, values))
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL(
                "UPDATE {table} SET ({names}) ="
                " (SELECT {names} FROM jsonb_populate_record(NULL::{table}, %s::jsonb)) WHERE id = %s"
            ).format(table=sql.Identifier(deed.model._meta.db_table), names=names),
            [json.dumps(values), deed.entry.subject_id],
        )


def _take(readings: Iterable[int], by: Actor) -> None:
    rows = IceReading.objects.filter(pk__in=list(readings)).select_related("section__line", "storm")
    for row in rows.order_by("observed_at", "pk"):
        if row.section is not None:
            icing.take(icing.graded([row], ladder_of(current_policy(row.section.line.organization))), by=by)


def _blank(field: "models.Field[Any, Any]") -> Any:
    """Return what the journal leaves out of a new row: empty texts and lists, unknown values."""
    if field.null:
        return None
    default = field.get_default()
    if isinstance(default, str | bool | int | list | dict) or default is None:
        return default
    return str(default)
