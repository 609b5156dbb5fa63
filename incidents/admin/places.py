"""Administrative divisions and places."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from incidents.admin.base import RecordAdmin
from incidents.models import Division, Place


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
