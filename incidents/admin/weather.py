"""Weather readings."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from incidents.admin.base import RecordAdmin, among
from incidents.models import WeatherReading


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
