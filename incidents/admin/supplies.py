"""What is brought to the people outside, and leaders who visit them."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from incidents.access import Right
from incidents.admin.base import RecordAdmin, RecordInline, among
from incidents.admin.forms import form_of
from incidents.admin.verbs import Verb
from incidents.models import Supply, Visit
from incidents.services import supplies, visits

_SupplyForm = form_of(
    Supply,
    "organization",
    "kind",
    "quantity",
    "unit",
    "crew",
    "deployment",
    "visit",
    "delivered_at",
    "storm",
    rights={"organization": Right.RECORD},
)
_VisitForm = form_of(
    Visit,
    "organization",
    "leaders_text",
    "visited_on",
    "places",
    "purposes",
    "instructions",
    "storm",
    rights={"organization": Right.RECORD},
)


@admin.register(Supply)
class SupplyAdmin(RecordAdmin):
    """Meals, knee pads, chains … for crews."""

    rank = 52
    list_display = ["kind", "quantity", "unit", "organization", "crew", "deployment", "visit", "delivered_at"]
    list_filter = [
        "kind",
        among("organization"),
        among("storm"),
    ]
    search_fields = ["organization__name", "crew__name"]
    date_hierarchy = "received_at"
    ordering = ["-received_at", "-pk"]
    themes = [
        (
            None,
            [
                "kind",
                "quantity",
                "unit",
                "organization",
                "crew",
                "deployment",
                "visit",
                "delivered_at",
                "storm",
            ],
        )
    ]

    add_verb = Verb(
        name="record", label=_("Record supplies"), call=supplies.record, right=Right.RECORD, form=_SupplyForm
    )


class BroughtInline(RecordInline):
    """What the visitors brought."""

    model = Supply
    columns = ["kind", "quantity", "unit", "crew", "delivered_at"]


@admin.register(Visit)
class VisitAdmin(RecordAdmin):
    """Leaders with the crews; a visit never changes an operational state."""

    rank = 53
    list_display = ["organization", "leaders_text", "visited_on", "purposes", "storm"]
    list_filter = [
        among("organization"),
        among("storm"),
    ]
    search_fields = ["organization__name", "leaders_text", "instructions"]
    date_hierarchy = "visited_on"
    ordering = ["-visited_on", "-pk"]
    themes = [
        (None, ["organization", "leaders_text", "visited_on", "places", "purposes", "instructions", "storm"])
    ]
    inlines = [BroughtInline]

    add_verb = Verb(
        name="record", label=_("Record a visit"), call=visits.record, right=Right.RECORD, form=_VisitForm
    )
