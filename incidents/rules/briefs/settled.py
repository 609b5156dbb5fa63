"""What a piece of a brief says once a person has looked at it: the values as read, with his corrections."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from uuid import UUID

from incidents.rules.briefs.fields import FIELDS, Field, Form
from incidents.rules.briefs.stored import Stored, moment_of
from incidents.rules.briefs.values import Moment
from incidents.rules.times import SHANGHAI

_TIME: Final = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)(?:[T ](\d\d?)(?::(\d\d))?(?::\d\d)?)?", re.ASCII)
_MOST: Final = 2_000_000_000
_LONGEST: Final = 300
_YES: Final = {True: True, "true": True, "yes": True, False: False, "false": False, "no": False}


class BadEditsError(ValueError):
    """Corrections that cannot be.

    Attributes:
        strangers: Fields that this kind does not have.
        wrong: Fields whose correction is none of their values.
    """

    def __init__(self, *, strangers: list[str], wrong: list[str]) -> None:
        """Name the fields."""
        super().__init__(*strangers, *wrong)
        self.strangers, self.wrong = strangers, wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidPlace:
    """A place as it is to be kept.

    Attributes:
        code: Its division, if that is certain or chosen by a person.
    """

    text: str
    code: str | None = None
    line: str = ""
    branch: str = ""
    pole_no: str = ""


def settled(kind: str, values: Stored, edits: Mapping[str, Any]) -> dict[str, Any]:
    """Return every field of a kind with its value; None where it is unknown.

    Args:
        kind: Kind of the piece.
        values: As read.
        edits: Field → what a person says instead; None for "unknown". Moments as ``2024-02-26 21:10``, as
            exact as they are known, or of RFC 3339; places as words, a code, or both.

    Raises:
        BadEditsError: If a field is not one of this kind, or what it says is none of its values; names each.
    """
    strangers, wrong = [name for name in edits if name not in FIELDS[kind]], []
    said: dict[str, Any] = {}
    for name, field in FIELDS[kind].items():
        try:
            said[name] = _edited(field, edits[name]) if name in edits else _read(field, values.get(name))
        except (ValueError, TypeError, InvalidOperation, KeyError):
            wrong.append(name)
    if strangers or wrong:
        raise BadEditsError(strangers=strangers, wrong=wrong)
    return said


def _read(field: Field, told: Any) -> Any:
    if told is None:
        return None
    if field.form in (Form.CODES, Form.PLACES):
        return [_one(field, each["value"]) for each in told]
    return _one(field, told["value"])


def _one(field: Field, value: Any) -> Any:
    match field.form:
        case Form.NUMBER:
            return Decimal(value)
        case Form.MOMENT:
            return moment_of(value)
        case Form.PLACE | Form.PLACES:
            return SaidPlace(**{name: part for name, part in value.items() if name != "candidates"})
        case _:
            return value


def _edited(field: Field, value: Any) -> Any:
    if value is None or value in ("", [], {}):
        return None
    if field.form in (Form.CODES, Form.CODE):
        return [_code(field, each) for each in value] if field.form == Form.CODES else _code(field, value)
    if field.form in (Form.PLACES, Form.PLACE):
        return [_place(each) for each in value] if field.form == Form.PLACES else _place(value)
    return _moment(value) if field.form == Form.MOMENT else _plain(field.form, value)


def _plain(form: Form, value: Any) -> Any:
    match form:
        case Form.COUNT:
            count = int(value)
            if isinstance(value, bool) or count != Decimal(str(value)) or not 0 <= count <= _MOST:
                raise ValueError
            return count
        case Form.NUMBER:
            number = Decimal(str(value))
            if isinstance(value, bool) or not number.is_finite() or abs(number) > _MOST:
                raise ValueError
            return number
        case Form.FLAG:
            return _YES[value]
        case Form.CREW:
            return UUID(value)
        case _:
            if not isinstance(value, str) or len(value) > _LONGEST:
                raise ValueError
            return value.strip() or None


def _code(field: Field, value: Any) -> str:
    if value not in {code for code, _name in field.choices()}:
        raise ValueError
    return str(value)


def _place(value: Any) -> SaidPlace:
    told = {"text": value} if isinstance(value, str) else dict(value)
    found = {name: told.get(name) or "" for name in ("text", "line", "branch", "pole_no")}
    if any(not isinstance(part, str) or len(part) > _LONGEST for part in found.values()):
        raise ValueError
    code = told.get("code") or None
    if told.keys() - {*found, "code"} or (
        code is not None and not re.fullmatch(r"\d{4,12}", str(code), re.ASCII)
    ):
        raise ValueError
    if not found["text"].strip() and not code and not found["line"]:
        raise ValueError
    return SaidPlace(code=code, **found)


def _moment(value: Any) -> Moment:
    if isinstance(value, str) and "T" in value and (at := _aware(value)):
        return Moment(year=at.year, month=at.month, day=at.day, hour=at.hour, minute=at.minute)
    found = _TIME.fullmatch(value.strip())
    if found is None:
        raise ValueError
    year, month, day, hour, minute = (None if part is None else int(part) for part in found.groups())
    moment = Moment(year=year, month=month, day=day, hour=hour, minute=minute)
    if not isinstance(moment.on, date) or (hour is not None and moment.at is None):
        raise ValueError
    return moment


def _aware(value: str) -> datetime | None:
    at = datetime.fromisoformat(value)
    return at.astimezone(SHANGHAI) if at.utcoffset() is not None else None
