"""``/api/v1/hazards/``: hidden dangers, found on patrol."""

from typing import Any

from incidents.access import Right
from incidents.api.fields import Moment, Prose, Reference
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
    voltage,
)
from incidents.api.filters import one_of as coded
from incidents.api.outputs import PlaceOut, Versioned
from incidents.api.places import PlaceIn
from incidents.api.resources import Resource
from incidents.api.told import NewFact, maybe, one_of
from incidents.api.verbs import At, AtReason, Told, creates, fact, verb
from incidents.choices import DeviceScope, HazardGrade, HazardKind
from incidents.journal import Actor
from incidents.models import Hazard, LineSection, Organization
from incidents.services import hazards


class HazardIn(NewFact):
    """A hidden danger, when it was found and until when it has to be gone."""

    rights = {Organization: Right.RECORD}

    organization = Reference(Organization)
    place = PlaceIn()
    section = Reference(LineSection, required=False, allow_null=True)
    kind = one_of(HazardKind)
    grade = one_of(HazardGrade)
    description = Prose(max_length=300)
    at = Moment()
    due_at = maybe()


class HazardChanges(Told):
    """What is corrected."""

    kind = one_of(HazardKind, required=False)
    grade = one_of(HazardGrade, required=False)
    description = Prose(max_length=300, required=False)
    place = PlaceIn(required=False)
    section = Reference(LineSection, required=False, allow_null=True)
    due_at = maybe()


class HazardCorrection(AtReason):
    """What is corrected, when and why."""

    changes = HazardChanges()


class Removed(At):
    """When a danger was gone, and how it was removed."""

    remark = Prose(max_length=300)


class HazardOut(Versioned):
    """A hidden danger."""

    place = PlaceOut(read_only=True)

    class Meta:
        model = Hazard
        fields = [
            "uuid",
            "version",
            "organization",
            "storm",
            "place",
            "section",
            "kind",
            "grade",
            "description",
            "found_at",
            "due_at",
            "closed_at",
            "close_remark",
            "unknown_reasons",
            "recorded_at",
            "received_at",
        ]


class HazardFilters(Filters):
    """Hidden dangers by whose, where, how bad and when."""

    organization = Subtree("organization")
    division = DivisionPrefix("place__division__code")
    storm = of_storm()
    section = named("section")
    kind = coded("kind", HazardKind.choices)
    grade = coded("grade", HazardGrade.choices)
    voltage_kv = voltage("section__line__voltage_kv")
    open = Pending("closed_at")
    since = since("found_at")
    until = until("found_at")
    bbox = Box()


def _correct(hazard: Hazard, *, changes: dict[str, Any], by: Actor, **said: Any) -> Hazard:
    """Correct an open hidden danger, for example its grade after a second look."""
    return hazards.correct(hazard, by=by, **said, **changes)


class Hazards(Resource):
    """Hidden dangers."""

    home = "hazards"
    model = Hazard
    place = "place"
    serializer_class = HazardOut
    filterset_class = HazardFilters
    writes_with = DeviceScope.REPORT
    related = ("organization", "storm", "place__division", "place__line", "section")

    create = creates(hazards.report, HazardIn)
    close = fact(hazards.close, Removed, right=Right.RECORD)
    correct = verb(_correct, HazardCorrection)
