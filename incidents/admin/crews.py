"""Crews, their people and vehicles."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from incidents.admin.base import RecordAdmin, RecordInline, among, given
from incidents.models import Assignment, CheckIn, Crew, CrewMember, CrewVehicle, Vehicle


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
