"""The fields of each kind of record in a brief: what a person may correct, and in which form."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Any, Final

from incidents import choices
from incidents.rules.briefs.kinds import How, ResponseLevel, State, Subject, Turn


class Form(StrEnum):
    """What a value looks like."""

    COUNT = "count"
    NUMBER = "number"
    MOMENT = "moment"
    PLACE = "place"
    PLACES = "places"
    TEXT = "text"
    FLAG = "flag"
    CODE = "code"
    CODES = "codes"
    CREW = "crew"


@dataclass(frozen=True, slots=True)
class Field:
    """A field.

    Attributes:
        codes: The choices of a code.
    """

    form: Form
    codes: Any = None

    def choices(self) -> list[tuple[str, Any]]:
        """Return code and name of each choice."""
        named = getattr(self.codes, "choices", None)
        return list(named) if named else [(each.value, each.value) for each in self.codes]


def _code(codes: type[Enum]) -> Field:
    return Field(Form.CODE, codes)


_COUNT, _NUMBER, _MOMENT = Field(Form.COUNT), Field(Form.NUMBER), Field(Form.MOMENT)
_PLACE, _TEXT, _FLAG = Field(Form.PLACE), Field(Form.TEXT), Field(Form.FLAG)

FIELDS: Final[Mapping[str, Mapping[str, Field]]] = {
    "storm": {"hazard": _code(choices.StormHazard), "name": _TEXT, "started": _MOMENT, "ended": _MOMENT},
    "outage": {
        "line": _TEXT,
        "place": _PLACE,
        "voltage_kv": _NUMBER,
        "kind": _code(choices.OutageKind),
        "cause": _code(choices.CauseCode),
        "occurred": _MOMENT,
        "areas": _COUNT,
        "customers": _COUNT,
        "restored": _FLAG,
    },
    "step": {
        "at": _MOMENT,
        "method": _code(choices.RestorationMethod),
        "areas": _COUNT,
        "customers": _COUNT,
    },
    "damage": {
        "kind": _code(choices.DamageKind),
        "count": _COUNT,
        "place": _PLACE,
        "repaired": _FLAG,
        "as_of": _MOMENT,
    },
    "ice": {
        "thickness_mm": _NUMBER,
        "statistic": _code(choices.Statistic),
        "kind": _code(choices.ThicknessKind),
        "ice_type": _code(choices.IceType),
        "method": _code(choices.IceMethod),
        "place": _PLACE,
        "line": _TEXT,
        "at": _MOMENT,
    },
    "weather": {
        "temperature_c": _NUMBER,
        "statistic": _code(choices.Statistic),
        "precipitation": _code(choices.PrecipitationType),
        "wind_m_s": _NUMBER,
        "altitude_m": _COUNT,
        "place": _PLACE,
        "at": _MOMENT,
    },
    "warning": {
        "organization": _TEXT,
        "hazard": _code(choices.WarningHazard),
        "level": _code(choices.WarningLevel),
        "turn": _code(Turn),
        "at": _MOMENT,
    },
    "response": {
        "organization": _TEXT,
        "level": _code(ResponseLevel),
        "turn": _code(Turn),
        "at": _MOMENT,
    },
    "assignment": {
        "organization": _TEXT,
        "crew": Field(Form.CREW),
        "tasks": Field(Form.CODES, choices.TaskKind),
        "headcount": _COUNT,
        "vehicles": _COUNT,
        "vehicle_kind": _code(choices.VehicleKind),
        "place": _PLACE,
        "at": _MOMENT,
    },
    "deployment": {
        "organization": _TEXT,
        "host": _TEXT,
        "place": _PLACE,
        "headcount": _COUNT,
        "vehicles": _COUNT,
        "vehicle_kind": _code(choices.VehicleKind),
        "generators": _COUNT,
        "teams": _COUNT,
        "tasks": Field(Form.CODES, choices.TaskKind),
        "status": _code(choices.DeploymentStatus),
        "at": _MOMENT,
    },
    "supply": {"kind": _code(choices.SupplyKind), "quantity": _COUNT, "unit": _TEXT},
    "visit": {
        "organization": _TEXT,
        "leaders": _TEXT,
        "places": Field(Form.PLACES),
        "purposes": Field(Form.CODES, choices.VisitPurpose),
        "instructions": _TEXT,
        "on": _MOMENT,
    },
    "hazard": {
        "count": _COUNT,
        "kind": _code(choices.HazardKind),
        "removed": _FLAG,
        "place": _PLACE,
        "as_of": _MOMENT,
    },
    "patrol": {
        "organization": _TEXT,
        "kind": _code(choices.PatrolKind),
        "lines": _COUNT,
        "line": _TEXT,
        "place": _PLACE,
        "headcount": _COUNT,
        "nothing_found": _FLAG,
        "at": _MOMENT,
    },
    "total": {
        "subject": _code(Subject),
        "state": _code(State),
        "count": _COUNT,
        "voltage_kv": _NUMBER,
        "how": _code(How),
        "cumulative": _FLAG,
        "as_of": _MOMENT,
        "place": _PLACE,
    },
}
"""Kind → field → its form; the names are those of ``records.py``."""
