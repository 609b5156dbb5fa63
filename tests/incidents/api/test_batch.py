"""Many calls at once: each is the call that it would be by itself, and none stands in another's way."""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from incidents.api import batch
from incidents.api.resources import Resource
from incidents.choices import DeviceScope, Role
from incidents.models import Damage, HeldFact, IceReading, JournalEntry, Outage, RoadBlock, Submission
from tests.factories import make_line, make_outage, make_section
from tests.incidents.api.conftest import Phone, enrolled, just_now, make_phone

API = "/api/v1/"


def send(phone: Phone, *operations: dict[str, Any], **headers: str) -> Any:
    return phone.client.post(f"{API}batch/", {"operations": list(operations)}, format="json", headers=headers)


def results(answer: Any) -> list[Any]:
    assert answer.status_code == 200, answer.content.decode()
    found: list[Any] = answer.json()["results"]
    return found


def report(phone: Phone, **over: Any) -> dict[str, Any]:
    body = {
        "client_id": str(uuid4()),
        "organization": str(phone.organization.uuid),
        "place": {"text": "岭头山村"},
        "kind": "forced",
        "voltage_kv": 10,
        "customers_affected": 46,
        "at": just_now(minutes=30),
    }
    return {"path": f"{API}outages/", "body": body | over}


def verb(path: str, *, key: str = "", seen: str = "*", **body: Any) -> dict[str, Any]:
    headers = {"Idempotency-Key": key or str(uuid4()), "If-Match": seen}
    return {"path": f"{API}{path}", "headers": headers, "body": body}


@pytest.fixture
def desk(db: None) -> Phone:
    return make_phone(role=Role.DISPATCHER)


def test_a_report_and_what_follows_from_it_in_one_request(phone: Phone) -> None:
    damage = {"client_id": str(uuid4()), "kind": "pole_broken", "at": just_now(minutes=20)}
    road: dict[str, Any] = {
        "client_id": str(uuid4()),
        "organization": str(phone.organization.uuid),
        "at": just_now(minutes=5),
    }
    road |= {"place": {"text": "上山的路"}, "outages": ["{o1}"], "cause": "bamboo"}

    told = results(
        send(
            phone,
            report(phone) | {"id": "o1"},
            {"path": f"{API}outages/{{o1}}/damages/", "body": damage},
            verb("outages/{o1}/locate/", at=just_now(minutes=10)),
            {"path": f"{API}road-blocks/", "body": road},
        )
    )

    assert [one["status"] for one in told] == [201, 201, 200, 201]
    outage = Outage.objects.get()
    assert told[0]["headers"]["Location"] == f"{API}outages/{outage.uuid}/"
    assert (told[0]["id"], told[2]["body"]["status"]) == ("o1", "located")
    assert Damage.objects.get().outage == outage
    assert RoadBlock.objects.get().outages.get() == outage


def test_an_operation_is_answered_as_the_call_by_itself(desk: Phone) -> None:
    """For each: the same call by itself on a row like it; what belongs to the row and moment is left out."""
    at = just_now(minutes=10)
    calls: list[tuple[str, dict[str, Any], dict[str, str]]] = [
        ("confirm/", {"at": at}, {}),
        ("confirm/", {"at": at}, {"If-Match": '"999999"'}),
        ("confirm/", {"at": at}, {"If-Match": "0"}),
        ("locate/", {"at": at, "place": {"text": "村口"}}, {}),
        ("locate/", {"at": "2024-02-26T21:10:00"}, {}),
        ("isolate/", {"at": at, "stated": False}, {}),
        ("start-repair/", {"at": at}, {}),
        ("mislocate/", {"at": at, "reason": "误判"}, {}),
        ("record-momentary/", {"at": at, "restored_at": at}, {}),
        ("cancel/", {"at": at, "reason": ""}, {}),
        ("cancel/", {"at": at, "reason": "误报"}, {}),
        ("repair/", {"at": at}, {}),
        ("return-to-normal/", {"at": at}, {}),
        ("restore-steps/", {"at": at, "method": "transfer", "customers": 20}, {}),
        ("restore-steps/", {"at": at, "method": "generator", "final": True}, {}),
        ("close/", {"at": at}, {}),
        ("reopen/", {"at": at, "reason": "原因"}, {}),
        ("correct/", {"at": at, "reason": "清点", "changes": {"customers_affected": 9}}, {}),
        ("correct/", {"at": at, "reason": "清点", "changes": {"status": "closed"}}, {}),
        ("estimates/", {"client_id": str(uuid4()), "kind": "none", "at": at}, {}),
        ("damages/", {"client_id": str(uuid4()), "kind": "pole_broken", "at": at}, {}),
        ("damages/", {"kind": "pole_broken", "at": at}, {}),
        ("fly/", {"at": at}, {}),
    ]
    for number, (path, body, over) in enumerate(calls):
        alone, inside = (make_outage(organization=desk.organization, customers_affected=46) for _ in "12")
        headers = {"If-Match": "*", "Idempotency-Key": f"alone-{number}"} | over
        by_itself = desk.client.post(
            f"{API}outages/{alone.uuid}/{path}", body, format="json", headers=headers
        )
        told = body | ({"client_id": str(uuid4())} if "client_id" in body else {})
        operation = {"path": f"{API}outages/{inside.uuid}/{path}", "body": told}
        operation["headers"] = headers | {"Idempotency-Key": f"inside-{number}"}
        [result] = results(send(desk, operation))

        if path == "fly/":  # an address that does not exist has no view to answer
            assert (result["status"], by_itself.status_code) == (404, 404)
            continue
        assert result["status"] == by_itself.status_code, path
        assert shape(result["body"]) == shape(by_itself.json()), path
        assert result["headers"].keys() == {"ETag", "Location", "Retry-After"} & by_itself.headers.keys()


def shape(body: Any) -> Any:
    """Leave out what differs between two rows and two moments."""
    left_out = {"uuid", "version", "request_id", "outage", "place", "received_at", "organization", "current"}
    left_out |= {"overdue_at"}
    if isinstance(body, dict):
        return {name: shape(value) for name, value in body.items() if name not in left_out}
    return [shape(each) for each in body] if isinstance(body, list) else body


def test_a_bad_operation_stops_no_other(desk: Phone) -> None:
    outage = make_outage(organization=desk.organization)
    elsewhere = make_outage()
    here = f"outages/{outage.uuid}"

    told = results(
        send(
            desk,
            verb(f"{here}/confirm/", at="gestern"),
            verb(f"outages/{elsewhere.uuid}/confirm/", at=just_now()),
            {"path": f"{API}outages/", "body": {"client_id": "x"}},
            verb(f"{here}/confirm/", at=just_now()) | {"headers": {}},
            verb(f"{here}/confirm/", at=just_now()) | {"headers": {"Authorization": "Bearer x"}},
            {"path": f"{API}batch/", "body": {"operations": []}},
            {"path": f"{API}ice-readings/bulk/", "body": {}},
            {"path": f"{API}outages/?status=open", "body": {}},
            {"path": f"{API}me/"},
            {"path": "/admin/login/"},
            verb(f"{here}/confirm/", at=just_now()),
        )
    )

    assert [(one["status"], one["body"].get("code")) for one in told] == [
        (400, "invalid"),
        (404, "not-found"),
        (400, "invalid"),
        (400, "idempotency-key-missing"),
        (400, "unknown-header"),
        (404, "not-in-a-batch"),
        (404, "not-in-a-batch"),
        (404, "not-in-a-batch"),
        (404, "not-in-a-batch"),
        (404, "not-in-a-batch"),
        (200, None),
    ]
    elsewhere.refresh_from_db()
    assert elsewhere.status == "reported"


def test_the_strictness_of_a_body_is_that_of_a_single_call(desk: Phone) -> None:
    outage = make_outage(organization=desk.organization)
    headers = json.dumps({"If-Match": "*", "Idempotency-Key": "k"})
    bodies = [b'{"at": "x", "at": "y"}', b'{"at": NaN}', b"[" * 30 + b"]" * 30, b'{"a": "\\ud800"}']
    frame = [
        b'{"path": "/api/v1/outages/%s/confirm/", "headers": %s, "body": %s}'
        % (str(outage.uuid).encode(), headers.encode(), body)
        for body in bodies
    ]

    answer = desk.client.generic(
        "POST",
        f"{API}batch/",
        b'{"operations": [%s]}' % b",".join(frame),  # type: ignore[arg-type]
        content_type="application/json",
    )

    codes = [one["body"]["code"] for one in results(answer)]
    assert codes == ["duplicate-key", "malformed-json", "too-deep", "bad-character"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "empty"),
        (b'{"operations": [{"path": "/", "body": "\xff"}]}', "malformed-batch"),
        (b"[]", "malformed-batch"),
        (b'{"operations": []}', "empty"),
        (b'{"operations": [], "operations": []}', "malformed-batch"),
        (b'{"operations": [{"path": "/", "path": "/"}]}', "malformed-batch"),
        (b'{"operations": [{"path": "/"}]} x', "malformed-batch"),
        (b'{"operations": [{"path": "/", "body": ' + b"[" * 9000, "malformed-batch"),
        (b'{"operations": [{"path": "/api/v1/outages/"}], "x": 1}', "malformed-batch"),
        (b'{"operations": [{"path": 1}]}', "malformed-batch"),
        (b'{"operations": [{"path": "/", "headers": {"If-Match": 1}}]}', "malformed-batch"),
        (b'{"operations": [{"path": "/", "method": "DELETE"}]}', "malformed-batch"),
        (b'{"operations": [{"path": "/", "id": "a b"}]}', "operation-id-malformed"),
        (b'{"operations": [' + b",".join([b'{"path": "/"}'] * 201) + b"]}", "too-many"),
    ],
)
def test_a_frame_that_is_none_does_nothing(desk: Phone, body: bytes, code: str) -> None:
    """B90: the items of a good frame are judged one by one, above."""
    raw: Any = body
    answer = desk.client.generic("POST", f"{API}batch/", raw, content_type="application/json")

    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert not Submission.objects.exists()


def test_a_body_longer_than_a_megabyte_is_not_read(desk: Phone) -> None:
    raw: Any = b'{"operations": [' + b" " * 1_000_000 + b"]}"
    answer = desk.client.generic("POST", f"{API}batch/", raw, content_type="application/json")

    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")


def test_cut_off_at_any_byte_nothing_is_done_and_a_repeat_does_all_of_it_once(phone: Phone) -> None:
    body = json.dumps(
        {"operations": [report(phone), {"path": f"{API}ice-readings/", "body": phone.reading()}]}
    )
    for cut in range(0, len(body) - 1, 37):
        raw: Any = body[:cut].encode()
        answer = phone.client.generic("POST", f"{API}batch/", raw, content_type="application/json")
        assert answer.status_code == 400
    assert not Outage.objects.exists()

    raw = body.encode()
    first, again = (
        results(phone.client.generic("POST", f"{API}batch/", raw, content_type="application/json"))
        for _ in range(2)
    )

    assert [one["status"] for one in first] == [201, 201]
    assert [one["headers"]["Idempotent-Replayed"] for one in again] == ["true", "true"]
    assert [one["body"] for one in again] == [one["body"] for one in first]
    assert (Outage.objects.count(), IceReading.objects.count()) == (1, 1)


def test_the_same_twice_in_one_batch_is_done_once(phone: Phone) -> None:
    same = report(phone) | {"id": "o1"}

    first, second, _located = results(send(phone, same, same, verb("outages/{o1}/locate/", at=just_now())))

    assert second["headers"]["Idempotent-Replayed"] == "true"
    assert second["body"] == first["body"]
    assert Outage.objects.get().status == "located"


def test_what_needs_a_refused_operation_is_not_tried(phone: Phone) -> None:
    outage = make_outage(organization=phone.organization)
    bad = report(phone, kind="unheard-of") | {"id": "o1"}

    told = results(
        send(
            phone,
            bad,
            verb("outages/{o1}/locate/", at=just_now()),
            verb(f"outages/{outage.uuid}/locate/", at=just_now()) | {"depends_on": ["o1"]},
            verb(f"outages/{outage.uuid}/isolate/", at=just_now()) | {"depends_on": ["later"]},
            verb(f"outages/{outage.uuid}/restore-steps/", at=just_now(), method="transfer", remark="{note}"),
        )
    )

    found = [(one["status"], one["body"].get("code"), one["body"].get("final")) for one in told]
    assert found == [
        (400, "invalid", True),
        (424, "dependency-failed", True),
        (424, "dependency-failed", True),
        (400, "unknown-operation", True),
        (200, None, None),
    ]
    assert not JournalEntry.objects.filter(kind="outage.located").exists()


def test_a_held_fact_counts_as_done_and_has_made_nothing_to_refer_to(phone: Phone) -> None:
    outage = make_outage(organization=phone.organization)
    here = f"outages/{outage.uuid}"

    told = results(
        send(
            phone,
            verb(f"{here}/repair/", at=just_now()) | {"id": "r"},
            verb("held-facts/{r}/dismiss/", at=just_now(), reason="x"),
            verb(f"{here}/locate/", at=just_now(minutes=5)) | {"depends_on": ["r"]},
        )
    )

    assert [one["status"] for one in told] == [202, 424, 200]
    assert HeldFact.objects.get().state == "applied"


def test_each_operation_needs_its_own_permission(db: None) -> None:
    phone = make_phone(role=Role.DISPATCHER)
    phone.client = enrolled(phone.user, DeviceScope.READ, DeviceScope.REPORT)
    outage = make_outage(organization=phone.organization)
    crew = {"client_id": str(uuid4()), "name": "一班", "skills": ["mv"], "at": just_now()}
    crew |= {"organization": str(phone.organization.uuid)}

    told = results(
        send(
            phone,
            {"path": f"{API}crews/", "body": crew},
            verb(f"outages/{outage.uuid}/confirm/", at=just_now()),
        )
    )

    assert [(one["status"], one["body"].get("code")) for one in told] == [(403, "scope-missing"), (200, None)]


def test_a_role_that_may_not_is_refused_each_time(phone: Phone) -> None:
    outage = make_outage(organization=phone.organization)

    told = results(send(phone, *[verb(f"outages/{outage.uuid}/confirm/", at=just_now())] * 2))

    assert [(one["status"], one["body"]["code"]) for one in told] == [(403, "right-missing")] * 2


def test_nobody_without_a_token_sends_a_batch(phone: Phone) -> None:
    phone.client.credentials()

    assert send(phone, report(phone)).status_code == 401


def test_what_is_not_reached_in_time_is_not_tried(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = iter([0.0, 0.0, 30.0, 30.0])
    monkeypatch.setattr(batch, "monotonic", lambda: next(ticks))

    done, late, later = results(send(phone, report(phone), report(phone), report(phone)))

    assert done["status"] == 201
    for one in (late, later):
        assert (one["status"], one["body"]["code"], one["body"]["final"]) == (503, "not-tried", False)
    assert Outage.objects.count() == 1


def test_an_operation_that_crashes_is_answered_and_the_next_one_done(
    phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    outage = make_outage(organization=phone.organization)
    phone.client.raise_request_exception = False
    monkeypatch.setattr(Resource, "make", lambda *_: 1 / 0)

    crashed, done = results(send(phone, report(phone), verb(f"outages/{outage.uuid}/locate/", at=just_now())))

    assert (crashed["status"], crashed["body"]["final"], done["status"]) == (500, False, 200)


def test_language_request_id_and_device_are_those_of_the_request(phone: Phone) -> None:
    [told] = results(
        send(phone, report(phone, at="x"), **{"Accept-Language": "en", "X-Request-ID": "storm-night-26"})
    )
    assert told["body"]["request_id"] == "storm-night-26"
    assert told["body"]["detail"] == "Some fields are not valid."
    results(send(phone, report(phone), **{"X-Request-ID": "storm-night-27"}))

    entry = JournalEntry.objects.get(kind="outage.reported")
    assert (entry.request_id, entry.device and entry.device.user) == ("storm-night-27", phone.user)


def test_a_browser_sends_a_batch_by_its_session(desk: Phone) -> None:
    browser, token = Client(enforce_csrf_checks=True), "x" * 32
    browser.force_login(desk.user)
    browser.cookies["csrftoken"] = token
    body = json.dumps({"operations": [report(desk)]})

    forged = browser.post(f"{API}batch/", body, content_type="application/json")
    answer = browser.post(
        f"{API}batch/", body, content_type="application/json", headers={"X-CSRFToken": token}
    )

    assert forged.status_code == 403
    assert [one["status"] for one in results(answer)] == [201]
    assert JournalEntry.objects.get(kind="outage.reported").device is None


def test_two_hundred_at_once_take_the_queries_of_two_hundred_calls(
    phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "LONGEST_S", 600.0)  # it is the queries that count, not a busy machine
    phone.get("me/")
    with CaptureQueriesContext(connection) as alone:
        assert phone.post(phone.reading()).status_code == 201
    sections = [make_section(line=make_line(organization=phone.organization)) for _ in range(4)]

    operations = [
        {"path": f"{API}ice-readings/", "body": phone.reading(section=str(sections[number % 4].uuid))}
        for number in range(200)
    ]
    with CaptureQueriesContext(connection) as asked:
        told = results(send(phone, *operations))

    assert {one["status"] for one in told} == {201}
    assert IceReading.objects.count() == 201
    assert len(asked) <= 200 * len(alone) + 2
