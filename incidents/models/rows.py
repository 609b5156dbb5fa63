"""Rows made without asking every field: what a model does for each of forty columns is done once a model.

As rows that the ORM makes in all that is asked of them; a test holds both ways against each other.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, models
from django.db.models import NOT_PROVIDED
from django.db.models.base import ModelState

Row = TypeVar("Row", bound=models.Model)


def columns_of(model: type[models.Model], alias: str) -> str:
    """Return the columns of a table for a statement whose rows :func:`made` takes."""
    return ", ".join(f"{alias}.{field.column}" for field in model._meta.concrete_fields)


def made(model: type[Row], values: Sequence[Any]) -> Row:
    """Return a row that was read; as ``Model.from_db``, without asking every field."""
    row = model.__new__(model)
    state = ModelState()
    state.db, state.adding = DEFAULT_DB_ALIAS, False
    vars(row).update(zip(_names(model), values, strict=True), _state=state)
    return row


def fresh(model: type[Row], told: Mapping[str, Any]) -> Row:
    """Return a new row; as calling the model, without asking every field.

    Args:
        model: Whose row.
        told: Field → value, references by their rows; all others have their defaults, and columns with a
            default of the database are left to it.
    """
    row = model.__new__(model)
    blank, makers, links = _blank(model)
    state, values = ModelState(), vars(row)
    values.update(blank, _state=state)
    for name, make in makers:
        values[name] = make()
    for name, value in told.items():
        link = links.get(name)
        if link is None:
            values[name] = value
        else:
            values[link] = None if value is None else value.pk
            state.fields_cache[name] = value
    return row


@cache
def _blank(
    model: type[models.Model],
) -> tuple[dict[str, Any], list[tuple[str, Callable[[], Any]]], dict[str, str]]:
    """Return what a new row has: values by column, what makes others, and the columns of references."""
    fields = [f for f in model._meta.concrete_fields if f.db_default is NOT_PROVIDED and not f.generated]
    made_anew = [field for field in fields if field.has_default() and callable(field.default)]
    makers = [(field.attname, field.default) for field in made_anew]
    blank = {field.attname: None if field in made_anew else field.get_default() for field in fields}
    links = {field.name: field.attname for field in fields if field.is_relation}
    return blank, makers, links


@cache
def _names(model: type[models.Model]) -> tuple[str, ...]:
    return tuple(field.attname for field in model._meta.concrete_fields)
