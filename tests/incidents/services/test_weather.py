from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from incidents.choices import Statistic, TimePrecision, WeatherKind
from incidents.errors import BrokenRule, ClientIdTaken, ExerciseMix, Missing, NaiveTime, OutOfRange
from incidents.journal import Actor
from incidents.models import JournalEntry, Place, WeatherReading
from incidents.services import weather
from tests.factories import make_actor, make_line, make_place, make_section, make_storm

HOUR = timedelta(hours=1)
COLD = Decimal("-5.0")


@pytest.fixture
def place(db: None) -> Place:
    return make_place()


def test_keeps_a_reading_with_a_journal_entry(place: Place, by: Actor) -> None:
    section = make_section()

    kept = weather.record(
        place=place,
        section=section,
        observed_at=by.now - HOUR,
        air_temp_c=Decimal("-5.0"),
        temp_statistic=Statistic.MIN,
        wind_speed_m_s=Decimal("6.5"),
        by=by,
    )

    reading = WeatherReading.objects.get()
    assert (kept.reading, kept.is_replay) == (reading, False)
    assert (reading.air_temp_c, reading.temp_statistic) == (Decimal("-5.0"), "min")
    assert (reading.observed_at, reading.observed_precision) == (by.now - HOUR, TimePrecision.MINUTE)
    assert (reading.kind, reading.precipitation_type, reading.relative_humidity_pct) == (
        "obs",
        "unknown",
        None,
    )
    entry = JournalEntry.objects.get()
    assert (entry.kind, entry.occurred_at) == ("weather.recorded", by.now - HOUR)
    assert entry.organization == section.line.organization


def test_refuses_a_reading_that_says_nothing_of_the_weather(place: Place, by: Actor) -> None:
    with pytest.raises(Missing, match="air_temp_c"):
        weather.record(place=place, observed_at=by.now, station="横岗", by=by)

    assert not WeatherReading.objects.exists()


def test_refuses_weather_nowhere(by: Actor) -> None:
    with pytest.raises(Missing, match="section"):
        weather.record(observed_at=by.now, air_temp_c=Decimal(-5), by=by)

    assert not WeatherReading.objects.exists()


def test_a_section_is_a_place_too(by: Actor) -> None:
    section = make_section()

    reading = weather.record(section=section, observed_at=by.now, air_temp_c=COLD, by=by).reading

    assert (reading.section, reading.place) == (section, None)


def test_a_day_is_a_day_and_not_midnight(place: Place, by: Actor) -> None:
    weather.record(place=place, observed_on=date(2024, 2, 26), air_temp_c=Decimal(-5), by=by)

    reading = WeatherReading.objects.get()
    assert (reading.observed_at, reading.observed_on, reading.observed_precision) == (
        None,
        date(2024, 2, 26),
        TimePrecision.DAY,
    )
    assert JournalEntry.objects.get().occurred_at == by.now


@pytest.mark.parametrize(
    ("field", "value", "low", "high"),
    [
        ("air_temp_c", Decimal("-60.1"), -60, 50),
        ("air_temp_c", Decimal("50.1"), -60, 50),
        ("relative_humidity_pct", Decimal("100.1"), 0, 100),
        ("wind_speed_m_s", Decimal("-0.1"), 0, 100),
        ("wind_direction_deg", 361, 0, 360),
        ("precipitation_mm_h", Decimal("300.1"), 0, 300),
    ],
)
def test_refuses_a_value_outside_its_range(
    place: Place, by: Actor, field: str, value: Any, low: float, high: float
) -> None:
    told: Any = {field: value}

    with pytest.raises(OutOfRange) as refused:
        weather.record(place=place, observed_at=by.now, by=by, **told)

    fields = refused.value.fields
    assert (fields["field"], fields["value"], fields["low"], fields["high"]) == (field, value, low, high)
    assert not WeatherReading.objects.exists()
    assert not JournalEntry.objects.exists()


def test_refuses_a_moment_without_a_zone_or_ahead(place: Place, by: Actor) -> None:
    with pytest.raises(NaiveTime):
        weather.record(place=place, observed_at=datetime(2024, 2, 26, 20), air_temp_c=COLD, by=by)  # noqa: DTZ001
    with pytest.raises(OutOfRange, match="observed_at"):
        weather.record(place=place, observed_at=by.now + HOUR, air_temp_c=COLD, by=by)

    assert not WeatherReading.objects.exists()


def test_a_forecast_speaks_of_what_lies_ahead(place: Place, by: Actor) -> None:
    weather.record(
        place=place,
        kind=WeatherKind.FORECAST,
        issued_at=by.now,
        observed_at=by.now + 6 * HOUR,
        air_temp_c=COLD,
        by=by,
    )
    weather.record(
        place=place,
        kind=WeatherKind.FORECAST,
        issued_at=by.now,
        observed_precision=TimePrecision.UNKNOWN,
        air_temp_c=COLD,
        by=by,
    )

    assert list(WeatherReading.objects.order_by("id").values_list("observed_at", flat=True)) == [
        by.now + 6 * HOUR,
        None,
    ]
    assert set(JournalEntry.objects.values_list("occurred_at", flat=True)) == {by.now}


def test_refuses_a_forecast_that_nobody_issued_or_issues_tomorrow(place: Place, by: Actor) -> None:
    told: Any = {"place": place, "kind": WeatherKind.FORECAST, "air_temp_c": COLD, "by": by}

    with pytest.raises(Missing, match="issued_at"):
        weather.record(**told, observed_at=by.now + HOUR)
    with pytest.raises(OutOfRange, match="issued_at"):
        weather.record(**told, issued_at=by.now + HOUR)
    with pytest.raises(NaiveTime, match="observed_at"):
        weather.record(**told, issued_at=by.now, observed_at=datetime(2024, 2, 26, 20))  # noqa: DTZ001

    assert not WeatherReading.objects.exists()


def test_a_section_of_a_drill_has_no_real_weather(place: Place, by: Actor) -> None:
    section = make_section(line=make_line(is_exercise=True))

    with pytest.raises(ExerciseMix):
        weather.record(place=place, section=section, observed_at=by.now, air_temp_c=COLD, by=by)

    assert not WeatherReading.objects.exists()
    weather.record(
        place=place,
        section=section,
        storm=make_storm(is_exercise=True),
        observed_at=by.now,
        air_temp_c=COLD,
        by=by,
    )


def test_the_same_sent_twice_is_kept_once(place: Place, by: Actor) -> None:
    told: Any = {"place": place, "observed_at": by.now, "air_temp_c": Decimal("-5.0"), "client_id": uuid4()}

    first = weather.record(**told, by=by)
    again = weather.record(**told, by=by)

    assert (again.reading, again.is_replay) == (first.reading, True)
    assert JournalEntry.objects.count() == 1


def test_refuses_another_reading_under_the_same_number(place: Place, by: Actor) -> None:
    told: Any = {"place": place, "observed_at": by.now, "client_id": uuid4()}
    weather.record(**told, air_temp_c=Decimal("-5.0"), by=by)

    with pytest.raises(ClientIdTaken):
        weather.record(**told, air_temp_c=Decimal("5.0"), by=by)

    assert WeatherReading.objects.get().air_temp_c == Decimal("-5.0")


def test_a_broken_rule_that_is_no_second_sending_is_told(place: Place, by: Actor) -> None:
    with pytest.raises(BrokenRule, match="weather_observed_is_honest"):
        weather.record(
            place=place,
            client_id=uuid4(),
            kind=WeatherKind.FORECAST,
            issued_at=by.now,
            observed_precision=TimePrecision.MINUTE,
            air_temp_c=COLD,
            by=by,
        )

    assert not WeatherReading.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_sendings_at_once_one_is_kept_and_both_get_it() -> None:
    by = make_actor(now=datetime(2024, 2, 26, 12, tzinfo=UTC))
    told: Any = {"place": make_place(), "observed_at": by.now, "air_temp_c": COLD}
    told |= {"client_id": uuid4(), "by": by}
    start = Barrier(2)

    def send() -> weather.Recorded:
        try:
            start.wait(timeout=10)
            return weather.record(**told)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        results = [future.result(timeout=30) for future in [pool.submit(send) for _ in range(2)]]

    assert {result.reading for result in results} == {WeatherReading.objects.get()}
    assert sorted(result.is_replay for result in results) == [False, True]
    assert JournalEntry.objects.count() == 1
