"""Important users."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from incidents.access import Right
from incidents.admin.base import RecordAdmin, among, given
from incidents.admin.fields import moment
from incidents.admin.forms import AtForm, AtReasonForm, correction_of, form_of, manages
from incidents.admin.verbs import Verb, VerbForm
from incidents.choices import EmergencySupply
from incidents.models import ImportantUser
from incidents.services import important_users

_KNOWN = ["own_generator_kw", "endurance_h", "contact", "phone", "confirmed_at"]

_RegisterForm = form_of(
    ImportantUser,
    "organization",
    "name",
    "grade",
    "feeders",
    *_KNOWN,
    also={"at": moment(_("From"))},
    rights=manages("organization"),
)


class _SupplyForm(VerbForm):
    """What supplies a user, since when and how long."""

    supplied_by = forms.ChoiceField(label=_("Emergency supply"), choices=EmergencySupply.choices)
    at = moment(_("From"))
    until = moment(_("Fuel lasts until"), required=False)


@admin.register(ImportantUser)
class ImportantUserAdmin(RecordAdmin):
    """Users who have to have power."""

    rank = 24
    list_display = [
        "name",
        "grade",
        "organization",
        "own_generator_kw",
        "endurance_h",
        "supplied_by",
        "supplied_until_at",
        "confirmed_at",
    ]
    list_filter = ["grade", "supplied_by", given("retired_at"), among("organization")]
    search_fields = ["name", "feeders__name", "feeders__code"]
    ordering = ["name", "pk"]
    themes = [
        (None, ["name", "grade", "organization", "feeders", "contact", "phone"]),
        (_("Own supply"), ["own_generator_kw", "endurance_h", "confirmed_at"]),
        (_("Emergency supply now"), ["supplied_by", "supplied_since_at", "supplied_until_at"]),
        (_("Validity"), ["retired_at"]),
    ]

    add_verb = Verb(
        name="register",
        label=_("Put on record"),
        call=important_users.register,
        right=Right.MANAGE,
        form=_RegisterForm,
    )
    verbs = [
        Verb(
            name="supply",
            label=_("Emergency supply runs"),
            call=important_users.supply,
            right=Right.OPERATE,
            form=_SupplyForm,
            offered=lambda user: user.retired_at is None,
        ),
        Verb(
            name="end_supply",
            label=_("Emergency supply ended"),
            call=important_users.end_supply,
            right=Right.OPERATE,
            form=AtForm,
            offered=lambda user: user.supplied_by != "",
            many=True,
        ),
        Verb(
            name="correct",
            label=_("Correct"),
            call=important_users.correct,
            right=Right.MANAGE,
            form=correction_of(ImportantUser, "name", "grade", "feeders", *_KNOWN),
        ),
        Verb(
            name="retire",
            label=_("Take off the list"),
            call=important_users.retire,
            right=Right.MANAGE,
            form=AtReasonForm,
            offered=lambda user: user.retired_at is None,
        ),
    ]
