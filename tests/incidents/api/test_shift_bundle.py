"""All that a crew needs for its shift, in one answer that fits through two bars of signal."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incidents.choices import DamageKind, EstimateKind, HazardGrade, HazardKind, Role, TaskKind
from incidents.journal import Actor
from incidents.management.stories import demo
from incidents.models import Crew, CrewMember, Membership, Outage, Person, Vehicle
from incidents.models.outages import OVER
from incidents.services import assignments, crews, damage, deployments, estimates, hazards, outages
from tests.factories import (
    make_actor,
    make_crew,
    make_organization,
    make_outage,
    make_person,
    make_place,
    make_road_block,
    make_storm,
    make_user,
    make_vehicle,
)
from tests.incidents.api.conftest import Phone, enrolled, make_phone
from tests.incidents.api.syncing import Synced
from tests.incidents.api.test_changes import settled

pytestmark = pytest.mark.alone

BUNDLE = "shift-bundle/"
MOST_BYTES = 100_000
OPEN_OUTAGES = 20
QUERIES = 40


def acting() -> Actor:
    return make_actor(now=datetime.now(UTC))


def make_shift(phone: Phone) -> tuple[Crew, Outage]:
    """A crew of the phone's person, on its way to an outage of its company."""
    by = acting()
    crew = make_crew(organization=phone.organization)
    person = make_person(organization=phone.organization, user=phone.user, phone="13800000000")
    crews.add_member(crew, person=person, at=by.now, by=by, is_leader=True)
    vehicle = make_vehicle(organization=phone.organization)
    crews.add_vehicle(crew, vehicle=vehicle, at=by.now, by=by)
    outage = make_outage(organization=phone.organization, line=phone.section.line, section=phone.section)
    assignments.assign(crew, task=TaskKind.REPAIR, outage=outage, at=by.now, by=by)
    return crew, outage


def bundle_of(phone: Phone) -> dict[str, Any]:
    answer = phone.get(BUNDLE)
    assert answer.status_code == 200, answer.json()
    told: dict[str, Any] = answer.json()
    return told


def names(told: dict[str, Any], kind: str) -> list[str]:
    return [row["uuid"] for row in told["things"][kind]]


@pytest.mark.django_db
def test_a_crew_gets_its_jobs_and_all_that_hangs_on_them() -> None:
    phone = make_phone(role=Role.CREW_LEADER)
    crew, outage = make_shift(phone)
    by = acting()
    harm = damage.record(outage, kind=DamageKind.BAMBOO_ON_LINE, at=by.now, by=by)
    promise = None
    for hours in (1, 2):
        promise = estimates.publish(
            outage,
            kind=EstimateKind.CREW,
            value_at=by.now + timedelta(hours=hours),
            at=by.now + timedelta(seconds=hours),
            by=by,
        )
    road = make_road_block(organization=phone.organization)
    make_road_block(organization=phone.organization, cleared_at=by.now)
    make_outage(
        organization=phone.organization,
        status="cancelled",
        ended_at=by.now,
        ended_by=by.user,
        end_reason="误报",
    )
    phone.organization.duty_phone = "0575-82110000"
    phone.organization.save(update_fields=["duty_phone"])

    told = bundle_of(phone)

    assert told["me"]["uuid"] == str(phone.user.uuid)
    assert "record" in told["me"]["rights"]
    [shown] = told["things"]["crews"]
    assert shown["uuid"] == str(crew.uuid)
    assert (len(shown["members"]), len(shown["vehicles"])) == (1, 1)
    assert [job["outage"] for job in told["things"]["assignments"]] == [str(outage.uuid)]
    assert names(told, "outages") == [str(outage.uuid)]
    assert names(told, "damages") == [str(harm.uuid)]
    assert names(told, "estimates") == [str(promise and promise.uuid)]
    assert names(told, "lines") == [str(phone.section.line.uuid)]
    assert names(told, "sections") == [str(phone.section.uuid)]
    assert names(told, "road-blocks") == [str(road.uuid)]
    assert [each["duty_phone"] for each in told["duty_phones"]] == ["0575-82110000"]
    assert "13800000000" not in phone.get(BUNDLE).content.decode()


@pytest.mark.django_db
def test_jobs_come_first_then_the_newest_in_sight_and_the_rest_is_said_to_be_left_out() -> None:
    phone = make_phone()
    _crew, mine = make_shift(phone)
    now = datetime.now(UTC)
    newer = [
        make_outage(organization=phone.organization, reported_at=now - timedelta(minutes=minutes))
        for minutes in range(60)
    ]
    make_outage()  # of somebody else

    told = bundle_of(phone)

    expected = [str(outage.uuid) for outage in [mine, *newer[:59]]]
    assert names(told, "outages") == expected
    assert told["more_outages"] is True


@pytest.mark.django_db
def test_dangers_on_the_lines_or_nobody_knows_where_are_told_and_others_are_not() -> None:
    phone = make_phone()
    make_shift(phone)
    by = acting()
    said = {"kind": HazardKind.VEGETATION, "grade": HazardGrade.SERIOUS, "at": by.now, "by": by}
    near, nowhere, gone = (
        hazards.report(
            organization=phone.organization,
            place=make_place(),
            section=section,
            description="毛竹",
            **said,  # type: ignore[arg-type]
        )
        for section in (phone.section, None, None)
    )
    hazards.close(gone, remark="已清理", at=by.now, by=by)
    elsewhere = make_phone(organization=phone.organization).section
    hazards.report(
        organization=phone.organization,
        place=make_place(),
        section=elsewhere,
        description="毛竹",
        **said,  # type: ignore[arg-type]
    )

    assert sorted(names(bundle_of(phone), "hazards")) == sorted([str(near.uuid), str(nowhere.uuid)])


@pytest.mark.django_db
@pytest.mark.parametrize(("role", "phone_no"), [(Role.CREW_LEADER, "13900000000"), (Role.CREW_MEMBER, None)])
def test_a_leaders_phone_is_for_those_who_need_it(role: Role, phone_no: str | None) -> None:
    phone = make_phone(role=role)
    crew, _outage = make_shift(phone)
    by = acting()
    deployments.mobilise(
        organization=phone.organization,
        host_organization=make_organization(),
        crews=[crew],
        leader_phone="13900000000",
        at=by.now,
        by=by,
    )

    [team] = bundle_of(phone)["things"]["deployments"]

    assert team["leader_phone"] == phone_no


@pytest.mark.django_db
def test_who_is_in_no_crew_gets_what_is_out_around_him() -> None:
    phone = make_phone(role=Role.DISPATCHER)
    outage = make_outage(organization=phone.organization)
    storm = make_storm()

    told = bundle_of(phone)

    assert (told["things"]["crews"], told["things"]["assignments"]) == ([], [])
    assert names(told, "outages") == [str(outage.uuid)]
    assert [each["slug"] for each in told["things"]["storms"]] == [storm.slug]


@pytest.mark.django_db
def test_nothing_can_be_asked_of_it() -> None:
    answer = make_phone().get(BUNDLE, storm="x")

    assert answer.status_code == 400
    assert [error["code"] for error in answer.json()["errors"]] == ["unknown-filter"]


@pytest.mark.django_db(transaction=True)
def test_the_bundle_and_the_changes_after_it_lose_nothing() -> None:
    phone = make_phone()
    _crew, outage = make_shift(phone)
    synced = Synced(phone, cursor=bundle_of(phone)["changes"])
    by = acting()
    outages.confirm(outage, at=by.now, by=by)

    items = [item for item in settled(synced) if item["kind"] == "outages"]

    # Deeds just before the bundle may come again; what they are about stands as it is now.
    assert [(item["uuid"], item["thing"]["status"]) for item in items] == [(str(outage.uuid), "confirmed")]


def asked(phone: Phone) -> int:
    with CaptureQueriesContext(connection) as queries:
        bundle_of(phone)
    return len(queries)


@pytest.mark.django_db
def test_the_number_of_queries_is_on_record() -> None:
    phone = make_phone(role=Role.CREW_LEADER)
    make_shift(phone)
    make_road_block(organization=phone.organization)
    phone.get("me/")  # the first call of a phone notes that it was seen
    few = asked(phone)
    for _ in range(5):
        make_outage(organization=phone.organization)
        make_road_block(organization=phone.organization)

    assert (few, asked(phone)) == (QUERIES, QUERIES)


@pytest.mark.django_db
def test_twenty_open_outages_of_the_exercise_fit_into_100_kb() -> None:
    now = datetime.now(UTC)
    demo.play(size=60, seed=demo.SEED, by=make_actor(now=now))
    member = CrewMember.objects.filter(until_at=None, person__user=None).order_by("pk")[0]
    user = make_user()
    Person.objects.filter(pk=member.person_id).update(user=user)
    city = member.crew.organization
    while city.parent is not None:
        city = city.parent
    Membership.objects.create(user=user, organization=city, role=Role.CREW_LEADER, since_at=now)
    for extra in Outage.objects.exclude(status__in=OVER).order_by("-pk")[OPEN_OUTAGES:]:
        Outage.objects.filter(pk=extra.pk).update(status="momentary")
    phone = Phone(client=enrolled(user), user=user, organization=city, section=None)  # type: ignore[arg-type]

    answer = phone.get(BUNDLE)
    small = phone.client.get(f"/api/v1/{BUNDLE}", headers={"Accept-Encoding": "gzip"})

    told = answer.json()
    assert len(told["things"]["outages"]) >= OPEN_OUTAGES
    empty = {kind for kind, rows in told["things"].items() if not rows}
    assert empty <= {"briefings", "deployments", "hazards"}
    assert Vehicle.objects.exists()
    assert len(answer.content) < MOST_BYTES
    assert len(small.content) < MOST_BYTES // 4
