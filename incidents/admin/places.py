"""Administrative divisions and places."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from incidents.access import Right
from incidents.admin.base import RecordAdmin
from incidents.admin.fields import moment, text
from incidents.admin.forms import correction_of
from incidents.admin.verbs import Verb, VerbForm
from incidents.models import Division, Place
from incidents.services import divisions, places


class _AliasForm(VerbForm):
    """Another name that people use."""

    alias = text(_("Alias"), max_length=60)
    at = moment(_("When"))


_IdentifyForm = correction_of(
    Place,
    "division",
    "line",
    "branch",
    "pole_no",
    "latitude",
    "longitude",
    "crs",
    "altitude_m",
    rights={"line": Right.OPERATE},
)


@admin.register(Division)
class DivisionAdmin(RecordAdmin):
    """Administrative divisions: public knowledge, loaded from the official list."""

    rank = 33
    list_display = ["code", "name", "stem", "level", "parent", "aliases"]
    list_filter = ["level"]
    search_fields = ["code", "name", "stem"]
    ordering = ["code"]
    themes = [
        (None, ["code", "name", "stem", "level", "parent", "aliases"]),
        (_("Validity"), ["valid_from", "valid_to"]),
    ]

    verbs = [
        Verb(
            name="add_alias",
            label=_("Add an alias"),
            call=divisions.add_alias,
            right=Right.MANAGE,
            form=_AliasForm,
        ),
    ]


@admin.register(Place)
class PlaceAdmin(RecordAdmin):
    """Where things are, in the words used and as exactly as is known."""

    rank = 34
    list_display = ["text", "precision", "division", "line", "pole_no", "altitude_m", "resolved_by"]
    list_filter = ["precision", "resolved_by"]
    search_fields = ["text", "division__stem", "line__name", "line__code", "pole_no"]
    themes = [
        (None, ["text", "precision", "division", "resolved_by", "candidates"]),
        (_("On a line"), ["line", "branch", "pole_no"]),
        (_("Coordinates"), ["latitude", "longitude", "crs", "altitude_m"]),
    ]

    verbs = [
        Verb(
            name="identify",
            label=_("Say where it is"),
            call=places.identify,
            right=Right.OPERATE,
            form=_IdentifyForm,
            help_text=_("The words stay; the precision follows from what is certain now."),
        ),
    ]
