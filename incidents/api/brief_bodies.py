"""Briefs as they are sent: JSON with the text, or a form with a document."""

from collections.abc import Mapping
from typing import IO, Any, Final

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ParseError
from rest_framework.parsers import MultiPartParser
from rest_framework.renderers import JSONRenderer

from incidents.access import Right
from incidents.api.fields import Answer, Day, Prose, Reference
from incidents.api.parsing import StrictJSONParser, TooLarge
from incidents.api.verbs import At, NewTold
from incidents.errors import UnreadableFile
from incidents.models import Organization, Storm
from incidents.models.briefs import LONGEST
from incidents.services.brief_files import LARGEST, text_of

_AROUND: Final = 100_000
"""Bytes of a form besides its document."""


class BriefText(Prose):
    """The text of a brief; line ends of any system."""

    def to_internal_value(self, data: Any) -> str:
        """Return the text."""
        if isinstance(data, str):
            data = data.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").replace("\v", "\n")
        return super().to_internal_value(data)


class BriefIn(NewTold):
    """A brief, at most 20,000 characters; a form may send a ``file``, .docx or .txt, in place of ``text``."""

    rights = {Organization: Right.OPERATE}

    organization = Reference(Organization)
    text = BriefText(max_length=LONGEST)
    published_on = Day(required=False, allow_null=True)
    storm = Reference(Storm, lookup="slug", required=False, allow_null=True)


class ConfirmIn(At):
    """What is true instead of what was read, by field, null for unknown; whether it is new for certain."""

    edits = serializers.DictField(required=False)
    anew = Answer(default=False)


class BriefJSON(StrictJSONParser):
    """JSON whose texts may be as long as a brief."""

    longest_text = LONGEST * 2  # line ends of two characters are one


class BriefForm(MultiPartParser):
    """A form; its document is read here, so that all behind it knows only text."""

    renderer_class = JSONRenderer

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """Return the fields of the form as JSON would have told them.

        Raises:
            TooLarge: If it is longer than a document may be.
            ParseError: If a field stands twice, or the document cannot be read.
        """
        request = (parser_context or {})["request"]
        if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST + _AROUND:
            raise TooLarge(_("The form is longer than 2 MB."))
        sent = super().parse(stream, media_type, dict(parser_context or {}))
        told: dict[str, Any] = {}
        for values in (sent.data, sent.files):
            for name, given in values.lists():
                if len(given) > 1 or name in told:
                    raise ParseError(
                        _("The key %(key)s stands twice.") % {"key": name[:60]}, code="duplicate-key"
                    )
                told[name] = given[0]
        document = told.pop("file", None)
        if document is None:
            return told
        if "text" in told or not hasattr(document, "read"):
            raise ParseError(_("Either text or a file."), code="duplicate-key")
        return told | {"text": _read(document)}


def _read(document: Any) -> str:
    try:
        return text_of(document.read(LARGEST + 1), name=document.name or "")
    except UnreadableFile as unreadable:
        raise ParseError(unreadable.message, code=unreadable.code) from unreadable
