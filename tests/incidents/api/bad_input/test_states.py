"""The catalogue of bad inputs that only the record can judge: B58, B60-B63, B66-B69, B74, B77-B83."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from incidents.models import Assignment, IceReading, Outage
from tests.factories import make_crew, make_outage
from tests.incidents.api.bad_input.doors import DOORS, Desk, everything
from tests.incidents.api.conftest import just_now

ICE, WEATHER, OUTAGE, HAZARD, JOB = (
    next(door for door in DOORS if door.address == address)
    for address in ("ice-readings/", "weather-readings/", "outages/", "hazards/", "assignments/")
)


@pytest.fixture
def desk(db: None) -> Desk:
    return Desk()


def refused(desk: Desk, answer: Any, status: int, code: str, before: Any) -> bool:
    told = answer.json()
    codes = {told["code"], *(error["code"] for error in told.get("errors", ()))}
    return answer.status_code == status and code in codes and everything() == before


def reading(desk: Desk, **over: Any) -> Any:
    return desk.send(ICE, desk.body(ICE) | over)


def test_minus_nothing_is_nothing(desk: Desk) -> None:
    """B60."""
    answer = reading(desk, thickness_mm="-0.0")

    assert (answer.status_code, str(answer.json()["thickness_mm"])) == (201, "0.0")
    assert str(IceReading.objects.get().thickness_mm) == "0.0"


@pytest.mark.parametrize("thickness", ["300.01", "301", "5000", "-0.1", "-1"])
def test_a_thickness_that_cannot_be(desk: Desk, thickness: str) -> None:
    """B59, B61."""
    before = everything()

    answer = reading(desk, thickness_mm=thickness, kind="apparent")

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "/thickness_mm"
    assert everything() == before


def test_the_thickest_that_can_be_is_kept_and_marked(desk: Desk) -> None:
    """B61, B63: never refused, but looked at twice."""
    answer = reading(desk, thickness_mm=300, kind="apparent")

    assert (answer.status_code, answer.json()["is_suspect"]) == (201, True)


@pytest.mark.parametrize(
    ("over", "pointer"),
    [
        ({"air_temp_c": 60}, "/air_temp_c"),
        ({"air_temp_c": -90}, "/air_temp_c"),
        ({"wind_speed_m_s": -1}, "/wind_speed_m_s"),
        ({"wind_speed_m_s": 999}, "/wind_speed_m_s"),
        ({"relative_humidity_pct": 101}, "/relative_humidity_pct"),
        ({"wind_direction_deg": 361}, "/wind_direction_deg"),
        ({"precipitation_mm_h": -1}, "/precipitation_mm_h"),
    ],
)
def test_weather_that_cannot_be(desk: Desk, over: dict[str, Any], pointer: str) -> None:
    """B67."""
    before = everything()

    answer = desk.send(WEATHER, desk.body(WEATHER) | over)

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, pointer)
    assert everything() == before


@pytest.mark.parametrize(
    "where",
    [
        {"latitude": 120.8, "longitude": 29.6, "crs": "EPSG:4490"},
        {"latitude": 91, "longitude": 120, "crs": "EPSG:4490"},
        {"latitude": 29.6, "longitude": 181, "crs": "EPSG:4490"},
        {"latitude": "NaN", "longitude": 120, "crs": "EPSG:4490"},
        {"latitude": 29.12345678901234567890, "longitude": 120, "crs": "EPSG:4490"},
        {"latitude": 29.6, "longitude": 120.8},
        {"latitude": 29.6, "crs": "EPSG:4490"},
        {"latitude": 29.6, "longitude": 120.8, "crs": "EPSG:3857"},
        {"altitude_m": 9000},
    ],
)
def test_a_coordinate_that_cannot_be_or_has_no_datum(desk: Desk, where: dict[str, Any]) -> None:
    """B66."""
    before = everything()

    answer = desk.send(HAZARD, desk.body(HAZARD) | {"place": {"text": "横岗"} | where})

    assert answer.status_code == 400, answer.content
    assert all(error["pointer"].startswith("/place/") for error in answer.json()["errors"])
    assert everything() == before


def test_what_was_seen_three_days_ago_is_kept(desk: Desk) -> None:
    """B69: a phone that was offline is never late."""
    observed_at = (datetime.now(UTC) - timedelta(days=3)).isoformat(timespec="seconds")

    assert reading(desk, observed_at=observed_at).status_code == 201
    assert IceReading.objects.get().observed_at == datetime.fromisoformat(observed_at)


def test_the_offset_of_a_moment_counts(desk: Desk) -> None:
    """B74: China had summer time once; the moment is the one of its offset, whatever the wall clock said."""
    observed_at = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=5)
    told = (observed_at + timedelta(hours=9)).strftime("%Y-%m-%dT%H:%M:%S+09:00")

    assert reading(desk, observed_at=told).status_code == 201
    assert IceReading.objects.get().observed_at == observed_at


def test_power_is_not_back_before_it_was_out(desk: Desk) -> None:
    """B77."""
    outage = desk.send(OUTAGE, desk.body(OUTAGE) | {"occurred_at": just_now(minutes=30)}).json()
    before = everything()

    step: Any = {"at": just_now(minutes=40), "method": "transfer", "final": True}
    answer = desk.phone.act(f"outages/{outage['uuid']}/restore-steps/", **step)

    assert refused(desk, answer, 400, "inconsistent", before)


def test_what_a_state_does_not_allow_names_the_state(desk: Desk) -> None:
    """B78."""
    before = everything()

    answer = desk.phone.act(f"outages/{desk.outage}/close/", at=just_now())

    assert refused(desk, answer, 409, "bad-transition", before)
    assert answer.json()["params"]["state"] == "reported"


def test_the_same_step_again_is_the_same_step(desk: Desk) -> None:
    """B79: under another key too."""
    step: Any = {"at": just_now(minutes=4), "method": "transfer", "final": True}

    first, again = (desk.phone.act(f"outages/{desk.outage}/restore-steps/", **step) for _ in "12")

    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()


def test_a_crew_that_is_elsewhere_or_gone_is_not_sent(desk: Desk) -> None:
    """B58."""
    home = desk.phone.organization
    gone = make_crew(organization=home, disbanded_at=datetime.now(UTC) - timedelta(minutes=1))
    first = desk.send(JOB, desk.body(JOB))
    before = everything()

    twice = desk.send(JOB, desk.body(JOB))
    nobody = desk.send(JOB, desk.body(JOB) | {"crew": str(gone.uuid)})

    assert first.status_code == 201
    assert refused(desk, twice, 409, "crew-under-way", before)
    assert nobody.status_code in {400, 409}
    assert everything() == before


@pytest.mark.django_db(transaction=True)
def test_of_two_dispatchers_that_send_one_crew_one_does() -> None:
    """B81: twenty at once."""
    desk = Desk()
    bodies = [desk.body(JOB) for _ in range(20)]

    def send(body: dict[str, Any]) -> int:
        try:
            return int(desk.send(JOB, body).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        answers = sorted(pool.map(send, bodies))

    assert answers == [201] + [409] * 19
    assert Assignment.objects.filter(crew__uuid=desk.crew).count() == 1


def test_an_outage_does_not_explain_itself(desk: Desk) -> None:
    """B83: neither at once nor in a ring."""
    child = make_outage(organization=desk.phone.organization)
    Outage.objects.filter(pk=child.pk).update(parent=Outage.objects.get(uuid=desk.outage))
    before = everything()

    for parent in (desk.outage, str(child.uuid)):
        changes: Any = {"at": just_now(), "reason": "复核", "changes": {"parent": parent}}
        answer = desk.phone.act(f"outages/{desk.outage}/correct/", **changes)
        assert answer.status_code == 409, answer.content

    assert everything() == before
