"""Organisations and who belongs to them."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from incidents.access import Right
from incidents.admin.base import RecordAdmin, RecordInline, among, given
from incidents.admin.fields import moment
from incidents.admin.forms import AtReasonForm, form_of, manages
from incidents.admin.verbs import Verb
from incidents.models import Line, Membership, Organization
from incidents.models.people import HELD_FACT_HOURS
from incidents.services import organizations

_CreateForm = form_of(
    Organization,
    "name",
    "short_name",
    "level",
    "parent",
    "division",
    "duty_phone",
    also={"at": moment(_("Since"))},
    tied=["parent"],
    rights=manages("parent"),
)
_MoveForm = form_of(
    Organization, "parent", base=AtReasonForm, starts_from_row=True, tied=["parent"], rights=manages("parent")
)


class _HoursForm(AtReasonForm):
    """From when a held fact counts as overdue."""

    hours = forms.IntegerField(label=_("After (h)"), min_value=1, max_value=168, initial=HELD_FACT_HOURS)


_JoinForm = form_of(
    Membership,
    "user",
    "organization",
    "role",
    also={"at": moment(_("Since"))},
    rights=manages("organization"),
)


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
        (None, ["name", "short_name", "level", "parent", "division", "duty_phone", "held_fact_hours"]),
    ]
    inlines = [ChildInline, MembershipInline, LineInline]

    add_verb = Verb(
        name="create",
        label=_("Add organisation"),
        call=organizations.create,
        right=Right.MANAGE,
        form=_CreateForm,
    )
    verbs = [
        Verb(
            name="move",
            label=_("Move under another organisation"),
            call=organizations.move,
            right=Right.MANAGE,
            form=_MoveForm,
            help_text=_("Everything below moves along."),
        ),
        Verb(
            name="bound_held_facts",
            label=_("When held facts are overdue"),
            call=organizations.bound_held_facts,
            right=Right.MANAGE,
            form=_HoursForm,
            help_text=_("Facts held already keep their bound."),
        ),
    ]


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

    add_verb = Verb(
        name="join", label=_("Give a role"), call=organizations.join, right=Right.MANAGE, form=_JoinForm
    )
    verbs = [
        Verb(
            name="leave",
            label=_("End the role"),
            call=organizations.leave,
            right=Right.MANAGE,
            form=AtReasonForm,
            offered=lambda membership: membership.until_at is None,
            many=True,
        ),
    ]
