"""``/api/v1/supplies/`` and ``/api/v1/visits/``: what is brought to the people outside, and who came."""

from typing import Any

from rest_framework import serializers

from incidents.access import Right
from incidents.api.fields import Day, Prose, Reference, Text
from incidents.api.filters import Filters, Subtree, named, of_storm, since, until
from incidents.api.filters import one_of as coded
from incidents.api.outputs import PlaceOut, Versioned
from incidents.api.places import PlaceIn
from incidents.api.resources import Resource
from incidents.api.told import NewFact, count, maybe, one_of
from incidents.api.verbs import creates
from incidents.choices import DeviceScope, SupplyKind, VisitPurpose
from incidents.models import Crew, Deployment, Organization, Supply, Visit
from incidents.services import supplies, visits


class SupplyIn(NewFact):
    """What was brought, how much, to whom; null where nobody counted."""

    rights = {Organization: Right.RECORD}

    organization = Reference(Organization)
    kind = one_of(SupplyKind)
    quantity = count()
    unit = Text(max_length=10, required=False, allow_blank=True)
    visit = Reference(Visit, required=False, allow_null=True)
    crew = Reference(Crew, required=False, allow_null=True)
    deployment = Reference(Deployment, required=False, allow_null=True)
    delivered_at = maybe()


class VisitIn(NewFact):
    """Whose leaders went where, and what for."""

    rights = {Organization: Right.RECORD}

    organization = Reference(Organization)
    places = PlaceIn(many=True, allow_empty=False)
    leaders_text = Text(max_length=200, required=False, allow_blank=True)
    visited_on = Day(required=False, allow_null=True)
    purposes: Any = serializers.ListField(
        child=one_of(VisitPurpose), required=False, max_length=len(VisitPurpose)
    )
    instructions = Prose(max_length=1000, required=False, allow_blank=True)


class SupplyOut(Versioned):
    """What was brought."""

    class Meta:
        model = Supply
        fields = [
            "uuid",
            "version",
            "organization",
            "storm",
            "kind",
            "quantity",
            "unit",
            "visit",
            "crew",
            "deployment",
            "delivered_at",
            "unknown_reasons",
            "recorded_at",
            "received_at",
        ]


class VisitOut(Versioned):
    """A visit of leaders; it changes no outage."""

    places = PlaceOut(many=True, read_only=True)

    class Meta:
        model = Visit
        fields = [
            "uuid",
            "version",
            "organization",
            "storm",
            "leaders_text",
            "visited_on",
            "places",
            "purposes",
            "instructions",
            "unknown_reasons",
            "recorded_at",
            "received_at",
        ]


class SupplyFilters(Filters):
    """Supplies by who gives, to whom, what and when."""

    organization = Subtree("organization")
    storm = of_storm()
    crew = named("crew")
    deployment = named("deployment")
    kind = coded("kind", SupplyKind.choices)
    since = since("received_at")
    until = until("received_at")


class VisitFilters(Filters):
    """Visits by whose and when."""

    organization = Subtree("organization")
    storm = of_storm()
    since = since("received_at")
    until = until("received_at")


class Supplies(Resource):
    """What is brought to the people outside."""

    home = "supplies"
    model = Supply
    serializer_class = SupplyOut
    filterset_class = SupplyFilters
    writes_with = DeviceScope.REPORT
    related = ("organization", "storm", "visit", "crew", "deployment")

    create = creates(supplies.record, SupplyIn)


class Visits(Resource):
    """Visits of leaders."""

    home = "visits"
    model = Visit
    place = "places"
    serializer_class = VisitOut
    filterset_class = VisitFilters
    writes_with = DeviceScope.REPORT
    related = ("organization", "storm")
    lists = ("places__division", "places__line")

    create = creates(visits.record, VisitIn)
