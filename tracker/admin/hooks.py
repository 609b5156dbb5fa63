"""Gateways for text messages and chats: where they are, whether they answer, and their secrets shown once."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.db.models import Model
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from incidents.access import Right
from incidents.admin.base import RecordAdmin, among, given
from incidents.admin.fields import of
from incidents.admin.forms import AtReasonForm, ReasonForm
from incidents.admin.verbs import Verb, VerbForm
from tracker.hooks.wire import LONGEST_URL
from tracker.models import Hook
from tracker.services import hooks

if TYPE_CHECKING:
    from incidents.models.base import Words


class _SettingsForm(VerbForm):
    """What a gateway is called, where it is and what it wants."""

    starts_from_row = True

    name = of(Hook, "name")
    url = forms.CharField(
        label=_("Address of the gateway"),
        max_length=LONGEST_URL,
        widget=forms.TextInput(attrs={"class": "vTextField", "placeholder": "https://"}),
        help_text=_("http or https; shown at the desk and kept in the journal, so without a secret in it."),
    )
    form = of(Hook, "format")
    languages = of(Hook, "languages")

    @classmethod
    def initial_of(cls, row: Model) -> dict[str, Any]:
        """Return the row's own values."""
        return {**super().initial_of(row), "form": getattr(row, "format", "")}


class _NewForm(_SettingsForm):
    """The same, and whose it is."""

    rights = {"organization": Right.MANAGE}
    tied = ["organization"]

    organization = of(Hook, "organization")
    field_order = ["organization"]


def _shown_once(made: tuple[Hook, str]) -> str:
    hook, secret = made
    return render_to_string("admin/tracker/hook_secret.html", {"hook": hook, "secret": secret})


def _switch(*, on: bool, label: "Words", name: str) -> Verb:
    def call(hook: Hook, **said: object) -> Hook:
        return hooks.switch(hook, on=on, **said)  # type: ignore[arg-type]

    return Verb(
        name=name,
        label=label,
        call=call,
        right=Right.MANAGE,
        form=AtReasonForm,
        offered=lambda hook: hook.enabled is not on,
        help_text=""
        if on
        else _("What is owed to it has failed then; rungs that ask for it go up the ladder."),
    )


@admin.register(Hook)
class HookAdmin(RecordAdmin):
    """Where messages for phones and chats go, and how that is going."""

    rank = 4
    list_display = [
        "name",
        "organization",
        "enabled",
        "failures",
        "failing_since",
        "last_accepted_at",
        "last_error",
    ]
    list_filter = ["enabled", given("failing_since"), among("organization")]
    search_fields = ["name", "organization__name"]
    ordering = ["name", "pk"]
    themes = [
        (None, ["name", "organization", "enabled", "url", "format", "languages"]),
        (_("How it is"), ["failures", "failing_since", "rests_until", "last_accepted_at", "last_error"]),
        (_("Secret"), ["secret_number", "secret_made_at"]),
        (_("Where it comes from"), ["made_at", "made_by"]),
    ]
    add_verb = Verb(
        name="make",
        label=_("Set up a gateway"),
        call=hooks.make,
        right=Right.MANAGE,
        form=_NewForm,
        help_text=_("Shows the secret that signs its messages, this once."),
        tell=_shown_once,
    )
    verbs = [
        Verb(name="change", label=_("Change"), call=hooks.change, right=Right.MANAGE, form=_SettingsForm),
        Verb(
            name="renew_secret",
            label=_("New secret"),
            call=hooks.renew_secret,
            right=Right.MANAGE,
            form=ReasonForm,
            help_text=_("Shows it this once; the earlier one signs nothing any more."),
            tell=_shown_once,
        ),
        _switch(on=False, name="switch_off", label=_("Switch off")),
        _switch(on=True, name="switch_on", label=_("Switch on")),
    ]
