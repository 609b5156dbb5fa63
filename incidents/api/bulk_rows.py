"""Rows of a bulk submission: the ordinary ones read fast, all others exactly as a single submission is.

The fast way takes only what it can be sure of. Whatever it does not take is given to the serializer of the
single endpoint, which accepts or refuses it with the same words; so both endpoints always agree.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final, TypeAlias
from uuid import UUID

import msgspec
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException, ParseError, ValidationError

from incidents.access import Right, Row, within
from incidents.api.fields import Moment
from incidents.api.ice import IceReadingIn
from incidents.api.parsing import decode
from incidents.choices import IceMethod, IceType, Statistic, ThicknessKind
from incidents.journal import Actor
from incidents.models import LineSection, Storm
from incidents.services.ice import Observation
from incidents.services.ice_bulk import Told

MAX_ROW_BYTES: Final = 20_000
_ABSENT: Final = msgspec.Raw(b"null")
_TENTHS: Final = {"thickness_mm", "long_axis_mm", "short_axis_mm", "weight_g", "uncertainty_mm", "air_temp_c"}
_NUMBERS: Final = (*sorted(_TENTHS), "conductor_diameter_mm", "density_g_cm3", "sample_length_m")
_TENTH: Final = re.compile(rb"-?(?:0|[1-9]\d{0,5})(?:\.\d)?")
_HUNDREDTH: Final = re.compile(rb"-?(?:0|[1-9]\d{0,4})(?:\.\d\d?)?")
_EXACT: Final = {name: Decimal("0.1") if name in _TENTHS else Decimal("0.01") for name in _NUMBERS}
_SHAPE: Final = {name: _TENTH if name in _TENTHS else _HUNDREDTH for name in _NUMBERS}
# Finds every key, and never fewer: where it finds more, the strict parser decides.
_KEY: Final = re.compile(rb'"\s*:')
_MARKS: Final = re.compile("[\u0300-\u036f]")
_LONGEST_NOTE: Final = 2000
_moment: Final = Moment().to_internal_value

Result: TypeAlias = Told | APIException


class _Plain(msgspec.Struct, forbid_unknown_fields=True):
    client_id: UUID
    section: UUID
    observed_at: str
    kind: ThicknessKind
    method: IceMethod
    storm: str | None = None
    recorded_at: str | None = None
    statistic: Statistic = Statistic.SINGLE
    ice_type: IceType = IceType.UNKNOWN
    thickness_mm: msgspec.Raw = _ABSENT
    density_g_cm3: msgspec.Raw = _ABSENT
    long_axis_mm: msgspec.Raw = _ABSENT
    short_axis_mm: msgspec.Raw = _ABSENT
    weight_g: msgspec.Raw = _ABSENT
    sample_length_m: msgspec.Raw = _ABSENT
    conductor_diameter_mm: msgspec.Raw = _ABSENT
    uncertainty_mm: msgspec.Raw = _ABSENT
    air_temp_c: msgspec.Raw = _ABSENT
    note: str = ""


class _Unsure(Exception):  # noqa: N818 - no error, the row takes the other way
    """What the fast way leaves to the serializer."""


_row = msgspec.json.Decoder(_Plain).decode
_keys = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


class Rows:
    """Reads the rows of one request; sections and storms are looked up once, among those one may name."""

    def __init__(self, by: Actor) -> None:
        self._by = by
        self._sections: dict[UUID, LineSection] = {}
        self._storms: dict[str, Storm] = {}

    def read(self, texts: Iterable[bytes]) -> list[Result]:
        """Return what each row says, or why it cannot be read.

        Args:
            texts: One JSON object each.
        """
        read = [(text, _fast(text)) for text in texts]
        fast = [row for _text, row in read if row is not None]
        self._look_up({row.section for row in fast}, {row.storm for row in fast if row.storm is not None})
        return [self._told(text, row) for text, row in read]

    def _nameable(self, model: type[Row]) -> QuerySet[Row]:
        """Return which rows the caller may name: sections on which he may record, storms that he sees."""
        right = Right.RECORD if model is LineSection else Right.SEE
        return within(QuerySet(model), self._by.user, right=right, now=self._by.now)

    def _look_up(self, sections: set[UUID], slugs: set[str]) -> None:
        if wanted := sections - self._sections.keys():
            rows = self._nameable(LineSection).select_related("line__organization")
            self._sections |= {row.uuid: row for row in rows.filter(uuid__in=wanted)}
        if unknown := slugs - self._storms.keys():
            found = self._nameable(Storm).filter(slug__in=unknown)
            self._storms |= {row.slug: row for row in found}

    def _told(self, text: bytes, row: _Plain | None) -> Result:
        if row is not None:
            try:
                return Told(client_id=row.client_id, observation=self._observation(row))
            except (_Unsure, ValidationError):
                pass
        return self._slowly(text)

    def _observation(self, row: _Plain) -> Observation:
        section = self._sections.get(row.section)
        storm = None if row.storm is None else self._storms.get(row.storm)
        if section is None or (storm is None and row.storm is not None):
            raise _Unsure
        return Observation(
            kind=row.kind,
            method=row.method,
            section=section,
            storm=storm,
            observed_at=_moment(row.observed_at),
            recorded_at=None if row.recorded_at is None else _moment(row.recorded_at),
            statistic=row.statistic,
            ice_type=row.ice_type,
            note=row.note,
            **_numbers(row),
        )

    def _slowly(self, text: bytes) -> Result:
        if len(text) > MAX_ROW_BYTES:
            return ParseError(
                _("A row is longer than %(limit)d bytes.") % {"limit": MAX_ROW_BYTES}, code="too-long"
            )
        try:
            wanted = IceReadingIn(data=decode(text), context={"usable": self._nameable})
            wanted.is_valid(raise_exception=True)
        except APIException as problem:
            return problem
        said = dict(wanted.validated_data)
        return Told(client_id=said.pop("client_id"), observation=Observation(**said))


def client_id_of(text: bytes) -> str | None:
    """Return under which number a row was sent, as far as that can be told, to find it again by."""
    try:
        told = _keys(text).get("client_id")
        return None if told is None else str(msgspec.json.decode(told, type=UUID))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def _fast(text: bytes) -> _Plain | None:
    """Return an ordinary row; None for one with double keys or anything else to look at closely."""
    if len(text) > MAX_ROW_BYTES:
        return None
    try:
        row, keys = _row(text), _keys(text)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    is_plain = len(keys) == len(_KEY.findall(text)) and row.method is not IceMethod.MEDIA_REPORT
    return row if is_plain and row.client_id.int and _is_plain_note(row.note) else None


def _is_plain_note(note: str) -> bool:
    """Say whether a note is text without anything invisible, to be trimmed or to be composed."""
    if not note:
        return True
    return (
        len(note) <= _LONGEST_NOTE
        and note.isprintable()
        and note == note.strip()
        and unicodedata.is_normalized("NFC", note)
        and not _MARKS.search(note)
    )


def _numbers(row: _Plain) -> Mapping[str, Any]:
    found: dict[str, Decimal] = {}
    for name in _NUMBERS:
        told = getattr(row, name)
        if told is _ABSENT or (raw := bytes(told)) == b"null":
            continue
        if not _SHAPE[name].fullmatch(raw):
            raise _Unsure
        found[name] = Decimal(raw.decode()).quantize(_EXACT[name]) + 0  # no negative zero
    return found
