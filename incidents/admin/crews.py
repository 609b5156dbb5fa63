"""Crews, their people and vehicles."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from incidents.access import Right
from incidents.admin.base import RecordAdmin, RecordInline, among, given
from incidents.admin.fields import moment
from incidents.admin.forms import AtMaybeReasonForm, form_of, operates
from incidents.admin.verbs import Verb
from incidents.models import Assignment, CheckIn, Crew, CrewMember, CrewVehicle, Vehicle
from incidents.services import check_ins, crews, vehicles

_AT = {"at": moment(_("When"))}
_FormForm = form_of(
    Crew,
    "name",
    "organization",
    "home_organization",
    "skills",
    "headcount",
    "is_exercise",
    also=_AT,
    optional=["home_organization"],
    rights=operates("organization"),
)
_MemberForm = form_of(CrewMember, "person", "is_leader", base=AtMaybeReasonForm, rights=operates("person"))
_VehicleForm = form_of(CrewVehicle, "vehicle", also=_AT, rights=operates("vehicle"))
_NewVehicleForm = form_of(
    Vehicle,
    "plate",
    "kind",
    "organization",
    "has_chains",
    also=_AT,
    rights=operates("organization"),
)
_CheckInForm = form_of(CheckIn, "note", also=_AT)


def _is_together(crew: Crew) -> bool:
    return crew.disbanded_at is None


class MemberInline(RecordInline):
    """People of a crew."""

    model = CrewMember
    columns = ["person", "is_leader", "since_at", "until_at"]
    ordering = ["until_at", "-is_leader", "pk"]


class VehicleInline(RecordInline):
    """Vehicles of a crew."""

    model = CrewVehicle
    columns = ["vehicle", "since_at", "until_at"]


class JobInline(RecordInline):
    """Where a crew is or was sent."""

    model = Assignment
    columns = ["task", "outage", "place", "status", "assigned_at", "on_site_at", "ended_at"]
    ordering = ["-assigned_at", "-pk"]


class CheckInInline(RecordInline):
    """Signs of life, newest first."""

    model = CheckIn
    columns = ["at", "received_at", "reported_by", "note"]
    ordering = ["-at", "-pk"]


@admin.register(Crew)
class CrewAdmin(RecordAdmin):
    """Crews: own, on loan, contractors."""

    rank = 40
    list_display = [
        "name",
        "organization",
        "home_organization",
        "skills",
        "headcount",
        "disbanded_at",
        "is_exercise",
    ]
    list_filter = [
        among("organization"),
        given("disbanded_at"),
        "is_exercise",
    ]
    search_fields = ["name", "organization__name", "home_organization__name"]
    ordering = ["name", "pk"]
    themes = [
        (None, ["name", "organization", "home_organization", "skills", "headcount"]),
        (_("State"), ["disbanded_at", "is_exercise"]),
    ]
    inlines = [MemberInline, VehicleInline, JobInline, CheckInInline]

    add_verb = Verb(name="form", label=_("Form a crew"), call=crews.form, right=Right.OPERATE, form=_FormForm)
    verbs = [
        Verb(
            name="add_member",
            label=_("Add a member"),
            call=crews.add_member,
            right=Right.OPERATE,
            form=_MemberForm,
            offered=_is_together,
        ),
        Verb(
            name="add_vehicle",
            label=_("Add a vehicle"),
            call=crews.add_vehicle,
            right=Right.OPERATE,
            form=_VehicleForm,
            offered=_is_together,
        ),
        Verb(
            name="check_in",
            label=_("Sign of life"),
            call=check_ins.record,
            right=Right.RECORD,
            form=_CheckInForm,
            offered=_is_together,
        ),
        Verb(
            name="disband",
            label=_("Disband"),
            call=crews.disband,
            right=Right.OPERATE,
            form=AtMaybeReasonForm,
            offered=_is_together,
        ),
    ]


@admin.register(CrewMember)
class CrewMemberAdmin(RecordAdmin):
    """Who was in which crew, when."""

    rank = 42
    list_display = ["person", "crew", "is_leader", "since_at", "until_at"]
    list_filter = [
        "is_leader",
        among("crew"),
        given("until_at"),
    ]
    search_fields = ["person__name", "crew__name"]
    date_hierarchy = "since_at"
    ordering = ["-since_at", "-pk"]
    themes = [(None, ["person", "crew", "is_leader", "since_at", "until_at"])]

    verbs = [
        Verb(
            name="remove",
            label=_("Leave the crew"),
            call=crews.remove_member,
            right=Right.OPERATE,
            form=AtMaybeReasonForm,
            offered=lambda member: member.until_at is None,
            many=True,
        ),
    ]


class CrewOfVehicleInline(RecordInline):
    """Crews that a vehicle is or was with."""

    model = CrewVehicle
    columns = ["crew", "since_at", "until_at"]
    verbose_name_plural = _("crews")


@admin.register(Vehicle)
class VehicleAdmin(RecordAdmin):
    """Vehicles."""

    rank = 43
    list_display = ["plate", "kind", "organization", "has_chains"]
    list_filter = ["kind", "has_chains", among("organization")]
    search_fields = ["plate", "organization__name"]
    ordering = ["plate", "pk"]
    themes = [(None, ["plate", "kind", "organization", "has_chains"])]
    inlines = [CrewOfVehicleInline]
    add_verb = Verb(
        name="add", label=_("Add vehicle"), call=vehicles.add, right=Right.OPERATE, form=_NewVehicleForm
    )


@admin.register(CrewVehicle)
class CrewVehicleAdmin(RecordAdmin):
    """Which vehicle was with which crew, when."""

    rank = 44
    list_display = ["vehicle", "crew", "since_at", "until_at"]
    list_filter = [among("crew"), given("until_at")]
    search_fields = ["vehicle__plate", "crew__name"]
    date_hierarchy = "since_at"
    ordering = ["-since_at", "-pk"]
    themes = [(None, ["vehicle", "crew", "since_at", "until_at"])]

    verbs = [
        Verb(
            name="remove",
            label=_("Leave the crew"),
            call=crews.remove_vehicle,
            right=Right.OPERATE,
            form=AtMaybeReasonForm,
            offered=lambda vehicle: vehicle.until_at is None,
            many=True,
        ),
    ]
