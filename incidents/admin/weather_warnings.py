"""Weather warnings."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from incidents.access import Right
from incidents.admin.base import RecordAdmin, among, given
from incidents.admin.fields import moment
from incidents.admin.forms import AtReasonForm, form_of, operates
from incidents.admin.verbs import Verb
from incidents.models import WeatherWarning
from incidents.services import weather_warnings

_WORDS = ["level", "text", "areas", "valid_from_at", "expires_at"]
_IssueForm = form_of(
    WeatherWarning,
    "organization",
    "issuer",
    "hazard",
    *_WORDS,
    "storm",
    also={"at": moment(_("Issued"))},
    rights=operates("organization"),
    optional=["valid_from_at"],
)
_SupersedeForm = form_of(
    WeatherWarning,
    *_WORDS,
    also={"at": moment(_("Issued"))},
    starts_from_row=True,
    optional=["valid_from_at"],
)


def _stands(warning: WeatherWarning) -> bool:
    return warning.cancelled_at is None and not warning.updates.exists()


@admin.register(WeatherWarning)
class WeatherWarningAdmin(RecordAdmin):
    """What the weather service warns of."""

    rank = 21
    list_display = [
        "issued_at",
        "issuer",
        "hazard",
        "level",
        "organization",
        "valid_from_at",
        "expires_at",
        "cancelled_at",
    ]
    list_filter = [
        "level",
        "hazard",
        given("cancelled_at"),
        among("organization"),
        among("storm"),
    ]
    search_fields = ["issuer", "text"]
    date_hierarchy = "issued_at"
    ordering = ["-issued_at", "-pk"]
    themes = [
        (None, ["organization", "issuer", "hazard", "level", "areas", "text", "storm", "update_of"]),
        (_("When"), ["issued_at", "valid_from_at", "expires_at", "cancelled_at", "cancel_reason"]),
    ]

    add_verb = Verb(
        name="issue",
        label=_("Keep a warning"),
        call=weather_warnings.issue,
        right=Right.OPERATE,
        form=_IssueForm,
    )
    verbs = [
        Verb(
            name="supersede",
            label=_("New warning in its place"),
            call=weather_warnings.supersede,
            right=Right.OPERATE,
            form=_SupersedeForm,
            offered=_stands,
        ),
        Verb(
            name="cancel",
            label=_("Cancel"),
            call=weather_warnings.cancel,
            right=Right.OPERATE,
            form=AtReasonForm,
            offered=_stands,
        ),
    ]
