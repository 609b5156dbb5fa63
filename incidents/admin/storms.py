"""Storms, and what was said of them."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from incidents.admin.base import RecordAdmin, RecordInline, among, given
from incidents.models import Deployment, Outage, Storm, StormNote


class OutageOfStormInline(RecordInline):
    """Outages of a storm."""

    model = Outage
    columns = ["line", "place", "status", "customers_affected", "reported_at", "restored_at"]
    ordering = ["-reported_at", "-pk"]


class DeploymentOfStormInline(RecordInline):
    """Support in a storm."""

    model = Deployment
    columns = ["organization", "host_organization", "headcount", "vehicle_count", "status", "arrived_at"]


class NoteInline(RecordInline):
    """What was said of a storm."""

    model = StormNote
    columns = ["kind", "organization", "place", "text"]


@admin.register(Storm)
class StormAdmin(RecordAdmin):
    """Storm events."""

    rank = 1
    list_display = ["name", "hazard", "started_at", "ended_at", "is_exercise"]
    list_filter = ["hazard", "is_exercise", given("ended_at")]
    search_fields = ["name", "slug"]
    date_hierarchy = "started_at"
    ordering = ["-started_at", "-pk"]
    themes = [
        (None, ["name", "slug", "hazard", "started_at", "ended_at", "organizations"]),
        (_("Remarks"), ["is_exercise", "remark"]),
    ]
    inlines = [OutageOfStormInline, DeploymentOfStormInline, NoteInline]


@admin.register(StormNote)
class StormNoteAdmin(RecordAdmin):
    """What a source says of a storm in words."""

    rank = 60
    list_display = ["storm", "kind", "organization", "place", "text", "received_at"]
    list_filter = ["kind", among("storm"), "entry_mode"]
    search_fields = ["text", "quote", "place__text"]
    date_hierarchy = "received_at"
    ordering = ["-received_at", "-pk"]
    themes = [(None, ["storm", "kind", "text", "organization", "place"])]
