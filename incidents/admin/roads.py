"""Blocked roads."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from incidents.admin.base import RecordAdmin, RecordInline, among, given
from incidents.models import Assignment, RoadBlock


class ClearingInline(RecordInline):
    """Crews sent to clear a road."""

    model = Assignment
    columns = ["crew", "task", "status", "assigned_at", "on_site_at", "ended_at"]


@admin.register(RoadBlock)
class RoadBlockAdmin(RecordAdmin):
    """What keeps a repair vehicle from the fault."""

    rank = 8
    list_display = [
        "place",
        "cause",
        "organization",
        "blocked_at",
        "is_being_cleared",
        "cleared_at",
        "vehicle_limit",
    ]
    list_filter = [
        "cause",
        "is_being_cleared",
        given("cleared_at"),
        among("organization"),
    ]
    search_fields = ["place__text", "alternative"]
    date_hierarchy = "received_at"
    ordering = ["-received_at", "-pk"]
    themes = [
        (None, ["place", "cause", "organization", "storm", "outages"]),
        (_("When"), ["blocked_at", "is_being_cleared", "clearing_at", "cleared_at"]),
        (_("Ways"), ["vehicle_limit", "alternative"]),
    ]
    inlines = [ClearingInline]
