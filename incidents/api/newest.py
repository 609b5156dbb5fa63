"""The newest rows that somebody sees, found by a query that is worded once a resource.

Whose rows they are stays said in ``access``; to word it again for every page costs more than the answer.
"""

from collections.abc import Sequence
from functools import cache, partial
from typing import Any, cast

from django.db.models import Model, Q, QuerySet
from rest_framework.request import Request

from incidents.access import visible_to
from incidents.api.paging import PARAMETERS, Keyset, following
from incidents.api.resources import Resource
from incidents.journal import Actor
from incidents.selectors.worded import AFTER, AFTER_AT, NOW, WHO, Wording


def page_of(view: Resource, request: Request) -> list[int]:
    """Return the numbers of the rows of a page, in the order of the list.

    Where the list is narrowed down, or a superuser asks, the question is worded for this one time.

    Args:
        view: A list that is ordered by number, or by a moment and number, newest first.
        request: What is asked.

    Raises:
        ValidationError: If a filter, the cursor or the size is not one of this list.
    """
    names = _columns(tuple(view.ordering))
    if view.by.user.is_superuser or request.query_params.keys() - PARAMETERS:
        seen: QuerySet[Any] = visible_to(QuerySet(view.model), view.by.user, now=view.by.now)
        found = view.paginate_queryset(view.filter_queryset(seen).values_list(*names, named=True))
        return [row.id for row in found or ()]
    view.filter_queryset(QuerySet(view.model).none())  # refuses what is given twice
    pages = cast("Keyset", view.paginator)
    read = partial(_newest, view.model, tuple(view.ordering), by=view.by)
    return [row.id for row in pages.page_of(read, request, view.ordering)]


class _Key:
    """What a row is found and ordered by."""

    id: int

    def __init__(self, names: Sequence[str], values: Sequence[Any]) -> None:
        vars(self).update(zip(names, values, strict=True))


def _newest(
    model: type[Model], order: tuple[str, ...], number: int, values: Sequence[str] | None, *, by: Actor
) -> list[_Key]:
    """Return so many rows that somebody sees, from the newest on or after the one with such values."""
    names, marks = _columns(order), ("after_at", "after")[-len(order) :]
    after = {} if values is None else dict(zip(marks, values, strict=True))
    wording = _wording(model, order, number, goes_on=values is not None)
    return [_Key(names, told) for told in wording.rows(who=by.user.pk, now=by.now, **after)]


@cache
def _wording(model: type[Model], order: tuple[str, ...], number: int, *, goes_on: bool) -> Wording:
    beyond = following(order, (AFTER_AT, AFTER)[-len(order) :]) if goes_on else Q()

    def query() -> QuerySet[Any, Any]:
        seen: QuerySet[Any] = visible_to(QuerySet(model), WHO, now=NOW).filter(beyond)
        return seen.order_by(*order).values_list(*_columns(order))[:number]

    return Wording(query)


def _columns(order: tuple[str, ...]) -> list[str]:
    return [name.lstrip("-") for name in order]
