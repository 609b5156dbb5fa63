"""Storms, ice, weather and its warnings out of briefs."""

from datetime import timedelta
from typing import Any, Final

from django.utils.text import slugify

from incidents.choices import (
    IceMethod,
    IceType,
    PrecipitationType,
    Statistic,
    StormHazard,
    ThicknessKind,
    WarningHazard,
    WarningLevel,
)
from incidents.errors import Missing
from incidents.models import IceReading, Place, Storm, WeatherReading, WeatherWarning
from incidents.rules.briefs.kinds import Turn
from incidents.services import ice, storms, weather, weather_warnings
from incidents.services.brief_keeping import STATED, Keeping, Kept, same_place, when

_MINUTE: Final = timedelta(minutes=1)


def keep_storm(keeping: Keeping) -> Kept:
    """Find the storm, or open one."""
    if keeping.brief.storm is not None:
        return Kept(row=keeping.brief.storm, is_linked=True, same=("storm",))
    hazard, began = StormHazard(keeping.needed("hazard")), keeping.moment("started")
    running = Storm.objects.filter(
        organizations=keeping.organization, is_exercise=False, ended_at=None, hazard=hazard
    )
    if not keeping.anew and (found := list(running[:2])) and len(found) == 1:
        return Kept(row=found[0], is_linked=True, same=("organization", "hazard"))
    storm = storms.open(
        slug=slugify(f"brief-{keeping.item.uuid.hex[:12]}"),
        name=str(keeping.needed("name"))[:100],
        hazard=hazard,
        organizations=[keeping.organization],
        started_at=began,
        remark=keeping.quote,
        by=keeping.by,
    )
    return Kept(row=storm)


def keep_ice(keeping: Keeping) -> Kept:
    """Record a reading of ice, of the outage's line where its sentence speaks of one."""
    said, outage = keeping.said, keeping.parent
    thickness, observed = keeping.needed("thickness_mm"), when("observed", said["at"])
    rows = IceReading.objects.filter(thickness_mm=thickness, superseded_by=None, **_day(observed))
    rows = rows.filter(outage=outage) if outage else rows.select_related("place")
    for row in () if keeping.anew else rows:
        if outage or same_place(row.place, said["place"]):
            return Kept(row=row, is_linked=True, same=("outage" if outage else "place", "day", "thickness"))
    section = outage.section if outage else None
    origin = keeping.told(observed_at=observed["observed_at"])
    observation = ice.Observation(
        kind=ThicknessKind(said["kind"] or ThicknessKind.UNKNOWN),
        method=IceMethod(said["method"] or IceMethod.MEDIA_REPORT),
        thickness_mm=thickness,
        statistic=Statistic(said["statistic"] or Statistic.SINGLE),
        ice_type=IceType(said["ice_type"] or IceType.UNKNOWN),
        section=section,
        place=_place_of_ice(keeping),
        outage=outage,
        storm=keeping.storm,
        source=origin["source"],
        source_ref=origin["source_ref"],
        quote=origin["quote"],
        unknown_reasons=dict(origin["unknown_reasons"]),
        **observed,
    )
    return Kept(row=ice.record(observation, by=keeping.by).reading)


def keep_weather(keeping: Keeping) -> Kept:
    """Record a reading of the weather."""
    said = keeping.said
    observed = when("observed", said["at"])
    rows = WeatherReading.objects.filter(air_temp_c=said["temperature_c"], **_day(observed))
    for row in () if keeping.anew or said["temperature_c"] is None else rows.select_related("place"):
        if same_place(row.place, said["place"]):
            return Kept(row=row, is_linked=True, same=("place", "day", "temperature"))
    place = keeping.place(said["place"], altitude_m=said["altitude_m"])
    if place is None:
        raise Missing(field="place", purpose="weather")
    measured: dict[str, Any] = {"air_temp_c": said["temperature_c"], "wind_speed_m_s": said["wind_m_s"]}
    found = weather.record(
        place=place,
        temp_statistic=Statistic(said["statistic"] or Statistic.SINGLE),
        precipitation_type=PrecipitationType(said["precipitation"] or PrecipitationType.UNKNOWN),
        by=keeping.by,
        **measured,
        **observed,
        **keeping.told(observed_at=observed["observed_at"], **measured),
    )
    return Kept(row=found.reading)


def keep_warning(keeping: Keeping) -> Kept:
    """Keep a warning of the weather service, what replaces it, or that it ended."""
    hazard, level = WarningHazard(keeping.needed("hazard")), WarningLevel(keeping.needed("level"))
    at, turn = keeping.moment_needed("at"), keeping.said["turn"]
    rows = WeatherWarning.objects.filter(organization=keeping.organization, hazard=hazard)
    told = rows.filter(level=level, issued_at__gte=at, issued_at__lt=at + _MINUTE).first()
    if told is not None and turn != Turn.ENDED:
        return Kept(row=told, is_linked=True, same=("hazard", "level", "time"))
    standing = rows.filter(cancelled_at=None, updates=None, issued_at__lt=at).order_by("-issued_at").first()
    text, by = keeping.sentence, keeping.by
    if turn == Turn.ENDED:
        if standing is None:
            return STATED
        return Kept(row=weather_warnings.cancel(standing, reason=text[:300], at=at, by=by))
    if turn in (Turn.RAISED, Turn.LOWERED) and standing is not None:
        origin = keeping.origin()
        return Kept(row=weather_warnings.supersede(standing, level=level, text=text, at=at, by=by, **origin))
    area = keeping.organization.division
    row = weather_warnings.issue(
        organization=keeping.organization,
        issuer=str(keeping.needed("organization"))[:100],
        hazard=hazard,
        level=level,
        areas=[area] if area else [],
        text=text,
        at=at,
        by=by,
        **keeping.told(),
    )
    return Kept(row=row)


def _place_of_ice(keeping: Keeping) -> Place | None:
    place = keeping.place(keeping.said["place"])
    if place is None and keeping.parent is not None:
        return keeping.parent.place  # type: ignore[no-any-return]
    if place is None:
        raise Missing(field="place", purpose="ice")
    return place


def _day(observed: dict[str, Any]) -> dict[str, Any]:
    """Return the condition that a reading is of the same time, as exact as it is told."""
    if observed["observed_at"] is not None:
        return {"observed_at": observed["observed_at"]}
    return {"observed_on": observed["observed_on"], "observed_at": None}
