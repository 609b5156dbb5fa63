"""Things as the changes tell of them: each as its own resource shows it now, or that it is no more."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from incidents.access import Frozen
from incidents.api.change_entries import Entry, Key
from incidents.api.feed import KINDS, Kind, view_of
from incidents.api.fields import Moment
from incidents.journal import Actor
from incidents.selectors.versions import versions_of


class Items:
    """The things of one page, each once, however often it was touched.

    Args:
        by: Who reads.
        sight: What may be told of; nothing else is shown, whatever is asked for.
    """

    def __init__(self, by: Actor, sight: Frozen) -> None:
        self._by, self._sight = by, sight
        self._items: dict[Key, dict[str, Any]] = {}

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._items)

    def told(self) -> list[dict[str, Any]]:
        """Return them in order."""
        return list(self._items.values())

    def show(self, kind: Kind, numbers: Collection[int]) -> None:
        """Add rows as they are now; versions are read first, so that none is newer than what it stands by."""
        new = [number for number in numbers if (kind.name, number) not in self._items]
        view = view_of(kind, self._by)
        versions = versions_of(kind.model, new) if new and view.versioned else {}
        rows = view.get_queryset().filter(self._sight.condition(kind.model), pk__in=new) if new else ()
        found = {row.pk: row for row in rows}
        ordered = [found[number] for number in new if number in found]
        shown = view.serializer_class_of()(ordered, many=True, context={"versions": versions}).data
        for row, thing in zip(ordered, shown, strict=True):
            version = versions.get(row.pk)
            self._items[kind.name, row.pk] = _item(kind, row.uuid, version=version, thing=thing)

    def show_touched(self, deeds: Mapping[Key, list[Entry]], moved: Collection[Key]) -> None:
        """Add what deeds touched, with the deeds; what one of them took out of sight is told as removed."""
        for kind in KINDS.values():
            numbers = sorted(number for name, number in deeds if name == kind.name)
            self.show(kind, numbers)
            gone = [number for number in numbers if (kind.name, number) in moved]
            gone = [number for number in gone if (kind.name, number) not in self._items]
            if gone:
                self.remove(kind, QuerySet(kind.model).filter(pk__in=gone).values_list("pk", "uuid"))
        for key, entries in deeds.items():
            if (item := self._items.get(key)) is not None and not item["removed"]:
                item["deeds"] += [_deed(entry) for entry in entries]

    def remove(self, kind: Kind, rows: Iterable[tuple[int, UUID]]) -> None:
        """Add that rows are out of sight: their names, and nothing of what they hold."""
        for number, uuid in rows:
            self._items[kind.name, number] = _item(kind, uuid, removed=True)


def _item(
    kind: Kind, uuid: UUID, *, version: int | None = None, thing: Any = None, removed: bool = False
) -> dict[str, Any]:
    return {
        "kind": kind.name,
        "uuid": str(uuid),
        "removed": removed,
        "version": version,
        "deeds": [],
        "thing": thing,
    }


def _deed(entry: Entry) -> dict[str, str]:
    return {"kind": entry.kind, "at": Moment().to_representation(entry.at)}
