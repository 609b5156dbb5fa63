"""Blocked roads."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from incidents.access import Right
from incidents.admin.base import RecordAdmin, RecordInline, among, given
from incidents.admin.fields import moment
from incidents.admin.forms import AtForm, correction_of, form_of
from incidents.admin.verbs import Verb
from incidents.admin.where import place_of, where_fields
from incidents.journal import Actor
from incidents.models import Assignment, RoadBlock
from incidents.services import roads

_ReportForm = form_of(
    RoadBlock,
    "organization",
    "cause",
    "blocked_at",
    "outages",
    "storm",
    "vehicle_limit",
    "alternative",
    also={**where_fields(), "at": moment(_("Reported"))},
    rights={"organization": Right.RECORD},
)
_CorrectForm = correction_of(
    RoadBlock, "cause", "blocked_at", "outages", "storm", "vehicle_limit", "alternative"
)


@transaction.atomic
def _report(*, by: Actor, at: datetime, words: str, division: Any, pole_no: str, **told: Any) -> RoadBlock:
    place = place_of(words=words, division=division, pole_no=pole_no, at=at, by=by)
    return roads.report(place=place, at=at, by=by, **told)


def _correct(road: RoadBlock, *, by: Actor, at: datetime, reason: str, **values: Any) -> RoadBlock:
    behind = values.pop("outages")
    changes: Any = {name: value for name, value in values.items() if getattr(road, name) != value}
    if {each.pk for each in behind} != set(road.outages.values_list("pk", flat=True)):
        changes["outages"] = list(behind)
    return roads.correct(road, changes=changes, reason=reason, at=at, by=by)


class ClearingInline(RecordInline):
    """Crews sent to clear a road."""

    model = Assignment
    columns = ["crew", "task", "status", "assigned_at", "on_site_at", "ended_at"]


@admin.register(RoadBlock)
class RoadBlockAdmin(RecordAdmin):
    """What keeps a repair vehicle from the fault."""

    rank = 8
    list_display = [
        "place",
        "cause",
        "organization",
        "blocked_at",
        "is_being_cleared",
        "cleared_at",
        "vehicle_limit",
    ]
    list_filter = [
        "cause",
        "is_being_cleared",
        given("cleared_at"),
        among("organization"),
    ]
    search_fields = ["place__text", "alternative"]
    date_hierarchy = "received_at"
    ordering = ["-received_at", "-pk"]
    themes = [
        (None, ["place", "cause", "organization", "storm", "outages"]),
        (_("When"), ["blocked_at", "is_being_cleared", "clearing_at", "cleared_at"]),
        (_("Ways"), ["vehicle_limit", "alternative"]),
    ]
    inlines = [ClearingInline]

    add_verb = Verb(
        name="report", label=_("Report a blocked road"), call=_report, right=Right.RECORD, form=_ReportForm
    )
    verbs = [
        Verb(
            name="start_clearing",
            label=_("Clearing began"),
            call=roads.start_clearing,
            right=Right.RECORD,
            form=AtForm,
            offered=lambda road: not road.is_being_cleared and road.cleared_at is None,
        ),
        Verb(
            name="clear",
            label=_("Cleared"),
            call=roads.clear,
            right=Right.RECORD,
            form=AtForm,
            offered=lambda road: road.cleared_at is None,
            many=True,
        ),
        Verb(name="correct", label=_("Correct"), call=_correct, right=Right.OPERATE, form=_CorrectForm),
    ]
