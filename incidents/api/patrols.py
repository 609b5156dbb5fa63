"""``/api/v1/patrols/``: lines walked, and what was found or not found."""

from typing import Any

from rest_framework import serializers

from incidents.access import Right
from incidents.api.fields import Answer, Moment, Prose, Reference
from incidents.api.filters import (
    Box,
    DivisionPrefix,
    Filters,
    Flag,
    Subtree,
    named,
    of_storm,
    since,
    until,
    voltage,
)
from incidents.api.filters import one_of as coded
from incidents.api.outputs import PlaceOut, Versioned
from incidents.api.places import PlaceIn
from incidents.api.resources import Resource
from incidents.api.told import NewFact, one_of
from incidents.api.verbs import At, AtReason, creates, verb
from incidents.choices import DeviceScope, PatrolKind, PatrolStatus
from incidents.models import (
    Assignment,
    Crew,
    Damage,
    Hazard,
    IceReading,
    Line,
    LineSection,
    Organization,
    Outage,
    Patrol,
    Person,
)
from incidents.services import patrols

_MOST = 200


def _several(model: Any) -> Any:
    return serializers.ListField(child=Reference(model), required=False, max_length=_MOST)


class PatrolIn(NewFact):
    """A line to be looked at; without ``sections`` all of it, by a crew or by a person."""

    rights = {Organization: Right.RECORD, Crew: Right.RECORD, Line: Right.RECORD}

    organization = Reference(Organization)
    line = Reference(Line)
    sections = _several(LineSection)
    place = PlaceIn(required=False)
    kind = one_of(PatrolKind)
    crew = Reference(Crew, required=False, allow_null=True)
    person = Reference(Person, required=False, allow_null=True)
    assignment = Reference(Assignment, required=False, allow_null=True)
    outage = Reference(Outage, required=False, allow_null=True)
    at = Moment()
    remark = Prose(max_length=1000, required=False, allow_blank=True)


class Begun(At):
    """When it began, and who walks it, where that was not said before."""

    rights = {Crew: Right.RECORD}

    crew = Reference(Crew, required=False, allow_null=True)
    person = Reference(Person, required=False, allow_null=True)


class Found(At):
    """What was found: hidden dangers, readings and damage that were told before."""

    hazards = _several(Hazard)
    ice_readings = _several(IceReading)
    damages = _several(Damage)


class Walked(Found):
    """When it was over; ``nothing_found`` is said either way."""

    nothing_found = Answer()
    remark = Prose(max_length=1000, required=False, allow_blank=True)


class PatrolOut(Versioned):
    """A patrol; ``nothing_found`` is null until it is finished."""

    place = PlaceOut(allow_null=True, read_only=True)

    class Meta:
        model = Patrol
        fields = [
            "uuid",
            "version",
            "organization",
            "storm",
            "line",
            "sections",
            "place",
            "kind",
            "crew",
            "person",
            "assignment",
            "outage",
            "status",
            "ordered_at",
            "begun_at",
            "ended_at",
            "nothing_found",
            "hazards",
            "ice_readings",
            "damages",
            "remark",
            "unknown_reasons",
            "recorded_at",
            "received_at",
        ]


class PatrolFilters(Filters):
    """Patrols by whose, which line, who walks, state and time."""

    organization = Subtree("organization")
    division = DivisionPrefix("place__division__code")
    storm = of_storm()
    line = named("line")
    section = named("sections")
    outage = named("outage")
    crew = named("crew")
    status = coded("status", PatrolStatus.choices)
    kind = coded("kind", PatrolKind.choices)
    voltage_kv = voltage("line__voltage_kv")
    nothing_found = Flag("nothing_found")
    since = since("ordered_at")
    until = until("ordered_at")
    bbox = Box()


class Patrols(Resource):
    """Patrols."""

    home = "patrols"
    model = Patrol
    place = "place"
    serializer_class = PatrolOut
    filterset_class = PatrolFilters
    ordering = ("-ordered_at", "-id")
    writes_with = DeviceScope.REPORT
    related = (
        "organization",
        "storm",
        "line",
        "place__division",
        "place__line",
        "crew",
        "person",
        "assignment",
        "outage",
    )
    lists = ("sections", "hazards", "ice_readings", "damages")

    create = creates(patrols.order, PatrolIn)
    start = verb(patrols.start, Begun, right=Right.RECORD)
    add_findings = verb(patrols.add_findings, Found, right=Right.RECORD)
    finish = verb(patrols.finish, Walked, right=Right.RECORD)
    cancel = verb(patrols.cancel, AtReason)
