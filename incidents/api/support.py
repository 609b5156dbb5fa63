"""``/api/v1/support-requests/`` and ``/api/v1/deployments/``: people and vehicles of other companies."""

from typing import Any

from rest_framework import serializers

from incidents.api.briefings import Briefed
from incidents.api.filters import Box, DivisionPrefix, Filters, Subtree, of_storm, since, until
from incidents.api.filters import one_of as coded
from incidents.api.outputs import PlaceOut, Versioned
from incidents.api.resources import Resource
from incidents.api.support_bodies import (
    Decision,
    Departure,
    DeploymentIn,
    Mobilised,
    SupportRequestIn,
    TeamCorrection,
)
from incidents.api.verbs import AtReason, adds, creates, fact, verb
from incidents.choices import (
    DeploymentStatus,
    DeviceScope,
    SupportRequestStatus,
)
from incidents.journal import Actor
from incidents.models import Deployment, Organization, SupportRequest
from incidents.services import briefings, deployments, journeys, support


class SupportRequestOut(Versioned):
    """A request for support."""

    class Meta:
        model = SupportRequest
        fields = [
            "uuid",
            "version",
            "organization",
            "asked_organization",
            "storm",
            "need",
            "skills",
            "headcount",
            "vehicle_count",
            "needed_from_at",
            "requested_at",
            "status",
            "decided_at",
            "decision_reason",
            "unknown_reasons",
            "recorded_at",
            "received_at",
        ]


class DeploymentOut(Versioned):
    """A team at work for another company; its leader's phone only for who needs it, and never in a list."""

    host_place = PlaceOut(allow_null=True, read_only=True)
    leader_phone = serializers.CharField(allow_null=True, read_only=True)

    class Meta:
        model = Deployment
        fields = [
            "uuid",
            "version",
            "request",
            "organization",
            "host_organization",
            "host_text",
            "host_place",
            "storm",
            "crews",
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
            "status",
            "mobilised_at",
            "departed_at",
            "expected_at",
            "arrived_at",
            "briefed_at",
            "released_at",
            "returned_at",
            "end_reason",
            "unknown_reasons",
            "recorded_at",
            "received_at",
        ]


class SupportRequestFilters(Filters):
    """Requests by who asks or is asked, state and time."""

    organization = Subtree("organization", "asked_organization")
    storm = of_storm()
    status = coded("status", SupportRequestStatus.choices)
    since = since("requested_at")
    until = until("requested_at")


class DeploymentFilters(Filters):
    """Teams by who sends or receives them, state and time."""

    organization = Subtree("organization", "host_organization")
    division = DivisionPrefix("host_place__division__code")
    storm = of_storm()
    status = coded("status", DeploymentStatus.choices)
    since = since("received_at")
    until = until("received_at")
    bbox = Box("host_place")


def _request(*, asked: Any, by: Actor, **said: Any) -> SupportRequest:
    """Ask another company for support."""
    found = Organization.objects.filter(uuid=asked).first()
    if found is None:
        told = serializers.ErrorDetail(f"{asked}", code="unknown-reference")
        raise serializers.ValidationError({"asked": [told]})
    return support.request(asked=found, by=by, **said)


def _mobilise(wish: SupportRequest, *, by: Actor, **said: Any) -> Deployment:
    """Call a team up for an approved request."""
    return deployments.mobilise(request=wish, by=by, **said)


def _correct(team: Deployment, *, changes: dict[str, Any], by: Actor, **said: Any) -> Deployment:
    """Correct what is known of a team, or add what becomes known."""
    return deployments.correct(team, by=by, **said, **changes)


class SupportRequests(Resource):
    """Requests for support."""

    home = "support-requests"
    model = SupportRequest
    serializer_class = SupportRequestOut
    filterset_class = SupportRequestFilters
    writes_with = DeviceScope.WORK
    related = ("organization", "asked_organization", "storm")

    create = creates(_request, SupportRequestIn)
    approve = verb(support.approve, Decision)
    refuse = verb(support.refuse, AtReason)
    cancel = verb(support.cancel, AtReason)
    mobilise = adds(_mobilise, Mobilised, name="mobilise", out=DeploymentOut, home="deployments")


class Deployments(Resource):
    """Teams at work for another company."""

    home = "deployments"
    model = Deployment
    place = "host_place"
    serializer_class = DeploymentOut
    filterset_class = DeploymentFilters
    writes_with = DeviceScope.WORK
    related = (
        "request",
        "organization",
        "host_organization",
        "host_place__division",
        "host_place__line",
        "storm",
    )
    lists = ("crews",)

    create = creates(deployments.mobilise, DeploymentIn)
    depart = fact(journeys.depart, Departure)
    arrive = fact(journeys.arrive)
    brief = fact(briefings.brief_team, Briefed, name="brief")
    start_work = fact(journeys.start_work)
    rest = fact(journeys.rest)
    release = fact(journeys.release)
    return_home = fact(journeys.return_home, path="return")
    cancel = verb(journeys.cancel, AtReason)
    correct = verb(_correct, TeamCorrection)
