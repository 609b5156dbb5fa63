"""JSON as a machine should send it: UTF-8, no duplicate keys, no NaN, no absurd depth or width."""

import codecs
import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import IO, Any

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException, ParseError, UnsupportedMediaType
from rest_framework.parsers import BaseParser
from rest_framework.renderers import JSONRenderer

MAX_BYTES = 1_000_000
MAX_DEPTH = 20
MAX_KEYS = 200
MAX_ITEMS = 500
MAX_TEXT = 10_000
MAX_DIGITS = 40


class TooLarge(APIException):
    """A body longer than the API takes."""

    status_code = 413
    default_code = "too-large"
    default_detail = _("The body is longer than 1 MB.")


class StrictJSONParser(BaseParser):
    """Refuses what a lenient parser would guess about; numbers with a fraction arrive as Decimal."""

    media_type = "application/json"
    renderer_class = JSONRenderer
    longest_text = MAX_TEXT

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """Return the parsed body.

        Raises:
            TooLarge: If it is longer than 1 MB; the rest is not read.
            UnsupportedMediaType: If the body is declared to be anything but plain UTF-8.
            ParseError: If it is no such JSON; the code says what is wrong.
        """
        check_plain(media_type or "", (parser_context or {})["request"].headers)
        body = stream.read(MAX_BYTES + 1)
        if len(body) > MAX_BYTES:
            raise TooLarge
        return decode(body, longest_text=self.longest_text)


def check_plain(media_type: str, headers: Mapping[str, str]) -> None:
    """Refuse a body that is declared to be anything but plain UTF-8; nothing is ever unpacked.

    Raises:
        UnsupportedMediaType: With code encoding-unsupported or only-utf-8.
    """
    if headers.get("Content-Encoding", "identity").lower() != "identity":
        raise UnsupportedMediaType(headers["Content-Encoding"], code="encoding-unsupported")
    _check_charset(media_type)


def decode(body: bytes, *, longest_text: int = MAX_TEXT) -> Any:
    """Return the JSON value of a body.

    Raises:
        ParseError: With code bad-encoding, malformed-json, duplicate-key, not-finite, bad-character,
            too-deep, too-many or too-long.
    """
    if body.startswith(codecs.BOM_UTF8):
        raise ParseError(_("The body begins with a byte order mark."), code="bad-encoding")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ParseError(_("The body is not UTF-8."), code="bad-encoding") from error
    _check_depth(text)
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_constant,
            parse_float=_decimal,
            parse_int=_integer,
        )
    except json.JSONDecodeError as error:
        place = {"line": error.lineno, "column": error.colno}
        raise ParseError(
            _("Not JSON: line %(line)d, column %(column)d.") % place, code="malformed-json"
        ) from error
    _check(value, longest_text)
    return value


def _check_charset(media_type: str) -> None:
    for parameter in media_type.split(";")[1:]:
        name, _equals, value = parameter.partition("=")
        if name.strip().lower() == "charset" and value.strip(' "').lower() not in {"utf-8", "utf8"}:
            raise UnsupportedMediaType(media_type, code="only-utf-8")


def _check_depth(text: str) -> None:
    """Refuse deep nesting before the recursive parser meets it; brackets inside strings do not count."""
    depth, in_string, escaped = 0, False, False
    for sign in text:
        if escaped:
            escaped = False
        elif in_string:
            escaped, in_string = sign == "\\", sign != '"'
        elif sign == '"':
            in_string = True
        elif sign in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                told = _("Nested deeper than %(limit)d.") % {"limit": MAX_DEPTH}
                raise ParseError(told, code="too-deep")
        elif sign in "]}":
            depth -= 1


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(pairs) > MAX_KEYS:
        raise ParseError(_("More than %(limit)d keys.") % {"limit": MAX_KEYS}, code="too-many")
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ParseError(_("The key %(key)s stands twice.") % {"key": key[:60]}, code="duplicate-key")
        found[key] = value
    return found


def _constant(name: str) -> Any:
    raise ParseError(_("%(name)s is not a number of JSON.") % {"name": name}, code="malformed-json")


def _decimal(text: str) -> Decimal:
    if len(text) > MAX_DIGITS:
        raise ParseError(_("A number has too many digits."), code="too-long")
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise ParseError(_("A number is not finite."), code="not-finite") from error
    if number.adjusted() > MAX_DIGITS:
        raise ParseError(_("A number is not finite."), code="not-finite")
    return number


def _integer(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise ParseError(_("A number has too many digits."), code="too-long")
    return int(text)


def _check(value: Any, longest: int) -> None:
    """Refuse texts that the database cannot hold and lists that nobody needs."""
    if isinstance(value, str):
        _check_text(value, longest)
    elif isinstance(value, list):
        if len(value) > MAX_ITEMS:
            raise ParseError(_("More than %(limit)d items.") % {"limit": MAX_ITEMS}, code="too-many")
        for item in value:
            _check(item, longest)
    elif isinstance(value, dict):
        for key, item in value.items():
            _check_text(key, MAX_TEXT)
            _check(item, longest)


def _check_text(text: str, longest: int) -> None:
    if len(text) > longest:
        raise ParseError(_("A text is longer than %(limit)d.") % {"limit": longest}, code="too-long")
    if "\x00" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
        raise ParseError(_("A text holds a character that is none."), code="bad-character")
