"""What is broken."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from incidents.admin.base import RecordAdmin, among, given
from incidents.models import Damage


@admin.register(Damage)
class DamageAdmin(RecordAdmin):
    """What is broken, and live-wire hazards first of all."""

    rank = 5
    list_display = [
        "outage",
        "kind",
        "count",
        "place",
        "is_live_hazard",
        "found_at",
        "made_safe_at",
        "isolated_at",
        "repaired_at",
    ]
    list_filter = [
        "kind",
        "is_live_hazard",
        given("repaired_at"),
        among("outage__organization"),
    ]
    search_fields = ["outage__line__name", "outage__line__code", "place__text", "outage__place__text"]
    date_hierarchy = "received_at"
    ordering = ["-received_at", "-pk"]
    themes = [
        (None, ["outage", "kind", "count", "place", "is_live_hazard", "remark"]),
        (_("When"), ["found_at", "made_safe_at", "isolated_at", "isolated_by", "repaired_at"]),
    ]
