"""What an entry of the journal changed, field by field, in the words of the pages."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from incidents.admin.shown import label_of, value_in_words
from incidents.admin.subjects import model_of
from incidents.models import JournalEntry


@admin.display(description=_("Changes"))
def changes(entry: JournalEntry) -> SafeString:
    """Return what changed, field by field, before and after."""
    model = model_of(entry)
    before, after = entry.before or {}, entry.after
    rows = [
        (
            label_of(model, name) if model else name,
            _words(model, name, before.get(name)),
            _words(model, name, value),
        )
        for name, value in after.items()
    ]
    head = format_html(
        '<tr><th scope="col">{}</th><th scope="col">{}</th><th scope="col">{}</th></tr>',
        _("Field"),
        _("Before"),
        _("After"),
    )
    line = '<tr><th scope="row">{}</th><td class="before">{}</td><td>{}</td></tr>'
    return format_html(
        '<table class="diff"><thead>{}</thead><tbody>{}</tbody></table>',
        head,
        format_html_join("", line, rows),
    )


def _words(model: type[Model] | None, name: str, value: Any) -> Any:
    """Return a value of the journal as people read it; numbers of other rows stay numbers."""
    if value in (None, "", [], {}):
        return "–"
    try:
        field: Any = model._meta.get_field(name) if model else None
    except FieldDoesNotExist:
        field = None
    if field is None or field.is_relation:
        return f"№ {value}" if name.endswith("_id") else str(value)
    if field.get_internal_type() == "DateTimeField" and isinstance(value, str):
        return value_in_words(parse_datetime(value), field)
    if field.get_internal_type() in {"BooleanField", "CharField", "ArrayField", "JSONField"}:
        return value_in_words(value, field)
    return str(value)
