"""What phones have sent and were answered."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from incidents.access import Right
from incidents.admin.base import RecordAdmin
from incidents.models import Submission


@admin.register(Submission)
class SubmissionAdmin(RecordAdmin):
    """Answers that a phone gets again when it sends the same again."""

    rank = 72
    is_journalled = False
    needs = frozenset({Right.GUARD})
    list_display = ["created_at", "user", "route", "status", "key"]
    list_filter = ["status"]
    search_fields = ["user__display_name", "user__username", "route", "=key"]
    date_hierarchy = "created_at"
    ordering = ["-created_at", "-pk"]
    themes = [
        (None, ["user", "route", "created_at", "clock_skew_s", "key", "digest"]),
        (_("Answer"), ["status", "headers", "body"]),
    ]
