"""Which resources the changes are told of, and what each of them shows besides itself.

The record says so in ``feed_kinds.py``; the watch adds what is its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from incidents.api.resources import Resource


@dataclass(frozen=True, kw_only=True)
class Shows:
    """Something that a resource shows besides its own row: a deed to it is a change of the resource.

    Attributes:
        model: Whose deeds count.
        path: From the resource's model to it.
        kinds: The deeds that change what is shown; all where none is named.
        moves: Whether such a deed may take the row out of somebody's sight.
    """

    model: type[Model]
    path: str
    kinds: frozenset[str] = frozenset()
    moves: bool = False

    @property
    def subject(self) -> str:
        """What the journal calls the model."""
        return str(self.model._meta.model_name)


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of thing in the changes.

    Attributes:
        resource: How it is read and shown.
        shows: What it shows besides its own row.
        stamp: Column with the number of the transaction that changed the row last, for a kind whose changes
            are not in the journal; empty for all others.
    """

    resource: type[Resource]
    shows: Sequence[Shows] = ()
    stamp: str = ""

    @property
    def name(self) -> str:
        """Its name in the changes: the address of its list."""
        return self.resource.home

    @property
    def model(self) -> type[Model]:
        """Whose rows these are."""
        return self.resource.model

    @property
    def subject(self) -> str:
        """What the journal calls the model."""
        return str(self.model._meta.model_name)


KINDS: dict[str, Kind] = {}
"""Name → kind, in the order in which things are told of: first what others name."""


def tell_of(resource: type[Resource], *shows: Shows, stamp: str = "") -> None:
    """Put a resource into the changes; each once."""
    kind = Kind(resource=resource, shows=shows, stamp=stamp)
    if kind.name in KINDS:
        raise ValueError(f"{kind.name} is in the changes already")
    KINDS[kind.name] = kind


def view_of(kind: Kind, by: Any) -> Resource:
    """Return the resource as it reads for somebody outside of a request of its own."""
    view = kind.resource()
    view.by = by
    return view
