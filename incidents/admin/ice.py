"""Ice readings."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from incidents.admin.base import RecordAdmin, among
from incidents.models import IceReading


@admin.register(IceReading)
class IceReadingAdmin(RecordAdmin):
    """Ice on conductors, as observed and as standard thickness."""

    rank = 20
    list_display = [
        "observed_at",
        "section",
        "place",
        "thickness_mm",
        "kind",
        "ice_type",
        "method",
        "standard_mm",
        "ratio",
        "grade",
        "is_suspect",
    ]
    list_filter = [
        "grade",
        "kind",
        "ice_type",
        "method",
        "is_suspect",
        "is_estimate",
        "entry_mode",
        among("storm"),
    ]
    search_fields = ["section__line__name", "section__line__code", "section__code", "place__text"]
    date_hierarchy = "received_at"
    ordering = ["-received_at", "-pk"]
    themes = [
        (None, ["section", "place", "outage", "storm"]),
        (_("When"), ["observed_at"]),
        (
            _("Observed"),
            [
                "thickness_mm",
                "kind",
                "statistic",
                "ice_type",
                "method",
                "uncertainty_mm",
                "is_suspect",
                "is_estimate",
                "note",
            ],
        ),
        (
            _("Measured"),
            [
                "density_g_cm3",
                "long_axis_mm",
                "short_axis_mm",
                "weight_g",
                "sample_length_m",
                "conductor_diameter_mm",
                "air_temp_c",
            ],
        ),
        (_("Computed"), ["standard_mm", "ratio", "grade", "grade_basis", "computed_with", "rule_version"]),
        (_("Correction"), ["supersedes"]),
    ]
