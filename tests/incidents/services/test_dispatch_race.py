"""Many hands at once, on real connections: the rows hold, whoever wins."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier
from typing import TypeVar

import pytest
from django.db import connection

from incidents.choices import OutageKind, OutageStatus, RestorationMethod, TaskKind
from incidents.errors import AlreadyOut, CrewUnderWay, OutOfRange, Refused
from incidents.journal import Actor
from incidents.models import Assignment, JournalEntry, Outage, RestorationStep
from incidents.services import assignments, outages, restoration
from tests.factories import make_crew, make_organization, make_outage, make_place, make_section

pytestmark = pytest.mark.django_db(transaction=True)
HANDS = 20
T = TypeVar("T")


def at_once(deed: Callable[[int], T]) -> list[T | Refused]:
    """Do a deed from twenty threads that start together; refusals are answers too."""
    start = Barrier(HANDS)

    def one(number: int) -> T | Refused:
        try:
            start.wait(timeout=30)
            return deed(number)
        except Refused as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=HANDS) as pool:
        return list(pool.map(one, range(HANDS)))


def test_one_of_twenty_sends_the_crew_and_all_others_are_told_where_it_is(by: Actor) -> None:
    crew = make_crew()
    faults = [make_outage() for _ in range(HANDS)]

    answers = at_once(
        lambda number: assignments.assign(crew, task=TaskKind.REPAIR, outage=faults[number], at=by.now, by=by)
    )

    sent = [answer for answer in answers if isinstance(answer, Assignment)]
    refusals = [answer for answer in answers if isinstance(answer, CrewUnderWay)]
    assert (len(sent), len(refusals)) == (1, HANDS - 1)
    assert {refusal.fields["assignment"] for refusal in refusals} == {sent[0].uuid}
    assert Assignment.objects.get() == sent[0]
    assert JournalEntry.objects.count() == 1


def test_twenty_reports_of_one_section_are_one_outage(by: Actor) -> None:
    section, organization, place = make_section(), make_organization(), make_place()

    answers = at_once(
        lambda _: outages.report(
            organization=organization,
            place=place,
            kind=OutageKind.FORCED,
            voltage_kv=Decimal(10),
            section=section,
            at=by.now,
            by=by,
        )
    )

    assert sum(isinstance(answer, Outage) for answer in answers) == 1
    assert sum(isinstance(answer, AlreadyOut) for answer in answers) == HANDS - 1
    assert Outage.objects.count() == 1


def test_one_step_sent_twenty_times_is_one_step(by: Actor) -> None:
    outage = make_outage(customers_affected=128)

    answers = at_once(
        lambda _: restoration.restore_step(
            outage, method=RestorationMethod.REPAIR, customers=128, at=by.now, by=by
        )
    )

    assert answers == [RestorationStep.objects.get()] * HANDS
    outage.refresh_from_db()
    assert outage.status == OutageStatus.RESTORED
    assert JournalEntry.objects.count() == 2


def test_twenty_steps_never_give_back_more_than_was_out(by: Actor) -> None:
    outage = make_outage(customers_affected=105)

    answers = at_once(
        lambda number: restoration.restore_step(
            outage, method=RestorationMethod.REPAIR, customers=10, remark=f"{number}号支线", at=by.now, by=by
        )
    )

    given = [answer for answer in answers if isinstance(answer, RestorationStep)]
    refused = [answer for answer in answers if isinstance(answer, OutOfRange)]
    assert (len(given), len(refused)) == (10, 10)
    assert sorted(step.seq for step in given) == list(range(1, 11))
    outage.refresh_from_db()
    assert outage.status == OutageStatus.PARTIALLY_RESTORED


def test_cancelling_while_a_crew_is_sent_leaves_no_crew_on_its_way_to_nothing(by: Actor) -> None:
    outage = make_outage()
    crews = [make_crew() for _ in range(HANDS)]

    def deed(number: int) -> Outage | Assignment:
        if number == 0:
            return outages.cancel(outage, reason="误报", at=by.now, by=by)
        return assignments.assign(crews[number], task=TaskKind.REPAIR, outage=outage, at=by.now, by=by)

    at_once(deed)

    cancelled = JournalEntry.objects.get(kind="outage.cancelled")
    assert not JournalEntry.objects.filter(kind="assignment.assigned", id__gt=cancelled.pk).exists()
