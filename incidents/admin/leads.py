"""Ways from a record to pages that show more of it: who has such a page says so, as imports run one way."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Model

Lead = tuple[str, str]
"""What the way is called, in the reader's language, and its address."""

_LEADS: dict[type[Model], list[Callable[[Any], Iterable[Lead]]]] = defaultdict(list)


def leads_from(
    model: type[Model],
) -> Callable[[Callable[[Any], Iterable[Lead]]], Callable[[Any], Iterable[Lead]]]:
    """Return a decorator for a function that gives the ways from a row of a model."""

    def register(found: Callable[[Any], Iterable[Lead]]) -> Callable[[Any], Iterable[Lead]]:
        _LEADS[model].append(found)
        return found

    return register


def leads(row: Model) -> list[Lead]:
    """Return the ways from a row."""
    return [lead for found in _LEADS[type(row)] for lead in found(row)]
