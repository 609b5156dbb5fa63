"""Serializers and fields that take what was meant and nothing else."""

import re
import unicodedata
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from incidents.rules.times import told_in_china

# RFC 3339 with an offset; other spellings of ISO 8601 are not told apart from slips. No place on earth is
# more than 14 hours from UTC, and the database takes no offset of 16.
OFFSET: Final = r"[+-](0\d|1[0-4]):[0-5]\d"
_RFC_3339 = re.compile(rf"\d{{4}}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{{1,6}})?)?(Z|{OFFSET})", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}(-?)[0-9a-f]{4}(\1[0-9a-f]{4}){2}\1[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
_DIRECTIONAL = {"RLO", "LRO", "RLE", "LRE", "PDF", "RLI", "LRI", "FSI", "PDI"}
_LONGEST_NAME = 60
_MAX_MARKS = 8  # combining marks in a row: more is no script, only noise


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses keys that it does not know, read-only ones included."""

    default_error_messages = {"unknown": _("This field is not known here.")}

    def to_internal_value(self, data: Any) -> Any:
        """Return the validated values."""
        if isinstance(data, dict):
            known = {name for name, field in self.fields.items() if not field.read_only}
            if unknown := sorted(set(data) - known):
                told = serializers.ErrorDetail(str(self.error_messages["unknown"]), code="unknown-field")
                raise serializers.ValidationError({name: [told] for name in unknown})
        return super().to_internal_value(data)


class Number(serializers.DecimalField):
    """A JSON number or plain ASCII digits in a string; no booleans, no full-width digits, no underscores."""

    def to_internal_value(self, data: Any) -> Decimal:
        """Return the number."""
        plain = isinstance(data, str) and re.fullmatch(r"-?\d{1,15}(\.\d{1,15})?", data, re.ASCII)
        if isinstance(data, bool) or not (plain or isinstance(data, int | Decimal)):
            self.fail("invalid")
        number = super().to_internal_value(data)
        return number + 0  # no negative zero


class Whole(serializers.IntegerField):
    """A JSON integer or plain ASCII digits in a string; no booleans, no full-width digits, no fractions.

    Without limits of its own it takes what a column of 32 bits holds.
    """

    def __init__(self, *, min_value: int = -(2**31), max_value: int = 2**31 - 1, **options: Any) -> None:
        super().__init__(min_value=min_value, max_value=max_value, **options)

    def to_internal_value(self, data: Any) -> int:
        """Return the number."""
        plain = isinstance(data, str) and re.fullmatch(r"-?\d{1,15}", data, re.ASCII)
        if isinstance(data, bool) or not (plain or isinstance(data, int)):
            self.fail("invalid")
        number: int = super().to_internal_value(data)
        return number


@extend_schema_field({"type": "string", "format": "date-time", "example": "2024-02-26T21:10:00+08:00"})
class Moment(serializers.Field[datetime, str, str, datetime]):
    """A moment as RFC 3339 with its offset, ``2024-02-26T21:10:00+08:00``."""

    default_error_messages = {
        "invalid": _("Not a moment of RFC 3339, as 2024-02-26T21:10:00+08:00."),
        "offset-required": _("A moment needs its offset from UTC, as +08:00."),
    }

    def to_internal_value(self, data: Any) -> datetime:
        """Return the aware moment."""
        if not isinstance(data, str):
            self.fail("invalid")
        if _RFC_3339.fullmatch(f"{data}Z") and not _RFC_3339.fullmatch(data):
            self.fail("offset-required")
        if not _RFC_3339.fullmatch(data):
            self.fail("invalid")
        try:
            moment = parse_datetime(data)
            if moment is None or moment.utcoffset() is None or moment.utctimetuple() is None:
                self.fail("invalid")
        except (ValueError, OverflowError):
            self.fail("invalid")
        return moment

    def to_representation(self, value: datetime) -> str:
        """Return the moment in Chinese time with its offset."""
        return told_in_china(value)


class Text(serializers.CharField):
    """A text for people: no control characters, no direction overrides, not blank to the eye; one line.

    Attributes:
        takes_lines: Whether it may have several lines.
    """

    takes_lines = False
    default_error_messages = {
        "bad-character": _("Holds a character that is not text."),
        "invisible": _("Holds nothing that can be seen."),
    }

    def to_internal_value(self, data: Any) -> str:
        """Return the text in its composed form."""
        if not isinstance(data, str):
            self.fail("invalid")
        text = unicodedata.normalize("NFC", super().to_internal_value(data))
        breaks = "\n\t" if self.takes_lines else ""
        if any(unicodedata.category(sign) == "Cc" and sign not in breaks for sign in text):
            self.fail("bad-character")
        if any(unicodedata.bidirectional(sign) in _DIRECTIONAL for sign in text):
            self.fail("bad-character")
        if re.search(rf"[\u0300-\u036f]{{{_MAX_MARKS + 1},}}", unicodedata.normalize("NFD", text)):
            self.fail("bad-character")
        if text and all(unicodedata.category(sign) in {"Cf", "Zs", "Cc"} for sign in text):
            self.fail("invisible")
        return text


class Phone(Text):
    """A phone number, kept without blanks and hyphens: ``+8613800000000``, ``057187654321转801``."""

    default_error_messages = {"not-a-phone": _("This is no phone number.")}

    def to_internal_value(self, data: Any) -> str:
        """Return the number in its normal form."""
        text = unicodedata.normalize("NFKC", super().to_internal_value(data)).lower()
        number = re.sub(r"[\s().-]", "", text)
        if not re.fullmatch(r"\+?[0-9]{5,20}([转x#][0-9]{1,6})?", number):
            self.fail("not-a-phone")
        return number


class Prose(Text):
    """A text for people of one line or more."""

    takes_lines = True


def uuid_of(told: object) -> UUID | None:
    """Return a UUID told as text in its usual form; None for anything else and for the one of zeros."""
    number = UUID(told) if isinstance(told, str) and _UUID.fullmatch(told) else None
    return number if number and number.int else None


class Drawn(serializers.UUIDField):
    """A UUID that somebody drew."""

    def to_internal_value(self, data: Any) -> UUID:
        """Return the number."""
        number = uuid_of(data)
        if number is None:
            self.fail("invalid", value=data)
        return number


class Answer(serializers.BooleanField):
    """A JSON ``true`` or ``false``; no word or number that might mean one."""

    def to_internal_value(self, data: Any) -> bool:
        """Return the answer."""
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class Day(serializers.DateField):
    """A date as ``2024-02-26``, in ASCII digits."""

    def to_internal_value(self, data: Any) -> date:
        """Return the date."""
        if not (isinstance(data, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", data, re.ASCII)):
            self.fail("invalid", format="YYYY-MM-DD")
        day: date = super().to_internal_value(data)
        return day


class Reference(serializers.Field[Model, str, str, Model]):
    """A row by its public name, among those that the caller may use; others look as if they did not exist."""

    def __init__(self, model: type[Model], *, lookup: str = "uuid", **options: Any) -> None:
        super().__init__(**options)
        self.model, self.lookup = model, lookup

    def to_internal_value(self, data: Any) -> Model:
        """Return the row; ``context["usable"](model)`` says which ones the caller may name."""
        rows: QuerySet[Model] = self.context["usable"](self.model)
        found: Model | None = None
        if isinstance(data, str) and len(data) <= _LONGEST_NAME:
            try:
                found = rows.filter(**{self.lookup: data}).first()
            except ValidationError:  # not even the form of a public name
                found = None
        if found is None:
            told = _("There is no %(kind)s %(value)s.") % {
                "kind": self.model._meta.verbose_name,
                "value": str(data)[:_LONGEST_NAME],
            }
            raise serializers.ValidationError(told, code="unknown-reference")
        return found

    def to_representation(self, value: Model) -> str:
        """Return the public name."""
        return str(getattr(value, self.lookup))
