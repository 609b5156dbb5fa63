"""Lines and their sections."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from incidents.admin.base import RecordAdmin, RecordInline, among, given
from incidents.models import IceReading, Line, LineSection, Outage, SectionIcing


class SectionInline(RecordInline):
    """Sections of a line."""

    model = LineSection
    columns = ["code", "from_pole", "to_pole", "design_ice_mm", "altitude_max_m", "vegetation", "access"]
    ordering = ["code", "pk"]


class OutageOfLineInline(RecordInline):
    """Outages of a line."""

    model = Outage
    columns = ["reported_at", "place", "status", "customers_affected", "restored_at"]
    ordering = ["-reported_at", "-pk"]


@admin.register(Line)
class LineAdmin(RecordAdmin):
    """Lines of the grid."""

    rank = 30
    list_display = [
        "name",
        "code",
        "voltage_kv",
        "organization",
        "kind",
        "substation",
        "customers",
        "retired_at",
    ]
    list_filter = [
        "voltage_kv",
        "kind",
        "is_exercise",
        among("organization"),
        given("retired_at"),
    ]
    search_fields = ["name", "code", "substation"]
    ordering = ["code", "pk"]
    themes = [
        (None, ["name", "code", "organization", "voltage_kv", "kind", "substation"]),
        (_("Extent"), ["customers", "has_tie"]),
        (_("State"), ["retired_at", "is_exercise"]),
    ]
    inlines = [SectionInline, OutageOfLineInline]


class IcingInline(RecordInline):
    """Icing of a section now."""

    model = SectionIcing
    columns = ["grade", "grade_basis", "standard_mm", "ratio", "observed_at", "override_grade", "is_exercise"]


class ReadingOfSectionInline(RecordInline):
    """Ice readings of a section."""

    model = IceReading
    columns = ["observed_at", "thickness_mm", "kind", "ice_type", "standard_mm", "ratio", "grade", "method"]
    ordering = ["-observed_at", "-pk"]


@admin.register(LineSection)
class LineSectionAdmin(RecordAdmin):
    """Stretches of a line with one design value."""

    rank = 31
    list_display = [
        "line",
        "code",
        "from_pole",
        "to_pole",
        "design_ice_mm",
        "conductor_diameter_mm",
        "altitude_max_m",
        "vegetation",
        "access",
    ]
    list_filter = [
        "design_ice_mm",
        "vegetation",
        "access",
        among("line__organization"),
    ]
    search_fields = ["line__name", "line__code", "code", "from_pole", "to_pole"]
    ordering = ["line__code", "code", "pk"]
    themes = [
        (None, ["line", "code", "from_pole", "to_pole", "division"]),
        (_("Design"), ["design_ice_mm", "design_ice_source"]),
        (
            _("Conductor"),
            ["conductor_type", "conductor_diameter_mm", "conductor_weight_n_per_m", "vertical_span_m"],
        ),
        (_("Terrain"), ["altitude_min_m", "altitude_max_m", "vegetation", "access"]),
    ]
    inlines = [IcingInline, ReadingOfSectionInline]
