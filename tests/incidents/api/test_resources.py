"""What all resources share: pages, filters, versions, keys, phones, errors."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incidents.choices import DeviceScope, Role
from incidents.models import Deployment, JournalEntry, Outage, Submission
from incidents.services import outages
from tests.factories import (
    STORM_NIGHT,
    make_actor,
    make_assignment,
    make_crew,
    make_division,
    make_line,
    make_organization,
    make_outage,
    make_place,
    make_section,
    make_storm,
)
from tests.incidents.api.conftest import Phone, enrolled, just_now, make_phone


@pytest.fixture
def desk(db: None) -> Phone:
    return make_phone(role=Role.DISPATCHER)


def report(phone: Phone, **over: Any) -> Any:
    body = {
        "organization": str(phone.organization.uuid),
        "place": {"text": "上浦镇冯浦村"},
        "kind": "forced",
        "voltage_kv": 10,
        "at": just_now(minutes=10),
    }
    return phone.make("outages/", **(body | over))


def outage_of(phone: Phone, **over: Any) -> Outage:
    values = {"organization": phone.organization, "reported_at": datetime.now(UTC) - timedelta(hours=1)}
    return make_outage(**(values | over))


def test_a_report_is_answered_with_its_address_and_version(desk: Phone) -> None:
    answer = report(desk, section=str(desk.section.uuid), customers_affected=120)

    assert answer.status_code == 201, answer.content
    body = answer.json()
    assert (body["status"], body["customers_affected"], body["mv_users"]) == ("reported", 120, None)
    assert body["place"]["text"] == "上浦镇冯浦村"
    assert answer["ETag"] == f'"{body["version"]}"'
    assert desk.client.get(answer["Location"]).json() == body
    entry = JournalEntry.objects.get(kind="outage.reported")
    assert (entry.pk, entry.by, entry.device) == (body["version"], desk.user, desk.user.devices.get())


def test_the_same_report_again_is_the_same_answer_marked_as_a_replay(desk: Phone) -> None:
    number = str(uuid4())
    at = just_now(minutes=1)

    first, again = (report(desk, client_id=number, at=at) for _ in range(2))

    assert (first.status_code, again.status_code) == (201, 201)
    assert (again.content, again["ETag"], again["Location"]) == (
        first.content,
        first["ETag"],
        first["Location"],
    )
    assert ("Idempotent-Replayed" in first, again["Idempotent-Replayed"]) == (False, "true")
    assert Outage.objects.count() == 1


def test_another_report_under_the_same_number_is_a_conflict(desk: Phone) -> None:
    number = str(uuid4())
    report(desk, client_id=number)

    answer = report(desk, client_id=number, kind="planned")

    assert (answer.status_code, answer.json()["code"], answer.json()["final"]) == (
        409,
        "client-id-taken",
        True,
    )
    assert Outage.objects.get().kind == "forced"


def test_the_number_of_another_person_shows_nothing(desk: Phone) -> None:
    number = str(uuid4())
    report(desk, client_id=number)
    other = make_phone(role=Role.DISPATCHER)

    answer = report(other, client_id=number)

    assert (answer.status_code, answer.get("Idempotent-Replayed")) == (201, None)
    assert Outage.objects.filter(organization=other.organization).count() == 1


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_are_one_outage_and_twenty_equal_answers() -> None:
    desk = make_phone(role=Role.DISPATCHER)
    number, at = str(uuid4()), just_now(minutes=1)

    def send(_: int) -> bytes:
        try:
            while (answer := report(desk, client_id=number, at=at)).status_code == 409:
                assert (answer.json()["code"], answer.json()["final"]) == ("in-progress", False)
                assert answer["Retry-After"] == "1"
            return bytes(answer.content)
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        answers = set(pool.map(send, range(20)))

    assert len(answers) == 1
    assert (Outage.objects.count(), Submission.objects.count()) == (1, 1)


@pytest.mark.parametrize("number", [None, "", "abc", 5, "x" * 300])
def test_something_new_needs_its_own_number(desk: Phone, number: Any) -> None:
    answer = desk.client.post("/api/v1/outages/", {"client_id": number}, format="json")

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/client_id")


def test_a_refusal_is_not_kept_so_that_the_key_can_be_used_again(desk: Phone) -> None:
    number = str(uuid4())

    refused = report(desk, client_id=number, at=just_now(minutes=-60))
    answer = report(desk, client_id=number)

    assert (refused.status_code, refused.json()["code"]) == (400, "out-of-range")
    assert answer.status_code == 201, answer.content


def test_a_refused_report_keeps_no_place(desk: Phone) -> None:
    before = outage_of(desk, section=desk.section, line=desk.section.line)

    answer = report(desk, section=str(desk.section.uuid))

    assert (answer.status_code, answer.json()["code"]) == (409, "already-out")
    assert answer.json()["params"]["outage"] == str(before.uuid)
    assert not JournalEntry.objects.filter(kind="place.created").exists()


@pytest.mark.parametrize(
    ("seen", "status", "code"),
    [
        (None, 428, "precondition-required"),
        ('"999999999"', 412, "stale"),
        ('W/"0"', 412, "stale"),
        ("0", 400, "if-match-malformed"),
        ('"0", x', 400, "if-match-malformed"),
        ("", 400, "if-match-malformed"),
    ],
)
def test_nobody_writes_over_what_he_has_not_seen(
    desk: Phone, seen: str | None, status: int, code: str
) -> None:
    outage = outage_of(desk)

    answer = desk.act(f"outages/{outage.uuid}/confirm/", seen=seen, at=just_now())

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    outage.refresh_from_db()
    assert (outage.status, outage.confirmed_at) == ("reported", None)


@pytest.mark.parametrize("seen", ["*", '"0"', '"7", "0"', 'W/"7","0"'])
def test_what_was_seen_may_be_written(desk: Phone, seen: str) -> None:
    outage = outage_of(desk)

    answer = desk.act(f"outages/{outage.uuid}/confirm/", seen=seen, at=just_now())

    assert (answer.status_code, answer.json()["status"]) == (200, "confirmed")
    assert answer["ETag"] == f'"{JournalEntry.objects.get(kind="outage.confirmed").pk}"'


def test_a_stale_write_is_answered_with_what_stands_there_now(desk: Phone) -> None:
    outage = outage_of(desk)
    seen = desk.get(f"outages/{outage.uuid}/")["ETag"]
    outages.confirm(outage, at=datetime.now(UTC), by=make_actor(now=datetime.now(UTC)))

    answer = desk.act(f"outages/{outage.uuid}/cancel/", seen=seen, at=just_now(), reason="误报")

    assert answer.status_code == 412
    assert answer.json()["current"] == desk.get(f"outages/{outage.uuid}/").json()
    assert answer.json()["current"]["status"] == "confirmed"


def test_an_action_sent_again_is_answered_as_before_though_its_version_is_old(desk: Phone) -> None:
    outage = outage_of(desk)
    at = just_now()

    first, again = (
        desk.act(f"outages/{outage.uuid}/confirm/", at=at, seen='"0"', key="k-1") for _ in range(2)
    )

    assert (again.status_code, again.content) == (200, first.content)
    assert again["Idempotent-Replayed"] == "true"
    assert JournalEntry.objects.filter(kind="outage.confirmed").count() == 1


@pytest.mark.parametrize("other", [{"body": {"at": just_now(minutes=2)}}, {"verb": "isolate"}])
def test_another_action_under_the_same_key_is_refused(desk: Phone, other: dict[str, Any]) -> None:
    outage = outage_of(desk)
    body = {"at": just_now(minutes=1)}
    desk.act(f"outages/{outage.uuid}/confirm/", key="k-1", **body)

    answer = desk.act(
        f"outages/{outage.uuid}/{other.get('verb', 'confirm')}/", key="k-1", **other.get("body", body)
    )

    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency-key-reused")


@pytest.mark.parametrize(
    ("key", "code"),
    [
        (None, "idempotency-key-missing"),
        ("x" * 201, "idempotency-key-malformed"),
        (" ", "idempotency-key-malformed"),
        ("ключ", "idempotency-key-malformed"),
    ],
)
def test_an_action_needs_a_key(desk: Phone, key: str | None, code: str) -> None:
    outage = outage_of(desk)

    answer = desk.act(f"outages/{outage.uuid}/confirm/", key=key, at=just_now())

    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert Outage.objects.get().status == "reported"


def test_a_list_is_paged_to_its_end_without_a_gap_or_a_repeat(desk: Phone) -> None:
    same = datetime.now(UTC) - timedelta(hours=1)
    made = {str(outage_of(desk, reported_at=same).uuid) for _ in range(7)}

    seen, cursor, pages = [], None, 0
    while pages == 0 or cursor:
        page = desk.get("outages/", page_size=3, **({"cursor": cursor} if cursor else {})).json()
        seen += [item["uuid"] for item in page["results"]]
        cursor, pages = page["next"], pages + 1

    assert (sorted(seen), pages) == (sorted(made), 3)


@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [
        ({"page_size": "0"}, "/page_size", "out-of-range"),
        ({"page_size": "-1"}, "/page_size", "out-of-range"),
        ({"page_size": "201"}, "/page_size", "out-of-range"),
        ({"page_size": "1000000000"}, "/page_size", "out-of-range"),
        ({"page_size": "abc"}, "/page_size", "out-of-range"),
        ({"page_size": "１"}, "/page_size", "out-of-range"),
        ({"cursor": "abc"}, "/cursor", "cursor-malformed"),
        ({"ordering": "password"}, "/ordering", "unknown-filter"),
        ({"organization__secret": "1"}, "/organization__secret", "unknown-filter"),
        ({"name__regex": "(a+)+$"}, "/name__regex", "unknown-filter"),
        ({"status": ["reported", "closed"]}, "/status", "given-twice"),
        ({"status": "broken"}, "/status", "invalid-choice"),
        ({"organization": "../1"}, "/organization", "invalid"),
        ({"division": "33%"}, "/division", "invalid"),
        ({"storm": "a\x00"}, "/storm", "null-characters-not-allowed"),
        ({"since": "2024-02-26T21:10:00"}, "/since", "offset-required"),
        ({"since": "yesterday"}, "/since", "invalid"),
        ({"bbox": "1,2,3"}, "/bbox", "invalid"),
        ({"bbox": "121,29,120,30"}, "/bbox", "out-of-range"),
        ({"bbox": "NaN,29,120,30"}, "/bbox", "invalid"),
        ({"bbox": "-181,29,120,30"}, "/bbox", "out-of-range"),
        ({"voltage_kv": "11"}, "/voltage_kv", "invalid-choice"),
    ],
)
def test_what_a_list_does_not_know_is_refused(
    desk: Phone, query: dict[str, Any], pointer: str, code: str
) -> None:
    answer = desk.client.get("/api/v1/outages/", query)

    assert answer.status_code == 400
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [(pointer, code)]


def test_a_cursor_belongs_to_one_list_of_one_person(desk: Phone) -> None:
    for _ in range(3):
        outage_of(desk)
    cursor = desk.get("outages/", page_size=1).json()["next"]
    other = make_phone(organization=desk.organization)

    told = [
        desk.get("outages/", cursor=cursor, status="reported"),
        desk.get("crews/", cursor=cursor),
        other.get("outages/", cursor=cursor),
        desk.get("outages/", cursor=cursor[:-1] + ("A" if cursor[-1] != "A" else "B")),
    ]

    codes = [answer.json()["errors"][0]["code"] for answer in told]
    assert codes == ["cursor-foreign"] * 3 + ["cursor-malformed"]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"status": "reported"}, 1),
        ({"voltage_kv": "10"}, 1),
        ({"voltage_kv": "110"}, 1),
        ({"kind": "planned"}, 1),
        ({"division": "3306"}, 1),
        ({"division": "3307"}, 0),
        ({"storm": "ice-2024"}, 1),
        ({"bbox": "120,29,121,30"}, 1),
        ({"bbox": "120,29,120.5,29.1"}, 0),
        ({"since": "2024-02-26T12:00:00Z", "until": "2024-02-26T13:00:00Z"}, 1),
        ({"changed_since": "2024-02-26T12:00:00Z"}, 1),
        ({}, 2),
    ],
)
def test_a_list_is_narrowed_down(desk: Phone, query: dict[str, str], count: int) -> None:
    place = make_place(
        division=make_division("330604", "上虞区"),
        precision="county",
        resolved_by="human",
        latitude="29.9",
        longitude="120.8",
        crs="EPSG:4490",
    )
    storm = make_storm(slug="ice-2024")
    outage_of(desk, reported_at=STORM_NIGHT, place=place, storm=storm)
    other = outage_of(desk, kind="planned", voltage_kv=110, section=desk.section, line=desk.section.line)
    outages.confirm(other, at=datetime.now(UTC), by=make_actor(now=datetime.now(UTC)))

    assert len(desk.get("outages/", **query).json()["results"]) == count


@pytest.mark.django_db
def test_an_organisation_counts_with_all_below_it() -> None:
    city = make_organization(level="city")
    desk = make_phone(role=Role.DISPATCHER, organization=city)
    county, foreign = make_organization(parent=city), make_organization()
    station = make_organization(parent=county)
    for owner in (city, county, station, foreign):
        make_outage(organization=owner)

    found = [
        len(desk.get("outages/", organization=str(owner.uuid)).json()["results"])
        for owner in (city, county, station, foreign)
    ]

    assert found == [3, 2, 1, 0]


def test_a_page_takes_the_same_queries_however_long_it_is(desk: Phone) -> None:
    def busy() -> None:
        line = make_line(organization=desk.organization)
        outage = outage_of(desk, section=make_section(line=line), line=line)
        crew = make_crew(organization=desk.organization)
        make_assignment(outage=outage, crew=crew)

    desk.get("me/")  # notes that the phone was seen
    counts = []
    for _ in range(2):
        busy()
        with CaptureQueriesContext(connection) as asked:
            assert desk.get("outages/").status_code == 200
        counts.append(len(asked))

    assert counts == [6, 6]  # token, outages, crews at work, held facts, icing, versions


@pytest.mark.parametrize(("role", "shown"), [(Role.DISPATCHER, "13900000000"), (Role.CREW_MEMBER, None)])
@pytest.mark.django_db
def test_a_phone_number_is_for_who_needs_it_and_never_in_a_list(role: Role, shown: str | None) -> None:
    phone = make_phone(role=role)
    team = Deployment.objects.create(
        organization=phone.organization,
        host_text="嵊州",
        leader_phone="13900000000",
        received_at=STORM_NIGHT,
        reported_by=phone.user,
    )

    assert phone.get(f"deployments/{team.uuid}/").json()["leader_phone"] == shown
    assert phone.get("deployments/").json()["results"][0]["leader_phone"] is None


def test_a_phone_is_enrolled_for_work_or_for_reports(desk: Phone) -> None:
    outage = outage_of(desk)
    desk.client = enrolled(desk.user, DeviceScope.READ, DeviceScope.WORK)

    answer = desk.act(f"outages/{outage.uuid}/confirm/", at=just_now())

    assert (answer.status_code, answer.json()["code"]) == (403, "scope-missing")
    assert desk.get(f"outages/{outage.uuid}/").status_code == 200


@pytest.mark.parametrize(
    "path", ["outages/5/", "outages/{0}x/", "outages/%00/", "outages/..%2f1/", "divisions/%00/", "nothing/"]
)
def test_an_address_that_is_none_is_not_there(desk: Phone, path: str) -> None:
    answer = desk.client.get(f"/api/v1/{path.format(uuid4())}")

    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(("accept", "query"), [("image/png", {}), ("*/*", {"format": "api"})])
def test_another_form_than_json_is_not_had(desk: Phone, accept: str, query: dict[str, str]) -> None:
    answer = desk.client.get("/api/v1/outages/", query, HTTP_ACCEPT=accept)

    assert answer.status_code in {400, 406}


def test_whoever_asks_is_told_who_he_is(desk: Phone) -> None:
    body = desk.get("me/").json()

    assert (body["username"], body["roles"][0]["role"]) == (desk.user.username, "dispatcher")
    assert body["device"]["scopes"] == ["read", "report", "work"]
    assert "operate" in body["rights"]
