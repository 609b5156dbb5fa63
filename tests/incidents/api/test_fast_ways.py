"""What is read and shown fast is what the serializers say, byte for byte where both are JSON."""

import json
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.renderers import JSONRenderer

from incidents.api.ice import IceReadingOut
from incidents.api.outages import OutageOut, Outages
from incidents.api.shapes import Shape, encode
from incidents.choices import AssignmentStatus, CoordinateSystem, IceMethod, IceType, Statistic, ThicknessKind
from incidents.models import IceReading, Outage, SectionIcing
from incidents.selectors.versions import versions_of
from incidents.services import devices
from tests.factories import (
    make_actor,
    make_assignment,
    make_attachment,
    make_crew,
    make_outage,
    make_place,
    make_section,
    make_storm,
)
from tests.incidents.api.conftest import Phone, make_phone

ADDRESS = "/api/v1/ice-readings/"
OWN = ("uuid", "client_id", "received_at")


def numbers(low: int, high: int) -> st.SearchStrategy[Any]:
    exact = st.integers(low, high).map(lambda number: number / 10)
    return st.one_of(exact, exact, st.just(None), exact.map(str), st.integers(low, high))


BODIES = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(ThicknessKind.values),
        "method": st.sampled_from(IceMethod.values),
        "thickness_mm": numbers(-10, 900),
    },
    optional={
        "ice_type": st.sampled_from(IceType.values),
        "statistic": st.sampled_from(Statistic.values),
        "air_temp_c": numbers(-700, 600),
        "uncertainty_mm": numbers(-10, 12_000),
        "conductor_diameter_mm": numbers(0, 700),
        "density_g_cm3": numbers(0, 12),
        "weight_g": numbers(0, 50_000),
        "sample_length_m": numbers(0, 300),
        "note": st.sampled_from(["", "毛竹压线", " a", "e\u0301", "\u202ex", "x\ny"]),
        "recorded_at": st.sampled_from([None, "2026-11-22T10:00:00Z", "2026-11-22 10:00:00+08:00"]),
        "grade": st.just("red"),
    },
)


def posted(phone: Phone, body: dict[str, Any], content_type: str) -> Any:
    raw: Any = json.dumps(body).encode()  # the stubs know text only
    return phone.client.generic("POST", ADDRESS, raw, content_type=content_type)


def told(answer: Any) -> tuple[int, dict[str, Any]]:
    body = answer.json()
    return answer.status_code, {
        name: value for name, value in body.items() if name not in (*OWN, "request_id")
    }


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(body=BODIES)
def test_a_reading_read_fast_is_answered_as_one_read_by_the_serializer(body: dict[str, Any]) -> None:
    with transaction.atomic():
        answers = []
        for content_type in ("application/json", "application/json; charset=utf-8"):
            phone = make_phone()
            said = phone.reading(observed_at="2026-11-26T10:00:00+08:00") | body
            code, shown = told(posted(phone, said, content_type))
            answers.append((code, {name: value for name, value in shown.items() if name != "section"}))
        for row in IceReading.objects.all():
            described = json.loads(JSONRenderer().render(IceReadingOut(row).data))
            assert json.loads(encode(Shape(IceReadingOut).of(row))) == described
        transaction.set_rollback(True)

    assert answers[0] == answers[1]


@pytest.mark.django_db
def test_a_storm_is_named_fast_too() -> None:
    phone, storm = make_phone(), make_storm()

    answer = phone.post(phone.reading(storm=storm.slug))

    assert (answer.status_code, answer.json()["storm"]) == (201, storm.slug)


def test_a_revoked_phone_is_out_with_its_next_request(phone: Phone) -> None:
    assert phone.post(phone.reading()).status_code == 201
    devices.revoke(phone.user.devices.get(), reason="丢失", by=make_actor())

    answer = phone.post(phone.reading())

    assert answer.status_code == 401
    assert IceReading.objects.count() == 1


def test_rights_taken_away_hold_with_the_next_request(phone: Phone) -> None:
    assert phone.post(phone.reading()).status_code == 201
    phone.user.memberships.all().delete()

    answer = phone.post(phone.reading())

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "unknown-reference")
    assert IceReading.objects.count() == 1


def _outages(phone: Phone) -> None:
    """Outages with and without each of the parts that they are shown with."""
    whose = phone.organization
    phone.post(phone.reading())
    place = make_place(
        line=phone.section.line,
        latitude=Decimal("29.9"),
        longitude=Decimal("120.8"),
        crs=CoordinateSystem.WGS84,
    )
    first = make_outage(organization=whose, line=phone.section.line, section=phone.section, place=place)
    make_outage(organization=whose, storm=make_storm(), voltage_kv="0.4", customers_affected=12)
    make_outage(organization=whose, parent=first, not_reported=["located"], load_lost_mw="1.50")
    drill = make_storm(is_exercise=True)
    make_outage(organization=whose, line=phone.section.line, section=make_section(), storm=drill)
    for status in (AssignmentStatus.ACCEPTED, AssignmentStatus.EN_ROUTE):
        make_assignment(crew=make_crew(organization=whose), outage=first, status=status)


def test_a_page_of_outages_is_what_their_serializer_shows(phone: Phone) -> None:
    _outages(phone)
    rows = list(
        Outage.objects.select_related(*Outages.related)
        .prefetch_related(*Outages.lists)
        .order_by("-reported_at", "-id")
    )
    versions = versions_of(Outage, [row.pk for row in rows])
    described = OutageOut(rows, many=True, context={"versions": versions}).data

    answer = phone.get("outages/")

    assert answer.json()["results"] == json.loads(JSONRenderer().render(described))
    assert len(rows) == 4
    assert SectionIcing.objects.exists()


def _photos(phone: Phone) -> None:
    for _ in range(3):
        make_attachment(outage=make_outage(organization=phone.organization))
    make_attachment(outage=make_outage())  # another company's


@pytest.mark.parametrize(("home", "fill", "count"), [("outages", _outages, 4), ("attachments", _photos, 3)])
@pytest.mark.parametrize("narrowed", [{}, {"since": "2000-01-01T00:00:00Z"}])
def test_pages_follow_each_other_without_a_gap_or_a_repeat(
    phone: Phone, home: str, fill: Any, count: int, narrowed: dict[str, str]
) -> None:
    fill(phone)
    everything = [row["uuid"] for row in phone.get(f"{home}/").json()["results"]]
    found: list[str] = []
    cursor: Any = ""
    while cursor is not None:
        page = phone.get(f"{home}/", page_size=1, **narrowed, **({"cursor": cursor} if cursor else {})).json()
        found += [row["uuid"] for row in page["results"]]
        cursor = page["next"]

    assert len(everything) == count
    assert found == everything  # worded once, and worded by the ORM for a list that is narrowed down


def test_a_field_that_a_look_up_cannot_say_is_refused() -> None:
    with pytest.raises(TypeError, match="version"):
        Shape(OutageOut, besides=("icing", "crews"))


def test_an_unknown_section_is_refused_in_the_words_of_the_serializer(phone: Phone) -> None:
    answer = phone.post(phone.reading(section=str(uuid4())))

    assert answer.json()["errors"][0]["code"] == "unknown-reference"
