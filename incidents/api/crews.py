"""``/api/v1/crews/``: formed, staffed, sent out, disbanded; and their signs of life."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from rest_framework import serializers

from incidents.access import Right
from incidents.api.assignments import CheckInIn, CheckInOut
from incidents.api.fields import Answer, Moment, Prose, Reference, Text, Whole
from incidents.api.filters import Filters, Pending, Subtree
from incidents.api.outputs import Out, Versioned
from incidents.api.resources import Resource
from incidents.api.told import one_of
from incidents.api.verbs import At, NewTold, adds, creates, verb
from incidents.choices import DeviceScope, Skill
from incidents.errors import NotFound
from incidents.journal import Actor
from incidents.models import Crew, CrewMember, CrewVehicle, Organization, Person, Vehicle
from incidents.services import check_ins, crews


class CrewIn(NewTold):
    """A new crew; ``home_organization`` is whom it belongs to while on loan."""

    rights = {Organization: Right.OPERATE}

    name = Text(max_length=100)
    organization = Reference(Organization)
    home_organization = Reference(Organization, required=False, allow_null=True)
    skills: Any = serializers.ListField(child=one_of(Skill), min_length=1, max_length=len(Skill))
    headcount = Whole(min_value=1, max_value=32767, required=False, allow_null=True)
    at = Moment()


class Disband(At):
    """When it was disbanded, and why."""

    reason = Prose(max_length=300, required=False, allow_blank=True)


class MemberIn(At):
    """Who joins a crew, from when; a certificate that has run out needs a reason."""

    rights = {Person: Right.OPERATE}

    person = Reference(Person)
    is_leader = Answer(default=False)
    reason = Prose(max_length=300, required=False, allow_blank=True)


class VehicleIn(At):
    """Which vehicle a crew gets, from when."""

    rights = {Vehicle: Right.OPERATE}

    vehicle = Reference(Vehicle)


class MemberGone(At):
    """Who left a crew, when and why."""

    person = Reference(Person)
    reason = Prose(max_length=300, required=False, allow_blank=True)


class VehicleGone(At):
    """Which vehicle was taken from a crew, when and why."""

    vehicle = Reference(Vehicle)
    reason = Prose(max_length=300, required=False, allow_blank=True)


class MemberOut(Out):
    """A person in a crew; never with a phone number."""

    name = serializers.CharField(source="person.name", read_only=True)
    trade = serializers.CharField(source="person.trade", read_only=True)

    class Meta:
        model = CrewMember
        fields = ["uuid", "person", "name", "trade", "is_leader", "since_at", "until_at"]


class VehicleOut(Out):
    """A vehicle with a crew."""

    plate = serializers.CharField(source="vehicle.plate", read_only=True)
    kind = serializers.CharField(source="vehicle.kind", read_only=True)

    class Meta:
        model = CrewVehicle
        fields = ["uuid", "vehicle", "plate", "kind", "since_at", "until_at"]


class CrewOut(Versioned):
    """A crew with the people and vehicles that it has now."""

    members = MemberOut(source="people_now", many=True, read_only=True)
    vehicles = VehicleOut(source="vehicles_now", many=True, read_only=True)

    class Meta:
        model = Crew
        fields = [
            "uuid",
            "version",
            "name",
            "organization",
            "home_organization",
            "skills",
            "headcount",
            "is_exercise",
            "disbanded_at",
            "members",
            "vehicles",
        ]


class CrewFilters(Filters):
    """Crews by whom they work for or belong to."""

    organization = Subtree("organization")
    home_organization = Subtree("home_organization")
    open = Pending("disbanded_at")


def _add_member(crew: Crew, *, by: Actor, **said: Any) -> Crew:
    """Add a person to a crew."""
    crews.add_member(crew, by=by, **said)
    return crew


def _add_vehicle(crew: Crew, *, by: Actor, **said: Any) -> Crew:
    """Give a vehicle to a crew."""
    crews.add_vehicle(crew, by=by, **said)
    return crew


def _remove_member(crew: Crew, *, person: Person, by: Actor, **said: Any) -> Crew:
    """Take a person out of a crew; that he was in it stays."""
    crews.remove_member(_newest(crew.members.filter(person=person), person), by=by, **said)
    return crew


def _remove_vehicle(crew: Crew, *, vehicle: Vehicle, by: Actor, **said: Any) -> Crew:
    """Take a vehicle from a crew; that it had it stays."""
    crews.remove_vehicle(_newest(crew.vehicles.filter(vehicle=vehicle), vehicle), by=by, **said)
    return crew


def _newest(stays: QuerySet[Any], who: Person | Vehicle) -> Any:
    """Return the last stay of somebody in a crew."""
    stay = stays.order_by("-id").first()
    if stay is None:
        raise NotFound(kind=str(who._meta.verbose_name), key=who.uuid)
    return stay


class Crews(Resource):
    """Crews."""

    home = "crews"
    model = Crew
    serializer_class = CrewOut
    filterset_class = CrewFilters
    writes_with = DeviceScope.WORK
    related = ("organization", "home_organization")
    lists = (
        Prefetch(
            "members",
            CrewMember.objects.filter(until_at=None).select_related("person").order_by("id"),
            to_attr="people_now",
        ),
        Prefetch(
            "vehicles",
            CrewVehicle.objects.filter(until_at=None).select_related("vehicle").order_by("id"),
            to_attr="vehicles_now",
        ),
    )

    create = creates(crews.form, CrewIn)
    disband = verb(crews.disband, Disband)
    add_member = verb(_add_member, MemberIn, path="members")
    add_vehicle = verb(_add_vehicle, VehicleIn, path="vehicles")
    remove_member = verb(_remove_member, MemberGone)
    remove_vehicle = verb(_remove_vehicle, VehicleGone)
    check_in = adds(
        check_ins.record, CheckInIn, name="check_in", right=Right.RECORD, out=CheckInOut, home="check-ins"
    )
