"""Ice readings."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from incidents.access import Right
from incidents.admin.base import RecordAdmin, among
from incidents.admin.fields import reason
from incidents.admin.forms import form_of
from incidents.admin.verbs import Verb
from incidents.journal import Actor
from incidents.models import IceReading, LineSection
from incidents.services import ice

_OBSERVED = [
    "observed_at",
    "thickness_mm",
    "kind",
    "statistic",
    "ice_type",
    "method",
    "outage",
    "storm",
    "density_g_cm3",
    "long_axis_mm",
    "short_axis_mm",
    "weight_g",
    "sample_length_m",
    "conductor_diameter_mm",
    "uncertainty_mm",
    "air_temp_c",
    "note",
]
_RIGHTS = {"section": Right.RECORD, "outage": Right.RECORD}
_RecordForm = form_of(IceReading, "section", *_OBSERVED, required=["section", "observed_at"], rights=_RIGHTS)
IceOfSectionForm = form_of(IceReading, *_OBSERVED, required=["observed_at"], rights=_RIGHTS)
_CorrectForm = form_of(
    IceReading,
    "section",
    *_OBSERVED,
    also={"reason": reason()},
    required=["section", "observed_at"],
    rights=_RIGHTS,
    starts_from_row=True,
)


def record_ice(section: LineSection, *, by: Actor, **observed: Any) -> IceReading:
    """Record a reading of a section by hand."""
    return _record(by=by, section=section, **observed)


def _record(*, by: Actor, **observed: Any) -> IceReading:
    return ice.record(ice.Observation(**observed), by=by).reading


def _correct(reading: IceReading, *, by: Actor, reason: str, **observed: Any) -> IceReading:
    said: dict[str, Any] = {"place": reading.place, "source_ref": reading.source_ref, "quote": reading.quote}
    return ice.correct(reading, ice.Observation(**said, **observed), reason=reason, by=by)


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
        (
            _("Computed"),
            [
                "standard_mm",
                "thickness_basis",
                "ratio",
                "grade",
                "grade_basis",
                "computed_with",
                "rule_version",
            ],
        ),
        (_("Correction"), ["supersedes"]),
    ]

    add_verb = Verb(name="record", label=_("Record ice"), call=_record, right=Right.RECORD, form=_RecordForm)
    verbs = [
        Verb(
            name="correct",
            label=_("Correct"),
            call=_correct,
            right=Right.OPERATE,
            form=_CorrectForm,
            help_text=_("A new reading takes the place of this one, which stays in the history."),
        ),
    ]
