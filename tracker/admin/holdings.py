"""Conditions that hold, but not yet for as long as their rule asks."""

from django.contrib import admin

from incidents.admin.base import RecordAdmin, given
from tracker.models import Holding


@admin.register(Holding)
class HoldingAdmin(RecordAdmin):
    """Conditions that hold, but not yet for as long as their rule asks."""

    rank = 8
    is_journalled = False
    list_display = ["rule_code", "subject_type", "subject_id", "since_at", "is_exercise"]
    list_filter = ["rule_code", "is_exercise", given("since_at")]
    search_fields = ["rule_code", "=subject_id"]
    ordering = ["-since_at", "-pk"]
    themes = [(None, ["rule_code", "subject_type", "subject_id", "is_exercise", "since_at"])]
