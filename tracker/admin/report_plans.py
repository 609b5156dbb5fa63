"""When reports fall due and who gets them."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.postgres.forms import SimpleArrayField
from django.utils.translation import gettext_lazy as _

from incidents.access import Right
from incidents.admin.base import RecordAdmin, among
from incidents.admin.fields import moment
from incidents.admin.forms import form_of, manages
from incidents.admin.verbs import Verb
from incidents.journal import Actor
from tracker.models import ReportRecipient, ReportSchedule
from tracker.services import report_schedules


def _reschedule(row: ReportSchedule, *, at: Any, by: Actor, **changes: Any) -> ReportSchedule:
    return report_schedules.reschedule(row, changes=changes, at=at, by=by)  # type: ignore[arg-type]


def _relist(row: ReportRecipient, *, at: Any, by: Actor, **changes: Any) -> ReportRecipient:
    return report_schedules.relist(row, changes=changes, at=at, by=by)  # type: ignore[arg-type]


def _times() -> SimpleArrayField:
    return SimpleArrayField(
        forms.TimeField(),
        label=_("Times of day"),
        required=False,
        help_text=_("Chinese time, with commas: 08:00,17:00. Empty for flash and verified reports."),
    )


_HOW = ["after_min", "cutoff_min", "keep_min", "enabled", "source"]
_ScheduleForm = form_of(
    ReportSchedule,
    "organization",
    "kind",
    "level",
    *_HOW,
    also={"times": _times(), "at": moment(_("From"))},
    tied=["organization"],
    rights=manages("organization"),
)
_RescheduleForm = form_of(
    ReportSchedule, *_HOW, also={"times": _times(), "at": moment(_("From"))}, starts_from_row=True
)
_WHAT = ["kinds", "language", "enabled"]
_RecipientForm = form_of(
    ReportRecipient,
    "organization",
    "role",
    "user",
    *_WHAT,
    also={"at": moment(_("From"))},
    tied=["organization"],
    rights=manages("organization"),
)
_RelistForm = form_of(ReportRecipient, *_WHAT, also={"at": moment(_("From"))}, starts_from_row=True)


@admin.register(ReportSchedule)
class ReportScheduleAdmin(RecordAdmin):
    """Hours of reports by kind and response level."""

    rank = 5
    list_display = [
        "kind",
        "level",
        "organization",
        "times",
        "after_min",
        "cutoff_min",
        "keep_min",
        "enabled",
        "source",
    ]
    list_filter = ["kind", "level", "enabled", among("organization")]
    search_fields = ["source", "organization__name"]
    ordering = ["kind", "level", "pk"]
    themes = [
        (None, ["kind", "level", "organization", "enabled", "source"]),
        (_("When"), ["times", "after_min", "cutoff_min", "keep_min"]),
    ]
    add_verb = Verb(
        name="schedule",
        label=_("Add a schedule"),
        call=report_schedules.schedule,
        right=Right.MANAGE,
        form=_ScheduleForm,
        help_text=_("An organisation with schedules of a kind of its own no longer follows those for all."),
    )
    verbs = [
        Verb(
            name="reschedule",
            label=_("Change the schedule"),
            call=_reschedule,
            right=Right.MANAGE,
            form=_RescheduleForm,
        ),
    ]


@admin.register(ReportRecipient)
class ReportRecipientAdmin(RecordAdmin):
    """Who gets reports of which kinds."""

    rank = 5
    list_display = ["role", "user", "organization", "kinds", "language", "enabled"]
    list_filter = ["role", "enabled", among("organization")]
    search_fields = ["user__display_name", "organization__name"]
    ordering = ["organization__name", "role", "pk"]
    themes = [
        (None, ["role", "user", "organization", "enabled"]),
        (_("What they get"), ["kinds", "language"]),
    ]
    add_verb = Verb(
        name="enlist",
        label=_("Add a recipient"),
        call=report_schedules.enlist,
        right=Right.MANAGE,
        form=_RecipientForm,
        help_text=_("An organisation with recipients of its own no longer follows those for all."),
    )
    verbs = [
        Verb(
            name="relist",
            label=_("Change the recipient"),
            call=_relist,
            right=Right.MANAGE,
            form=_RelistForm,
        ),
    ]
