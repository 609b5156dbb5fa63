"""Pages by keyset: the next page begins after the last row, however deep; nothing is counted."""

from collections.abc import Callable, Sequence
from functools import reduce
from operator import or_
from typing import Any, TypeAlias

from django.core import signing
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

USUAL = 50
LONGEST = 200
PARAMETERS = frozenset({"cursor", "page_size"})
_SALT = "incidents.api.paging"
Read: TypeAlias = Callable[[int, Sequence[str] | None], list[Any]]


class Keyset(BasePagination):
    """Rows in the order of the view's ``ordering``, whose columns are never null and end in a unique one."""

    display_page_controls = False

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        """Return the rows of the page asked for; remember where the next one begins.

        Raises:
            ValidationError: If the size is not 1 to 200, or the cursor is not one of this very list.
        """
        order: Sequence[str] = view.ordering

        def read(number: int, values: Sequence[str] | None) -> list[Any]:
            rows: QuerySet[Any] = queryset.order_by(*order)
            return list((rows.filter(following(order, values)) if values else rows)[:number])

        return self.page_of(read, request, order)

    def page_of(self, read: Read, request: Request, order: Sequence[str]) -> list[Any]:
        """Return the rows of the page asked for, as :meth:`paginate_queryset`.

        Args:
            read: Returns so many rows, from the beginning or after the row with such values.
            request: What is asked.
            order: By what rows are ordered.

        Raises:
            ValidationError: As :meth:`paginate_queryset`.
        """
        size = size_of(request.query_params.get("page_size", str(USUAL)))
        self._list = _list_of(request)
        cursor = request.query_params.get("cursor")
        found = read(size + 1, self._read(cursor, order) if cursor else None)
        page = found[:size]
        self._next = self._cursor(page[-1], order) if len(found) > size else None
        return page

    def get_paginated_response(self, data: Any) -> Response:
        """Return a page and the cursor of the next one, null at the end."""
        return Response({"next": self._next, "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Return the schema of a page."""
        return {
            "type": "object",
            "required": ["next", "results"],
            "properties": {
                "next": {
                    "type": ["string", "null"],
                    "description": "Cursor of the next page; null at the end.",
                },
                "results": schema | {"description": "Rows of the page."},
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """Return the parameters of a page."""
        size = {"type": "integer", "minimum": 1, "maximum": LONGEST, "default": USUAL}
        return [
            {"name": "cursor", "in": "query", "schema": {"type": "string"}, "description": "From `next`."},
            {"name": "page_size", "in": "query", "schema": size, "description": "Rows of a page."},
        ]

    def _cursor(self, last: Model, order: Sequence[str]) -> str:
        values = [str(getattr(last, name.lstrip("-"))) for name in order]
        return signing.dumps([self._list, values], salt=_SALT, compress=True)

    def _read(self, cursor: str, order: Sequence[str]) -> list[str]:
        try:
            of, values = signing.loads(cursor, salt=_SALT)
        except signing.BadSignature as error:
            raise _refusal("cursor", _("This cursor was not made here."), "cursor-malformed") from error
        if of != self._list or len(values) != len(order):
            raise _refusal("cursor", _("This cursor belongs to another list."), "cursor-foreign")
        return list(values)


def _list_of(request: Request) -> list[Any]:
    """Return what makes a list the same: its address, its filters and who reads it."""
    filters = sorted(item for item in request.query_params.items() if item[0] not in PARAMETERS)
    return [request.user.pk, request.path, [list(item) for item in filters]]


def following(order: Sequence[str], values: Sequence[Any]) -> Q:
    """Return the condition of the rows that follow the one with these values."""
    steps = []
    for index, name in enumerate(order):
        same = {earlier.lstrip("-"): values[place] for place, earlier in enumerate(order[:index])}
        further = f"{name.lstrip('-')}__{'lt' if name.startswith('-') else 'gt'}"
        steps.append(Q(**same, **{further: values[index]}))
    # Follows from the rest; with it the database begins at that place of the index instead of at the top.
    bound = f"{order[0].lstrip('-')}__{'lte' if order[0].startswith('-') else 'gte'}"
    return Q(**{bound: values[0]}) & reduce(or_, steps)


def size_of(told: str) -> int:
    """Return the size of a page that is asked for.

    Raises:
        ValidationError: If it is not 1 to 200.
    """
    if not (
        told.isascii() and told.isdigit() and len(told) <= len(str(LONGEST)) and 1 <= int(told) <= LONGEST
    ):
        raise _refusal("page_size", _("A page has 1 to 200 rows."), "out-of-range")
    return int(told)


def _refusal(name: str, told: Any, code: str) -> ValidationError:
    return ValidationError({name: [ErrorDetail(str(told), code=code)]})
