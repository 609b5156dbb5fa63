"""``/api/v1/assignments/`` and ``/api/v1/check-ins/``: crews sent out, and their signs of life."""

from typing import Any

from rest_framework import serializers

from incidents.access import Right
from incidents.api.briefings import CrewBriefed
from incidents.api.fields import Answer, Moment, Prose, Reference, Text
from incidents.api.filters import Box, DivisionPrefix, Filters, Subtree, named, of_storm, since, until
from incidents.api.filters import one_of as coded
from incidents.api.outputs import PlaceOut, Versioned
from incidents.api.places import PlaceIn
from incidents.api.resources import Resource
from incidents.api.told import NewFact, one_of
from incidents.api.verbs import At, NewTold, adds, creates, fact
from incidents.choices import AbortReason, AssignmentStatus, DeviceScope, TaskKind
from incidents.journal import Actor
from incidents.models import Assignment, CheckIn, Crew, Outage, RoadBlock
from incidents.services import assignments, briefings, check_ins


class AssignmentIn(NewFact):
    """A job for a crew; the place is that of the outage or the road, where none is told."""

    rights = {Crew: Right.OPERATE, Outage: Right.OPERATE, RoadBlock: Right.OPERATE}

    crew = Reference(Crew)
    task = one_of(TaskKind)
    at = Moment()
    queue = Answer(default=False)
    outage = Reference(Outage, required=False, allow_null=True)
    road_block = Reference(RoadBlock, required=False, allow_null=True)
    place = PlaceIn(required=False)
    permit_no = Text(max_length=60, required=False, allow_blank=True)
    remark = Prose(max_length=300, required=False, allow_blank=True)


class Finished(At):
    """When the job was done."""

    remark = Prose(max_length=300, required=False, allow_blank=True)


class GivenBack(Finished):
    """When a job was given back, and why."""

    why = one_of(AbortReason)


class CheckInIn(NewTold):
    """A sign of life."""

    at = Moment()
    note = Prose(max_length=300, required=False, allow_blank=True)


class AssignmentOut(Versioned):
    """A job of a crew."""

    crew_name = serializers.CharField(source="crew.name", read_only=True)
    place = PlaceOut(read_only=True)

    class Meta:
        model = Assignment
        fields = [
            "uuid",
            "version",
            "crew",
            "crew_name",
            "outage",
            "road_block",
            "storm",
            "place",
            "task",
            "status",
            "assigned_at",
            "accepted_at",
            "departed_at",
            "on_site_at",
            "briefed_at",
            "permit_no",
            "ended_at",
            "abort_reason",
            "remark",
            "unknown_reasons",
            "recorded_at",
            "received_at",
        ]


class CheckInOut(Versioned):
    """A sign of life of a crew."""

    class Meta:
        model = CheckIn
        fields = ["uuid", "version", "crew", "assignment", "at", "received_at", "note"]


class AssignmentFilters(Filters):
    """Jobs by crew, outage, state and time."""

    organization = Subtree("crew__organization", "outage__organization")
    division = DivisionPrefix("place__division__code")
    crew = named("crew")
    outage = named("outage")
    road_block = named("road_block")
    storm = of_storm()
    status = coded("status", AssignmentStatus.choices)
    task = coded("task", TaskKind.choices)
    since = since("assigned_at")
    until = until("assigned_at")
    bbox = Box()


class CheckInFilters(Filters):
    """Signs of life by crew and time."""

    organization = Subtree("crew__organization")
    crew = named("crew")
    assignment = named("assignment")
    since = since("at")
    until = until("at")


def _finish(assignment: Assignment, *, by: Actor, **said: Any) -> Assignment:
    """Finish a job; its crew is free."""
    return assignments.finish(assignment, by=by, **said).assignment


def _refuse(assignment: Assignment, *, by: Actor, **said: Any) -> Assignment:
    """Refuse a job that was not taken yet."""
    return assignments.refuse(assignment, by=by, **said).assignment


def _abort(assignment: Assignment, *, by: Actor, **said: Any) -> Assignment:
    """Give a job back, for the weather, the road or people's safety."""
    return assignments.abort(assignment, by=by, **said).assignment


def _check_in(assignment: Assignment, *, by: Actor, **said: Any) -> CheckIn:
    """Record a sign of life of a job's crew."""
    return check_ins.record(assignment.crew, job=assignment, by=by, **said)


class Assignments(Resource):
    """Jobs of crews."""

    home = "assignments"
    model = Assignment
    place = "place"
    serializer_class = AssignmentOut
    filterset_class = AssignmentFilters
    writes_with = DeviceScope.WORK
    related = ("crew", "outage__organization", "road_block", "storm", "place__division", "place__line")
    locks_first = ("crew",)

    create = creates(assignments.assign, AssignmentIn)
    accept = fact(assignments.accept, right=Right.RECORD)
    depart = fact(assignments.depart, right=Right.RECORD)
    arrive = fact(assignments.arrive, right=Right.RECORD)
    brief = fact(briefings.brief_crew, CrewBriefed, name="brief", right=Right.RECORD)
    finish = fact(_finish, Finished, right=Right.RECORD)
    refuse = fact(_refuse, GivenBack, right=Right.RECORD)
    abort = fact(_abort, GivenBack, right=Right.RECORD)
    check_in = adds(
        _check_in, CheckInIn, name="check_in", right=Right.RECORD, out=CheckInOut, home="check-ins"
    )


class CheckIns(Resource):
    """Signs of life; a new one is told to its crew."""

    home = "check-ins"
    model = CheckIn
    serializer_class = CheckInOut
    filterset_class = CheckInFilters
    writes_with = DeviceScope.WORK
    related = ("crew", "assignment")
