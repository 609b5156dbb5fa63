"""Signs of life of the watch itself."""

from django.contrib import admin

from incidents.admin.base import RecordAdmin
from tracker.models import Heartbeat


@admin.register(Heartbeat)
class HeartbeatAdmin(RecordAdmin):
    """When each part of the watch last worked."""

    rank = 7
    is_journalled = False
    list_display = ["name", "beat_at"]
    search_fields = ["name"]
    ordering = ["name"]
    themes = [(None, ["name", "beat_at", "detail"])]
