"""Where crews are sent, and their signs of life."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from incidents.admin.base import RecordAdmin, among
from incidents.admin.crews import CheckInInline
from incidents.models import Assignment, CheckIn


@admin.register(Assignment)
class AssignmentAdmin(RecordAdmin):
    """Crews sent to do something."""

    rank = 6
    list_display = [
        "crew",
        "task",
        "status",
        "outage",
        "road_block",
        "place",
        "assigned_at",
        "on_site_at",
        "ended_at",
    ]
    list_filter = [
        "status",
        "task",
        among("crew"),
        among("storm"),
    ]
    search_fields = ["crew__name", "outage__line__name", "outage__line__code", "place__text", "permit_no"]
    date_hierarchy = "assigned_at"
    ordering = ["-assigned_at", "-pk"]
    themes = [
        (None, ["crew", "task", "status", "outage", "road_block", "place", "storm"]),
        (_("On the way"), ["assigned_at", "accepted_at", "departed_at", "on_site_at"]),
        (_("Safety"), ["briefed_at", "permit_no"]),
        (_("End"), ["ended_at", "abort_reason", "remark"]),
    ]
    inlines = [CheckInInline]


@admin.register(CheckIn)
class CheckInAdmin(RecordAdmin):
    """Signs of life of crews."""

    rank = 7
    list_display = ["crew", "at", "received_at", "assignment", "reported_by", "device", "note"]
    list_filter = [among("crew")]
    search_fields = ["crew__name", "note"]
    date_hierarchy = "at"
    ordering = ["-at", "-pk"]
    themes = [(None, ["crew", "assignment", "at", "received_at", "reported_by", "device", "note"])]
