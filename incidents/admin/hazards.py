"""Hidden dangers."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from incidents.access import Right
from incidents.admin.attachments import PhotoInline
from incidents.admin.base import RecordAdmin, among, given
from incidents.admin.fields import moment, text
from incidents.admin.forms import AtForm, correction_of, form_of
from incidents.admin.verbs import Verb
from incidents.admin.where import place_of, where_fields
from incidents.journal import Actor
from incidents.models import Hazard
from incidents.services import hazards

_ReportForm = form_of(
    Hazard,
    "organization",
    "description",
    "kind",
    "grade",
    "section",
    "storm",
    "due_at",
    also={**where_fields(), "at": moment(_("Found"))},
    rights={"organization": Right.RECORD},
)


class _CloseForm(AtForm):
    """When and how a danger was removed."""

    remark = text(_("How it was removed"))


@transaction.atomic
def _report(*, by: Actor, at: datetime, words: str, division: Any, pole_no: str, **told: Any) -> Hazard:
    place = place_of(words=words, division=division, pole_no=pole_no, section=told["section"], at=at, by=by)
    return hazards.report(place=place, at=at, by=by, **told)


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
    inlines = [PhotoInline]

    add_verb = Verb(
        name="report", label=_("Report a danger"), call=_report, right=Right.RECORD, form=_ReportForm
    )
    verbs = [
        Verb(
            name="close",
            label=_("Removed"),
            call=hazards.close,
            right=Right.RECORD,
            form=_CloseForm,
            offered=lambda hazard: hazard.closed_at is None,
        ),
        Verb(
            name="correct",
            label=_("Correct"),
            call=hazards.correct,
            right=Right.OPERATE,
            form=correction_of(Hazard, "description", "kind", "grade", "section", "due_at"),
            offered=lambda hazard: hazard.closed_at is None,
        ),
    ]
