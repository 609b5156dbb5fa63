"""Steps and estimates of restoration."""

from django.contrib import admin

from incidents.admin.base import RecordAdmin, among
from incidents.models import Estimate, RestorationStep


@admin.register(RestorationStep)
class RestorationStepAdmin(RecordAdmin):
    """Who got power back, when and how."""

    rank = 3
    list_display = ["outage", "seq", "at", "method", "customers", "mv_users", "is_final", "recorded_by"]
    list_filter = ["method", "is_final", among("outage__organization")]
    search_fields = ["outage__line__name", "outage__line__code", "outage__place__text"]
    date_hierarchy = "at"
    ordering = ["-at", "-pk"]
    themes = [
        (
            None,
            ["outage", "seq", "at", "method", "customers", "mv_users", "is_final", "recorded_by", "remark"],
        )
    ]


@admin.register(Estimate)
class EstimateAdmin(RecordAdmin):
    """Estimates as they were published."""

    rank = 4
    list_display = ["outage", "value_at", "kind", "published_at", "published_by", "reason"]
    list_filter = ["kind", among("outage__organization")]
    search_fields = ["outage__line__name", "outage__line__code", "outage__place__text"]
    date_hierarchy = "published_at"
    ordering = ["-published_at", "-pk"]
    themes = [(None, ["outage", "kind", "value_at", "published_at", "published_by", "reason"])]
