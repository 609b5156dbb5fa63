"""Where crews are sent, and their signs of life."""

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from incidents.access import Right
from incidents.admin.base import RecordAdmin, among
from incidents.admin.briefings import BriefedForm, with_names
from incidents.admin.crews import CheckInInline
from incidents.admin.fields import text
from incidents.admin.forms import AtForm, form_of
from incidents.admin.verbs import Verb
from incidents.choices import AbortReason, AssignmentStatus
from incidents.models import Assignment, CheckIn
from incidents.models.assignments import ACTIVE
from incidents.rules.lifecycles import ASSIGNMENT, AssignmentVerb
from incidents.services import assignments, briefings
from incidents.services.field_facts import FACTS

_BriefForm = form_of(Assignment, "permit_no", base=BriefedForm)


class _FinishForm(AtForm):
    """When the job was done."""

    remark = text(_("Remark"), required=False)


class _GiveBackForm(_FinishForm):
    """When and why a job was given back."""

    why = forms.ChoiceField(label=_("Why"), choices=AbortReason.choices)


def _is_under_way(job: Assignment) -> bool:
    return job.status in ACTIVE


def _stage(name: str, label: Any, call: Any, form: type[AtForm] = AtForm) -> Verb:
    """Return a verb that is offered while the life of an assignment allows it and nobody has told it."""
    verb, moment = AssignmentVerb(name), FACTS["assignment", name].column

    def offered(job: Assignment) -> bool:
        allowed = verb in ASSIGNMENT.allowed(state=AssignmentStatus(job.status))
        return allowed and getattr(job, moment) is None

    many = name not in {"refuse", "abort"}
    return Verb(name=name, label=label, call=call, right=Right.RECORD, form=form, offered=offered, many=many)


@admin.register(Assignment)
class AssignmentAdmin(RecordAdmin):
    """Crews sent to do something."""

    rank = 6
    list_display = [
        "crew",
        "task",
        "status",
        "outage",
        "road_block",
        "place",
        "assigned_at",
        "on_site_at",
        "ended_at",
    ]
    list_filter = [
        "status",
        "task",
        among("crew"),
        among("storm"),
    ]
    search_fields = ["crew__name", "outage__line__name", "outage__line__code", "place__text", "permit_no"]
    date_hierarchy = "assigned_at"
    ordering = ["-assigned_at", "-pk"]
    themes = [
        (None, ["crew", "task", "status", "outage", "road_block", "place", "storm"]),
        (_("On the way"), ["assigned_at", "accepted_at", "departed_at", "on_site_at"]),
        (_("Safety"), ["briefed_at", "permit_no"]),
        (_("End"), ["ended_at", "abort_reason", "remark"]),
    ]
    inlines = [CheckInInline]

    verbs = [
        _stage("accept", _("Accepted"), assignments.accept),
        _stage("depart", _("Departed"), assignments.depart),
        _stage("arrive", _("On site"), assignments.arrive),
        Verb(
            name="brief",
            label=_("Safety briefing"),
            call=with_names(briefings.brief_crew),
            right=Right.RECORD,
            form=_BriefForm,
            offered=_is_under_way,
        ),
        _stage("finish", _("Finished"), assignments.finish, form=_FinishForm),
        _stage("refuse", _("Refused"), assignments.refuse, form=_GiveBackForm),
        _stage("abort", _("Given back"), assignments.abort, form=_GiveBackForm),
    ]


@admin.register(CheckIn)
class CheckInAdmin(RecordAdmin):
    """Signs of life of crews."""

    rank = 7
    list_display = ["crew", "at", "received_at", "assignment", "reported_by", "device", "note"]
    list_filter = [among("crew")]
    search_fields = ["crew__name", "note"]
    date_hierarchy = "at"
    ordering = ["-at", "-pk"]
    themes = [(None, ["crew", "assignment", "at", "received_at", "reported_by", "device", "note"])]
