"""How ice is graded, and the grade that each section has now."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from incidents.access import Right
from incidents.admin.base import RecordAdmin, among, given
from incidents.admin.fields import moment, reason, text
from incidents.admin.forms import AtReasonForm, form_of, manages
from incidents.admin.verbs import Verb, VerbForm
from incidents.choices import Grade
from incidents.journal import Actor
from incidents.models import GradingPolicy, Organization, SectionIcing
from incidents.services import icing, policies

_NUMBERS = [
    "ratio_blue",
    "ratio_yellow",
    "ratio_orange",
    "ratio_red",
    "margin",
    "thickness_blue_mm",
    "thickness_yellow_mm",
    "thickness_orange_mm",
    "thickness_red_mm",
    "margin_mm",
    "no_ice_mm",
    "no_ice_margin_mm",
    "calm_readings",
    "calm_minutes",
    "fresh_mild_minutes",
    "fresh_severe_minutes",
    "density_glaze",
    "density_mixed",
    "density_rime",
    "density_wet_snow",
]


class _OverrideForm(VerbForm):
    """The grade that a person sets, until when and why."""

    grade = forms.ChoiceField(label=_("Grade"), choices=Grade.choices)
    until = moment(_("Until"), now=False)
    at = moment(_("From"))
    reason = reason()


_PolicyForm = form_of(
    GradingPolicy,
    "organization",
    *_NUMBERS,
    optional=_NUMBERS,
    also={"source": text(_("Source of the numbers")), "at": moment(_("From"))},
    tied=["organization"],
    rights=manages("organization"),
)


def _revise(
    *, by: Actor, organization: Organization | None, source: str, at: datetime, **numbers: Any
) -> Any:
    """Put the numbers that were given in force; the others are taken over."""
    said = {name: value for name, value in numbers.items() if value is not None}
    return policies.revise(organization=organization, numbers=said, source=source, at=at, by=by)


@admin.register(SectionIcing)
class SectionIcingAdmin(RecordAdmin):
    """The icing of each section as it stands."""

    rank = 21
    list_display = [
        "section",
        "grade",
        "grade_basis",
        "standard_mm",
        "ratio",
        "observed_at",
        "grade_since_at",
        "override_grade",
        "override_until_at",
        "is_exercise",
    ]
    list_filter = [
        "grade",
        "grade_basis",
        "is_exercise",
        given("override_until_at"),
        among("section__line__organization"),
    ]
    search_fields = ["section__line__name", "section__line__code", "section__code"]
    date_hierarchy = "observed_at"
    ordering = ["-observed_at", "-pk"]
    themes = [
        (None, ["section", "grade", "grade_basis", "grade_since_at", "is_exercise"]),
        (_("Newest observation"), ["reading", "observed_at", "standard_mm", "ratio", "is_estimate"]),
        (_("Set by a person"), ["override_grade", "override_by", "override_reason", "override_until_at"]),
        (_("Why the grade has not fallen yet"), ["below_count", "below_since_at"]),
        (_("Last measurement"), ["measured_at"]),
    ]

    verbs = [
        Verb(
            name="override",
            label=_("Set the grade"),
            call=icing.override,
            right=Right.OPERATE,
            form=_OverrideForm,
            help_text=_("The computed grade stays visible beside it."),
        ),
        Verb(
            name="clear_override",
            label=_("Let the computed grade count again"),
            call=icing.clear_override,
            right=Right.OPERATE,
            form=AtReasonForm,
            offered=lambda icing: icing.override_grade != "",
            many=True,
        ),
    ]


@admin.register(GradingPolicy)
class GradingPolicyAdmin(RecordAdmin):
    """The numbers by which a company grades ice."""

    rank = 35
    list_display = [
        "organization",
        "since_at",
        "until_at",
        "ratio_blue",
        "ratio_yellow",
        "ratio_orange",
        "ratio_red",
        "source",
    ]
    list_filter = [
        among("organization"),
        given("until_at"),
    ]
    search_fields = ["organization__name", "source"]
    date_hierarchy = "since_at"
    ordering = ["-since_at", "-pk"]
    themes = [
        (None, ["organization", "since_at", "until_at", "source"]),
        (
            _("Edges of the icing ratio"),
            ["ratio_blue", "ratio_yellow", "ratio_orange", "ratio_red", "margin"],
        ),
        (
            _("Edges where the design value is unknown"),
            [
                "thickness_blue_mm",
                "thickness_yellow_mm",
                "thickness_orange_mm",
                "thickness_red_mm",
                "margin_mm",
            ],
        ),
        (_("Lines designed without ice"), ["no_ice_mm", "no_ice_margin_mm"]),
        (_("Falling"), ["calm_readings", "calm_minutes"]),
        (_("Freshness"), ["fresh_mild_minutes", "fresh_severe_minutes"]),
        (_("Densities"), ["density_glaze", "density_mixed", "density_rime", "density_wet_snow"]),
    ]

    add_verb = Verb(
        name="revise",
        label=_("Put new numbers in force"),
        call=_revise,
        right=Right.MANAGE,
        form=_PolicyForm,
        help_text=_("Numbers that are left empty stay as they are."),
    )
