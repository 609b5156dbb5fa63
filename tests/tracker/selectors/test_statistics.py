"""The record as of a moment: what happened later and what was learned later is not in it."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from incidents.choices import OutageKind, RestorationMethod
from incidents.models import CrewMember, CrewVehicle, Hazard, ImportantUser, Organization, Storm
from incidents.services import outages, restoration
from tests.factories import (
    STORM_NIGHT,
    make_actor,
    make_assignment,
    make_crew,
    make_damage,
    make_division,
    make_line,
    make_organization,
    make_outage,
    make_person,
    make_place,
    make_storm,
    make_user,
    make_vehicle,
)
from tests.tracker.reporters import at, make_step
from tracker.rules.report_numbers import Numbers, Tally
from tracker.rules.report_sums import flaws
from tracker.selectors.clock import database_now
from tracker.selectors.statistics import Scope, numbers

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Organization:
    return make_organization()


def read(organization: Organization, **over: Any) -> Numbers:
    values: dict[str, Any] = {
        "organization_id": organization.pk,
        "storm_id": None,
        "is_exercise": False,
        "since_at": None,
        "as_of": at(4),
        "known_at": None,
    } | over
    found = numbers(Scope(**values))
    assert flaws(found) == []
    return found


def test_an_outage_is_out_back_or_partly_back(company: Organization) -> None:
    partly = make_outage(organization=company, customers_affected=100, mv_users=3)
    make_step(partly, customers=20, mv_users=1)
    make_outage(organization=company, customers_affected=50, mv_users=2, status="restored", restored_at=at(2))
    make_outage(organization=company)

    found = read(company)

    assert found.outages == Tally(affected=3, restored=1, remaining=2)
    assert found.customers == Tally(affected=150, restored=70, remaining=80, unknown=1)
    assert found.areas == Tally(affected=5, restored=3, remaining=2, unknown=1)
    assert [(point.customers, point.outages) for point in found.curve] == [(150, 3), (130, 3), (80, 2)]


def test_what_happened_after_the_cut_off_is_not_in_it(company: Organization) -> None:
    outage = make_outage(organization=company, customers_affected=100, status="restored", restored_at=at(5))
    make_step(outage, customers=30, at=at(3))
    make_step(outage, seq=2, customers=70, at=at(5))
    make_outage(organization=company, customers_affected=7, reported_at=at(4.5), received_at=at(4.5))

    found = read(company)

    assert found.customers == Tally(affected=100, restored=30, remaining=70)
    assert read(company, as_of=at(6)).customers == Tally(affected=107, restored=100, remaining=7)


def test_what_the_record_learned_later_is_not_in_it(company: Organization) -> None:
    make_outage(organization=company, customers_affected=100, received_at=at(6))

    assert read(company, known_at=at(4)).outages.affected == 0
    assert read(company, known_at=at(6)).outages.affected == 1
    assert read(company).outages.affected == 1


def test_a_later_correction_and_a_later_step_are_taken_back(company: Organization) -> None:
    now = timezone.now()
    by = make_actor(now=now)
    told: dict[str, Any] = {"organization": company, "place": make_place(), "voltage_kv": 10}
    outage = outages.report(
        **told, kind=OutageKind.FORCED, at=now - timedelta(hours=2), customers_affected=100, by=by
    )
    moment = now - timedelta(hours=1)
    step = restoration.restore_step(outage, method=RestorationMethod.TRANSFER, at=moment, by=by, customers=20)
    known_at = database_now()
    restoration.correct_step(step, changes={"customers": 60}, reason="数错", at=now, by=by)
    restoration.restore_step(
        outage, method=RestorationMethod.REPAIR, at=moment, by=by, customers=40, remark="补报"
    )

    then = read(company, as_of=now, known_at=known_at)
    later = read(company, as_of=now)

    assert then.customers == Tally(affected=100, restored=20, remaining=80)
    assert later.customers == Tally(affected=100, restored=100, remaining=0)


def test_cancelled_momentary_and_planned_outages_are_none(company: Organization) -> None:
    make_outage(organization=company, status="momentary")
    make_outage(organization=company, kind="planned")
    make_outage(
        organization=company, status="cancelled", ended_at=at(1), ended_by=make_user(), end_reason="误报"
    )

    assert read(company).outages.affected == 0


def test_drills_other_storms_and_other_companies_stay_apart(company: Organization) -> None:
    storm, drill = make_storm(), make_storm(is_exercise=True)
    station = make_organization(parent=company, level="station")
    make_outage(organization=station, storm=storm, customers_affected=1)
    make_outage(organization=company, storm=drill, customers_affected=10)
    make_outage(organization=company, customers_affected=100)
    make_outage(storm=storm, customers_affected=1000)

    assert read(company, storm_id=storm.pk).customers.affected == 1
    assert read(company, storm_id=drill.pk, is_exercise=True).customers.affected == 10
    assert read(company).customers.affected == 101


def test_villages_and_towns_are_out_while_anything_in_them_is(company: Organization) -> None:
    village = make_division("330683102343", "岭头山村村委会")
    place = make_place(text="岭头山村", precision="village", division=village, resolved_by="exact")
    make_outage(organization=company, place=place, status="restored", restored_at=at(1))
    make_outage(organization=company, place=place)
    make_outage(organization=company)

    found = read(company)

    assert found.villages == Tally(affected=1, restored=0, remaining=1, unknown=1)
    assert found.towns == Tally(affected=1, restored=0, remaining=1, unknown=1)


def test_people_and_trips_are_counted_apart(company: Organization) -> None:
    crew = make_crew(organization=company)
    for _ in range(3):
        CrewMember.objects.create(crew=crew, person=make_person(), since_at=STORM_NIGHT)
    for kind in ("repair", "generator"):
        vehicle = make_vehicle(kind=kind)
        CrewVehicle.objects.create(crew=crew, vehicle=vehicle, since_at=STORM_NIGHT)
    done = {"status": "finished", "accepted_at": at(0), "on_site_at": at(0), "ended_at": at(1)}
    make_assignment(crew=crew, **done)
    make_assignment(crew=crew, status="accepted", accepted_at=at(2))
    make_assignment(crew=make_crew(organization=company), status="accepted", accepted_at=at(3))

    forces = read(company).forces

    assert (forces.teams, forces.persons, forces.persons_unknown) == (2, 3, 1)
    assert (forces.person_trips, forces.trips_unknown) == (6, 1)
    assert (forces.vehicles, forces.vehicle_trips, forces.generator_cars) == (2, 4, 1)


def test_damage_hazards_and_important_users(company: Organization) -> None:
    line = make_line(organization=company)
    outage = make_outage(organization=company, line=line)
    make_damage(outage=outage, count=2, repaired_at=at(3))
    make_damage(outage=outage)
    for closed in ({"closed_at": at(2), "close_remark": "已清"}, {}):
        Hazard.objects.create(
            organization=company,
            place=outage.place,
            kind="vegetation",
            grade="serious",
            description="毛竹倒伏",
            found_at=at(1),
            received_at=at(1),
            reported_by=make_user(),
            **closed,
        )
    hospital = ImportantUser.objects.create(name="医院", organization=company, grade="first")
    hospital.feeders.add(line)
    tunnel = ImportantUser.objects.create(name="隧道", organization=company, grade="second")
    tunnel.feeders.add(line, make_line(organization=company))

    found = read(company)

    [poles] = found.damage
    assert (poles.found, poles.repaired, poles.unknown) == (2, 2, 1)
    assert found.hazards == Tally(affected=2, restored=1, remaining=1)
    assert found.important is not None
    assert (found.important.on_record, found.important.hit, found.important.out) == (2, 2, 1)


def test_a_fixed_number_of_statements(
    company: Organization, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(15):
        make_step(make_outage(organization=company, customers_affected=100))

    with django_assert_num_queries(7):
        read(company, known_at=at(4))


def test_the_storm_of_february_2024_leaves_unknown_what_it_does_not_say() -> None:
    call_command("load_storm", "february-2024", verbosity=0, stdout=StringIO())
    storm, top = Storm.objects.get(), Organization.objects.get(parent=None)

    found = read(top, storm_id=storm.pk, as_of=at(14), known_at=at(14))

    assert found.outages.affected == 2
    assert found.customers == Tally(unknown=2)
    assert found.forces.persons is None
