"""An ordinary reading as its bytes say it, read fast; whatever is not ordinary is left to the serializer.

The fast way takes only what it can be sure of. Whatever it does not take is given to the serializer of the
single endpoint, which accepts or refuses it with the same words; so all ways always agree.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

import msgspec
from django.db.models import QuerySet
from rest_framework.exceptions import ValidationError

from incidents.access import Right, Row, within
from incidents.api.fields import OFFSET, Moment
from incidents.choices import IceMethod, IceType, Statistic, ThicknessKind
from incidents.journal import Actor
from incidents.models import LineSection, Storm, User
from incidents.selectors.worded import NAME, NOW, WHO, WORD, Worded
from incidents.services.ice import Observation

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
    is_plain = len(keys) == len(_KEY.findall(text)) and row.method is not IceMethod.MEDIA_REPORT
    return row if is_plain and row.client_id.int and _is_plain_note(row.note) else None


def observation_of(row: Plain, section: LineSection | None, storm: Storm | None) -> Observation | None:
    """Return what an ordinary reading says; None if it has to be looked at more closely.

    Args:
        row: The reading.
        section: The section that it names, among those on which the caller may record.
        storm: The storm that it names, among those that the caller sees.
    """
    if section is None or (storm is None and row.storm is not None):
        return None
    try:
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
    except (ValueError, ValidationError):
        return None


def nameable(model: type[Row], *, user: User, now: datetime) -> QuerySet[Row]:
    """Return which rows a caller may name: sections on which he may record, storms that he sees."""
    right = Right.RECORD if model is LineSection else Right.SEE
    return within(QuerySet(model), user, right=right, now=now)


def read(text: bytes, *, by: Actor) -> tuple[UUID, Observation] | None:
    """Return an ordinary reading with the phone's number for it; None for any other."""
    row = plain(text)
    if row is None or by.user.is_superuser:
        return None
    asked = {"who": by.user.pk, "now": by.now}
    section = _SECTION.first(name=row.section, **asked)
    storm = None if row.storm is None else _STORM.first(word=row.storm, **asked)
    observation = observation_of(row, section, storm)
    return None if observation is None else (row.client_id, observation)


_SECTION: Final = Worded(
    lambda: nameable(LineSection, user=WHO, now=NOW).filter(uuid=NAME), "line", "line__organization"
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


def _numbers(row: Plain) -> Mapping[str, Any]:
    found: dict[str, Decimal] = {}
    for name in _NUMBERS:
        told = getattr(row, name)
        if told is _ABSENT or (raw := bytes(told)) == b"null":
            continue
        found[name] = _number(name, raw)
    return found


@lru_cache(maxsize=4096)  # sensors say the same again and again
def _number(name: str, raw: bytes) -> Decimal:
    if not _SHAPE[name].fullmatch(raw):
        raise ValueError(name)
    return Decimal(raw.decode()).quantize(_EXACT[name]) + 0  # no negative zero


def _moment(text: str) -> datetime:
    # What Django's parser tries first; all others, and years far away, take the way with the words.
    return datetime.fromisoformat(text) if _COMMON_MOMENT.fullmatch(text) else _any_moment(text)
