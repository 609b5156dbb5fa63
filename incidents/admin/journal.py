"""The journal and the chain over it: read only, field by field."""

from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from incidents.admin.base import RecordAdmin, among
from incidents.admin.differences import changes
from incidents.admin.subjects import subject_link
from incidents.models import JournalEntry, JournalSeal


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
