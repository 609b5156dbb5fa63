"""Files of ice and weather readings."""

from datetime import datetime
from functools import partial
from typing import Any, Final

from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _

from incidents.choices import (
    IceMethod,
    IceType,
    PrecipitationType,
    Source,
    Statistic,
    ThicknessKind,
    TimePrecision,
    WeatherKind,
)
from incidents.models import IceReading, LineSection, WeatherReading
from incidents.services import ice, places, weather
from incidents.services.ice_observations import Observation
from incidents.services.imports import columns as of
from incidents.services.imports.base import Importing, Kind, Values, refuse_change, verbose
from incidents.services.imports.columns import Column, Problem
from incidents.services.imports.grid import LINE, ORGANIZATION

_ice = partial(verbose, IceReading)
_weather = partial(verbose, WeatherReading)
_WHERE: Final = ("organization", "line", "section", "place")
_SECTION: Final = of.text(
    "section", _("section code"), also=("区段", "区段编号"), is_needed=True, example="03"
)
_SECTION_MAY: Final = of.text("section", _SECTION.label, also=_SECTION.also, example="03")
_LINE_MAY: Final = of.text("line", LINE.label, also=LINE.also, example="LS-1001")

# --- ice

_ICE_COLUMNS: Final[tuple[Column, ...]] = (
    ORGANIZATION,
    LINE,
    _SECTION,
    of.moment(
        "observed_at",
        _ice("observed_at"),
        day_will_do=True,
        also=("观测时间",),
        is_needed=True,
        example="2026-01-05 08:03",
    ),
    of.number(
        "thickness_mm", _ice("thickness_mm"), places=1, also=("覆冰厚度", "厚度", "冰厚"), example="12.5"
    ),
    of.choice("kind", _ice("kind"), ThicknessKind, is_needed=True),
    of.choice("method", _ice("method"), IceMethod, also=("观测方式",), is_needed=True),
    of.choice("statistic", _ice("statistic"), Statistic),
    of.choice("ice_type", _ice("ice_type"), IceType, also=("覆冰类型",)),
    of.number("density_g_cm3", _ice("density_g_cm3"), places=2),
    of.number("long_axis_mm", _ice("long_axis_mm"), places=1),
    of.number("short_axis_mm", _ice("short_axis_mm"), places=1),
    of.number("weight_g", _ice("weight_g"), places=1),
    of.number("sample_length_m", _ice("sample_length_m"), places=2),
    of.number("conductor_diameter_mm", _ice("conductor_diameter_mm"), places=2),
    of.number("uncertainty_mm", _ice("uncertainty_mm"), places=1),
    of.number("air_temp_c", _ice("air_temp_c"), places=1, also=("气温", "温度"), example="-3.5"),
    of.text("note", _ice("note"), also=("备注",)),
)


def beginning(told: Any, name: str) -> dict[str, Any]:
    """Return the columns of a moment that may be known by its day only."""
    if isinstance(told, datetime):
        exact = TimePrecision.EXACT if told.second or told.microsecond else TimePrecision.MINUTE
        return {f"{name}_at": told, f"{name}_on": None, f"{name}_precision": exact}
    return {f"{name}_at": None, f"{name}_on": told, f"{name}_precision": TimePrecision.DAY}


def _then(rows: "QuerySet[Any]", told: Any) -> "QuerySet[Any]":
    if isinstance(told, datetime):
        return rows.filter(observed_at=told)
    return rows.filter(observed_at=None, observed_on=told)


def _find_ice(importing: Importing, values: Values) -> IceReading | None:
    section = importing.section(values)
    rows = IceReading.objects.filter(section=section, method=values["method"])
    found = list(
        _then(rows, values["observed_at"])
        .select_related("section__line__organization", "superseded_by")
        .order_by("pk")
    )
    same: list[IceReading] = [row for row in found if not ICE.differences(row, values)]
    if same:
        return same[0]  # told before, even if it has been corrected since
    return next((row for row in found if getattr(row, "superseded_by", None) is None), None)


def _add_ice(importing: Importing, values: Values) -> IceReading:
    told = {name: value for name, value in values.items() if name not in _WHERE}
    told |= beginning(told["observed_at"], "observed")
    observation = Observation(
        section=importing.section(values), source=Source.IMPORTED, source_ref=importing.reason[:300], **told
    )
    return ice.record(observation, by=importing.by).reading


def _amend_ice(importing: Importing, row: IceReading, changes: Values) -> None:
    sections = LineSection.objects.filter(ice_readings=row)
    if not importing.within(sections, "operate").exists():
        raise Problem("", _("on record otherwise; correcting readings needs another role"))
    names = [name for name in Observation.__dataclass_fields__ if name not in changes]
    kept = {name: getattr(row, name) for name in names}
    ice.correct(row, Observation(**kept, **changes), reason=importing.reason, by=importing.by)


def _plain(row: Model, columns: tuple[Column, ...]) -> dict[str, Any]:
    names = [each.name for each in columns if each.name not in (*_WHERE, "observed_at")]
    return {name: getattr(row, name) for name in names}


def _observed(row: Any) -> dict[str, Any]:
    return {"observed_at": row.observed_at or row.observed_on}


def _where(section: LineSection | None) -> dict[str, Any]:
    if section is None:
        return {"organization": None, "line": None, "section": None}
    line = section.line
    return {"organization": line.organization.name, "line": line.code, "section": section.code}


def _ice_values(row: IceReading) -> dict[str, Any]:
    return _where(row.section) | _observed(row) | _plain(row, _ICE_COLUMNS)


ICE: Final = Kind(
    name="ice-readings",
    label=_("Ice readings"),
    model=IceReading,
    right="record",
    columns=_ICE_COLUMNS,
    keys=("organization", "line", "section", "observed_at", "method"),
    find=_find_ice,
    add=_add_ice,
    amend=_amend_ice,
    values_of=_ice_values,
    needs=("section__line__organization",),
    is_a_fact=True,
)

# --- weather

_WEATHER_COLUMNS: Final[tuple[Column, ...]] = (
    ORGANIZATION,
    _LINE_MAY,
    _SECTION_MAY,
    of.text("place", _weather("place"), also=("地点", "位置"), remark=_("where no section is named")),
    of.text("station", _weather("station"), also=("气象站", "站名")),
    of.choice("kind", _weather("kind"), WeatherKind),
    of.moment(
        "observed_at",
        _weather("observed_at"),
        day_will_do=True,
        also=("观测时间",),
        is_needed=True,
        example="2026-01-05 08:00",
    ),
    of.moment("issued_at", _weather("issued_at")),
    of.number("air_temp_c", _weather("air_temp_c"), places=1, also=("气温", "温度"), example="-3.5"),
    of.choice("temp_statistic", _weather("temp_statistic"), Statistic),
    of.number(
        "relative_humidity_pct", _weather("relative_humidity_pct"), places=1, also=("湿度",), example="95"
    ),
    of.number("wind_speed_m_s", _weather("wind_speed_m_s"), places=1, also=("风速",), example="4.2"),
    of.number("wind_direction_deg", _weather("wind_direction_deg"), also=("风向",), example="30"),
    of.number(
        "precipitation_mm_h",
        _("rate of precipitation (mm/h)"),
        places=1,
        also=("降水量", "雨强"),
        example="1.2",
    ),
    of.choice("precipitation_type", _("kind of precipitation"), PrecipitationType),
)


def _find_weather(importing: Importing, values: Values) -> WeatherReading | None:
    rows = WeatherReading.objects.select_related("section__line__organization", "place")
    if "section" in values and "line" in values:
        rows = rows.filter(section=importing.section(values))
    elif "place" in values:
        rows = importing.within(rows, "see").filter(section=None, place__text=values["place"])
    else:
        raise Problem("section", _("line and section, or a place, are needed"))
    rows = rows.filter(station=values.get("station", ""), kind=values.get("kind", WeatherKind.OBSERVATION))
    return _then(rows, values["observed_at"]).order_by("pk").first()


def _add_weather(importing: Importing, values: Values) -> WeatherReading:
    by = importing.by
    told = {name: value for name, value in values.items() if name not in _WHERE}
    told |= beginning(told["observed_at"], "observed")
    if "section" in values and "line" in values:
        told["section"] = importing.section(values)
    else:
        told["place"] = places.create(text=values["place"], at=by.now, by=by)
    told |= {"source": Source.IMPORTED, "source_ref": importing.reason[:300]}
    return weather.record(by=by, **told).reading


def _amend_weather(_importing: Importing, _row: WeatherReading, changes: Values) -> None:
    refuse_change(changes, WEATHER.fixed)


def _weather_values(row: WeatherReading) -> dict[str, Any]:
    place = {"place": None if row.section_id or row.place is None else row.place.text}
    return _where(row.section) | place | _observed(row) | _plain(row, _WEATHER_COLUMNS)


WEATHER: Final = Kind(
    name="weather-readings",
    label=_("Weather readings"),
    model=WeatherReading,
    right="record",
    columns=_WEATHER_COLUMNS,
    keys=("organization", "line", "section", "place", "station", "kind", "observed_at"),
    fixed=[each.name for each in _WEATHER_COLUMNS],
    find=_find_weather,
    add=_add_weather,
    amend=_amend_weather,
    values_of=_weather_values,
    needs=("section__line__organization", "place"),
    is_a_fact=True,
)
