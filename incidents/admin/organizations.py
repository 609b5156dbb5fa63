"""Organisations and who belongs to them."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from incidents.admin.base import RecordAdmin, RecordInline, among, given
from incidents.models import Line, Membership, Organization


class ChildInline(RecordInline):
    """Organisations right below."""

    model = Organization
    fk_name = "parent"
    columns = ["name", "level", "duty_phone"]
    verbose_name_plural = _("organisations below")


class MembershipInline(RecordInline):
    """Who has which role here."""

    model = Membership
    columns = ["user", "role", "since_at", "until_at"]
    ordering = ["until_at", "-since_at", "pk"]


class LineInline(RecordInline):
    """Lines of the organisation."""

    model = Line
    columns = ["code", "name", "voltage_kv", "kind", "customers"]
    ordering = ["code", "pk"]


@admin.register(Organization)
class OrganizationAdmin(RecordAdmin):
    """The tree of organisations."""

    rank = 10
    list_display = ["name", "short_name", "level", "parent", "division", "duty_phone"]
    list_filter = ["level", among("parent")]
    search_fields = ["name", "short_name"]
    ordering = ["name", "pk"]
    themes = [
        (None, ["name", "short_name", "level", "parent", "division", "duty_phone"]),
    ]
    inlines = [ChildInline, MembershipInline, LineInline]


@admin.register(Membership)
class MembershipAdmin(RecordAdmin):
    """Roles of people, past and present."""

    rank = 12
    list_display = ["user", "role", "organization", "since_at", "until_at"]
    list_filter = [
        "role",
        among("organization"),
        given("until_at"),
    ]
    search_fields = ["user__display_name", "user__username", "organization__name"]
    date_hierarchy = "since_at"
    ordering = ["-since_at", "-pk"]
    themes = [(None, ["user", "role", "organization", "since_at", "until_at"])]
