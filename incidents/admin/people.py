"""People: accounts, phones, and those who work on the grid."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from incidents.access import Right
from incidents.admin.base import RecordAdmin, RecordInline, among, given
from incidents.admin.organizations import MembershipInline
from incidents.models import CrewMember, Device, Person, User


class DeviceInline(RecordInline):
    """Phones of a person."""

    model = Device
    columns = ["name", "enrolled_at", "expires_at", "revoked_at", "last_seen_at"]
    needs = frozenset({Right.OPERATE, Right.MANAGE})


class RoleInline(MembershipInline):
    """Roles of a person."""

    columns = ["organization", "role", "since_at", "until_at"]


@admin.register(User)
class UserAdmin(RecordAdmin):
    """People with an account."""

    rank = 11
    list_display = ["display_name", "username", "language", "is_active", "last_login"]
    list_filter = ["is_active", "language", "memberships__role"]
    search_fields = ["display_name", "username"]
    ordering = ["display_name", "pk"]
    themes = [
        (None, ["display_name", "username", "language", "is_active"]),
        (_("Reached through"), ["email", "phone"]),
        (_("Signing in"), ["last_login", "date_joined", "is_superuser"]),
    ]
    inlines = [RoleInline, DeviceInline]


@admin.register(Device)
class DeviceAdmin(RecordAdmin):
    """Phones that may post in a person's name; their tokens are never shown again."""

    rank = 13
    needs = frozenset({Right.OPERATE, Right.MANAGE})
    list_display = ["name", "user", "enrolled_at", "expires_at", "revoked_at", "last_seen_at", "clock_skew_s"]
    list_filter = [given("revoked_at"), "app_version"]
    search_fields = ["name", "user__display_name", "user__username"]
    date_hierarchy = "enrolled_at"
    ordering = ["-enrolled_at", "-pk"]
    themes = [
        (None, ["name", "user", "scopes"]),
        (_("Validity"), ["enrolled_at", "expires_at", "revoked_at"]),
        (_("State"), ["last_seen_at", "app_version", "clock_skew_s"]),
    ]


class CrewOfPersonInline(RecordInline):
    """Crews that a person is or was in."""

    model = CrewMember
    columns = ["crew", "is_leader", "since_at", "until_at"]
    verbose_name_plural = _("crews")


@admin.register(Person)
class PersonAdmin(RecordAdmin):
    """Those who work on the grid, with or without an account."""

    rank = 41
    list_display = ["name", "organization", "trade", "certificate_valid_to", "user"]
    list_filter = ["trade", among("organization")]
    search_fields = ["name", "trade", "organization__name"]
    ordering = ["name", "pk"]
    themes = [
        (None, ["name", "organization", "trade", "certificate_valid_to"]),
        (_("Reached through"), ["user", "phone"]),
    ]
    inlines = [CrewOfPersonInline]
