"""Support across regions."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from incidents.admin.base import RecordAdmin, RecordInline, among
from incidents.models import Deployment, Supply, SupportRequest


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
