"""How a stored value is shown: units in the header, honest moments, and never nothing for what is unknown."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.utils import display_for_field
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.template.defaultfilters import yesno
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext

from incidents.choices import DeviceScope, TimePrecision, UnknownReason
from incidents.models.base import Sourced
from incidents.selectors.naming import name_parts

Shown = Callable[[models.Model], Any]

# Beginnings: where one of these is null nobody knows it; every other moment that is null has not come yet.
_BEGINNINGS = frozenset(
    {
        "blocked_at",
        "delivered_at",
        "expected_at",
        "found_at",
        "issued_at",
        "needed_from_at",
        "observed_at",
        "occurred_at",
        "recorded_at",
        "started_at",
        "value_at",
    }
)
_WORDS = (models.CharField, models.TextField, models.JSONField, ArrayField)


def shown(model: type[models.Model], name: str, *, link: bool = False) -> Shown:
    """Return a column or line that shows a field of a model.

    Args:
        model: Model of the rows.
        name: Name of the field; ``<x>_at`` with ``<x>_precision`` beside it shows all that is known of it.
        link: Whether a foreign key leads to the page of its row.
    """
    return _column(model._meta.label, name, link)


@cache  # the same callable each time: Django compares them
def _column(label: str, name: str, link: bool) -> Shown:  # noqa: FBT001 - private
    field: Any = apps.get_model(label)._meta.get_field(name)

    @admin.display(description=capfirst(field.verbose_name), ordering=None if field.many_to_many else name)
    def column(row: models.Model) -> Any:
        value = getattr(row, name)
        if field.many_to_many:
            named = value.select_related(*name_parts(field.related_model)).order_by("pk")
            return _listed(str(each) for each in named) or unknown(row, field)
        if _is_honest_moment(field):
            return _honest(row, name.removesuffix("_at"))
        if value in (None, "", [], {}):
            return unknown(row, field)
        if link and field.many_to_one:
            return linked(value)
        return value_in_words(value, field)

    column.__name__ = name  # the class of the cell in lists and details
    return column


def value_in_words(value: Any, field: Any) -> Any:
    """Return a known value as people read it."""
    if isinstance(value, datetime | timedelta):
        return _time_in_words(value)
    if isinstance(field, ArrayField):
        labels = _labels_of_each(field)
        return _listed(str(labels.get(each, each)) for each in value)
    if field.name == "unknown_reasons":
        return _reasons(field.model, value)
    if field.many_to_one:
        return str(value)
    if isinstance(value, bool):
        return yesno(value)
    return display_for_field(value, field, "")


def _time_in_words(value: datetime | timedelta) -> str:
    """Return a moment in local time, or a span in days."""
    if isinstance(value, timedelta):
        return gettext("%(days)d days") % {"days": value.days}
    return str(formats.localize(timezone.localtime(value)))


def unknown(row: models.Model, field: Any) -> SafeString:
    """Return the words for a value that is not there: unknown and why, not yet, or not given."""
    reason = row.why_unknown(field.name) if isinstance(row, Sourced) else None
    kind = "quiet"
    if reason:
        words, kind = gettext("Unknown (%(reason)s)") % {"reason": reason}, "unknown"
    elif isinstance(field, models.DateTimeField) and field.name not in _BEGINNINGS:
        words = gettext("Not yet")
    elif isinstance(field, _WORDS) or field.is_relation:
        words = gettext("Not given")
    else:
        words, kind = gettext("Unknown"), "unknown"
    return format_html('<span class="{}">{}</span>', kind, words)


def linked(row: models.Model) -> str:
    """Return a row's name as a link to its page."""
    url = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
    return format_html('<a href="{}">{}</a>', url, row)


def label_of(model: type[models.Model], name: str) -> str:
    """Return what a field, or the column of a foreign key, is called."""
    for field in model._meta.concrete_fields:
        if name in {field.name, field.attname}:
            return str(capfirst(field.verbose_name))
    return name


def _labels_of_each(field: Any) -> dict[Any, Any]:
    """Return what the codes in an array are called; states that nobody reported are states of the row."""
    if field.name == "not_reported":
        return dict(field.model._meta.get_field("status").flatchoices)
    if field.name == "scopes":
        return dict(DeviceScope.choices)
    return dict(field.base_field.flatchoices or [])


def _is_honest_moment(field: Any) -> bool:
    if not field.name.endswith("_at"):
        return False
    try:
        field.model._meta.get_field(f"{field.name.removesuffix('_at')}_precision")
    except FieldDoesNotExist:
        return False
    return True


def _honest(row: models.Model, stem: str) -> str:
    at: datetime | None = getattr(row, f"{stem}_at")
    on: date | None = getattr(row, f"{stem}_on")
    precision = TimePrecision(getattr(row, f"{stem}_precision"))
    if at is None and on is None:
        return unknown(row, row._meta.get_field(f"{stem}_at"))
    if at is None:
        return format_html('{} <span class="quiet">({})</span>', formats.localize(on), precision.label)
    local = formats.localize(timezone.localtime(at))
    if precision in {TimePrecision.EXACT, TimePrecision.MINUTE}:
        return str(local)
    return format_html('{} <span class="quiet">({})</span>', local, precision.label)


def _reasons(model: type[models.Model], reasons: dict[str, str]) -> str:
    known = set(UnknownReason.values)
    return _listed(
        f"{label_of(model, name)}: {UnknownReason(reason).label if reason in known else reason}"
        for name, reason in reasons.items()
    )


def _listed(words: Iterable[str]) -> str:
    return format_html_join(gettext(", "), "{}", ((word,) for word in words))
