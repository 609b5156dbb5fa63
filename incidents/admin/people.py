"""People: accounts, phones, and those who work on the grid."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.db import transaction
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from incidents.access import Right
from incidents.admin.base import RecordAdmin, RecordInline, among, given
from incidents.admin.enrolments import enrol_verb
from incidents.admin.fields import moment, of
from incidents.admin.forms import ReasonForm, correction_of, form_of, manages
from incidents.admin.organizations import MembershipInline
from incidents.admin.sign_in import SessionInline, account_verbs
from incidents.admin.verbs import Verb
from incidents.choices import DeviceScope, Role
from incidents.journal import Actor
from incidents.models import CrewMember, Device, Membership, Organization, Person, User
from incidents.services import devices, organizations, people

_AccountForm = form_of(
    User,
    "username",
    "display_name",
    "email",
    "phone",
    "language",
    also={
        "password": forms.CharField(
            label=_("Password"),
            required=False,
            strip=False,
            widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
            help_text=_("Empty for somebody who only gets mails."),
        ),
        "organization": of(Membership, "organization"),
        "role": of(Membership, "role"),
    },
    rights=manages("organization"),
)
_EnrolForm = form_of(
    Device,
    "user",
    "name",
    also={
        "scopes": forms.MultipleChoiceField(
            label=_("Allowed"), choices=DeviceScope.choices, widget=forms.CheckboxSelectMultiple
        ),
        "days": forms.IntegerField(label=_("Valid for (days)"), min_value=1, max_value=90, initial=90),
    },
    rights=manages("user"),
)
_KNOWN = ["user", "trade", "phone", "certificate_valid_to"]
_PersonForm = form_of(
    Person,
    "name",
    "organization",
    *_KNOWN,
    also={"at": moment(_("When"))},
    rights=manages("organization"),
)


@transaction.atomic
def _add_account(*, by: Actor, organization: Organization, role: Role, password: str, **known: Any) -> User:
    """Give somebody an account and the role that it is for, both or neither."""
    user = people.add_user(at=by.now, by=by, password=password or None, **known)
    organizations.join(user=user, organization=organization, role=role, at=by.now, by=by)
    return user


def _enrol(*, by: Actor, days: int, **known: Any) -> tuple[Device, str]:
    return devices.enrol(by=by, lasting=timedelta(days=days), **known)


def _token(enrolled: tuple[Device, str]) -> str:
    words = _("Enter this token on the machine now; it is never shown again:")
    return format_html("{} <code>{}</code>", words, enrolled[1])


class DeviceInline(RecordInline):
    """Phones of a person."""

    model = Device
    columns = ["name", "enrolled_at", "expires_at", "revoked_at", "last_seen_at", "app_version"]
    needs = frozenset({Right.GUARD})


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
    inlines = [RoleInline, DeviceInline, SessionInline]

    add_verb = Verb(
        name="add", label=_("Add account"), call=_add_account, right=Right.MANAGE, form=_AccountForm
    )
    verbs = [enrol_verb, *account_verbs]


@admin.register(Device)
class DeviceAdmin(RecordAdmin):
    """Phones and machines that may post in a person's name; their tokens are never shown again."""

    rank = 13
    needs = frozenset({Right.GUARD})
    list_display = [
        "name",
        "user",
        "enrolled_at",
        "expires_at",
        "revoked_at",
        "last_seen_at",
        "app_version",
        "clock_skew_s",
    ]
    list_filter = [given("revoked_at"), "platform", "app_version"]
    search_fields = ["name", "user__display_name", "user__username"]
    date_hierarchy = "enrolled_at"
    ordering = ["-enrolled_at", "-pk"]
    themes = [
        (None, ["name", "user", "scopes", "platform"]),
        (_("Validity"), ["enrolled_at", "lasting", "expires_at", "next_expires_at", "revoked_at"]),
        (_("State"), ["last_seen_at", "app_version", "clock_skew_s"]),
    ]

    add_verb = Verb(
        name="enrol",
        label=_("Enrol a machine"),
        help_text=_("A machine gets its token here; a phone reads a code on the page of its person."),
        call=_enrol,
        right=Right.MANAGE,
        form=_EnrolForm,
        tell=_token,
    )
    verbs = [
        Verb(
            name="revoke",
            label=_("Shut the phone out"),
            call=devices.revoke,
            right=Right.GUARD,
            form=ReasonForm,
            offered=lambda device: device.revoked_at is None,
            many=True,
        ),
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

    add_verb = Verb(
        name="add", label=_("Add person"), call=people.add_person, right=Right.MANAGE, form=_PersonForm
    )
    verbs = [
        Verb(
            name="correct",
            label=_("Correct"),
            call=people.correct_person,
            right=Right.MANAGE,
            form=correction_of(Person, *_KNOWN),
        ),
    ]
