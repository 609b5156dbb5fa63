"""What arrives late through the addresses that phones use: taken, held, shown, settled; never lost."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from incidents.choices import Role
from incidents.models import Device, HeldFact, JournalEntry, Outage, Submission
from tests.factories import make_outage
from tests.incidents.api.conftest import Phone, enrolled, just_now, make_phone


@pytest.fixture
def desk(db: None) -> Phone:
    return make_phone(role=Role.DISPATCHER)


def outage_of(phone: Phone, **over: Any) -> Outage:
    reported = datetime.now(UTC) - timedelta(hours=3)
    outage: Outage = make_outage(organization=phone.organization, reported_at=reported, **over)
    return outage


def test_a_fact_that_came_early_is_answered_with_what_it_waits_for(phone: Phone) -> None:
    outage = outage_of(phone)

    answer = phone.act(f"outages/{outage.uuid}/repair/", at=just_now(minutes=20))

    held = answer.json()
    assert answer.status_code == 202
    assert answer["Location"] == f"/api/v1/held-facts/{held['uuid']}/"
    assert answer["ETag"] == f'"{held["version"]}"'
    assert (held["verb"], held["state"], held["why"]) == ("repair", "waiting", "bad-transition")
    assert held["outage"] == str(outage.uuid)
    shown = phone.get(f"outages/{outage.uuid}/").json()
    assert (shown["held_count"], shown["held_facts"][0]["uuid"]) == (1, held["uuid"])

    assert phone.act(f"outages/{outage.uuid}/locate/", at=just_now(minutes=30)).status_code == 200

    shown = phone.get(f"outages/{outage.uuid}/").json()
    assert (shown["held_count"], shown["held_facts"]) == (0, [])
    assert shown["repaired_at"] is not None
    assert phone.get(f"held-facts/{held['uuid']}/").json()["state"] == "applied"


@pytest.mark.parametrize("seen", ["*", '"0"', '"999999999"'])
def test_a_fact_is_taken_whatever_its_teller_had_seen(phone: Phone, seen: str) -> None:
    outage = outage_of(phone)
    phone.act(f"outages/{outage.uuid}/locate/", at=just_now(minutes=30))

    answer = phone.act(f"outages/{outage.uuid}/isolate/", seen=seen, at=just_now(minutes=20))

    assert (answer.status_code, answer.json()["status"]) == (200, "isolated")


@pytest.mark.parametrize(
    ("seen", "refusal"), [(None, (428, "precondition-required")), ("0", (400, "if-match-malformed"))]
)
def test_a_fact_says_all_the_same_what_was_seen(
    phone: Phone, seen: str | None, refusal: tuple[int, str]
) -> None:
    outage = outage_of(phone)

    answer = phone.act(f"outages/{outage.uuid}/isolate/", seen=seen, at=just_now())

    assert (answer.status_code, answer.json()["code"]) == refusal
    assert Outage.objects.get().isolated_at is None


def test_a_conflict_keeps_both_values_until_the_dispatcher_decides(desk: Phone) -> None:
    outage, first, second = outage_of(desk), just_now(minutes=30), just_now(minutes=40)
    here = f"outages/{outage.uuid}"
    desk.act(f"{here}/locate/", at=first)
    held = desk.act(f"{here}/locate/", at=second).json()
    path = f"held-facts/{held['uuid']}"

    assert (held["state"], held["stands"]["field"]) == ("conflict", "located_at")
    assert datetime.fromisoformat(held["stands"]["value"]) == datetime.fromisoformat(first)
    assert held["said"]["at"] == second
    assert desk.act(f"{path}/take/", seen=None, at=just_now(), reason="证实").status_code == 428
    assert desk.act(f"{path}/take/", seen='"0"', at=just_now(), reason="证实").status_code == 412
    assert desk.act(f"{path}/take/", at=just_now(), reason=" ").status_code == 400
    outage.refresh_from_db()
    assert outage.located_at == datetime.fromisoformat(first)

    taken = desk.act(f"{path}/take/", seen=f'"{held["version"]}"', at=just_now(), reason="证实")

    outage.refresh_from_db()
    assert (taken.status_code, taken.json()["state"]) == (200, "taken")
    assert outage.located_at == datetime.fromisoformat(second)
    assert desk.act(f"{path}/dismiss/", at=just_now(), reason="x").status_code == 409


def test_held_facts_are_listed_by_state_thing_and_age(desk: Phone) -> None:
    outage = outage_of(desk)
    held = desk.act(f"outages/{outage.uuid}/repair/", at=just_now(minutes=20)).json()["uuid"]

    def listed(**query: str) -> list[str]:
        return [one["uuid"] for one in desk.get("held-facts/", **query).json()["results"]]

    assert listed(open="true") == listed(state="waiting") == listed(outage=str(outage.uuid)) == [held]
    assert listed(overdue="false") == listed(verb="repair") == [held]
    assert listed(overdue="true") == listed(open="false") == listed(state="conflict") == []
    HeldFact.objects.update(overdue_at=datetime.now(UTC))
    assert listed(overdue="true") == [held]
    assert desk.get("held-facts/", open="yes").status_code == 400


def test_a_held_sending_is_answered_the_same_again(phone: Phone) -> None:
    outage, at = outage_of(phone), just_now(minutes=20)

    first, again = (phone.act(f"outages/{outage.uuid}/repair/", key="k-1", at=at) for _ in range(2))
    Submission.objects.update(created_at=datetime.now(UTC) - timedelta(days=8))
    Submission.objects.all().delete()  # after the days that answers are kept for
    later = phone.act(f"outages/{outage.uuid}/repair/", key="k-1", at=at)

    assert (again.status_code, again.content, again["Idempotent-Replayed"]) == (202, first.content, "true")
    assert (later.status_code, later.json()["uuid"]) == (202, first.json()["uuid"])
    assert HeldFact.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_twenty_at_once_one_is_held() -> None:
    phone = make_phone()
    outage, at = outage_of(phone), just_now(minutes=20)
    clients = [enrolled(phone.user) for _ in range(20)]

    def send(number: int) -> int:
        try:
            one = Phone(clients[number], phone.user, phone.organization, phone.section)
            return int(one.act(f"outages/{outage.uuid}/repair/", key="k-1", at=at).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        statuses = set(pool.map(send, range(20)))

    assert statuses <= {202, 409}
    assert 202 in statuses
    assert HeldFact.objects.count() == 1
    assert JournalEntry.objects.filter(kind="held_fact.held").count() == 1


@pytest.mark.parametrize(
    ("minutes", "code"),
    [(-6, "out-of-range"), (200, "inconsistent"), (None, "invalid"), (500 * 24 * 60, "out-of-range")],
)
@pytest.mark.parametrize("verb", ["repair", "restore-steps", "locate"])
def test_what_cannot_be_true_is_refused_and_nothing_kept(
    phone: Phone, verb: str, minutes: int | None, code: str
) -> None:
    began = datetime.now(UTC) - timedelta(minutes=180)
    outage = outage_of(phone, occurred_at=began, occurred_precision="exact")
    at = "2024-02-26T21:10:00" if minutes is None else just_now(minutes=minutes)
    said: dict[str, Any] = {"at": at} | (
        {"method": "transfer", "final": True} if verb == "restore-steps" else {}
    )

    answer = phone.act(f"outages/{outage.uuid}/{verb}/", **said)

    assert (answer.status_code, answer.json()["code"]) == (400, code)
    outage.refresh_from_db()
    assert (outage.status, HeldFact.objects.count()) == ("reported", 0)
    assert not JournalEntry.objects.filter(subject_id=outage.pk, subject_type="outage").exists()


def test_who_told_a_fact_sees_what_became_of_it(desk: Phone) -> None:
    crew = make_phone(organization=desk.organization)
    outage = outage_of(desk)
    held = crew.act(f"outages/{outage.uuid}/repair/", at=just_now(minutes=20)).json()

    desk.act(f"held-facts/{held['uuid']}/dismiss/", at=just_now(), reason="别处")

    shown = crew.get(f"held-facts/{held['uuid']}/").json()
    assert (shown["state"], shown["settled_why"]) == ("dismissed", "别处")
    refused = crew.act(f"held-facts/{held['uuid']}/take/", at=just_now(), reason="x")
    assert refused.status_code == 403


# --- the clock of a phone


def says(phone: Phone, **headers: str) -> Any:
    return phone.client.get("/api/v1/me/", headers=headers)


def test_the_clock_of_a_phone_is_measured_and_shown(phone: Phone) -> None:
    ahead = (datetime.now(UTC) + timedelta(seconds=120)).isoformat(timespec="seconds")

    told = says(phone, **{"Device-Time": ahead, "App-Version": "2.4.1"}).json()["device"]

    assert 110 <= told["clock_skew_s"] <= 120
    assert told["app_version"] == "2.4.1"
    device = Device.objects.get()
    assert (device.clock_skew_s, device.app_version) == (told["clock_skew_s"], "2.4.1")
    assert says(phone).json()["device"]["clock_skew_s"] == device.clock_skew_s


def test_a_fact_carries_the_clock_of_its_phone_and_its_own_time_unchanged(phone: Phone) -> None:
    outage, at = outage_of(phone), just_now(minutes=20)
    clock = (datetime.now(UTC) - timedelta(hours=1)).isoformat(timespec="seconds")
    headers = {"Idempotency-Key": str(uuid4()), "If-Match": "*", "Device-Time": clock}

    path = f"/api/v1/outages/{outage.uuid}/repair/"
    held = phone.client.post(path, {"at": at}, format="json", headers=headers).json()

    assert -3605 <= held["clock_skew_s"] <= -3600 + 5
    assert datetime.fromisoformat(held["recorded_at"]) == datetime.fromisoformat(clock)
    assert datetime.fromisoformat(held["at"]) == datetime.fromisoformat(at)
    assert Submission.objects.get().clock_skew_s == held["clock_skew_s"]


@pytest.mark.parametrize(
    ("header", "value", "code"),
    [
        ("Device-Time", "2024-02-26T21:10:00", "device-time-malformed"),
        ("Device-Time", "1709000000", "device-time-malformed"),
        ("Device-Time", "", "device-time-malformed"),
        ("App-Version", "2 4", "app-version-malformed"),
        ("App-Version", "x" * 41, "app-version-malformed"),
    ],
)
def test_what_a_phone_says_of_itself_in_another_form_is_refused(
    phone: Phone, header: str, value: str, code: str
) -> None:
    answer = says(phone, **{header: value})

    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert Device.objects.get().clock_skew_s is None


def test_a_clock_of_another_age_is_shown_as_far_off_as_can_be(phone: Phone) -> None:
    told = says(phone, **{"Device-Time": "9999-12-31T00:00:00Z"})

    assert (told.status_code, told.json()["device"]["clock_skew_s"]) == (200, 2_000_000_000)


def test_a_steady_clock_is_not_written_with_every_request(
    phone: Phone, django_assert_num_queries: Any
) -> None:
    say = {"Device-Time": datetime.now(UTC).isoformat(timespec="seconds")}
    says(phone, **say)

    with django_assert_num_queries(4):  # token, roles, organisations, rights
        says(phone, **say)
