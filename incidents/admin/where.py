"""A place in a form: the words used, the division around it, the pole on a line."""

from datetime import datetime

from django import forms
from django.utils.translation import gettext_lazy as _

from incidents.admin.fields import of, text
from incidents.journal import Actor
from incidents.models import Division, Line, LineSection, Place
from incidents.services import places


def where_fields() -> dict[str, forms.Field]:
    """Return the fields that :func:`place_of` takes."""
    return {
        "words": text(_("Place in the words used"), required=False, max_length=200),
        "division": of(
            Place,
            "division",
            label=_("In the division"),
            help_text=_("The county or town around it; the words are looked up inside."),
        ),
        "pole_no": text(_("Pole number"), required=False, max_length=20),
    }


def place_of(
    *,
    words: str,
    division: Division | None,
    pole_no: str,
    at: datetime,
    by: Actor,
    line: Line | None = None,
    section: LineSection | None = None,
) -> Place:
    """Keep the place that a form tells; a line alone is a place too.

    Raises:
        Missing: If there is neither word nor line.
    """
    on = line or (section.line if section else None)
    return places.create(text=words, within=division, line=on, pole_no=pole_no, at=at, by=by)


def has_place(*, words: str, division: Division | None, pole_no: str) -> bool:
    """Return whether a form tells a place at all."""
    return bool(words.strip() or division or pole_no.strip())
