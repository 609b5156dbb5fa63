"""``/api/v1/briefings/``: which dangers were told to whom, and who signed."""

from typing import Any

from rest_framework import serializers

from incidents.access import Right
from incidents.api.fields import Moment, Prose, Reference, Text
from incidents.api.filters import Filters, Subtree, named, since, until
from incidents.api.outputs import Versioned
from incidents.api.resources import Resource
from incidents.api.told import one_of
from incidents.api.verbs import At, NewTold, Told, creates, verb
from incidents.choices import BriefingTopic, DeviceScope
from incidents.models import Assignment, Deployment, Person, SafetyBriefing
from incidents.services import briefings

_MOST_PEOPLE = 200


class Signatures(Told):
    """Who signed: people of ours, and visitors by their names."""

    signed_by: Any = serializers.ListField(child=Reference(Person), required=False, max_length=_MOST_PEOPLE)
    signed_names: Any = serializers.ListField(
        child=Text(max_length=60), required=False, max_length=_MOST_PEOPLE
    )


class Contents(Signatures):
    """What a briefing was about, who gave it and who signed."""

    given_by = Text(max_length=60, required=False, allow_blank=True)
    topics: Any = serializers.ListField(
        child=one_of(BriefingTopic), required=False, max_length=len(BriefingTopic)
    )
    text = Prose(max_length=2000, required=False, allow_blank=True)


class BriefingIn(NewTold, Contents):
    """A briefing of a team or of a crew before its job; the first one makes it briefed."""

    rights = {Deployment: Right.OPERATE, Assignment: Right.RECORD}

    deployment = Reference(Deployment, required=False, allow_null=True)
    assignment = Reference(Assignment, required=False, allow_null=True)
    at = Moment()


class Briefed(At, Contents):
    """When the safety briefing was given, about what, and who signed."""


class CrewBriefed(Briefed):
    """When the safety briefing was given, about what, who signed, and the number of the work permit."""

    permit_no = Text(max_length=60, required=False, allow_blank=True)


class Signed(At, Signatures):
    """Who signed later, and when."""


class BriefingOut(Versioned):
    """A safety briefing: the evidence behind ``briefed_at`` of its team or job."""

    class Meta:
        model = SafetyBriefing
        fields = [
            "uuid",
            "version",
            "deployment",
            "assignment",
            "given_at",
            "given_by",
            "topics",
            "text",
            "signed_by",
            "signed_names",
            "recorded_at",
            "received_at",
        ]


class BriefingFilters(Filters):
    """Briefings by whose, for whom and when."""

    organization = Subtree(
        "deployment__organization", "deployment__host_organization", "assignment__crew__organization"
    )
    deployment = named("deployment")
    assignment = named("assignment")
    since = since("given_at")
    until = until("given_at")


class Briefings(Resource):
    """Safety briefings."""

    home = "briefings"
    model = SafetyBriefing
    serializer_class = BriefingOut
    filterset_class = BriefingFilters
    ordering = ("-given_at", "-id")
    writes_with = DeviceScope.WORK
    related = ("deployment", "assignment")
    lists = ("signed_by",)

    create = creates(briefings.record, BriefingIn)
    sign = verb(briefings.sign, Signed, right=Right.RECORD)
