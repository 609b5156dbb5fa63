"""``/api/v1/ice-readings/bulk/``: thousands of readings in one request, each judged by itself.

A JSON array is one transaction: all that is good is stored, or nothing. A stream of NDJSON is stored
in pieces as it arrives, in little memory; cut off at any byte, it is sent again and adds what is missing.
"""

from collections import Counter
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import APIException, ErrorDetail, ParseError, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from incidents.api import problems
from incidents.api.ageing import MayEnd
from incidents.api.authentication import actor
from incidents.api.bulk_bodies import ArrayParser, LinesParser, Piece, length_of
from incidents.api.bulk_rows import Rows, client_id_of
from incidents.api.ice import IceReadingIn
from incidents.choices import DeviceScope
from incidents.errors import Refused
from incidents.journal import Actor
from incidents.services import ice_bulk
from incidents.services.ice_bulk import Kept, Told

MAX_TOLD: Final = 1000
"""Refused rows told in one answer; the others are counted."""


class BulkAnswer(serializers.Serializer[Any]):
    """What became of the rows of one request."""

    stored = serializers.IntegerField(help_text=_("Readings that are new in the record."))
    repeated = serializers.IntegerField(help_text=_("Rows that an earlier sending had stored."))
    refused = serializers.IntegerField(help_text=_("Rows that are not in the record."))
    refusals = serializers.ListField(
        child=serializers.DictField(),
        help_text=_("The first 1,000 refused rows: place, client_id, code, detail, final, errors."),
    )
    rows = serializers.ListField(
        child=serializers.DictField(), required=False, help_text=_("Each row of an array, with ?rows=all.")
    )


class IceReadingsInBulk(MayEnd):
    """Many readings of ice at once."""

    writes_with = DeviceScope.REPORT
    throttle_bucket = "bulk"
    parser_classes = (ArrayParser, LinesParser)

    @extend_schema(
        request={
            "application/json": IceReadingIn(many=True),
            "application/x-ndjson": {"type": "string", "format": "binary"},
        },
        responses=BulkAnswer,
    )
    def post(self, request: Request) -> Response:
        """Store every good row; a bad one never keeps the others out, a repeated one adds nothing.

        A JSON array holds at most 5,000 readings and 5 MB, a stream of NDJSON 64 MB. Refused rows are told
        by ``index`` in the array from 0 or ``line`` of the stream from 1. ``?rows=all`` tells what became of
        each row of an array.
        """
        length_of(request)
        is_stream = (request.content_type or "").startswith(LinesParser.media_type)
        tells_all = _wants_all(request, is_stream=is_stream)
        tally = _Tally(request, place="line" if is_stream else "index", tells_all=tells_all)
        by = actor(request)
        rows = Rows(by)
        pieces: Any = request.data
        for piece in pieces:
            tally.add(piece, _recorded(rows, piece, by))
        if not tally.total:
            raise ParseError(_("There is no reading in the body."), code="empty")
        return Response(tally.body())


def _recorded(rows: Rows, piece: Piece, by: Actor) -> list[Kept | Refused | APIException]:
    """Store what can be read of a piece; return what became of each row, in their order."""
    read = rows.read([text for _place, text in piece])
    told = [row for row in read if isinstance(row, Told)]
    results = iter(ice_bulk.record(told, by=by)) if told else iter(())
    return [next(results) if isinstance(row, Told) else row for row in read]


class _Tally:
    """Counts what became of rows and tells of the refused ones, in bounded memory."""

    def __init__(self, request: Request, *, place: str, tells_all: bool) -> None:
        self._request, self._place = request, place
        self._counts: Counter[str] = Counter()
        self._refusals: list[dict[str, Any]] = []
        self._rows: list[dict[str, Any]] | None = [] if tells_all else None

    @property
    def total(self) -> int:
        """How many rows there were."""
        return self._counts.total()

    def add(self, piece: Piece, results: list[Kept | Refused | APIException]) -> None:
        """Add the rows of a piece."""
        for (place, text), result in zip(piece, results, strict=True):
            if isinstance(result, Kept):
                outcome = "repeated" if result.is_repeat else "stored"
            else:
                outcome = "refused"
                self._refuse(place, text, result)
            self._counts[outcome] += 1
            if self._rows is not None:
                uuid = str(result.uuid) if isinstance(result, Kept) else None
                self._rows.append({self._place: place, "result": outcome, "uuid": uuid})

    def body(self) -> dict[str, Any]:
        """Return the answer."""
        counts = {name: self._counts[name] for name in ("stored", "repeated", "refused")}
        body: dict[str, Any] = counts | {"refusals": self._refusals}
        return body if self._rows is None else body | {"rows": self._rows}

    def _refuse(self, place: int, text: bytes, problem: Refused | APIException) -> None:
        if len(self._refusals) == MAX_TOLD:
            return
        answer = problems.handle(problem, {"request": self._request})
        told = {} if answer is None else answer.data
        kept = {name: told[name] for name in ("code", "detail", "final", "errors") if name in told}
        self._refusals.append({self._place: place, "client_id": client_id_of(text)} | kept)


def _wants_all(request: Request, *, is_stream: bool) -> bool:
    """Return whether every row is to be told of.

    Raises:
        ValidationError: If anything else is asked for, or it is asked for a stream.
    """
    asked = request.query_params
    unknown = {name for name in asked if name != "rows"}
    if unknown or (asked and (asked["rows"] != "all" or is_stream)):
        name = min(unknown, default="rows")
        problem = ErrorDetail(str(_("Only rows=all can be asked for, and only of an array.")), code="invalid")
        raise ValidationError({name: [problem]})
    return bool(asked)
