"""Signs of life of the watch itself, and the times at which it was ill."""

from django.contrib import admin
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from incidents.admin.base import RecordAdmin, given
from tracker.models import Heartbeat, WatchFailure


@admin.register(Heartbeat)
class HeartbeatAdmin(RecordAdmin):
    """When each part of the watch last worked."""

    rank = 7
    is_journalled = False
    list_display = ["name", "beat_at"]
    search_fields = ["name"]
    ordering = ["name"]
    themes = [(None, ["name", "beat_at", "detail"])]


@admin.register(WatchFailure)
class WatchFailureAdmin(RecordAdmin):
    """When the watch itself was late or dead, and how a watchdog told so."""

    rank = 8
    is_journalled = False
    list_display = ["why", "began_at", "ended_at", "told_at"]
    list_filter = ["why", given("ended_at")]
    search_fields = ["why"]
    date_hierarchy = "began_at"
    ordering = ["-began_at", "-pk"]
    themes = [(None, ["why", "began_at", "ended_at"]), (_("Second channel"), ["told_at", "told_how"])]

    @admin.display(description=_("How it was told"))
    def told_how(self, failure: WatchFailure) -> str:
        """Return when, through what and to how many people it was told, a line each."""
        lines = ((each["at"], each["through"], each["people"]) for each in failure.told)
        return format_html_join("", "{} · {} · {}<br>", lines)
