"""Replays: what the watch would have done over past storms."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from incidents.admin.base import RecordAdmin, among
from tracker.models import Replay


@admin.register(Replay)
class ReplayAdmin(RecordAdmin):
    """Runs of ``manage.py replay``."""

    rank = 11
    is_journalled = False
    list_display = ["storm", "label", "from_at", "to_at", "step_s", "run_at", "run_by"]
    list_filter = [among("storm")]
    search_fields = ["label", "storm__name"]
    date_hierarchy = "run_at"
    ordering = ["-run_at", "-pk"]
    themes = [
        (None, ["storm", "label", "from_at", "to_at", "step_s", "run_at", "run_by"]),
        (_("What would have been"), ["alerts"]),
        (_("Rules"), ["rules"]),
    ]
