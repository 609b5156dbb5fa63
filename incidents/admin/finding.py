"""Finding rows by what people type: parts of a name, its pinyin initials, a code.

``hgc`` finds 横岗村, ``lt307`` finds 龙潭307线. What a row refers to is looked through first, in its own
small table; then the rows are found by number. A join of everything took several times as long.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from django.contrib.admin.utils import lookup_spawns_duplicates
from django.db.models import Case, IntegerField, Model, Q, QuerySet, Value, When
from django.http import HttpRequest
from django.urls import reverse

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin

    Host = ModelAdmin[Any]
else:
    Host = object

Row = TypeVar("Row", bound=Model)
LONGEST, MOST_WORDS = 100, 8
_SIGNS_OF_LOOKUPS = "^=@"  # Django's own: such a field is compared as it says
_Tree = dict[str, "Mapping[str, Any] | None"]


class Finds(Host):
    """The part of an admin page that finds rows."""

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Search by parts of names and by their initials; a whole identity is looked up directly."""
        if any(field.name == "uuid" for field in self.opts.concrete_fields):
            try:
                return queryset.filter(uuid=UUID(search_term.strip())), False
            except ValueError:
                pass
        fields = [str(name) for name in self.get_search_fields(request)]
        if not takes(fields):
            return super().get_search_results(request, queryset, search_term)
        rows = found(queryset, fields, search_term)
        if request.path == reverse("admin:autocomplete"):
            rows = best_first(rows, search_term)
        return rows, any(lookup_spawns_duplicates(self.opts, name) for name in fields)


def takes(fields: Iterable[str]) -> bool:
    """Return whether all these fields are searched in the way of this module."""
    return not any(name.startswith((*_SIGNS_OF_LOOKUPS,)) for name in fields)


def found(rows: QuerySet[Row], fields: Iterable[str], term: str) -> QuerySet[Row]:
    """Return the rows in which each word of a term stands in one of the fields, or their initials do."""
    tree = _tree(fields)
    for word in term[:LONGEST].split()[:MOST_WORDS]:
        rows = rows.filter(_any(rows.model, tree, word))
    return rows


def best_first(rows: QuerySet[Row], term: str) -> QuerySet[Row]:
    """Return the rows with those first whose own name or initials begin with the term."""
    name = name_of(rows.model)
    if name is None or not term.strip():
        return rows
    word = term.strip()[:LONGEST]
    begins = Q(**{f"{name}__istartswith": word}) | Q(initials__startswith=word.lower())
    rank = Case(When(begins, then=Value(0)), default=Value(1), output_field=IntegerField())
    return rows.order_by(rank, *rows.query.order_by)


def name_of(model: type[Model]) -> str | None:
    """Return the column whose initials the database keeps; None where it keeps none."""
    fields: list[Any] = list(model._meta.concrete_fields)
    for field in fields:
        if field.name == "initials" and field.generated:
            [source] = field.expression.get_source_expressions()
            return str(source.name)
    return None


def _tree(fields: Iterable[str]) -> _Tree:
    """Return look-ups by their first step: a column leads to None, a foreign key to what is behind it."""
    tree: dict[str, Any] = {}
    for path in fields:
        here = tree
        *keys, column = path.split("__")
        for key in keys:
            here = here.setdefault(key, {})
        here[column] = None
    return tree


def _any(model: type[Model], tree: Mapping[str, Any], word: str) -> Q:
    condition = Q()
    name = name_of(model)
    for step, behind in tree.items():
        if behind is not None:
            other: Any = model._meta.get_field(step).related_model
            inner: QuerySet[Model] = QuerySet(other).filter(_any(other, behind, word))
            condition |= Q(**{f"{step}__in": inner.values("pk")})
            continue
        condition |= Q(**{f"{step}__icontains": word})
        if step == name and word.isascii():
            condition |= Q(initials__contains=word.lower())
    return condition
