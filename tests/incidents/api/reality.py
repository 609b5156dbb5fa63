"""What a machine made up, brought near to a real night: rows that exist, moments of these days."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Model
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode

from incidents import models as record
from incidents.api.outputs import public_name
from tests.incidents.api.test_who_may_what import TABLE
from tests.world import World

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d.*(Z|[+-]\d\d:\d\d)")
# References by what bodies and filters call them.
NAMES: dict[str, type[Model]] = {
    "assignment": record.Assignment,
    "brief": record.Brief,
    "check_in": record.CheckIn,
    "crew": record.Crew,
    "damage": record.Damage,
    "deployment": record.Deployment,
    "division": record.Division,
    "hazard": record.Hazard,
    "home_organization": record.Organization,
    "ice_reading": record.IceReading,
    "isolated_by": record.Organization,
    "line": record.Line,
    "organization": record.Organization,
    "outage": record.Outage,
    "parent": record.Outage,
    "patrol": record.Patrol,
    "person": record.Person,
    "request": record.SupportRequest,
    "road_block": record.RoadBlock,
    "section": record.LineSection,
    "signed_by": record.Person,
    "storm": record.Storm,
    "supply": record.Supply,
    "vehicle": record.Vehicle,
    "visit": record.Visit,
    "weather_reading": record.WeatherReading,
    "within": record.Division,
}
WORDS = {"division", "divisions", "storm", "within"}  # called by a word, not by a UUID
Draw = Callable[[st.SearchStrategy[Any]], Any]
Call = Case[Any]


class Reality:
    """The rows of a world and the present moment, to draw from.

    Seven of eight references name a row that is there; the others stay as they were made up. What is meant
    to be wrong stays wrong: only what has the form of a reference or a moment is replaced.
    """

    def __init__(self, world: World, *, devices: Sequence[record.Device], now: datetime) -> None:
        named = {name: _names(world.rows[model]) for name, model in NAMES.items()}
        self._named = named | {f"{name}s": names for name, names in named.items()}
        self._at_home = {home: _names(world.rows[model]) for home, (model, *_more) in TABLE.items()}
        self._at_home["me"] = _names(devices)
        told = (now - timedelta(minutes=minutes) for minutes in (0, 1, 50, 30 * 60))
        self._moments = [moment.isoformat(timespec="seconds") for moment in told]

    def brought(self, draw: Draw, case: Call) -> Call:
        """Return a call as somebody of this world might send it."""
        is_wrong = case.meta is not None and case.meta.generation.mode == GenerationMode.NEGATIVE
        home = case.operation.path.split("/")[3]
        for name, told in case.path_parameters.items():
            if UUID.fullmatch(str(told)) or not (is_wrong or name == "uuid"):
                case.path_parameters[name] = _often(draw, told, self._at_home[home])
        case.query = self._real(draw, dict(case.query), is_wrong=is_wrong)
        if not is_wrong and draw(st.integers(0, 3)) < 3:
            case.query.pop("cursor", None)  # none that was made up is good
        if not is_wrong and "If-Match" in case.headers:
            case.headers["If-Match"] = _often(draw, case.headers["If-Match"], ["*"])
        if isinstance(case.body, dict | list):
            case.body = self._real(draw, case.body, is_wrong=is_wrong)
        return case

    def _real(self, draw: Draw, told: Any, *, is_wrong: bool, name: str = "") -> Any:
        if isinstance(told, Mapping):
            return {key: self._real(draw, part, is_wrong=is_wrong, name=key) for key, part in told.items()}
        if isinstance(told, list):
            return [self._real(draw, part, is_wrong=is_wrong, name=name) for part in told]
        return _often(draw, told, self._choices(told, name, is_wrong=is_wrong))

    def _choices(self, told: Any, name: str, *, is_wrong: bool) -> list[Any]:
        if isinstance(told, float) and not is_wrong:
            return [round(told, 1)]  # as instruments tell it
        if isinstance(told, str) and MOMENT.fullmatch(told):
            return self._moments
        is_word = name in WORDS and not is_wrong
        return self._named.get(name, []) if is_word or UUID.fullmatch(str(told)) else []


def _names(rows: Sequence[Model]) -> list[str]:
    return [public_name(row) for row in rows]


def _often(draw: Draw, told: Any, real: list[Any]) -> Any:
    return draw(st.sampled_from(real)) if real and draw(st.integers(0, 7)) < 7 else told
