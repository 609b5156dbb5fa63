"""Storm mode: counted by the watch, switched by people."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from incidents.access import Right
from incidents.admin.base import RecordAdmin, among
from incidents.admin.fields import moment, of, reason
from incidents.admin.forms import AtMaybeReasonForm
from incidents.admin.verbs import Verb, VerbForm
from tracker.choices import StormSwitch
from tracker.models import StormMode
from tracker.services import storms


class SwitchForm(VerbForm):
    """Where, on or off, until when, and why."""

    rights = {"organization": Right.OPERATE}

    organization = of(StormMode, "organization")
    on = forms.TypedChoiceField(
        label=_("Storm mode"),
        choices=[("on", _("On: digests, critical ones singly")), ("off", _("Off: every notice by itself"))],
        coerce=lambda value: value == "on",
    )
    at = moment(_("From"))
    until = moment(_("Until"), now=False)
    reason = reason()
    is_exercise = of(StormMode, "is_exercise")


@admin.register(StormMode)
class StormModeAdmin(RecordAdmin):
    """When which organisation was told by digests."""

    rank = 3
    list_display = ["organization", "switch", "since_at", "until_at", "alerts", "made_by", "is_exercise"]
    list_filter = ["switch", "is_exercise", among("organization")]
    search_fields = ["organization__name", "reason"]
    date_hierarchy = "since_at"
    ordering = ["-since_at", "-pk"]
    themes = [
        (None, ["organization", "switch", "is_exercise"]),
        (_("Validity"), ["since_at", "until_at"]),
        (_("Why"), ["alerts", "made_by", "reason"]),
    ]
    add_verb = Verb(
        name="switch",
        label=_("Switch storm mode"),
        call=storms.switch,
        right=Right.OPERATE,
        form=SwitchForm,
        help_text=_("Goes before what is counted, and always has an end."),
    )
    verbs = [
        Verb(
            name="end",
            label=_("End it now"),
            call=storms.end,
            right=Right.OPERATE,
            form=AtMaybeReasonForm,
            offered=lambda mode: mode.switch != StormSwitch.COUNTED,
        ),
    ]
