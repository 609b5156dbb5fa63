"""Hidden dangers."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from incidents.admin.base import RecordAdmin, among, given
from incidents.models import Hazard


@admin.register(Hazard)
class HazardAdmin(RecordAdmin):
    """Hidden dangers, from finding to removal."""

    rank = 23
    list_display = [
        "description",
        "kind",
        "grade",
        "section",
        "place",
        "organization",
        "found_at",
        "due_at",
        "closed_at",
    ]
    list_filter = [
        "grade",
        "kind",
        given("closed_at"),
        among("organization"),
    ]
    search_fields = ["description", "place__text", "section__line__name", "section__line__code"]
    date_hierarchy = "found_at"
    ordering = ["-found_at", "-pk"]
    themes = [
        (None, ["description", "kind", "grade", "section", "place", "organization", "storm"]),
        (_("When"), ["found_at", "due_at", "closed_at", "close_remark"]),
    ]
