"""Support across regions."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from incidents.access import Right
from incidents.admin.base import RecordAdmin, RecordInline, among
from incidents.admin.briefings import BriefedForm, with_names
from incidents.admin.fields import moment
from incidents.admin.forms import (
    AtForm,
    AtMaybeReasonForm,
    AtReasonForm,
    correction_of,
    form_of,
    operates,
)
from incidents.admin.verbs import Verb, VerbForm
from incidents.choices import DeploymentStatus, SupportRequestStatus
from incidents.models import Deployment, Organization, Supply, SupportRequest
from incidents.rules.lifecycles import DEPLOYMENT, SUPPORT_REQUEST, DeploymentVerb, SupportVerb
from incidents.services import briefings, deployments, journeys, support

_TEAM = [
    "headcount",
    "vehicle_count",
    "vehicle_kind",
    "tasks",
    "equipment",
    "leader_name",
    "leader_phone",
    "host_contact",
    "area",
    "lodging",
    "meals",
]
_AT = {"at": moment(_("When"))}
_RequestForm = form_of(
    SupportRequest,
    "organization",
    "asked_organization",
    "need",
    "skills",
    "headcount",
    "vehicle_count",
    "needed_from_at",
    "storm",
    also=_AT,
    rights=operates("organization"),
)
_MobiliseForm = form_of(
    Deployment,
    "organization",
    "request",
    "host_organization",
    "host_text",
    "crews",
    *_TEAM,
    "expected_at",
    "storm",
    also=_AT,
    rights=operates("organization", "crews"),
)
_DepartForm = form_of(Deployment, "expected_at", base=AtForm)


def _request(*, asked_organization: Organization, **said: Any) -> SupportRequest:
    return support.request(asked=asked_organization, **said)


def _decision(name: str, label: Any, call: Any, form: type[VerbForm], *, inside: str) -> Verb:
    """Return a verb of one side while the life of a request allows it."""
    verb = SupportVerb(name)

    def offered(wish: SupportRequest) -> bool:
        return verb in SUPPORT_REQUEST.allowed(state=SupportRequestStatus(wish.status))

    return Verb(
        name=name, label=label, call=call, right=Right.OPERATE, form=form, inside=inside, offered=offered
    )


def _journey(name: str, label: Any, call: Any, form: type[VerbForm] = AtForm) -> Verb:
    """Return a verb that is offered while the life of a deployment allows it."""
    verb = DeploymentVerb(name)

    def offered(team: Deployment) -> bool:
        return verb in DEPLOYMENT.allowed(state=DeploymentStatus(team.status))

    return Verb(name=name, label=label, call=call, right=Right.OPERATE, form=form, offered=offered)


class DeploymentInline(RecordInline):
    """Deployments that answer a request."""

    model = Deployment
    columns = [
        "organization",
        "headcount",
        "vehicle_count",
        "status",
        "departed_at",
        "arrived_at",
        "returned_at",
    ]


@admin.register(SupportRequest)
class SupportRequestAdmin(RecordAdmin):
    """A company asks for people and vehicles."""

    rank = 50
    list_display = [
        "organization",
        "asked_organization",
        "need",
        "headcount",
        "vehicle_count",
        "status",
        "requested_at",
        "decided_at",
    ]
    list_filter = [
        "status",
        among("organization"),
        among("storm"),
    ]
    search_fields = ["organization__name", "asked_organization__name", "need"]
    date_hierarchy = "requested_at"
    ordering = ["-requested_at", "-pk"]
    themes = [
        (
            None,
            [
                "organization",
                "asked_organization",
                "storm",
                "need",
                "skills",
                "headcount",
                "vehicle_count",
                "needed_from_at",
            ],
        ),
        (_("Decision"), ["status", "requested_at", "decided_at", "decided_by", "decision_reason"]),
    ]
    inlines = [DeploymentInline]

    add_verb = Verb(
        name="request", label=_("Ask for support"), call=_request, right=Right.OPERATE, form=_RequestForm
    )
    verbs = [
        _decision("approve", _("Approve"), support.approve, AtMaybeReasonForm, inside="asked_organization"),
        _decision("refuse", _("Refuse"), support.refuse, AtReasonForm, inside="asked_organization"),
        _decision("cancel", _("Cancel"), support.cancel, AtReasonForm, inside="organization"),
    ]


class SupplyInline(RecordInline):
    """What was brought to the team."""

    model = Supply
    columns = ["kind", "quantity", "unit", "organization", "delivered_at"]


@admin.register(Deployment)
class DeploymentAdmin(RecordAdmin):
    """Teams of one company at work for another."""

    rank = 51
    list_display = [
        "organization",
        "host_organization",
        "host_text",
        "headcount",
        "vehicle_count",
        "status",
        "departed_at",
        "arrived_at",
        "returned_at",
    ]
    list_filter = [
        "status",
        among("organization"),
        among("storm"),
    ]
    search_fields = ["organization__name", "host_organization__name", "host_text", "leader_name"]
    date_hierarchy = "received_at"
    ordering = ["-received_at", "-pk"]
    themes = [
        (
            None,
            ["organization", "host_organization", "host_text", "host_place", "storm", "request", "status"],
        ),
        (_("Strength"), ["headcount", "vehicle_count", "vehicle_kind", "crews", "equipment", "tasks"]),
        (
            _("On the way"),
            [
                "mobilised_at",
                "departed_at",
                "expected_at",
                "arrived_at",
                "briefed_at",
                "released_at",
                "returned_at",
                "end_reason",
            ],
        ),
        (_("People to talk to"), ["leader_name", "leader_phone", "host_contact"]),
        (_("At the host"), ["area", "lodging", "meals"]),
    ]
    inlines = [SupplyInline]

    add_verb = Verb(
        name="mobilise",
        label=_("Call up a team"),
        call=deployments.mobilise,
        right=Right.OPERATE,
        form=_MobiliseForm,
    )
    verbs = [
        _journey("depart", _("Departed"), journeys.depart, form=_DepartForm),
        _journey("arrive", _("Arrived"), journeys.arrive),
        _journey("brief", _("Safety briefing"), with_names(briefings.brief_team), form=BriefedForm),
        _journey("start_work", _("At work"), journeys.start_work),
        _journey("rest", _("Resting"), journeys.rest),
        _journey("release", _("Release"), journeys.release),
        _journey("return_home", _("Back home"), journeys.return_home),
        _journey("cancel", _("Call back"), journeys.cancel, form=AtReasonForm),
        Verb(
            name="correct",
            label=_("Correct"),
            call=deployments.correct,
            right=Right.OPERATE,
            form=correction_of(Deployment, *_TEAM),
        ),
    ]
