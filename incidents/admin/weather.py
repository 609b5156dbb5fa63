"""Weather readings."""

from typing import Any

from django.contrib import admin
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from incidents.access import Right
from incidents.admin.base import RecordAdmin, among
from incidents.admin.forms import form_of
from incidents.admin.verbs import Verb
from incidents.admin.where import place_of, where_fields
from incidents.journal import Actor
from incidents.models import LineSection, WeatherReading
from incidents.services import weather

_WeatherForm = form_of(
    WeatherReading,
    "section",
    "observed_at",
    "air_temp_c",
    "relative_humidity_pct",
    "wind_speed_m_s",
    "wind_direction_deg",
    "precipitation_type",
    "precipitation_mm_h",
    "station",
    "storm",
    also=where_fields(),
    required=["observed_at"],
    rights={"section": Right.RECORD},
)


@transaction.atomic
def _record(
    *, by: Actor, section: LineSection | None, words: str, division: Any, pole_no: str, **told: Any
) -> WeatherReading:
    place = place_of(
        words=words, division=division, pole_no=pole_no, section=section, at=told["observed_at"], by=by
    )
    return weather.record(place=place, section=section, by=by, **told).reading


@admin.register(WeatherReading)
class WeatherReadingAdmin(RecordAdmin):
    """Weather, measured or forecast."""

    rank = 22
    list_display = [
        "observed_at",
        "section",
        "place",
        "kind",
        "air_temp_c",
        "relative_humidity_pct",
        "wind_speed_m_s",
        "precipitation_type",
        "precipitation_mm_h",
        "station",
    ]
    list_filter = [
        "kind",
        "precipitation_type",
        "source",
        "entry_mode",
        among("storm"),
    ]
    search_fields = ["section__line__name", "section__line__code", "place__text", "station"]
    date_hierarchy = "received_at"
    ordering = ["-received_at", "-pk"]
    themes = [
        (None, ["kind", "section", "place", "station", "storm"]),
        (_("When"), ["observed_at", "issued_at"]),
        (_("Temperature and humidity"), ["air_temp_c", "temp_statistic", "relative_humidity_pct"]),
        (_("Wind"), ["wind_speed_m_s", "wind_direction_deg"]),
        (_("Precipitation"), ["precipitation_type", "precipitation_mm_h"]),
    ]

    add_verb = Verb(
        name="record", label=_("Record weather"), call=_record, right=Right.RECORD, form=_WeatherForm
    )
