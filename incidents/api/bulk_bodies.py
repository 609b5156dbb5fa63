"""Bodies of bulk submissions, read row by row: a JSON array, or NDJSON while it arrives."""

from collections.abc import Callable, Iterator, Mapping
from typing import IO, Any, ClassVar, Final

import msgspec
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from incidents.api.ice_rows import MAX_ROW_BYTES
from incidents.api.parsing import TooLarge, check_plain

MAX_ROWS: Final = 5000
"""Rows of a JSON array."""
MAX_ARRAY_BYTES: Final = 5_000_000
MAX_STREAM_BYTES: Final = 64_000_000
"""A stream; some 200,000 readings."""
_PIECE: Final = 2000  # rows of a stream that are stored in one transaction
_BLOCK: Final = 65_536

Piece = list[tuple[int, bytes]]  # each row with its place: index in the array from 0, line from 1
_array = msgspec.json.Decoder(list[msgspec.Raw]).decode


class LengthRequired(APIException):
    """A body that does not say how long it is: whether it has arrived whole could not be told."""

    status_code = status.HTTP_411_LENGTH_REQUIRED
    default_code = "length-required"
    default_detail = _("Say the length of the body in Content-Length.")


class _Rows(BaseParser):
    """Yields rows as bytes, in pieces that are stored together."""

    longest: ClassVar[int]
    pieces: Callable[[IO[Any], int], Iterator[Piece]]

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """Return the pieces, read while they are asked for.

        Raises:
            TooLarge: If the body is longer than this form may be; nothing of it is read.
            UnsupportedMediaType: If it is declared to be anything but plain UTF-8.
        """
        request = (parser_context or {})["request"]
        check_plain(media_type or "", request.headers)
        length = length_of(request)
        if length > self.longest:
            megabytes = self.longest // 1_000_000
            raise TooLarge(_("The body is longer than %(limit)d MB.") % {"limit": megabytes})
        return self.pieces(stream, length)


class ArrayParser(_Rows):
    """A JSON array of at most 5,000 objects: one piece."""

    media_type = "application/json"
    longest = MAX_ARRAY_BYTES

    def pieces(self, stream: IO[Any], length: int) -> Iterator[Piece]:
        """Yield all rows at once.

        Raises:
            ParseError: If the body is no JSON array, or holds too many items.
        """
        try:
            items = _array(stream.read(length))
        except (msgspec.MsgspecError, RecursionError) as error:
            raise ParseError(_("The body is not a JSON array of objects."), code="malformed-json") from error
        if len(items) > MAX_ROWS:
            raise ParseError(_("More than %(limit)d items.") % {"limit": MAX_ROWS}, code="too-many")
        yield [(index, bytes(item)) for index, item in enumerate(items)]


class LinesParser(_Rows):
    """NDJSON: one JSON object a line; empty lines are passed over."""

    media_type = "application/x-ndjson"
    longest = MAX_STREAM_BYTES

    def pieces(self, stream: IO[Any], length: int) -> Iterator[Piece]:
        """Yield rows while they arrive."""
        piece: Piece = []
        for number, line in enumerate(_lines(stream), start=1):
            if line.strip():
                piece.append((number, line))
            if len(piece) == _PIECE:
                yield piece
                piece = []
        yield piece


def length_of(request: Request) -> int:
    """Return how long the body is.

    Raises:
        LengthRequired: If that is not told.
    """
    length = request.META.get("CONTENT_LENGTH") or ""
    if not (length.isascii() and length.isdigit()):
        raise LengthRequired
    return int(length)


def _lines(stream: IO[Any]) -> Iterator[bytes]:
    """Yield the lines of a stream; of one that is too long no more than it takes to see that."""
    rest = b""
    while block := stream.read(_BLOCK):
        *whole, rest = (rest + block).split(b"\n")
        yield from whole
        rest = rest[: MAX_ROW_BYTES + 1]
    if rest:
        yield rest
