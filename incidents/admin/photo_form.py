"""A photo that is added at the desk: announced and received in one go, prepared as one from the field."""

import hashlib
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from incidents.admin.forms import form_of, records
from incidents.errors import PhotoTooLarge
from incidents.journal import Actor
from incidents.models import Attachment
from incidents.rules.photos import MAX_BYTES
from incidents.services import attachments, uploads

OF = ("outage", "damage", "road_block", "hazard", "assignment")


class PhotoForm(
    form_of(  # type: ignore[misc]
        Attachment,
        *OF,
        "caption",
        also={
            "photo": forms.FileField(label=_("Photo"), widget=forms.FileInput(attrs={"accept": "image/*"}))
        },
        rights=records(*OF),
        field_order=["photo", "caption"],
    )
):
    """A picture and what it is of."""

    def clean_photo(self) -> Any:
        """Refuse what is too large before it is read.

        Raises:
            ValidationError: If it is.
        """
        photo = self.cleaned_data["photo"]
        if (photo.size or 0) > MAX_BYTES:
            raise ValidationError(PhotoTooLarge(size=photo.size, allowed=MAX_BYTES).message)
        return photo


@transaction.atomic
def add_photo(*, by: Actor, photo: Any, caption: str, **of: Any) -> Attachment:
    """Keep a photo of one of the records that the form names, all of it or nothing.

    Raises:
        Missing, Inconsistent: If none is named, or several.
        PhotoQuota, StoreFull: If it is not taken.
    """
    field, parent = attachments.only_parent(of)
    data = photo.read()
    row = attachments.announce(
        client_id=uuid4(),
        parent=parent,
        field=field,
        size=len(data),
        caption=caption,
        name=photo.name or "",
        sha256=hashlib.sha256(data).hexdigest(),
        by=by,
    )
    if row.uploaded == 0:
        uploads.append(row, offset=0, data=data, by=by)
    return row
