"""Photos from the field."""

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from incidents.access import Right
from incidents.admin.base import RecordAdmin, RecordInline
from incidents.admin.forms import AtReasonForm
from incidents.admin.photo_form import PhotoForm, add_photo
from incidents.admin.verbs import Verb
from incidents.choices import AttachmentState
from incidents.models import Attachment
from incidents.services import attachments


@admin.display(description=_("Picture"))
def picture(row: Attachment) -> str:
    """Return the thumbnail, leading to the photo; the state where there is none to show.

    Both addresses ask again whether the person may see it.
    """
    if row.state != AttachmentState.READY:
        return format_html('<span class="quiet">{}</span>', row.get_state_display())
    return format_html(
        '<a href="{}"><img class="thumbnail" src="{}" alt="{}" loading="lazy"></a>',
        reverse("api:attachments-file", args=[row.uuid]),
        reverse("api:attachments-thumbnail", args=[row.uuid]),
        row,
    )


class PhotoInline(RecordInline):
    """Photos of a record, newest first."""

    model = Attachment
    columns = ["caption", "taken_at", "received_at", "reported_by"]
    ordering = ["-received_at", "-pk"]

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        """Return the columns as they are shown, the picture first."""
        return [picture, *super().get_readonly_fields(request, obj)]


@admin.register(Attachment)
class AttachmentAdmin(RecordAdmin):
    """Photos, from their announcement on."""

    rank = 24
    list_display = [picture, "caption", "state", "taken_at", "received_at", "reported_by"]
    list_display_links = ["caption"]
    list_filter = ["state", "problem", "taken_basis"]
    search_fields = ["caption", "name", "reported_by__display_name", "=sha256"]
    date_hierarchy = "received_at"
    ordering = ["-received_at", "-pk"]
    themes = [
        (None, ["picture", "caption", "state", "problem", "end_reason"]),
        (
            _("Of what"),
            [
                "outage",
                "damage",
                "ice_reading",
                "weather_reading",
                "road_block",
                "hazard",
                "assignment",
                "check_in",
                "visit",
            ],
        ),
        (
            _("Told by the camera"),
            ["taken_at", "taken_basis", "latitude", "longitude", "crs", "keeps_position"],
        ),
        (_("Kept"), ["width_px", "height_px", "stored_size", "ready_at", "store_key"]),
        (
            _("Upload"),
            [
                "name",
                "size",
                "sha256",
                "uploaded",
                "touched_at",
                "next_try_at",
                "tries",
                "upload_metadata",
                "reported_by",
                "recorded_at",
                "received_at",
            ],
        ),
    ]
    add_verb = Verb(
        name="add",
        label=_("Add a photo"),
        call=add_photo,
        right=Right.RECORD,
        form=PhotoForm,
        help_text=_(
            "One of the records is what the photo is of. It is checked and made anew before it is shown."
        ),
    )
    verbs = [
        Verb(
            name="withdraw",
            label=_("Withdraw"),
            call=attachments.withdraw,
            right=Right.OPERATE,
            form=AtReasonForm,
            offered=lambda row: row.state == AttachmentState.READY,
        ),
    ]

    @admin.display(description=_("Picture"))
    def picture(self, row: Attachment) -> str:
        """Return the thumbnail, leading to the photo."""
        return picture(row)
