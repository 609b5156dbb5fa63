from typing import Any
from uuid import uuid4

import pytest

from incidents.models import WeatherReading
from tests.constraints import breaks
from tests.factories import STORM_NIGHT, make_place, make_user

pytestmark = pytest.mark.django_db


def make_reading(**over: Any) -> WeatherReading:
    values: dict[str, Any] = {"observed_at": STORM_NIGHT, "received_at": STORM_NIGHT}
    for name, make in (("place", make_place), ("reported_by", make_user)):
        values[name] = over.pop(name) if name in over else make()
    return WeatherReading.objects.create(**(values | over))


@pytest.mark.parametrize(
    ("rule", "over"),
    [
        ("weather_observed_is_honest", {"observed_at": None}),
        ("weather_is_somewhere", {"place": None}),
        ("weather_air_temp_c_in_range", {"air_temp_c": "-60.1"}),
        ("weather_air_temp_c_in_range", {"air_temp_c": "50.1"}),
        ("weather_relative_humidity_pct_in_range", {"relative_humidity_pct": "100.1"}),
        ("weather_wind_speed_m_s_in_range", {"wind_speed_m_s": "100.1"}),
        ("weather_wind_direction_deg_in_range", {"wind_direction_deg": 361}),
        ("weather_precipitation_mm_h_in_range", {"precipitation_mm_h": "300.1"}),
        ("weather_forecast_has_an_issue_time", {"kind": "forecast"}),
    ],
)
def test_refuses_a_reading_that_cannot_be(rule: str, over: dict[str, Any]) -> None:
    with breaks(rule):
        make_reading(**over)


def test_a_reading_is_sent_once() -> None:
    first = make_reading(client_id=uuid4())

    with breaks("weather_client_id_once"):
        make_reading(client_id=first.client_id, reported_by=first.reported_by)

    assert WeatherReading.objects.count() == 1


def test_a_reading_is_never_changed_or_deleted() -> None:
    reading = make_reading()

    with breaks("weatherreading_is_append_only"):
        WeatherReading.objects.update(station="改写")
    with breaks("weatherreading_is_append_only"):
        reading.delete()

    assert WeatherReading.objects.get().station == ""
