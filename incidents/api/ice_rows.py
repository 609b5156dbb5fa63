"""An ordinary reading as its bytes say it, read fast; whatever is not ordinary is left to the serializer.

The fast way takes only what it can be sure of. Whatever it does not take is given to the serializer of the
single endpoint, which accepts or refuses it with the same words; so all ways always agree.
"""

import re
import unicodedata
from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from operator import attrgetter
from typing import Any, Final, cast
from uuid import UUID

import msgspec
from django.db.models import QuerySet
from rest_framework.exceptions import ValidationError

from incidents.access import Right, Row, within
from incidents.api.fields import OFFSET, Moment
from incidents.choices import IceMethod, IceType, Statistic, ThicknessKind
from incidents.journal import Actor
from incidents.models import LineSection, Storm, User
from incidents.selectors.worded import NAME, NOW, WHO, WORD, Worded, among_names
from incidents.services.ice import Observation
from incidents.services.ice_alike import Alike

MAX_ROW_BYTES: Final = 20_000
_ABSENT: Final = msgspec.Raw(b"null")
_TENTHS: Final = {"thickness_mm", "long_axis_mm", "short_axis_mm", "weight_g", "uncertainty_mm", "air_temp_c"}
_NUMBERS: Final = (*sorted(_TENTHS), "conductor_diameter_mm", "density_g_cm3", "sample_length_m")
_TENTH: Final = re.compile(rb"-?(?:0|[1-9]\d{0,5})(?:\.\d)?")
_HUNDREDTH: Final = re.compile(rb"-?(?:0|[1-9]\d{0,4})(?:\.\d\d?)?")
_EXACT: Final = {name: Decimal("0.1") if name in _TENTHS else Decimal("0.01") for name in _NUMBERS}
_SHAPE: Final = {name: _TENTH if name in _TENTHS else _HUNDREDTH for name in _NUMBERS}
_KEY: Final = re.compile(rb'"\s*:')
_GAP: Final = re.compile(rb'"\s')
_MARKS: Final = re.compile("[\u0300-\u036f]")
_LONGEST_NOTE: Final = 2000
_COMMON_MOMENT: Final = re.compile(rf"20\d\d-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{{1,6}})?)?(Z|{OFFSET})", re.ASCII)
_any_moment: Final = Moment().to_internal_value


class Plain(msgspec.Struct, forbid_unknown_fields=True):
    """An ordinary reading, its references not looked up and its numbers as they were written."""

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


_row = msgspec.json.Decoder(Plain).decode
_keys = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


def plain(text: bytes) -> Plain | None:
    """Return an ordinary row; None for one with double keys or anything else to look at closely."""
    if len(text) > MAX_ROW_BYTES:
        return None
    try:
        row, keys = _row(text), _keys(text)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    is_plain = len(keys) == _keys_in(text) and row.method is not IceMethod.MEDIA_REPORT
    return row if is_plain and row.client_id.int and _is_plain_note(row.note) else None


def _keys_in(text: bytes) -> int:
    """Return how many keys there are, and never fewer: where it is more, the strict parser decides."""
    return len(_KEY.findall(text)) if _GAP.search(text) else text.count(b'":')


def observation_of(
    row: Plain, section: LineSection | None, storm: Storm | None
) -> tuple[Observation, Alike] | None:
    """Return what an ordinary reading says, and its kind; None if it has to be looked at more closely.

    Args:
        row: The reading.
        section: The section that it names, among those on which the caller may record.
        storm: The storm that it names, among those that the caller sees.
    """
    if section is None or (storm is None and row.storm is not None):
        return None
    try:
        numbers = tuple([None if told is _ABSENT else bytes(told) for told in _numbers(row)])
        alike = _alike(_codes(row), numbers)
        own = {
            "section": section,
            "storm": storm,
            "observed_at": _moment(row.observed_at),
            "recorded_at": None if row.recorded_at is None else _moment(row.recorded_at),
            "note": row.note,
        }
    except (ValueError, ValidationError):
        return None
    return alike.like(own), alike


def nameable(model: type[Row], *, user: User, now: datetime) -> QuerySet[Row]:
    """Return which rows a caller may name: sections on which he may record, storms that he sees."""
    right = Right.RECORD if model is LineSection else Right.SEE
    return within(QuerySet(model), user, right=right, now=now)


def sections_of(names: Collection[UUID], *, by: Actor) -> list[LineSection]:
    """Return those of some sections, with line and company, on which a caller may record."""
    if by.user.is_superuser:
        found = nameable(LineSection, user=by.user, now=by.now).filter(uuid__in=names)
        return list(found.select_related("line__organization"))
    return _SECTIONS.all(names=list(names), who=by.user.pk, now=by.now)


def read(text: bytes, *, by: Actor) -> tuple[UUID, Observation] | None:
    """Return an ordinary reading with the phone's number for it; None for any other."""
    row = plain(text)
    if row is None or by.user.is_superuser:
        return None
    asked = {"who": by.user.pk, "now": by.now}
    section = _SECTION.first(name=row.section, **asked)
    storm = None if row.storm is None else _STORM.first(word=row.storm, **asked)
    read = observation_of(row, section, storm)
    return None if read is None else (row.client_id, read[0])


_SECTION: Final = Worded(
    lambda: nameable(LineSection, user=WHO, now=NOW).filter(uuid=NAME), "line", "line__organization"
)
_SECTIONS: Final = Worded(
    lambda: nameable(LineSection, user=WHO, now=NOW).filter(among_names("uuid")), "line", "line__organization"
)
_STORM: Final = Worded(lambda: nameable(Storm, user=WHO, now=NOW).filter(slug=WORD))


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


_codes: Final = attrgetter("kind", "method", "statistic", "ice_type")
_numbers: Final = attrgetter(*_NUMBERS)


@lru_cache(maxsize=2048)  # sensors say the same again and again
def _alike(
    codes: tuple[ThicknessKind, IceMethod, Statistic, IceType], numbers: tuple[bytes | None, ...]
) -> Alike:
    kind, method, statistic, ice_type = codes
    exact = {name: _number(name, raw) for name, raw in zip(_NUMBERS, numbers, strict=True)}
    return Alike(
        Observation(kind=kind, method=method, statistic=statistic, ice_type=ice_type, **cast("Any", exact))
    )


def _number(name: str, raw: bytes | None) -> Decimal | None:
    if raw is None or raw == b"null":
        return None
    if not _SHAPE[name].fullmatch(raw):
        raise ValueError(name)
    return Decimal(raw.decode()).quantize(_EXACT[name]) + 0  # no negative zero


def _moment(text: str) -> datetime:
    # What Django's parser tries first; all others, and years far away, take the way with the words.
    return datetime.fromisoformat(text) if _COMMON_MOMENT.fullmatch(text) else _any_moment(text)
