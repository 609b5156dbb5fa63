"""How far phones see."""

from django.contrib import admin

from incidents.access import Right
from incidents.admin.base import RecordAdmin
from incidents.models import SyncScope


@admin.register(SyncScope)
class SyncScopeAdmin(RecordAdmin):
    """What cursors of phones refer to; numbers of rows, nothing of what they hold."""

    rank = 73
    is_journalled = False
    needs = frozenset({Right.GUARD})
    list_display = ["made_at", "touched_at", "digest"]
    search_fields = ["=digest"]
    date_hierarchy = "made_at"
    ordering = ["-made_at", "-pk"]
    themes = [(None, ["digest", "made_at", "touched_at", "body"])]
