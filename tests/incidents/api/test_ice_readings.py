from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from incidents.choices import Channel, DeviceScope, Role
from incidents.models import Device, IceReading, JournalEntry, SectionIcing
from tests.factories import make_organization, make_section
from tests.incidents.api.conftest import Phone, enrolled, make_phone


def nothing_written() -> bool:
    written = IceReading.objects.exists() or SectionIcing.objects.exists()
    return not written and not JournalEntry.objects.filter(kind__startswith="ice").exists()


def test_stores_a_reading_and_answers_with_its_grade(phone: Phone) -> None:
    answer = phone.post(phone.reading(thickness_mm=7.5))

    assert answer.status_code == 201
    body = answer.json()
    assert (body["standard_mm"], body["ratio"], body["grade"]) == (7.5, 0.5, "yellow")
    reading = IceReading.objects.get()
    assert (str(reading.uuid), reading.reported_by) == (body["uuid"], phone.user)
    entry = JournalEntry.objects.get(kind="ice.recorded")
    assert (entry.channel, entry.device, entry.by) == (Channel.API, Device.objects.get(), phone.user)
    assert entry.request_id == answer["X-Request-ID"]


def test_the_same_again_is_the_first_answer_marked_as_a_replay(phone: Phone) -> None:
    body = phone.reading()

    first, again = phone.post(body), phone.post(body)

    assert (first.status_code, again.status_code) == (201, 200)
    assert (first.get("Idempotent-Replayed"), again["Idempotent-Replayed"]) == (None, "true")
    assert again.json() == first.json()
    assert IceReading.objects.count() == 1


def test_another_body_under_the_same_client_id_is_a_conflict(phone: Phone) -> None:
    body = phone.reading()
    phone.post(body)

    answer = phone.post(body | {"thickness_mm": 8})

    assert answer.status_code == 409
    assert answer["Content-Type"] == "application/problem+json"
    assert (answer.json()["code"], answer.json()["final"]) == ("client-id-taken", True)
    assert float(IceReading.objects.get().thickness_mm or 0) == 7.5


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_are_one_reading_and_twenty_equal_answers() -> None:
    """B89."""
    phone = make_phone()
    body = phone.reading()

    def send(_: int) -> tuple[int, dict[str, Any]]:
        try:
            answer = phone.post(body)
            return answer.status_code, answer.json()
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(send, range(20)))

    assert sorted(code for code, _ in answers) == [200] * 19 + [201]
    assert all(told == answers[0][1] for _, told in answers)
    assert IceReading.objects.count() == 1


@pytest.mark.parametrize(
    ("over", "pointer", "code"),
    [
        ({"thickness_mm": True}, "/thickness_mm", "invalid"),
        ({"thickness_mm": "１２"}, "/thickness_mm", "invalid"),
        ({"thickness_mm": "1_0"}, "/thickness_mm", "invalid"),
        ({"thickness_mm": "12mm"}, "/thickness_mm", "invalid"),
        ({"thickness_mm": "NaN"}, "/thickness_mm", "invalid"),
        ({"thickness_mm": 12.345678901}, "/thickness_mm", "max-digits"),
        ({"thickness_mm": -0.1}, "/thickness_mm", "out-of-range"),
        ({"thickness_mm": 150.1}, "/thickness_mm", "out-of-range"),
        ({"thickness_mm": 300.1, "kind": "apparent"}, "/thickness_mm", "out-of-range"),
        ({"air_temp_c": 60}, "/air_temp_c", "out-of-range"),
        ({"kind": "glaze"}, "/kind", "invalid-choice"),
        ({"note": 12}, "/note", "invalid"),
        ({"method": "media_report"}, "/method", "invalid-choice"),
        ({"observed_at": "2026-11-22T10:00:00"}, "/observed_at", "offset-required"),
        ({"observed_at": "2026-11-22T10:00:00+20:18"}, "/observed_at", "invalid"),  # no such place on earth
        ({"observed_at": "2026-11-22"}, "/observed_at", "invalid"),
        ({"observed_at": 1700000000}, "/observed_at", "invalid"),
        ({"observed_at": "2026-02-30T10:00:00+08:00"}, "/observed_at", "invalid"),
        ({"observed_at": "2026-11-22T24:00:00+08:00"}, "/observed_at", "invalid"),
        ({"observed_at": "2026-11-22T10:00:00+99:99"}, "/observed_at", "invalid"),
        ({"observed_at": "２026-11-22T10:00:00+08:00"}, "/observed_at", "invalid"),
        ({"observed_at": "0001-01-01T00:00:00+14:00"}, "/observed_at", "invalid"),
        ({"observed_at": "9999-12-31T23:59:59-12:00"}, "/observed_at", "invalid"),
        ({"section": str(uuid4())}, "/section", "unknown-reference"),
        ({"section": "../1"}, "/section", "unknown-reference"),
        ({"section": 1}, "/section", "unknown-reference"),
        ({"client_id": "abc"}, "/client_id", "invalid"),
        ({"state": "closed"}, "/state", "unknown-field"),
        ({"grade": "none"}, "/grade", "unknown-field"),
        ({"note": "\u202eevil"}, "/note", "bad-character"),
        ({"note": "\u200b"}, "/note", "invisible"),
        ({"note": "x" * 2001}, "/note", "max-length"),
        ({"long_axis_mm": 50, "short_axis_mm": 60}, "/long_axis_mm", "inconsistent"),
    ],
)
def test_refuses_what_cannot_be_names_the_field_and_writes_nothing(
    phone: Phone, over: dict[str, Any], pointer: str, code: str
) -> None:
    answer = phone.post(phone.reading(**over))

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    told = answer.json()
    assert [(error["pointer"], error["code"]) for error in told["errors"]] == [(pointer, code)]
    assert told["final"] is True
    assert nothing_written()


@pytest.mark.parametrize(
    ("body", "content_type", "status", "code"),
    [
        (b'{"thickness_mm":NaN}', "application/json", 400, "malformed-json"),
        (b'{"thickness_mm":1e309}', "application/json", 400, "not-finite"),
        (b'{"thickness_mm":' + b"1" * 400 + b"}", "application/json", 400, "too-long"),
        (b'{"kind":"standard","kind":"apparent"}', "application/json", 400, "duplicate-key"),
        (b"\xef\xbb\xbf{}", "application/json", 400, "bad-encoding"),
        ('{"note":"覆冰"}'.encode("gbk"), "application/json", 400, "bad-encoding"),
        ('{"note":"覆冰"}'.encode("gbk"), "application/json; charset=gbk", 415, "only-utf-8"),
        (b"[" * 5000, "application/json", 400, "too-deep"),
        (b'{"a":' * 900 + b"1" + b"}" * 900, "application/json", 400, "too-deep"),
        (b'{"note":"\\u0000"}', "application/json", 400, "bad-character"),
        (b'{"note":"\\ud800"}', "application/json", 400, "bad-character"),
        (b"[" + b"1," * 500 + b"1]", "application/json", 400, "too-many"),
        (b"", "application/json", 400, "invalid"),
        (b"{} {}", "application/json", 400, "malformed-json"),
        (b"{'a':1}", "application/json", 400, "malformed-json"),
        (b"null", "application/json", 400, "invalid"),
        (b"a=1", "application/x-www-form-urlencoded", 415, "unsupported-media-type"),
        (b"{}", "text/plain", 415, "unsupported-media-type"),
        (b'{"note":"' + b"x" * 1_000_001 + b'"}', "application/json", 413, "too-large"),
    ],
)
def test_refuses_a_body_that_no_machine_should_send(
    phone: Phone, body: bytes, content_type: str, status: int, code: str
) -> None:
    answer = phone.send(body, content_type=content_type)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer["Content-Type"] == "application/problem+json"
    assert nothing_written()


def test_never_unpacks_a_compressed_body(phone: Phone) -> None:
    answer = phone.send(b"x", content_type="application/json", encoding="gzip")

    assert (answer.status_code, answer.json()["code"]) == (415, "encoding-unsupported")


def test_a_section_of_another_company_looks_as_if_it_did_not_exist(phone: Phone) -> None:
    foreign, made_up = make_section(), uuid4()

    told = [phone.post(phone.reading(section=str(number))).json() for number in (foreign.uuid, made_up)]

    codes = [[error["code"] for error in problem["errors"]] for problem in told]
    assert codes == [["unknown-reference"], ["unknown-reference"]]
    assert nothing_written()


@pytest.mark.django_db
def test_a_role_without_the_right_to_record_cannot_name_a_section() -> None:
    phone = make_phone(role=Role.VIEWER)

    answer = phone.post(phone.reading())

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "unknown-reference")
    assert nothing_written()


@pytest.mark.django_db
def test_a_role_reaches_down_the_tree() -> None:
    city = make_organization(level="city")
    phone = make_phone(organization=make_organization(parent=city))
    above = make_phone(organization=city, role=Role.DISPATCHER)

    answer = above.post(above.reading(section=str(phone.section.uuid)))

    assert answer.status_code == 201


def test_a_phone_enrolled_to_read_does_not_write(phone: Phone) -> None:
    phone.client = enrolled(phone.user, DeviceScope.READ)

    answer = phone.post(phone.reading())

    assert (answer.status_code, answer.json()["code"]) == (403, "scope-missing")
    assert nothing_written()


@pytest.mark.parametrize("token", ["", "x", "ünïcode", "a b", "0" * 64])
def test_an_unknown_token_is_refused(phone: Phone, token: str) -> None:
    phone.client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")

    answer = phone.post(phone.reading())

    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert nothing_written()


def test_an_expired_token_is_refused(phone: Phone) -> None:
    Device.objects.update(
        enrolled_at=datetime.now(UTC) - timedelta(days=2), expires_at=datetime.now(UTC) - timedelta(days=1)
    )

    assert phone.post(phone.reading()).status_code == 401


def test_speaks_the_language_asked_for(phone: Phone) -> None:
    told = [
        phone.client.post(
            "/api/v1/ice-readings/",
            phone.reading(kind="glaze"),
            format="json",
            HTTP_ACCEPT_LANGUAGE=language,
        ).json()["detail"]
        for language in ("zh-hans", "en")
    ]

    assert told[1] == "Some fields are not valid."


@pytest.mark.parametrize("method", ["put", "patch", "delete", "trace"])
def test_other_methods_are_not_allowed(phone: Phone, method: str) -> None:
    answer = phone.client.generic(method.upper(), "/api/v1/ice-readings/")

    assert (answer.status_code, answer.json()["code"]) == (405, "method-not-allowed")
