"""What the pages of briefs call things: fields of pieces, reasons, inferences and doubts."""

import tomllib
from functools import cache
from typing import Any, Final

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from incidents.rules.briefs.vocabulary import FOLDER

LABELS: Final[dict[str, Any]] = {
    "altitude_m": _("altitude (m)"),
    "areas": _("transformer areas"),
    "as_of": _("as of"),
    "at": _("at"),
    "cause": _("cause"),
    "count": _("number"),
    "crew": _("crew"),
    "cumulative": _("counted from the beginning"),
    "customers": _("customers"),
    "ended": _("ended"),
    "generators": _("generators"),
    "hazard": _("hazard"),
    "headcount": _("people"),
    "host": _("receives"),
    "how": _("how it went out"),
    "ice_type": _("ice type"),
    "instructions": _("instructions"),
    "kind": _("kind"),
    "leaders": _("leaders in the words used"),
    "level": _("level"),
    "line": _("line"),
    "lines": _("lines"),
    "method": _("method"),
    "name": _("name"),
    "nothing_found": _("nothing found"),
    "occurred": _("began"),
    "on": _("visited on"),
    "organization": _("company"),
    "place": _("place"),
    "places": _("places"),
    "precipitation": _("precipitation"),
    "purposes": _("purposes"),
    "quantity": _("quantity"),
    "removed": _("removed"),
    "repaired": _("repaired"),
    "restored": _("supply is back"),
    "started": _("began"),
    "state": _("state"),
    "statistic": _("statistic"),
    "status": _("status"),
    "subject": _("what is counted"),
    "tasks": _("tasks"),
    "teams": _("teams"),
    "temperature_c": _("temperature (°C)"),
    "thickness_mm": _("ice thickness (mm)"),
    "turn": _("what happened to it"),
    "unit": _("unit"),
    "vehicle_kind": _("kind of vehicles"),
    "vehicles": _("vehicles"),
    "voltage_kv": _("voltage (kV)"),
    "wind_m_s": _("wind (m/s)"),
}
CODES: Final[dict[str, Any]] = {
    "lines": _("lines"),
    "substations": _("substations"),
    "areas": _("transformer areas"),
    "customers": _("customers"),
    "towns": _("townships"),
    "villages": _("villages"),
    "low_voltage": _("low-voltage faults"),
    "faults": _("faults"),
    "teams": _("teams"),
    "people": _("people"),
    "person_trips": _("person-trips"),
    "vehicles": _("vehicles"),
    "vehicle_trips": _("vehicle-trips"),
    "generator_cars": _("generator cars"),
    "generators": _("generators"),
    "trees": _("trees and bamboo"),
    "important_users": _("important users"),
    "out": _("out"),
    "restored": _("restored"),
    "remaining": _("still out"),
    "sent": _("sent"),
    "cleared": _("cleared"),
    "on_generator": _("on a generator"),
    "iced": _("iced"),
    "tripped": _("tripped"),
    "switched_off": _("switched off"),
    "started": _("started"),
    "raised": _("raised"),
    "lowered": _("lowered"),
    "ended": _("ended"),
}
"""Codes of the reading that the record has no choices for."""
ROUGHLY: Final[dict[str, Any]] = {
    "more": _("at least"),
    "about": _("about"),
    "less": _("below"),
}
SAME: Final[dict[str, Any]] = {
    "line": _("line"),
    "day": _("day"),
    "place": _("place"),
    "voltage": _("voltage"),
    "outage": _("outage"),
    "time": _("time"),
    "kind": _("kind"),
    "count": _("number"),
    "thickness": _("thickness"),
    "temperature": _("temperature"),
    "organization": _("company"),
    "host": _("receives"),
    "headcount": _("people"),
    "vehicles": _("vehicles"),
    "hazard": _("hazard"),
    "level": _("level"),
    "storm": _("storm"),
}


def named(group: str, code: str) -> str:
    """Return what people read for a reason (``left_out``), an inference (``inferred``) or a ``doubt``."""
    told = _reasons()[group].get(code, {})
    language = "en" if get_language() == "en" else "zh-hans"
    return str(told.get(language, code))


@cache
def _reasons() -> dict[str, dict[str, dict[str, str]]]:
    return tomllib.loads((FOLDER / "reasons.toml").read_text(encoding="utf-8"))
