"""Rotations: a form that shows the shifts to come before it makes them."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from incidents.access import Right
from incidents.admin.base import RecordAdmin, RecordInline, among, given
from incidents.admin.fields import moment, of
from incidents.admin.forms import AtReasonForm
from incidents.admin.verbs import Verb, VerbForm
from incidents.models import User
from tracker.models import Rotation, RotationMember
from tracker.rules.rotations import FEWEST, turns
from tracker.services import rotations

PEOPLE = 8  # that the form has room for
SHOWN = timedelta(days=14)


class RotationForm(VerbForm):
    """Who takes turns in what; without the last tick it only shows what would be."""

    rights = {"organization": Right.OPERATE}

    organization = of(Rotation, "organization")
    role = of(Rotation, "role")
    name = of(Rotation, "name")
    pattern = of(Rotation, "pattern")
    starts_at = of(Rotation, "starts_at")
    at = moment(_("Decided at"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["make"] = forms.BooleanField(
            label=_("Make it so"), required=False, help_text=_("Without this tick the shifts are only shown.")
        )

    @property
    def people(self) -> list[User]:
        """The people chosen, in order."""
        chosen = (self.cleaned_data.get(f"person_{number}") for number in range(1, PEOPLE + 1))
        return [user for user in chosen if user is not None]

    def clean(self) -> dict[str, Any]:
        """Show the shifts of two weeks instead of making them, unless that is asked for."""
        values = super().clean() or {}
        if self.errors:
            return values
        if len(self.people) < FEWEST[values["pattern"]]:
            few = _("This pattern needs at least %(n)d people.") % {"n": FEWEST[values["pattern"]]}
            raise ValidationError(few)
        if not values["make"]:
            self["make"].help_text = self._preview(values)
            self.add_error("make", _("Nothing is made yet: these would be the shifts."))
        return values

    def arguments(self) -> dict[str, Any]:
        """Return the keyword arguments of the service."""
        names = ("organization", "role", "name", "pattern", "starts_at", "at")
        return {name: self.cleaned_data[name] for name in names} | {"people": self.people}

    def _preview(self, values: dict[str, Any]) -> str:
        since = values["starts_at"]
        ahead = turns(
            values["pattern"], people=len(self.people), first=since, since=since, until=since + SHOWN
        )
        people = self.people
        lines = ((_moment(turn.since), _moment(turn.until), people[turn.person]) for turn in ahead)
        return format_html('<ol class="shifts">{}</ol>', format_html_join("", "<li>{} – {} {}</li>", lines))


for _number in range(1, PEOPLE + 1):
    RotationForm.base_fields[f"person_{_number}"] = of(
        RotationMember, "user", label=format_lazy(_("Person {n}"), n=_number), required=_number == 1
    )


def _moment(value: Any) -> str:
    return date_format(timezone.localtime(value), "m-d D H:i")


class MemberInline(RecordInline):
    """Who takes turns, in order."""

    model = RotationMember
    columns = ["position", "user"]
    ordering = ["position"]


@admin.register(Rotation)
class RotationAdmin(RecordAdmin):
    """Who follows whom on duty."""

    rank = 4
    list_display = ["name", "role", "organization", "pattern", "starts_at", "planned_until", "ends_at"]
    list_filter = ["role", "pattern", among("organization"), given("ends_at")]
    search_fields = ["name", "organization__name"]
    ordering = ["organization__name", "name", "pk"]
    themes = [
        (None, ["name", "role", "organization", "pattern"]),
        (_("Validity"), ["starts_at", "ends_at"]),
        (_("Planning"), ["planned_until", "next_due_at"]),
    ]
    inlines = [MemberInline]
    add_verb = Verb(
        name="rotate",
        label=_("Make a rotation"),
        call=rotations.make,
        right=Right.OPERATE,
        form=RotationForm,
        help_text=_("First the shifts of two weeks are shown; they are made by the tick at the end."),
    )
    verbs = [
        Verb(
            name="end",
            label=_("End the rotation"),
            call=rotations.end,
            right=Right.OPERATE,
            form=AtReasonForm,
            offered=lambda rotation: rotation.ends_at is None,
            help_text=_("Shifts that have not begun are taken back."),
        ),
    ]


@admin.register(RotationMember)
class RotationMemberAdmin(RecordAdmin):
    """Places in rotations."""

    rank = 4
    is_journalled = False
    list_display = ["rotation", "position", "user"]
    list_filter = [among("rotation")]
    search_fields = ["rotation__name", "user__display_name"]
    ordering = ["rotation__name", "position", "pk"]
    themes = [(None, ["rotation", "position", "user"])]
