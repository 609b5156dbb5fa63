"""Ice and weather of the exercise: sections climb through the grades, some melt again, some fall silent."""

from datetime import timedelta
from decimal import Decimal
from typing import Final

from incidents.choices import (
    CoordinateSystem,
    IceMethod,
    IceType,
    PrecipitationType,
    Source,
    ThicknessKind,
    WeatherKind,
)
from incidents.management.stories.demo.world import World
from incidents.models import LineSection, Place
from incidents.services import ice, places, weather

_SECTIONS: Final = 40
_READINGS: Final = 5
_STATIONS: Final = (("清溪气象站", 168), ("云顶山顶站", 842), ("霜岭观测点", 655), ("石门垭口", 710))
_WEATHER_HOURS: Final = 12
_NO_DESIGN_MM: Final = 15
# Peak over design value → how many of twenty sections: most stay mild, a few go beyond their design.
_PEAKS: Final = (*[0.2] * 5, *[0.42] * 6, *[0.62] * 4, *[0.85] * 3, 1.1, 1.3)
_METHODS: Final = (
    (IceMethod.TENSION_WEIGHING, ThicknessKind.STANDARD, IceType.UNKNOWN),
    (IceMethod.CALIPER, ThicknessKind.APPARENT, IceType.GLAZE),
    (IceMethod.VISUAL, ThicknessKind.APPARENT, IceType.UNKNOWN),
    (IceMethod.IMAGE, ThicknessKind.APPARENT, IceType.MIXED),
)


def grow(world: World) -> None:
    """Let ice grow on up to forty sections, and tell the weather of the last twelve hours."""
    for number, section in enumerate(world.sections[:_SECTIONS]):
        _on_section(world, section, peak=_PEAKS[number % len(_PEAKS)], is_silent=number % 10 == 9)  # noqa: PLR2004
    for name, altitude_m in _STATIONS:
        _at_station(world, name, altitude_m)


def _on_section(world: World, section: LineSection, *, peak: float, is_silent: bool) -> None:
    place = places.create(line=section.line, pole_no=section.from_pole, at=world.began_at, by=world.by)
    method, kind, ice_type = world.dice.choice(_METHODS)
    design = section.design_ice_mm or _NO_DESIGN_MM
    newest = world.now - (timedelta(hours=5) if is_silent else world.minutes(4, 40))
    for index in range(_READINGS):
        at = newest - timedelta(hours=4) * (_READINGS - 1 - index)
        share = (index + 1) / _READINGS * world.dice.uniform(0.9, 1.05)
        ice.record(
            ice.Observation(
                kind=kind,
                method=method,
                thickness_mm=_tenths(design * peak * share),
                ice_type=ice_type,
                observed_at=at,
                section=section,
                place=place,
                storm=world.storm,
                air_temp_c=_tenths(world.dice.uniform(-5, -0.5)),
                source=Source.MEASURED if kind == ThicknessKind.STANDARD else Source.REPORTED,
            ),
            by=world.told(at),
        )


def _at_station(world: World, name: str, altitude_m: int) -> None:
    place = _station(world, name, altitude_m)
    is_high = altitude_m > 400  # noqa: PLR2004 - where the lines ice, not the valley
    for hours in range(_WEATHER_HOURS, 0, -1):
        at = world.now - timedelta(hours=hours)
        weather.record(
            place=place,
            station=name,
            observed_at=at,
            air_temp_c=_tenths(world.dice.uniform(-4.5, -1) if is_high else world.dice.uniform(0.2, 2.5)),
            relative_humidity_pct=Decimal(world.dice.randint(88, 99)),
            wind_speed_m_s=_tenths(world.dice.uniform(1, 9)),
            wind_direction_deg=world.dice.randrange(0, 360, 10),
            precipitation_mm_h=_tenths(world.dice.uniform(0, 3)),
            precipitation_type=PrecipitationType.FREEZING_RAIN if is_high else PrecipitationType.RAIN,
            storm=world.storm,
            source=Source.MEASURED,
            by=world.told(at),
        )
    weather.record(
        place=place,
        station=name,
        kind=WeatherKind.FORECAST,
        issued_at=world.now - timedelta(hours=1),
        observed_at=world.now + timedelta(hours=6),
        air_temp_c=Decimal("-3.0") if is_high else Decimal("0.5"),
        storm=world.storm,
        source=Source.IMPORTED,
        by=world.by,
    )


def _station(world: World, name: str, altitude_m: int) -> Place:
    return places.create(
        text=f"演练{name}",
        latitude=_tenths(world.dice.uniform(28, 29)),
        longitude=_tenths(world.dice.uniform(119, 120)),
        crs=CoordinateSystem.CGCS2000,
        altitude_m=altitude_m,
        at=world.began_at,
        by=world.by,
    )


def _tenths(value: float) -> Decimal:
    return Decimal(str(round(value, 1)))
