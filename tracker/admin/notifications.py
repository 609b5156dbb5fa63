"""Every mail that is owed, and what became of it."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from incidents.admin.base import RecordAdmin, RecordInline
from tracker.models import Notification


class MailInline(RecordInline):
    """Who was, is being or is to be sent a report."""

    model = Notification
    columns = ["recipient", "language", "state", "due_at", "accepted_at", "attempts"]


@admin.register(Notification)
class NotificationAdmin(RecordAdmin):
    """Who is told of what, planned, handed over and accepted."""

    rank = 2
    is_journalled = False
    list_display = [
        "recipient",
        "kind",
        "alert",
        "report",
        "level",
        "repeat",
        "state",
        "held_until",
        "held_by",
        "due_at",
        "created_at",
        "accepted_at",
        "attempts",
    ]
    list_filter = ["state", "kind", "held_by", "channel", "language"]
    search_fields = ["recipient__display_name", "alert__rule_code", "=message_id", "subject"]
    date_hierarchy = "due_at"
    ordering = ["-due_at", "-pk"]
    themes = [
        (None, ["kind", "alert", "post", "report", "recipient", "address", "channel", "language", "state"]),
        (_("Held back"), ["held_until", "held_by", "digest"]),
        (_("Which step"), ["generation", "level", "repeat"]),
        (_("When"), ["due_at", "created_at", "composed_at", "data_started_at", "accepted_at", "next_try_at"]),
        (
            _("Delivery"),
            ["urgency", "at_most_once", "attempts", "doubts", "server_reply", "last_error", "message_id"],
        ),
        (_("Sender at work"), ["lease_until", "lease_token"]),
        (_("Mail"), ["subject", "body_text"]),
    ]
