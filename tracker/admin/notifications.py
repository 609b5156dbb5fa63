"""Every mail and message that is owed, and what became of it."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from incidents.access import Right
from incidents.admin.base import RecordAdmin, RecordInline, among, given
from incidents.admin.forms import ReasonForm
from incidents.admin.verbs import Verb
from tracker.models import Notification
from tracker.services import deliveries


class MailInline(RecordInline):
    """Who was, is being or is to be sent a report."""

    model = Notification
    columns = ["recipient", "language", "state", "due_at", "accepted_at", "attempts"]


@admin.register(Notification)
class NotificationAdmin(RecordAdmin):
    """Who is told of what, planned, handed over and accepted."""

    rank = 2
    list_display = [
        "recipient",
        "kind",
        "alert",
        "report",
        "level",
        "repeat",
        "channel",
        "state",
        "held_until",
        "held_by",
        "due_at",
        "created_at",
        "accepted_at",
        "attempts",
    ]
    list_filter = [
        "state",
        "channel",
        among("hook"),
        "kind",
        "held_by",
        given("bounced_at"),
        given("replayed_at"),
        "language",
    ]
    list_needs = ["hook"]
    search_fields = ["recipient__display_name", "alert__rule_code", "=message_id", "subject"]
    date_hierarchy = "due_at"
    ordering = ["-due_at", "-pk"]
    themes = [
        (None, ["kind", "alert", "post", "report", "recipient", "address", "language", "state"]),
        (_("Way"), ["channel", "hook", "relay", "bounced_at", "bounce", "replayed_at"]),
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
    verbs = [
        Verb(
            name="send_again",
            label=_("Send again"),
            call=deliveries.send_again,
            right=Right.OPERATE,
            form=ReasonForm,
            offered=deliveries.may_be_sent_again,
            many=True,
            help_text=_(
                "Through the gateway, with the same number and a mark, whatever became of the alert."
            ),
        ),
    ]
