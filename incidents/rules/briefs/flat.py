"""Records as flat facts, one word a field: what test lines are written in, and what scores count."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, Final

from incidents.rules.briefs import records as kinds
from incidents.rules.briefs.values import FoundPlace, Moment, Roughly, Value

_ROUGHLY: Final = {Roughly.MORE: ("", "+"), Roughly.ABOUT: ("~", ""), Roughly.LESS: ("<", "")}
NAMES: Final[dict[type[kinds.Record], str]] = {
    kinds.StormRecord: "storm",
    kinds.OutageRecord: "outage",
    kinds.StepRecord: "step",
    kinds.DamageRecord: "damage",
    kinds.IceRecord: "ice",
    kinds.WeatherRecord: "weather",
    kinds.WarningRecord: "warning",
    kinds.ResponseRecord: "response",
    kinds.AssignmentRecord: "assignment",
    kinds.DeploymentRecord: "deployment",
    kinds.SupplyRecord: "supply",
    kinds.VisitRecord: "visit",
    kinds.HazardRecord: "hazard",
    kinds.PatrolRecord: "patrol",
    kinds.TotalRecord: "total",
}
_FIELDS: Final = {
    "thickness_mm": "mm", "ice_type": "type", "temperature_c": "t", "precipitation": "precip",
    "wind_m_s": "wind", "altitude_m": "altitude", "voltage_kv": "kv", "organization": "org",
}  # fmt: skip
_SILENT: Final = frozenset(("span", "key", "line_codes", "name", "started", "ended", "instructions"))
_WITH_ORGANIZATION: Final = frozenset(("response", "warning", "visit", "deployment", "patrol", "assignment"))
_WITHOUT_CUT_OFF: Final = frozenset(("damage", "hazard"))


def flat(record: kinds.Record) -> tuple[str, dict[str, str]]:
    """Return the kind of a record and its known fields as words.

    Numbers that are bounds read ``100+``, ``~30000``, ``<20``; places are their code, else their words; times
    are as exact as they are known; several values are joined by commas.
    """
    name = NAMES[type(record)]
    found = {}
    for field in type(record).__dataclass_fields__:
        if field in _SILENT or (field == "as_of" and name in _WITHOUT_CUT_OFF):
            continue
        if field == "organization" and name not in _WITH_ORGANIZATION:
            continue
        word = _word(getattr(record, field))
        if word:
            found[_named(name, field)] = word
    return name, found


def _named(name: str, field: str) -> str:
    if name == "total" and field == "count":
        return "n"
    if name == "ice" and field == "kind":
        return "icekind"
    return _FIELDS.get(field, field)


def _word(value: Any) -> str:
    if value is None or value == ():
        return ""
    if isinstance(value, tuple):
        return ",".join(sorted(_word(each) for each in value))
    if isinstance(value, Value):
        before, after = _ROUGHLY.get(value.roughly, ("", "")) if value.roughly else ("", "")
        return f"{before}{_word(value.value)}{after}"
    told = _WORDS.get(type(value))
    return told(value) if told else str(value)


def _place_word(place: FoundPlace) -> str:
    return place.text if place.pole_no or place.branch or not place.code else place.code


def time_word(moment: Moment) -> str:
    """Return a time as far as it is known: ``2024-02-26T21:10``, ``2024-02-26``, ``--02-26``."""
    day = moment.on
    words = day.isoformat() if isinstance(day, date) else ""
    if not words and moment.day is not None:
        words = f"--{moment.month or 0:02}-{moment.day:02}"
    if moment.hour is None:
        return words
    minute = "" if moment.minute is None else f":{moment.minute:02}"
    return f"{words}T{moment.hour:02}{minute}"


_WORDS: Final[dict[type, Callable[[Any], str]]] = {
    bool: lambda value: "yes" if value else "no",
    Moment: time_word,
    FoundPlace: _place_word,
    Decimal: lambda value: f"{value.normalize():f}",
}
