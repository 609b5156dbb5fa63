"""Readings in bulk: what is answered, to whom, and that a single one would be answered the same."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from incidents.choices import Channel, DeviceScope, Role
from incidents.models import Device, IceReading, JournalEntry, SectionIcing
from tests.factories import make_line, make_section, make_storm
from tests.incidents.api.conftest import Phone, enrolled, make_phone

ADDRESS = "/api/v1/ice-readings/bulk/"
NDJSON = "application/x-ndjson"


def send(
    phone: Phone, body: Any, *, content_type: str = "application/json", query: str = "", **extra: Any
) -> Any:
    raw: Any = body if isinstance(body, bytes) else json.dumps(body).encode()  # the stubs know text only
    return phone.client.generic("POST", ADDRESS + query, raw, content_type=content_type, **extra)


def stream(phone: Phone, *rows: Any) -> Any:
    lines = [row if isinstance(row, bytes) else json.dumps(row).encode() for row in rows]
    return send(phone, b"\n".join(lines), content_type=NDJSON)


def counts(answer: Any) -> tuple[int, int, int]:
    body = answer.json()
    return body["stored"], body["repeated"], body["refused"]


def nothing_written() -> bool:
    written = IceReading.objects.exists() or SectionIcing.objects.exists()
    return not written and not JournalEntry.objects.filter(kind__startswith="ice").exists()


def test_stores_an_array_with_its_grades(phone: Phone) -> None:
    rows = [phone.reading(thickness_mm=mm) for mm in (0, 7.5, 15)]

    answer = send(phone, rows)

    assert (answer.status_code, counts(answer)) == (200, (3, 0, 0))
    stored = {str(one.client_id): (str(one.standard_mm), one.grade) for one in IceReading.objects.all()}
    told = [("0.000", "none"), ("7.500", "yellow"), ("15.000", "red")]
    assert stored == {row["client_id"]: one for row, one in zip(rows, told, strict=True)}


def test_stores_a_stream_line_by_line_and_passes_over_empty_lines(phone: Phone) -> None:
    answer = stream(phone, phone.reading(), b"", b"  ", phone.reading(), b"")

    assert (answer.status_code, counts(answer)) == (200, (2, 0, 0))
    assert IceReading.objects.count() == 2


def test_the_journal_says_who_through_what_and_which(phone: Phone) -> None:
    answer = send(phone, [phone.reading(), phone.reading()])

    entry = JournalEntry.objects.get(kind="ice.recorded_in_bulk")
    assert (entry.channel, entry.device, entry.by) == (Channel.API, Device.objects.get(), phone.user)
    assert (entry.request_id, entry.organization) == (answer["X-Request-ID"], phone.organization)
    assert entry.after["count"] == 2


def test_the_same_again_adds_nothing(phone: Phone) -> None:
    rows = [phone.reading() for _ in range(3)]

    first, again = send(phone, rows), send(phone, rows)

    assert (counts(first), counts(again)) == ((3, 0, 0), (0, 3, 0))
    assert IceReading.objects.count() == 3
    assert JournalEntry.objects.filter(kind="ice.recorded_in_bulk").count() == 1


def test_what_one_endpoint_stored_the_other_knows(phone: Phone) -> None:
    first, second = (
        phone.reading(),
        phone.reading(thickness_mm="8.0", observed_at="2026-11-21T10:00:00+08:00"),
    )
    phone.post(first)

    assert counts(send(phone, [first, second])) == (1, 1, 0)
    assert phone.post(second).status_code == 200


def test_other_content_under_the_same_number_is_a_conflict_of_that_row(phone: Phone) -> None:
    row = phone.reading()
    send(phone, [row])

    answer = send(phone, [phone.reading(), row | {"thickness_mm": 8}])

    assert counts(answer) == (1, 0, 1)
    [refusal] = answer.json()["refusals"]
    assert (refusal["index"], refusal["client_id"], refusal["code"]) == (
        1,
        row["client_id"],
        "client-id-taken",
    )
    assert refusal["final"] is True
    assert not IceReading.objects.filter(thickness_mm=8).exists()


def test_of_two_rows_with_one_number_the_first_counts(phone: Phone) -> None:
    row = phone.reading()

    answer = send(phone, [row, row, row | {"thickness_mm": 8}])

    assert counts(answer) == (1, 1, 1)
    assert float(IceReading.objects.get().thickness_mm or 0) == 7.5


def test_a_number_refused_once_may_be_used_for_a_good_row(phone: Phone) -> None:
    row = phone.reading()

    answer = send(phone, [row | {"thickness_mm": -1}, row, row | {"thickness_mm": -1}], query="?rows=all")

    assert [each["result"] for each in answer.json()["rows"]] == ["refused", "stored", "refused"]
    assert [each["code"] for each in answer.json()["refusals"]] == ["out-of-range", "client-id-taken"]


BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"thickness_mm": True}, "/thickness_mm", "invalid"),
    ({"thickness_mm": "１２"}, "/thickness_mm", "invalid"),
    ({"thickness_mm": "1_0"}, "/thickness_mm", "invalid"),
    ({"thickness_mm": 7.55}, "/thickness_mm", "max-decimal-places"),
    ({"thickness_mm": -0.1}, "/thickness_mm", "out-of-range"),
    ({"thickness_mm": 150.1}, "/thickness_mm", "out-of-range"),
    ({"air_temp_c": 60}, "/air_temp_c", "out-of-range"),
    ({"uncertainty_mm": 1000}, "/uncertainty_mm", "invalid"),
    ({"kind": "glaze"}, "/kind", "invalid-choice"),
    ({"method": "media_report"}, "/method", "invalid-choice"),
    ({"observed_at": "2026-11-22T10:00:00"}, "/observed_at", "offset-required"),
    ({"observed_at": "2026-11-22T10:00:00+20:18"}, "/observed_at", "invalid"),  # no such place on earth
    ({"observed_at": "2026-02-30T10:00:00+08:00"}, "/observed_at", "invalid"),
    ({"section": str(uuid4())}, "/section", "unknown-reference"),
    ({"section": 1}, "/section", "unknown-reference"),
    ({"storm": "no-such"}, "/storm", "unknown-reference"),
    ({"client_id": "abc"}, "/client_id", "invalid"),
    ({"grade": "none"}, "/grade", "unknown-field"),
    ({"note": "\u202eevil"}, "/note", "bad-character"),
    ({"note": "\u200b"}, "/note", "invisible"),
    ({"long_axis_mm": 50, "short_axis_mm": 60}, "/long_axis_mm", "inconsistent"),
]


@pytest.mark.parametrize(("over", "pointer", "code"), BAD)
def test_a_bad_row_is_told_as_a_single_one_is_and_keeps_nobody_out(
    phone: Phone, over: dict[str, Any], pointer: str, code: str
) -> None:
    good, bad = phone.reading(), phone.reading(**over)

    answer, single = stream(phone, bad, good), phone.post(bad).json()

    assert counts(answer) == (1, 0, 1)
    [refusal] = answer.json()["refusals"]
    assert refusal["line"] == 1
    assert [(error["pointer"], error["code"]) for error in refusal["errors"]] == [(pointer, code)]
    assert {name: refusal[name] for name in ("code", "detail", "final", "errors")} == {
        name: single[name] for name in ("code", "detail", "final", "errors")
    }
    assert str(IceReading.objects.get().client_id) == good["client_id"]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b'{"thickness_mm":NaN}', "malformed-json"),
        (b'{"thickness_mm":1e999}', "not-finite"),
        (b'{"kind":"standard","kind":"apparent"}', "duplicate-key"),
        (b"\xef\xbb\xbf{}", "bad-encoding"),
        ('{"note":"覆冰"}'.encode("gbk"), "bad-encoding"),
        (b"[" * 5000, "too-deep"),
        (b'{"a":' * 900 + b"1" + b"}" * 900, "too-deep"),
        (b'{"note":"\\u0000"}', "bad-character"),
        (b'{"note":"\\ud800"}', "bad-character"),
        (b"{} {}", "malformed-json"),
        (b"null", "invalid"),
        (b"{", "malformed-json"),
        (b'{"note":"' + b"x" * 70_000 + b'"}', "too-long"),
    ],
)
def test_a_line_that_no_machine_should_send_is_refused_alone(phone: Phone, line: bytes, code: str) -> None:
    answer = stream(phone, phone.reading(), line, phone.reading())

    assert counts(answer) == (2, 0, 1)
    assert [(each["line"], each["code"]) for each in answer.json()["refusals"]] == [(2, code)]


def test_a_key_said_twice_in_an_otherwise_ordinary_row_is_refused(phone: Phone) -> None:
    row = json.dumps(phone.reading()).encode()
    doubled = row[:-1] + b',"thickness_mm" : 9}'

    answer = stream(phone, doubled)

    assert [each["code"] for each in answer.json()["refusals"]] == ["duplicate-key"]
    assert nothing_written()


@pytest.mark.parametrize(
    ("body", "content_type", "status", "code"),
    [
        (b"{}", "application/json", 400, "malformed-json"),
        (b"[{}", "application/json", 400, "malformed-json"),
        (b"[" * 100_000, "application/json", 400, "malformed-json"),
        (b"\xef\xbb\xbf[]", "application/json", 400, "malformed-json"),
        (b"[]", "application/json", 400, "empty"),
        (b"\n\n", NDJSON, 400, "empty"),
        (b"[" + b"1," * 5000 + b"1]", "application/json", 400, "too-many"),
        (b"[" + b" " * 5_000_000 + b"]", "application/json", 413, "too-large"),
        (b"[]", "application/json; charset=gbk", 415, "only-utf-8"),
        (b"a=1", "application/x-www-form-urlencoded", 415, "unsupported-media-type"),
        (b"[]", "text/plain", 415, "unsupported-media-type"),
    ],
)
def test_refuses_a_body_that_is_none(
    phone: Phone, body: bytes, content_type: str, status: int, code: str
) -> None:
    answer = send(phone, body, content_type=content_type)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert nothing_written()


def test_never_unpacks_a_compressed_body(phone: Phone) -> None:
    answer = send(phone, b"x", headers={"Content-Encoding": "gzip"})

    assert (answer.status_code, answer.json()["code"]) == (415, "encoding-unsupported")


@pytest.mark.parametrize("length", ["", "many", "-1", "１２"])
def test_a_body_must_say_how_long_it_is(phone: Phone, length: str) -> None:
    answer = send(phone, [phone.reading()], CONTENT_LENGTH=length)

    assert (answer.status_code, answer.json()["code"]) == (411, "length-required")
    assert nothing_written()


def test_an_empty_body_is_told_to_be_empty(phone: Phone) -> None:
    answer = send(phone, b"", CONTENT_LENGTH="0")

    assert (answer.status_code, answer.json()["code"]) == (400, "empty")


def test_a_stream_longer_than_the_limit_is_not_read(phone: Phone) -> None:
    answer = send(phone, b"{}", content_type=NDJSON, CONTENT_LENGTH="64000001")

    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")


def test_a_section_of_another_company_looks_as_if_it_did_not_exist(phone: Phone) -> None:
    foreign = make_section()

    answer = send(phone, [phone.reading(section=str(number)) for number in (foreign.uuid, uuid4())])

    told = [each["errors"][0]["code"] for each in answer.json()["refusals"]]
    assert told == ["unknown-reference", "unknown-reference"]
    assert nothing_written()


@pytest.mark.django_db
def test_a_role_without_the_right_to_record_cannot_name_a_section() -> None:
    phone = make_phone(role=Role.VIEWER)

    assert counts(send(phone, [phone.reading()])) == (0, 0, 1)
    assert nothing_written()


def test_a_phone_enrolled_to_read_does_not_write(phone: Phone) -> None:
    phone.client = enrolled(phone.user, DeviceScope.READ)

    answer = send(phone, [phone.reading()])

    assert (answer.status_code, answer.json()["code"]) == (403, "scope-missing")


def test_a_drill_and_the_real_thing_stay_apart(phone: Phone) -> None:
    drill = make_storm(is_exercise=True)
    drilled = make_section(line=make_line(organization=phone.organization, is_exercise=True))

    answer = send(
        phone,
        [
            phone.reading(storm=drill.slug, thickness_mm=15),
            phone.reading(),
            phone.reading(section=str(drilled.uuid)),
        ],
    )

    assert counts(answer) == (2, 0, 1)
    assert [each["code"] for each in answer.json()["refusals"]] == ["exercise-mix"]
    icings = SectionIcing.objects.values_list("is_exercise", "grade")
    assert set(icings) == {(True, "red"), (False, "yellow")}


def test_tells_every_row_of_an_array_when_asked(phone: Phone) -> None:
    good = phone.reading()

    answer = send(phone, [good, phone.reading(kind="x")], query="?rows=all")

    uuid = str(IceReading.objects.get().uuid)
    assert answer.json()["rows"] == [
        {"index": 0, "result": "stored", "uuid": uuid},
        {"index": 1, "result": "refused", "uuid": None},
    ]


@pytest.mark.parametrize(
    ("query", "content_type", "pointer"),
    [
        ("?rows=some", "application/json", "/rows"),
        ("?verbose=1", "application/json", "/verbose"),
        ("?rows=all", NDJSON, "/rows"),
    ],
)
def test_refuses_to_tell_what_cannot_be_told(
    phone: Phone, query: str, content_type: str, pointer: str
) -> None:
    answer = send(phone, b"[]", query=query, content_type=content_type)

    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


def test_counts_what_it_does_not_tell(phone: Phone) -> None:
    answer = stream(phone, *[b"1"] * 1001)

    assert counts(answer) == (0, 0, 1001)
    assert len(answer.json()["refusals"]) == 1000


def test_a_stream_of_several_pieces_is_stored_whole(phone: Phone) -> None:
    began = datetime.now(UTC) - timedelta(hours=3)
    moments = [(began + timedelta(seconds=number)).isoformat() for number in range(4100)]

    answer = stream(phone, *[phone.reading(observed_at=moment) for moment in moments])

    assert counts(answer) == (4100, 0, 0)
    assert JournalEntry.objects.filter(kind="ice.recorded_in_bulk").count() == 3


def test_asks_the_same_however_many_rows_there_are(phone: Phone, django_assert_num_queries: Any) -> None:
    few, many = ([phone.reading() for _ in range(number)] for number in (2, 40))
    send(phone, [phone.reading()])

    with django_assert_num_queries(13):
        send(phone, few)
    with django_assert_num_queries(13):
        send(phone, many)


@pytest.mark.django_db(transaction=True)
def test_two_that_overlap_at_once_store_each_reading_once() -> None:
    phone = make_phone()
    sections = [phone.section, *(make_section(line=phone.section.line) for _ in range(5))]
    rows = [phone.reading(section=str(sections[number % 6].uuid)) for number in range(120)]

    def post(body: list[dict[str, Any]]) -> tuple[int, int, int]:
        try:
            return counts(send(phone, body))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(post, [rows, rows[::-1], rows[40:], rows[80:] + rows[:40]]))

    assert sum(stored for stored, _repeated, _refused in told) == 120
    assert sum(refused for _stored, _repeated, refused in told) == 0
    assert IceReading.objects.count() == 120
    assert SectionIcing.objects.count() == 6
