"""Weather readings: what a station or a crew measured, or a forecast said. Append-only."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final, Unpack
from uuid import UUID

from django.db import transaction

from incidents import journal
from incidents.choices import PrecipitationType, Statistic, TimePrecision, WeatherKind
from incidents.errors import BrokenRule, Missing
from incidents.journal import Actor
from incidents.models import LineSection, Place, WeatherReading
from incidents.rules.times import require_aware
from incidents.services import facts, moments
from incidents.services.submissions import digest_of, sent_before

_SAYS_SOMETHING: Final = (
    "air_temp_c",
    "relative_humidity_pct",
    "wind_speed_m_s",
    "wind_direction_deg",
    "precipitation_mm_h",
    "precipitation_type",
)
_SENT_TWICE: Final = "weather_client_id_once"


class WeatherFacts(facts.Told, total=False):
    """What may be said of the weather; units as in :class:`WeatherReading`, None where nobody measured."""

    kind: WeatherKind
    place: Place | None
    section: LineSection | None
    station: str
    observed_at: datetime | None
    observed_on: date | None
    observed_precision: TimePrecision
    issued_at: datetime | None
    air_temp_c: Decimal | None
    temp_statistic: Statistic
    relative_humidity_pct: Decimal | None
    wind_speed_m_s: Decimal | None
    wind_direction_deg: int | None
    precipitation_mm_h: Decimal | None
    precipitation_type: PrecipitationType


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """A stored reading, and whether this call stored it or an earlier one did."""

    reading: WeatherReading
    is_replay: bool


def record(*, by: Actor, client_id: UUID | None = None, **told: Unpack[WeatherFacts]) -> Recorded:
    """Keep a weather reading.

    The same ``client_id`` with the same reading again returns the first result and writes nothing.

    Args:
        by: Who reports it.
        client_id: The phone's own number for this reading.
        **told: Where (a place, whose altitude matters more than the distance, or a section), when, what was
            measured, and the source.

    Raises:
        ClientIdTaken: If the person sent another reading under this number.
        Missing: If neither place nor section is named, nothing is said of the weather, or a forecast has no
            time of issue.
        ExerciseMix: If section and storm are not both of a drill or both real.
        OutOfRange, NaiveTime, Invalid: If a value cannot be; nothing is written.
    """
    digest = digest_of(told) if client_id else ""
    first = sent_before(WeatherReading.objects.all(), client_id=client_id, digest=digest, by=by)
    if first is not None:
        return Recorded(reading=first, is_replay=True)
    try:
        return Recorded(reading=_record(by, client_id, digest, told), is_replay=False)
    except BrokenRule as broken:
        # Two sendings of one reading at once: the other one has won and is committed by now.
        first = sent_before(WeatherReading.objects.all(), client_id=client_id, digest=digest, by=by)
        if first is None or broken.fields["rule"] != _SENT_TWICE:
            raise
        return Recorded(reading=first, is_replay=True)


@transaction.atomic
def _record(by: Actor, client_id: UUID | None, digest: str, told: WeatherFacts) -> WeatherReading:
    section = told.get("section")
    if section is None and told.get("place") is None:
        raise Missing(field="section", purpose="weather reading")
    if all(told.get(name) is None for name in _SAYS_SOMETHING):
        raise Missing(field="air_temp_c", purpose="weather reading")
    facts.check_exercise(told.get("storm"), section)
    fields, reasons = facts.split(told)
    if told.get("kind") == WeatherKind.FORECAST:
        _check_forecast(told, by)
    else:
        facts.check_moments(by=by, issued_at=told.get("issued_at"))
        fields |= moments.columns("observed", told, by=by)
    reading = WeatherReading(client_id=client_id, client_digest=digest, **fields)
    facts.keep(reading, by=by, reasons=reasons)
    journal.write(
        "weather.recorded",
        subject=reading,
        at=reading.issued_at or reading.observed_at or by.now,
        by=by,
        organization=section.line.organization if section else None,
    )
    return reading


def _check_forecast(told: WeatherFacts, by: Actor) -> None:
    """Check what a forecast needs; the moment that it speaks of may lie ahead."""
    issued_at, observed_at = told.get("issued_at"), told.get("observed_at")
    if issued_at is None:
        raise Missing(field="issued_at", purpose="forecast")
    facts.check_moments(by=by, issued_at=issued_at)
    if observed_at is not None:
        require_aware(field="observed_at", at=observed_at)
