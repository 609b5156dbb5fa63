"""Links to the record that a row of the journal or the watch is about."""

from typing import Protocol

from django.apps import apps
from django.contrib import admin
from django.db.models import Model
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _


class About(Protocol):
    """A row that names its subject by type and number."""

    subject_type: str
    subject_id: int


def model_of(row: About) -> type[Model] | None:
    """Return the model that a row is about; None for one that is no more."""
    for label in ("incidents", "tracker"):
        try:
            return apps.get_model(label, row.subject_type)
        except LookupError:
            continue
    return None


@admin.display(description=_("Record"))
def subject_link(row: About) -> str:
    """Return a link to the record that a row is about."""
    model = model_of(row)
    if model is None:
        return f"{row.subject_type} {row.subject_id}"
    words = f"{model._meta.verbose_name} {row.subject_id}"
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[row.subject_id])
    return format_html('<a href="{}">{}</a>', url, words)
