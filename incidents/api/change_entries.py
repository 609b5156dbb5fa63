"""From the journal to the things that its entries changed, for one page of the changes."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, islice
from typing import Any, Final, NamedTuple

from django.db.models import F, Q, QuerySet

from incidents.access import Frozen
from incidents.api.feed import KINDS, Kind, Shows
from incidents.models import IceReading, Outage
from incidents.selectors.commit_order import between

MOST_STEPS: Final = 1000
"""Rows that entries are about, looked at for one page however few of them are anybody's matter here."""
_BULK: Final = "ice.recorded_in_bulk"
# Told to others than whose matter the entry is: the home of a crew, who is asked or sent, who is supplied.
_ANYBODYS: Final = (
    "assignment",
    "attachment",
    "checkin",
    "crew",
    "crewmember",
    "crewvehicle",
    "deployment",
    "heldfact",
    "patrol",
    "person",
    "place",
    "safetybriefing",
    "supply",
    "supportrequest",
    "vehicle",
    "weatherwarning",
)
# Shown by an outage, which may be the matter of another organisation than its line is.
_OF_LINES: Final = ("icereading", "line", "linesection", "sectionicing")

Key = tuple[str, int]  # name of a kind, or of a subject in the journal; number of the row


class Entry(NamedTuple):
    """What is read of an entry."""

    transaction: int
    number: int
    kind: str
    subject: str
    row: int
    at: datetime
    runs: list[list[int]] | None


class _Step(NamedTuple):
    """One row that an entry is about.

    Attributes:
        done: How many of the entry's rows are done after it; 0 after the last one.
    """

    entry: Entry
    row: int
    done: int


@dataclass(kw_only=True)
class Touched:
    """What a piece of the journal touched.

    Attributes:
        deeds: Each thing, with what was done about it.
        moved: Things that a deed may have taken out of sight.
        after: Where to go on: transaction, entry, and how much of it is done; None at the end.
    """

    deeds: dict[Key, list[Entry]] = field(default_factory=lambda: defaultdict(list))
    moved: set[Key] = field(default_factory=set)
    after: tuple[int, ...] | None = None


def touched(
    *, cluster: int, since: int, until: int, after: Sequence[int], sight: Frozen, room: int
) -> Touched:
    """Return what the next entries touched, until the page is full.

    Args:
        cluster: The database's own number.
        since: First transaction.
        until: First transaction that does not count any more.
        after: Where the last page ended; empty at the beginning.
        sight: What is in sight of the reader.
        room: How many things fit; what is touched together with the last of them is not left out.
    """
    found = Touched()
    rows = between(cluster=cluster, since=since, until=until, after=after).filter(_tells(), _matters(sight))
    asked = rows.values_list(
        "transaction_id", "id", "kind", "subject_type", "subject_id", "occurred_at", "after__ids"
    )
    entries = [Entry(*row) for row in asked[:MOST_STEPS]]
    steps = list(islice(chain.from_iterable(_steps(entry, after) for entry in entries), MOST_STEPS))
    shown_by, direct = _shown_by(steps), _by_subject()
    for entry, row, done in steps:
        kind = direct.get(entry.subject)
        if kind is not None:
            found.deeds[kind.name, row].append(entry)
        for key, shows in shown_by.get((entry.subject, row), ()):
            if not shows.kinds or entry.kind in shows.kinds:
                found.deeds[key].append(entry)
                found.moved |= {key} if shows.moves else set()
        found.after = (entry.transaction, entry.number, done)
        if len(found.deeds) >= room:
            return found
    if len(steps) < MOST_STEPS:
        found.after = None
    return found


def _steps(entry: Entry, after: Sequence[int]) -> Iterator[_Step]:
    """Yield the rows that an entry is about, but those that an earlier page was about."""
    if entry.kind != _BULK:
        yield _Step(entry, entry.row, 0)
        return
    runs = [range(first, last + 1) for first, last in entry.runs or ()]
    total = sum(map(len, runs))
    begun = after[2] if tuple(after[:2]) == (entry.transaction, entry.number) else 0
    for place, row in enumerate(islice(chain.from_iterable(runs), begun, None), start=begun + 1):
        yield _Step(entry, row, 0 if place == total else place)


def _shown_by(steps: Sequence[_Step]) -> dict[Key, list[tuple[Key, Shows]]]:
    """Return subject → the things that show it, in one query a kind and way in which it shows something."""
    found: dict[Key, list[tuple[Key, Shows]]] = defaultdict(list)
    for kind in KINDS.values():
        for shows in kind.shows:
            numbers = {
                row
                for entry, row, _done in steps
                if entry.subject == shows.subject and (not shows.kinds or entry.kind in shows.kinds)
            }
            if numbers:
                rows: QuerySet[Any] = QuerySet(kind.model).filter(**{f"{shows.path}__in": numbers})
                for subject, number in rows.values_list(shows.path, "pk").distinct():
                    found[shows.subject, subject].append(((kind.name, number), shows))
    return found


def _by_subject() -> dict[str, Kind]:
    return {kind.subject: kind for kind in KINDS.values() if not kind.stamp}


def _tells() -> Q:
    """Return the condition of entries that change anything which is told of."""
    told = Q(subject_type__in=list(_by_subject()))
    for kind in KINDS.values():
        for shows in kind.shows:
            told |= Q(subject_type=shows.subject) & (Q(kind__in=shows.kinds) if shows.kinds else Q())
    return told


def _matters(sight: Frozen) -> Q:
    """Return a condition that leaves out most of what is out of sight, and nothing that is in it.

    What is in sight is asked of the things themselves; without this the phones of one county would have to
    walk through the entries of all.
    """
    if sight.everything:
        return Q()
    outages: QuerySet[Outage] = QuerySet(Outage).filter(sight.condition(Outage))
    others = outages.exclude(line=None).exclude(line__organization=F("organization"))
    readings: QuerySet[IceReading] = QuerySet(IceReading).filter(outage__in=outages)
    guests = sight.guests.get("outage", frozenset())
    hosts: QuerySet[Outage] = QuerySet(Outage).filter(pk__in=guests)
    return (
        Q(organization=None)
        | Q(organization__in=sight.organizations)
        | Q(by__in=sight.people)
        | Q(subject_type__in=_ANYBODYS)
        | Q(organization__in=hosts.values("organization"))
        | Q(subject_type__in=_OF_LINES, organization__in=others.values("line__organization"))
        | Q(subject_type="icereading", subject_id__in=readings.values("pk"))
    )
