"""Response levels: proposals of the watch, and what people ordered."""

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from incidents.access import Right
from incidents.admin.base import RecordAdmin, among, given
from incidents.admin.fields import moment, text
from incidents.admin.forms import AtReasonForm, form_of, operates
from incidents.admin.verbs import Verb, VerbForm
from incidents.journal import Actor
from tracker.choices import ResponseLevel, ResponseState
from tracker.models import EmergencyResponse
from tracker.services import responses

_StartForm = form_of(
    EmergencyResponse,
    "organization",
    "level",
    "storm",
    also={"basis": text(_("Basis"), max_length=500), "at": moment(_("From"))},
    rights=operates("organization"),
)


class _OrderForm(VerbForm):
    """When a proposal is ordered, and why if not for its own reasons."""

    basis = text(_("Basis, if another than the proposal's"), required=False, max_length=500)
    at = moment(_("From"))


class _LevelForm(VerbForm):
    """The new level, from when and why."""

    level = forms.ChoiceField(label=_("Level"), choices=ResponseLevel.choices)
    basis = text(_("Basis"), max_length=500)
    at = moment(_("From"))


def _is_proposed(response: EmergencyResponse) -> bool:
    return response.state == ResponseState.PROPOSED


def _is_in_force(response: EmergencyResponse) -> bool:
    return response.state == ResponseState.STARTED


def _change(response: EmergencyResponse, *, level: str, by: Actor, **said: Any) -> EmergencyResponse:
    return responses.change(response, level=ResponseLevel(level), by=by, **said)


@admin.register(EmergencyResponse)
class EmergencyResponseAdmin(RecordAdmin):
    """Responses of companies; the watch proposes, a person decides."""

    rank = 3
    list_display = [
        "organization",
        "level",
        "state",
        "proposed_at",
        "decided_at",
        "decided_by",
        "ended_at",
        "is_exercise",
    ]
    list_filter = ["state", "level", "is_exercise", given("ended_at"), among("organization")]
    search_fields = ["organization__name", "basis"]
    ordering = ["-pk"]
    themes = [
        (None, ["organization", "level", "state", "storm", "is_exercise", "basis", "follows"]),
        (_("Proposal"), ["proposed_at", "seen_at", "expires_at"]),
        (_("Decision"), ["decided_at", "decided_by", "ended_at", "ended_by"]),
    ]
    add_verb = Verb(
        name="start", label=_("Start a response"), call=responses.start, right=Right.OPERATE, form=_StartForm
    )
    verbs = [
        Verb(
            name="order",
            label=_("Order as proposed"),
            call=responses.order,
            right=Right.OPERATE,
            form=_OrderForm,
            offered=_is_proposed,
        ),
        Verb(
            name="decline",
            label=_("Decline"),
            call=responses.decline,
            right=Right.OPERATE,
            form=AtReasonForm,
            offered=_is_proposed,
        ),
        Verb(
            name="change",
            label=_("Raise or lower"),
            call=_change,
            right=Right.OPERATE,
            form=_LevelForm,
            offered=_is_in_force,
        ),
        Verb(
            name="end",
            label=_("End the response"),
            call=responses.end,
            right=Right.OPERATE,
            form=AtReasonForm,
            offered=_is_in_force,
        ),
    ]
