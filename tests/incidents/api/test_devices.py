"""A phone's life through the API: enrolled by a code, renewed by itself, logged out, shut out."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from rest_framework.test import APIClient

from incidents.choices import DeviceScope, Role
from incidents.models import Device, EnrolmentCode, JournalEntry, Outage
from incidents.services import devices, enrolments, organizations
from tests.desk import sign_in
from tests.factories import make_actor, make_organization, make_user
from tests.incidents.api.conftest import Phone, enrolled, make_phone

pytestmark = pytest.mark.django_db
QUARTER = timedelta(minutes=15)


def a_code(phone: Phone, **over: Any) -> str:
    known: dict[str, Any] = {
        "scopes": list(DeviceScope),
        "valid_for": QUARTER,
        "by": make_actor(now=datetime.now(UTC)),
    }
    _row, code = enrolments.offer(user=phone.user, **(known | over))
    return code


def enrol(code: str, /, **over: Any) -> Any:
    body = {"code": code, "client_id": str(uuid4()), "name": "巡线手机"} | over
    return APIClient(enforce_csrf_checks=True).post("/api/v1/enrol/", body, format="json")


def with_token(token: str) -> APIClient:
    client = APIClient(enforce_csrf_checks=True)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client


def status_of(token: str) -> int:
    return int(with_token(token).get("/api/v1/me/").status_code)


def test_a_phone_enrols_itself_by_the_code_of_the_desk(phone: Phone) -> None:
    answer = enrol(a_code(phone), platform="Android 14", app_version="2.1")

    assert answer.status_code == 201
    assert answer["Cache-Control"] == "no-store"
    body = answer.json()
    assert body.keys() == {"token", "expires_at", "device"}
    me = with_token(body["token"]).get("/api/v1/me/").json()
    assert (me["uuid"], me["device"]["platform"], me["device"]["app_version"]) == (
        str(phone.user.uuid),
        "Android 14",
        "2.1",
    )
    entry = JournalEntry.objects.get(kind="device.enrolled", channel="api")
    assert (entry.by, entry.request_id) == (phone.user, answer["X-Request-ID"])


@pytest.mark.parametrize("kind", ["unknown", "used", "expired", "withdrawn"])
def test_a_code_that_is_refused_is_refused_in_the_same_words(phone: Phone, kind: str) -> None:
    code = a_code(phone, **({"valid_for": timedelta(0)} if kind == "expired" else {}))
    if kind == "used":
        enrol(code)
    if kind == "withdrawn":
        EnrolmentCode.objects.update(withdrawn_at=datetime.now(UTC))
    before = Device.objects.count()

    answer = enrol("A" * 32 if kind == "unknown" else code)

    told = answer.json()
    del told["request_id"]
    assert answer.status_code == 400
    assert told == {
        "type": "urn:ice-storm-tracker:problem:code-refused",
        "title": "Bad Request",
        "status": 400,
        "code": "code-refused",
        "detail": told["detail"],
        "final": True,
        "params": {},
    }
    assert Device.objects.count() == before


def test_a_lost_answer_strands_nobody(phone: Phone) -> None:
    code, number = a_code(phone), str(uuid4())
    lost = enrol(code, client_id=number).json()["token"]

    token = enrol(code, client_id=number).json()["token"]

    assert (status_of(lost), status_of(token)) == (401, 200)
    assert enrol(code, client_id=number).json()["code"] == "code-refused"


@pytest.mark.parametrize(
    ("over", "pointer"),
    [
        ({"name": ""}, "/name"),
        ({"client_id": "1"}, "/client_id"),
        ({"code": ""}, "/code"),
        ({"user": "1"}, "/user"),
        ({"scopes": ["work"]}, "/scopes"),
    ],
)
def test_an_enrolment_says_what_it_must_and_no_more(phone: Phone, over: dict[str, Any], pointer: str) -> None:
    code = a_code(phone)

    answer = enrol(code, **over)

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, pointer)
    assert EnrolmentCode.objects.get().used_at is None


def test_a_phone_renews_its_token_and_the_old_one_works_until_the_new_one_does(phone: Phone) -> None:
    answer = phone.client.post("/api/v1/me/device/renew/", {"app_version": "2.2"}, format="json")

    body = answer.json()
    assert (answer.status_code, answer["Cache-Control"]) == (201, "no-store")
    assert phone.get("me/").status_code == 200
    assert status_of(body["token"]) == 200
    assert phone.get("me/").status_code == 401
    assert datetime.fromisoformat(body["expires_at"]) <= datetime.now(UTC) + devices.LONGEST


def test_a_phone_enrolled_to_read_renews_and_logs_out_too() -> None:
    user = make_user()
    client = enrolled(user, DeviceScope.READ)

    assert client.post("/api/v1/me/device/renew/", {}, format="json").status_code == 201
    assert client.post("/api/v1/me/log-out/", {}, format="json").status_code == 200

    assert client.get("/api/v1/me/").status_code == 401


@pytest.mark.parametrize("path", ["me/device/renew/", "me/log-out/"])
def test_a_browser_has_no_token_to_renew_or_give_up(client: Client, db: None, path: str) -> None:
    sign_in(client, make_organization(), Role.DISPATCHER)

    answer = client.post(f"/api/v1/{path}", {}, content_type="application/json")

    assert (answer.status_code, answer.json()["code"]) == (403, "phones-only")


def test_what_is_shut_out_is_out_from_the_next_request_on(phone: Phone) -> None:
    device = Device.objects.get(user=phone.user)
    assert phone.get("me/").status_code == 200

    devices.revoke(device, reason="丢失", by=make_actor(now=datetime.now(UTC)))

    answers = [phone.get("me/"), phone.post(phone.reading()), phone.get("outages/")]
    assert [answer.status_code for answer in answers] == [401, 401, 401]


def test_logging_out_answers_what_goes_on_and_is_final(phone: Phone) -> None:
    answer = phone.client.post("/api/v1/me/log-out/", {}, format="json")

    assert (answer.status_code, answer.json()) == (200, {"left": [], "kept": []})
    assert phone.client.post("/api/v1/me/log-out/", {}, format="json").status_code == 401
    assert JournalEntry.objects.latest("id").kind == "device.logged_out"


def test_a_person_sees_his_phones_and_nobody_elses() -> None:
    phone = make_phone(role=Role.ADMIN)
    colleague = make_user()
    by = make_actor(now=datetime.now(UTC))
    organizations.join(
        user=colleague, organization=phone.organization, role=Role.CREW_MEMBER, at=by.now, by=by
    )
    enrolled(colleague)
    enrolled(phone.user)
    theirs, mine = Device.objects.get(user=colleague), Device.objects.filter(user=phone.user)

    listed = phone.get("me/devices/").json()["results"]

    assert {row["uuid"] for row in listed} == {str(each.uuid) for each in mine}
    assert {"last_seen_at", "app_version", "platform", "revoked_at"} <= listed[0].keys()
    assert not {"token_digest", "token_prefix", "next_digest"} & listed[0].keys()
    assert phone.get(f"me/devices/{theirs.uuid}/").status_code == 404
    assert phone.get(f"me/devices/{mine[0].uuid}/").status_code == 200


def test_a_write_by_session_needs_the_token_of_the_page() -> None:
    """The browser's session is sent by every page: a write counts only with the token of one of ours."""
    user = sign_in(browser := Client(enforce_csrf_checks=True), make_organization(), Role.DISPATCHER)
    browser.get("/admin/outages/")
    body = {"client_id": str(uuid4())}

    answer = browser.post("/api/v1/outages/", body, content_type="application/json")

    assert (answer.status_code, answer.json()["code"]) == (403, "permission-denied")
    assert not Outage.objects.exists()
    page = browser.get("/admin/password_change/")
    token = page.context["csrf_token"]
    headers = {"X-CSRFToken": str(token)}
    again = browser.post("/api/v1/outages/", body, content_type="application/json", headers=headers)
    assert again.status_code == 400  # let in, and told what is missing
    assert user.is_authenticated


def test_s23_a_dump_of_the_database_holds_no_usable_token(phone: Phone) -> None:
    """S23: every value of every column that can hold text is searched for tokens and codes."""
    code = a_code(phone)
    token = enrol(code).json()["token"]
    renewed = with_token(token).post("/api/v1/me/device/renew/", {}, format="json").json()["token"]
    secrets = [token, renewed, code]

    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [name for (name,) in cursor.fetchall()]
        dump = ""
        for table in tables:
            cursor.execute(f'SELECT t::text FROM "{table}" t')  # noqa: S608 - names from the catalogue
            dump += "\n".join(row for (row,) in cursor.fetchall())

    assert devices.digest_of(token) in dump  # the search finds what is there
    assert [secret for secret in secrets if secret in dump] == []
