"""The journal and the chain over it: read only, field by field."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from incidents.admin.base import RecordAdmin, among
from incidents.admin.shown import label_of, value_in_words
from incidents.admin.subjects import model_of, subject_link
from incidents.models import JournalEntry, JournalSeal


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


@admin.register(JournalEntry)
class JournalEntryAdmin(RecordAdmin):
    """Who did what, when, before and after."""

    rank = 70
    is_journalled = False
    list_display = [
        "occurred_at",
        "kind",
        subject_link,
        "by",
        "organization",
        "channel",
        "reason",
        "written_at",
    ]
    list_filter = ["channel", "subject_type", among("organization")]
    search_fields = ["kind", "reason", "by__display_name", "=subject_uuid", "=request_id"]
    date_hierarchy = "written_at"
    ordering = ["-pk"]
    themes = [
        (None, ["kind", "subject", "subject_uuid", "organization", "reason"]),
        (_("What changed"), ["changed"]),
        (
            _("Who and when"),
            [
                "by",
                "occurred_at",
                "written_at",
                "channel",
                "device",
                "request_id",
                "transaction_id",
                "cluster",
            ],
        ),
    ]

    @admin.display(description=_("Record"))
    def subject(self, entry: JournalEntry) -> str:
        """Return a link to the record."""
        return subject_link(entry)

    @admin.display(description=_("Changes"))
    def changed(self, entry: JournalEntry) -> SafeString:
        """Return the differences."""
        return changes(entry)


@admin.register(JournalSeal)
class JournalSealAdmin(RecordAdmin):
    """The chain over the journal."""

    rank = 71
    is_journalled = False
    list_display = ["seq", "entry", "sealed_at"]
    search_fields = ["=seq"]
    date_hierarchy = "sealed_at"
    ordering = ["-seq"]
    themes = [(None, ["seq", "entry", "sealed_at", "hashes"])]

    @admin.display(description=_("Hashes"))
    def hashes(self, seal: JournalSeal) -> SafeString:
        """Return the hash of the entry and of the chain, in hexadecimal."""
        return format_html("{}<br>{}", bytes(seal.entry_hash).hex(), bytes(seal.chain_hash).hex())
