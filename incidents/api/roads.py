"""``/api/v1/road-blocks/``: roads that crews cannot pass."""

from typing import Any

from rest_framework import serializers

from incidents.access import Right
from incidents.api.fields import Answer, Day, Moment, Reference, Text
from incidents.api.filters import (
    Box,
    DivisionPrefix,
    Filters,
    Pending,
    Subtree,
    named,
    of_storm,
    since,
    until,
)
from incidents.api.filters import one_of as coded
from incidents.api.outputs import PlaceOut, Versioned
from incidents.api.places import PlaceIn
from incidents.api.resources import Resource
from incidents.api.told import NewFact, maybe, one_of
from incidents.api.verbs import At, AtReason, Told, creates, fact, verb
from incidents.choices import BlockCause, DeviceScope, TimePrecision, UnknownReason
from incidents.models import Organization, Outage, RoadBlock, Storm
from incidents.services import roads

_MOST_OUTAGES = 50


class RoadFacts(Told):
    """What may be known of a blocked road; null where it is not."""

    cause = one_of(BlockCause, required=False)
    blocked_at = maybe()
    blocked_on = Day(required=False, allow_null=True)
    blocked_precision = one_of(TimePrecision, required=False)
    outages: Any = serializers.ListField(child=Reference(Outage), required=False, max_length=_MOST_OUTAGES)
    vehicle_limit = Text(max_length=100, required=False, allow_blank=True)
    alternative = Text(max_length=200, required=False, allow_blank=True)


class RoadIn(NewFact, RoadFacts):
    """A road that is blocked, and when that was told."""

    rights = {Organization: Right.RECORD}

    organization = Reference(Organization)
    place = PlaceIn()
    at = Moment()


class ClearingStarted(At):
    """When it was; with ``stated: false`` when it was told, and nobody knows when it was."""

    stated = Answer(default=True)


class RoadChanges(RoadFacts):
    """What is corrected."""

    place = PlaceIn(required=False)
    storm = Reference(Storm, lookup="slug", required=False, allow_null=True)
    unknown_reasons = serializers.DictField(child=one_of(UnknownReason), required=False)


class RoadCorrection(AtReason):
    """What is corrected, when and why."""

    changes = RoadChanges()


class RoadBlockOut(Versioned):
    """A blocked road, with the outages behind it."""

    place = PlaceOut(read_only=True)

    class Meta:
        model = RoadBlock
        fields = [
            "uuid",
            "version",
            "organization",
            "storm",
            "place",
            "outages",
            "cause",
            "blocked_at",
            "blocked_on",
            "blocked_precision",
            "is_being_cleared",
            "clearing_at",
            "cleared_at",
            "vehicle_limit",
            "alternative",
            "unknown_reasons",
            "recorded_at",
            "received_at",
        ]


class RoadFilters(Filters):
    """Blocked roads by whose, where and when."""

    organization = Subtree("organization")
    division = DivisionPrefix("place__division__code")
    storm = of_storm()
    outage = named("outages")
    cause = coded("cause", BlockCause.choices)
    open = Pending("cleared_at")
    since = since("received_at")
    until = until("received_at")
    bbox = Box()


class RoadBlocks(Resource):
    """Blocked roads."""

    home = "road-blocks"
    model = RoadBlock
    place = "place"
    serializer_class = RoadBlockOut
    filterset_class = RoadFilters
    writes_with = DeviceScope.REPORT
    related = ("organization", "storm", "place__division", "place__line")
    lists = ("outages",)

    create = creates(roads.report, RoadIn)
    start_clearing = fact(roads.start_clearing, ClearingStarted, right=Right.RECORD)
    clear = fact(roads.clear, right=Right.RECORD)
    correct = verb(roads.correct, RoadCorrection)
