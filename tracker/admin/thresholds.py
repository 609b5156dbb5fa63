"""Thresholds of response levels and profiles of areas: dated rows."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from incidents.access import Right
from incidents.admin.base import RecordAdmin, among, given
from incidents.admin.fields import reason
from incidents.admin.forms import form_of, manages
from incidents.admin.verbs import Verb, VerbForm
from tracker.models import AreaProfile, ResponseThreshold
from tracker.services import thresholds

_SetForm = form_of(
    ResponseThreshold,
    "kind",
    "organization",
    "area",
    "level",
    "clause",
    "measure",
    "at_least",
    "below",
    "valid_from",
    "basis",
    tied=["organization"],
    rights=manages("organization"),
)
_DescribeForm = form_of(
    AreaProfile,
    "organization",
    "area",
    "load_mw",
    "customers",
    "valid_from",
    "source",
    rights=manages("organization"),
)


class _EndForm(VerbForm):
    """From which day a threshold no longer holds."""

    valid_to = forms.DateField(
        label=_("valid to"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    reason = reason(required=False)


@admin.register(ResponseThreshold)
class ResponseThresholdAdmin(RecordAdmin):
    """Numbers that speak for a level, with what they rest on."""

    rank = 9
    list_display = [
        "kind",
        "level",
        "clause",
        "measure",
        "at_least",
        "below",
        "area",
        "organization",
        "valid_from",
        "valid_to",
    ]
    list_filter = ["kind", "level", "measure", "area", given("valid_to"), among("organization")]
    search_fields = ["basis", "organization__name"]
    ordering = ["kind", "level", "clause", "pk"]
    themes = [
        (None, ["kind", "organization", "area", "level", "clause", "measure", "at_least", "below"]),
        (_("Validity"), ["valid_from", "valid_to", "basis"]),
    ]
    add_verb = Verb(
        name="set_threshold",
        label=_("Put a threshold in force"),
        call=thresholds.set_threshold,
        right=Right.MANAGE,
        form=_SetForm,
        help_text=_("The one that it takes the place of ends on that day."),
    )
    verbs = [
        Verb(
            name="end_threshold",
            label=_("Let it end"),
            call=thresholds.end_threshold,
            right=Right.MANAGE,
            form=_EndForm,
            offered=lambda row: row.valid_to is None,
        ),
    ]


@admin.register(AreaProfile)
class AreaProfileAdmin(RecordAdmin):
    """What areas hold: load and customers that shares are reckoned from."""

    rank = 10
    list_display = ["organization", "area", "load_mw", "customers", "valid_from", "valid_to"]
    list_filter = ["area", given("valid_to"), among("organization")]
    search_fields = ["organization__name", "source"]
    ordering = ["organization", "-valid_from", "pk"]
    themes = [
        (None, ["organization", "area", "load_mw", "customers"]),
        (_("Validity"), ["valid_from", "valid_to", "source"]),
    ]
    add_verb = Verb(
        name="describe_area",
        label=_("Describe an area"),
        call=thresholds.describe_area,
        right=Right.MANAGE,
        form=_DescribeForm,
    )
