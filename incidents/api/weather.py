"""``/api/v1/weather-readings/``: what was measured, or a forecast said."""

from typing import Any

from incidents.access import Right
from incidents.api.fields import Day, Reference, Text, Whole
from incidents.api.filters import Box, DivisionPrefix, Filters, Subtree, named, of_storm, since, until
from incidents.api.filters import one_of as coded
from incidents.api.outputs import PlaceOut, Versioned
from incidents.api.places import PlaceIn
from incidents.api.resources import Resource
from incidents.api.told import NewFact, maybe, number, one_of
from incidents.api.verbs import creates
from incidents.choices import DeviceScope, PrecipitationType, Statistic, TimePrecision, WeatherKind
from incidents.journal import Actor
from incidents.models import LineSection, WeatherReading
from incidents.services import weather


class WeatherIn(NewFact):
    """Weather: °C, %, m/s, ° from north, mm/h; a forecast needs ``issued_at``."""

    rights = {LineSection: Right.RECORD}

    place = PlaceIn(required=False)
    kind = one_of(WeatherKind, required=False)
    section = Reference(LineSection, required=False)
    station = Text(max_length=60, required=False, allow_blank=True)
    observed_at = maybe()
    observed_on = Day(required=False, allow_null=True)
    observed_precision = one_of(TimePrecision, required=False)
    issued_at = maybe()
    air_temp_c = number(4, 1)
    temp_statistic = one_of(Statistic, required=False)
    relative_humidity_pct = number(4, 1)
    wind_speed_m_s = number(4, 1)
    wind_direction_deg = Whole(required=False, allow_null=True)
    precipitation_mm_h = number(5, 1)
    precipitation_type = one_of(PrecipitationType, required=False)


class WeatherOut(Versioned):
    """A weather reading; never changed."""

    place = PlaceOut(allow_null=True, read_only=True)

    class Meta:
        model = WeatherReading
        fields = [
            "uuid",
            "version",
            "client_id",
            "kind",
            "place",
            "section",
            "storm",
            "station",
            "observed_at",
            "observed_on",
            "observed_precision",
            "issued_at",
            "air_temp_c",
            "temp_statistic",
            "relative_humidity_pct",
            "wind_speed_m_s",
            "wind_direction_deg",
            "precipitation_mm_h",
            "precipitation_type",
            "unknown_reasons",
            "recorded_at",
            "received_at",
        ]


class WeatherFilters(Filters):
    """Weather by whose, where and when."""

    organization = Subtree("section__line__organization", "place__line__organization")
    division = DivisionPrefix("place__division__code")
    storm = of_storm()
    section = named("section")
    kind = coded("kind", WeatherKind.choices)
    since = since("observed_at")
    until = until("observed_at")
    bbox = Box()


def _record(*, by: Actor, **said: Any) -> WeatherReading:
    """Keep a weather reading."""
    return weather.record(by=by, **said).reading


class WeatherReadings(Resource):
    """Weather readings."""

    home = "weather-readings"
    model = WeatherReading
    place = "place"
    serializer_class = WeatherOut
    filterset_class = WeatherFilters
    ordering = ("-received_at", "-id")
    writes_with = DeviceScope.REPORT
    related = ("place__division", "place__line", "section", "storm")

    create = creates(_record, WeatherIn, keeps_client_id=True)
