"""Bodies about support: what is needed, and what is said of a team."""

from typing import Any

from rest_framework import serializers

from incidents.access import Right
from incidents.api.fields import Drawn, Moment, Phone, Prose, Reference, Text
from incidents.api.places import PlaceIn
from incidents.api.told import NewFact, count, maybe, one_of
from incidents.api.verbs import At, AtReason, Told
from incidents.choices import Skill, TaskKind, VehicleKind
from incidents.models import Crew, Organization, SupportRequest

_MOST_CREWS = 50


class SupportRequestIn(NewFact):
    """What is needed, in words, heads and vehicles."""

    organization = Reference(Organization)
    asked = Drawn()
    need = Prose(max_length=1000)
    at = Moment()
    skills: Any = serializers.ListField(child=one_of(Skill), required=False, max_length=len(Skill))
    headcount = count(32767)
    vehicle_count = count(32767)
    needed_from_at = maybe()

    rights = {Organization: Right.OPERATE}


class Decision(At):
    """When it was decided, and why."""

    reason = Prose(max_length=300, required=False, allow_blank=True)


class TeamFacts(Told):
    """What may be said of a team; a receiver that is not named stands in ``host_text``."""

    rights = {Organization: Right.OPERATE, Crew: Right.OPERATE}

    host_text = Text(max_length=100, required=False, allow_blank=True)
    host_place = PlaceIn(required=False)
    headcount = count(32767)
    vehicle_count = count(32767)
    vehicle_kind = one_of(VehicleKind, required=False)
    tasks: Any = serializers.ListField(child=one_of(TaskKind), required=False, max_length=len(TaskKind))
    equipment = Prose(max_length=1000, required=False, allow_blank=True)
    leader_name = Text(max_length=60, required=False, allow_blank=True)
    leader_phone = Phone(max_length=30, required=False, allow_blank=True)
    host_contact = Text(max_length=100, required=False, allow_blank=True)
    area = Text(max_length=200, required=False, allow_blank=True)
    lodging = Text(max_length=200, required=False, allow_blank=True)
    meals = Text(max_length=200, required=False, allow_blank=True)
    expected_at = maybe()


class Mobilised(NewFact, TeamFacts):
    """A team that is called up for a request, and who sends it; receiver and storm are the request's."""

    organization = Reference(Organization)
    crews: Any = serializers.ListField(child=Reference(Crew), required=False, max_length=_MOST_CREWS)
    at = Moment()


class DeploymentIn(Mobilised):
    """A team that is called up; receiver and storm are the request's where they are not told."""

    request = Reference(SupportRequest, required=False)


class Departure(At):
    """When the team left, and when it should be there."""

    expected_at = maybe()


class TeamCorrection(AtReason):
    """What is corrected, when and why."""

    rights = TeamFacts.rights

    changes = TeamFacts()
