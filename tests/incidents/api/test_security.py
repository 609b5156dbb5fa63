"""What an attacker tries at the field API; the numbers are those of our list of security statements."""

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import get_resolver
from pytest_django.fixtures import Settings

from config.logs import JsonFormatter
from incidents import models as record
from incidents.access import PERSONAL_FIELDS
from incidents.api.outputs import public_name
from incidents.choices import Role
from incidents.services import enrolments
from tests.desk import give_role, sign_in
from tests.factories import make_actor, make_organization, make_user
from tests.incidents.api.conftest import Phone, enrolled, make_phone
from tests.incidents.api.test_devices import QUARTER, enrol
from tests.incidents.api.test_who_may_what import TABLE, routes
from tests.world import World, divisions

KEYS = Path(__file__).with_name("keys.json")
NEVER_WRITTEN = [
    "id",
    "uuid",
    "version",
    "created_by",
    "reported_by",
    "received_at",
    "is_staff",
    "is_superuser",
]
WITH_PHONES = {Role.CREW_LEADER, Role.MANAGER, Role.DISPATCHER, Role.ADMIN}


@pytest.fixture
def world(db: None) -> World:
    made = World(make_organization(parent=make_organization(level="city")))
    made.rows[record.Division] = divisions()
    return made


def phone_in(world: World, role: Role) -> Phone:
    user = give_role(make_user(), world.organization, role)
    section = world.first(record.LineSection)
    return Phone(client=enrolled(user), user=user, organization=world.organization, section=section)


@pytest.mark.parametrize("field", NEVER_WRITTEN)
def test_s16_nobody_writes_what_the_server_knows(phone: Phone, field: str) -> None:
    """S16: a key that is unknown or read-only is an error, in every body that makes something."""
    desk = make_phone(role=Role.DISPATCHER)

    for name, (_model, new, _verbs) in TABLE.items():
        if new is None:
            continue
        answer = desk.make(f"{name}/", **{field: "1"})
        codes = {error["code"] for error in answer.json()["errors"] if error["pointer"] == f"/{field}"}
        assert (name, answer.status_code, codes) == (name, 400, {"unknown-field"})


def test_s16_no_serializer_shows_all_fields_of_a_model() -> None:
    """S16: a new column of a model is shown only by who says so."""
    root = Path(record.__file__).parents[2]

    found = [path.name for app in ("incidents", "tracker") for path in (root / app / "api").glob("*.py")
             if "__all__" in path.read_text()]  # fmt: skip

    assert found == []


@pytest.mark.parametrize("role", Role)
def test_s17_each_role_gets_the_keys_on_record_and_phones_only_where_it_calls(
    world: World, role: Role
) -> None:
    """S17: the key sets stand in keys.json; a number is in no list, and on a page for those who call."""
    phone, golden = phone_in(world, role), json.loads(KEYS.read_text())

    shown = {
        name: phone.get(f"{name}/{public_name(world.first(model))}/").json()
        for name, (model, _new, _verbs) in TABLE.items()
    }

    assert {name: sorted(row) for name, row in shown.items()} == golden
    personal = {name for name, row in shown.items() if any(row.get(field) for field in PERSONAL_FIELDS)}
    assert personal == ({"deployments"} if role in WITH_PHONES else set())
    lists = [phone.get(f"{name}/").json()["results"] for name in TABLE]
    assert not any(row.get(field) for rows in lists for row in rows for field in PERSONAL_FIELDS)


@pytest.mark.parametrize("size", ["0", "201", "999999999", "-1", "1e9", "all", ""])
def test_s18_no_list_is_longer_than_two_hundred(phone: Phone, size: str) -> None:
    """S18: whatever is asked for."""
    answers = {name: phone.get(f"{name}/", page_size=size).status_code for name in [*TABLE, "me/devices"]}

    assert set(answers.values()) == {400}


@pytest.mark.parametrize(
    "query",
    [
        {"organization__parent__name": "x"},
        {"reported_by__password__regex": "^a"},
        {"order": "password"},
        {"ordering": "-id"},
        {"status__in": "a"},
        {"search": "x"},
    ],
)
def test_s19_lists_are_narrowed_and_ordered_by_what_they_offer(phone: Phone, query: dict[str, str]) -> None:
    """S19: no look-up through relations, no order by a column that is not shown."""
    answers = {name: phone.get(f"{name}/", **query) for name in [*TABLE, "me/devices"]}

    assert {answer.status_code for answer in answers.values()} == {400}
    assert {answer.json()["errors"][0]["code"] for answer in answers.values()} == {"unknown-filter"}


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"[" * 5000 + b"]" * 5000, 400, "too-deep"),
        (b"{" + b",".join(b'"k%d":1' % n for n in range(201)) + b"}", 400, "too-many"),
        (b'{"code":"' + b"a" * 10_001 + b'"}', 400, "too-long"),
        (b'{"code":[' + b"1," * 500 + b"1]}", 400, "too-many"),
        (b'{"code":"' + b"a" * 1_000_000 + b'"}', 413, "too-large"),
    ],
)
def test_s20_a_body_is_bounded_before_anybody_is_known(
    client: Client, db: None, body: bytes, status: int, code: str
) -> None:
    """S20: at the one address that a stranger may write to; for phones see test_ice_readings.py."""
    answer = client.post("/api/v1/enrol/", body, content_type="application/json")

    assert (answer.status_code, answer.json()["code"]) == (status, code)


class Kept(logging.Handler):
    """Every record as it is written to the log."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(JsonFormatter().format(record))


@pytest.fixture
def log() -> Iterator[Kept]:
    kept, root = Kept(), logging.getLogger()
    before = root.level
    root.addHandler(kept)
    root.setLevel(logging.INFO)
    yield kept
    root.removeHandler(kept)
    root.setLevel(before)


def test_s24_no_token_code_or_phone_number_is_logged(phone: Phone, log: Kept) -> None:
    """S24: canaries are sent in every way that is answered or refused, and looked for in the log."""
    by = make_actor(now=datetime.now(UTC))
    _row, code = enrolments.offer(user=phone.user, scopes=["read"], valid_for=QUARTER, by=by)  # type: ignore[list-item]
    token = enrol(code).json()["token"]
    enrol(code)
    logging.getLogger("canary").warning("the log is listened to")
    for secret in (token, "canary-token-that-is-wrong"):
        phone.client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
        assert phone.get("me/").status_code in {200, 401}
        assert phone.get("outages/", token=secret).status_code in {400, 401}
        phone.client.post("/api/v1/enrol/", {"code": secret}, format="json")
        phone.client.post("/api/v1/nothing/", {"leader_phone": "13912345678"}, format="json")

    told = "\n".join(log.lines)
    assert "the log is listened to" in told
    secrets = [token, code, "canary-token-that-is-wrong", "13912345678"]
    assert [secret for secret in secrets if secret in told] == []


def test_s28_the_description_knows_every_address_and_no_other(db: None, tmp_path: Path) -> None:
    """S28: no address that is not described; those of the description itself are not."""
    written = tmp_path / "schema.json"
    call_command("spectacular", "--format", "openapi-json", "--file", str(written))
    described = {path.removeprefix("/api/v1/") for path in json.loads(written.read_text())["paths"]}

    known = {_as_described(address) for address in routes(get_resolver().url_patterns)}

    assert known - described == {"schema/", "docs/"}
    assert described <= known


def _as_described(address: str) -> str:
    for kind in ("uuid", "slug"):
        address = address.replace(f"<{kind}:", "{")
    return address.replace(">", "}")


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
def test_s30_no_other_page_may_read_or_write(client: Client, db: None, origin: str) -> None:
    """S30: no answer allows another origin anything, asked before or by the way."""
    sign_in(client, make_organization(), Role.DISPATCHER)
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}

    answers = [
        client.options("/api/v1/outages/", headers=asked),
        client.get("/api/v1/outages/", headers=asked),
        client.post("/api/v1/enrol/", {"code": str(uuid4())}, "application/json", headers=asked),
    ]

    allowed = [name for answer in answers for name in answer.headers if name.startswith("Access-Control-")]
    assert allowed == []


@pytest.mark.parametrize("path", ["/api/v1/me/", "/api/v1/enrol/"])
def test_s6_plain_http_is_refused_where_tokens_are_sent(
    client: Client, db: None, settings: Settings, path: str
) -> None:
    """S6: a redirect would have the token sent in the clear again and again; pages are led on."""
    settings.HTTPS = settings.SECURE_SSL_REDIRECT = True

    refused, led_on = client.get(path), client.get("/admin/")

    assert (refused.status_code, refused["Content-Type"]) == (403, "application/problem+json")
    assert (led_on.status_code, led_on["Location"]) == (301, "https://testserver/admin/")
    assert client.get(path, secure=True).status_code in {401, 405}


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND"])
@pytest.mark.parametrize("path", ["/", "/healthz", "/admin/login/", "/api/v1/me/"])
def test_s7_methods_that_we_do_not_speak_are_none(client: Client, db: None, method: str, path: str) -> None:
    """S7: TRACE would echo what a browser sends, and nobody has tried our views with the others."""
    assert client.generic(method, path).status_code == 405


@pytest.mark.parametrize("query", [{"format": "api"}, {"format": "html"}])
def test_s11_there_is_no_page_to_click_the_api_with(phone: Phone, query: dict[str, str]) -> None:
    """S11: JSON or nothing; the description is for who is signed in (test_schema.py)."""
    page = phone.client.get("/api/v1/me/", headers={"Accept": "text/html"})

    assert page.status_code == 406
    assert phone.get("outages/", **query).status_code == 400
