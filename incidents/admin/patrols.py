"""Patrols."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from incidents.access import Right
from incidents.admin.base import RecordAdmin, among
from incidents.admin.fields import moment
from incidents.admin.forms import AtForm, AtReasonForm, form_of
from incidents.admin.verbs import Verb, VerbForm
from incidents.admin.where import has_place, place_of, where_fields
from incidents.choices import PatrolStatus
from incidents.journal import Actor
from incidents.models import Line, Patrol
from incidents.rules.lifecycles import PATROL, PatrolVerb
from incidents.services import patrols

_FINDINGS = ["hazards", "ice_readings", "damages"]
_OrderForm = form_of(
    Patrol,
    "organization",
    "line",
    "sections",
    "kind",
    "crew",
    "person",
    "assignment",
    "outage",
    "remark",
    "storm",
    also={**where_fields(), "at": moment(_("Ordered"))},
    rights={"organization": Right.RECORD, "line": Right.RECORD, "crew": Right.RECORD},
)
_StartForm = form_of(Patrol, "crew", "person", base=AtForm, rights={"crew": Right.RECORD})
_FindingsForm = form_of(Patrol, *_FINDINGS, base=AtForm)
_FinishForm = form_of(
    Patrol,
    *_FINDINGS,
    "remark",
    base=AtForm,
    also={"nothing_found": forms.BooleanField(label=_("Nothing found"), required=False)},
)


@transaction.atomic
def _order(*, by: Actor, at: Any, line: Line, words: str, division: Any, pole_no: str, **told: Any) -> Patrol:
    where = {"words": words, "division": division, "pole_no": pole_no}
    said = {name: value for name, value in told.items() if value is not None}
    if has_place(**where):
        said["place"] = place_of(**where, line=line, at=at, by=by)
    return patrols.order(line=line, at=at, by=by, **said)


def _stage(name: str, label: Any, call: Any, form: type[VerbForm], right: Right = Right.RECORD) -> Verb:
    """Return a verb that is offered while the life of a patrol allows it."""
    verb = PatrolVerb(name)

    def offered(patrol: Patrol) -> bool:
        return verb in PATROL.allowed(state=PatrolStatus(patrol.status))

    return Verb(name=name, label=label, call=call, right=right, form=form, offered=offered)


@admin.register(Patrol)
class PatrolAdmin(RecordAdmin):
    """Lines looked at, and what was found."""

    rank = 24
    list_display = [
        "line",
        "kind",
        "status",
        "crew",
        "person",
        "ordered_at",
        "begun_at",
        "ended_at",
        "nothing_found",
    ]
    list_filter = [
        "status",
        "kind",
        "nothing_found",
        among("organization"),
        among("storm"),
    ]
    search_fields = ["line__name", "line__code", "crew__name", "person__name", "remark"]
    date_hierarchy = "ordered_at"
    ordering = ["-ordered_at", "-pk"]
    themes = [
        (None, ["organization", "line", "sections", "place", "kind", "status", "storm", "outage"]),
        (_("Who walks"), ["crew", "person", "assignment"]),
        (_("When"), ["ordered_at", "begun_at", "ended_at"]),
        (_("Findings"), ["nothing_found", *_FINDINGS, "remark"]),
    ]

    add_verb = Verb(name="order", label=_("Order a patrol"), call=_order, right=Right.RECORD, form=_OrderForm)
    verbs = [
        _stage("start", _("Begin"), patrols.start, _StartForm),
        _stage("add_findings", _("Add findings"), patrols.add_findings, _FindingsForm),
        _stage("finish", _("Finished"), patrols.finish, _FinishForm),
        _stage("cancel", _("Call off"), patrols.cancel, AtReasonForm, Right.OPERATE),
    ]
