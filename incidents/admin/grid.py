"""Lines and their sections."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from incidents.access import Right
from incidents.admin.base import RecordAdmin, RecordInline, among, given
from incidents.admin.fields import moment
from incidents.admin.forms import AtReasonForm, correction_of, form_of, manages
from incidents.admin.ice import IceOfSectionForm, record_ice
from incidents.admin.verbs import Verb
from incidents.journal import Actor
from incidents.models import IceReading, Line, LineSection, Outage, SectionIcing
from incidents.services import grid

_LINE = ["name", "kind", "substation", "has_tie", "customers"]
_SECTION = [
    "from_pole",
    "to_pole",
    "division",
    "design_ice_mm",
    "design_ice_source",
    "conductor_type",
    "conductor_diameter_mm",
    "conductor_weight_n_per_m",
    "vertical_span_m",
    "altitude_min_m",
    "altitude_max_m",
    "vegetation",
    "access",
]
_SINCE = {"at": moment(_("Since"))}
_LineForm = form_of(
    Line,
    "organization",
    "code",
    "voltage_kv",
    *_LINE,
    "is_exercise",
    also=_SINCE,
    rights=manages("organization"),
)
_SectionForm = form_of(LineSection, "line", "code", *_SECTION, also=_SINCE, rights=manages("line"))
_SectionOfLineForm = form_of(LineSection, "code", *_SECTION, also=_SINCE)


def _add_section(line: Line, *, by: Actor, **known: Any) -> LineSection:
    return grid.add_section(line=line, by=by, **known)


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

    add_verb = Verb(name="add", label=_("Add line"), call=grid.add_line, right=Right.MANAGE, form=_LineForm)
    verbs = [
        Verb(
            name="correct",
            label=_("Correct"),
            call=grid.correct_line,
            right=Right.MANAGE,
            form=correction_of(Line, *_LINE),
        ),
        Verb(
            name="add_section",
            label=_("Add section"),
            call=_add_section,
            right=Right.MANAGE,
            form=_SectionOfLineForm,
            offered=lambda line: line.retired_at is None,
        ),
        Verb(
            name="retire",
            label=_("Take out of the grid"),
            call=grid.retire,
            right=Right.MANAGE,
            form=AtReasonForm,
            offered=lambda line: line.retired_at is None,
            many=True,
        ),
    ]


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

    add_verb = Verb(
        name="add", label=_("Add section"), call=grid.add_section, right=Right.MANAGE, form=_SectionForm
    )
    verbs = [
        Verb(
            name="correct",
            label=_("Correct"),
            call=grid.correct_section,
            right=Right.MANAGE,
            form=correction_of(LineSection, *_SECTION),
            help_text=_("A design ice thickness needs its source; readings keep the grades they got before."),
        ),
        Verb(
            name="record_ice",
            label=_("Record ice"),
            call=record_ice,
            right=Right.RECORD,
            form=IceOfSectionForm,
        ),
    ]
