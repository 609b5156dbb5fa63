"""Where crews are sent, and their signs of life."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from incidents.access import Right
from incidents.admin.base import RecordAdmin, among
from incidents.admin.briefings import BriefedForm, with_names
from incidents.admin.crews import CheckInInline
from incidents.admin.fields import moment, text
from incidents.admin.forms import AtForm, form_of, operates
from incidents.admin.verbs import Verb
from incidents.admin.where import has_place, place_of, where_fields
from incidents.choices import AbortReason, AssignmentStatus
from incidents.journal import Actor
from incidents.models import Assignment, CheckIn, Crew
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


_AssignForm = form_of(
    Assignment,
    "crew",
    "task",
    "outage",
    "road_block",
    "permit_no",
    "remark",
    also={
        **where_fields(),
        "at": moment(_("When")),
        "queue": forms.BooleanField(label=_("Let it wait if the crew is under way"), required=False),
    },
    rights=operates("crew", "outage", "road_block"),
)


@transaction.atomic
def _assign(
    *, by: Actor, at: datetime, crew: Crew, words: str, division: Any, pole_no: str, **job: Any
) -> Assignment:
    """Send a crew to an outage, a blocked road or a place that the form tells."""
    where = {"words": words, "division": division, "pole_no": pole_no}
    place = place_of(at=at, by=by, **where) if has_place(**where) else None
    return assignments.assign(crew, place=place, at=at, by=by, **job)


def _is_under_way(job: Assignment) -> bool:
    return job.status in ACTIVE


def _stage(name: str, label: Any, call: Any, form: type[AtForm] = AtForm) -> Verb:
    """Return a verb that is offered while the life of an assignment allows it and nobody has told it."""
    verb, column = AssignmentVerb(name), FACTS["assignment", name].column

    def offered(job: Assignment) -> bool:
        allowed = verb in ASSIGNMENT.allowed(state=AssignmentStatus(job.status))
        return allowed and getattr(job, column) is None

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

    add_verb = Verb(
        name="assign", label=_("Assign a crew"), call=_assign, right=Right.OPERATE, form=_AssignForm
    )
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
