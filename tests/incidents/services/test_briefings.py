from datetime import timedelta
from typing import Any

import pytest

from incidents.choices import BriefingTopic
from incidents.errors import BadTransition, BrokenRule, Inconsistent, Invalid, Missing, OutOfRange
from incidents.journal import Actor
from incidents.models import Assignment, Deployment, JournalEntry, SafetyBriefing
from incidents.services import briefings, journeys
from tests.factories import make_assignment, make_organization, make_person

HOUR = timedelta(hours=1)


def team(by: Actor, **over: Any) -> Deployment:
    values = {"status": "arrived", "arrived_at": by.now - 5 * HOUR} | over
    told = {"received_at": by.now, "reported_by": by.user, "host_text": "嵊州"}
    return Deployment.objects.create(organization=make_organization(), **told, **values)


def job(by: Actor, **over: Any) -> Assignment:
    return make_assignment(assigned_at=by.now - 5 * HOUR, **over)


def test_a_team_is_briefed_with_topics_and_signatures(by: Actor) -> None:
    arrived, person = team(by), make_person()

    briefings.brief_team(
        arrived,
        at=by.now - HOUR,
        by=by,
        given_by="李工",
        topics=[BriefingTopic.BACK_FEED, BriefingTopic.ISOLATION],
        signed_by=[person],
        signed_names=["张三"],
    )

    arrived.refresh_from_db()
    assert (arrived.status, arrived.briefed_at) == ("briefed", by.now - HOUR)
    kept = SafetyBriefing.objects.get()
    assert (kept.deployment, kept.given_at, kept.given_by) == (arrived, by.now - HOUR, "李工")
    assert (kept.topics, kept.signed_names) == (["back_feed", "isolation"], ["张三"])
    assert list(kept.signed_by.all()) == [person]
    kinds = JournalEntry.objects.order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["deployment.briefed", "briefing.recorded"]


def test_a_briefing_sent_again_is_one_briefing(by: Actor) -> None:
    arrived, work = team(by), job(by)

    for _ in range(2):
        briefings.brief_team(arrived, at=by.now, by=by)
        briefings.brief_crew(work, at=by.now, by=by, permit_no="2024-01")

    assert SafetyBriefing.objects.count() == 2
    assert JournalEntry.objects.filter(kind="briefing.recorded").count() == 2


def test_a_crew_is_briefed_before_its_job(by: Actor) -> None:
    work = job(by)

    kept = briefings.record(assignment=work, at=by.now - HOUR, by=by, text="注意反送电")

    work.refresh_from_db()
    assert (work.briefed_at, kept.text) == (by.now - HOUR, "注意反送电")


def test_a_team_at_work_is_briefed_once_more_and_stays_at_work(by: Actor) -> None:
    arrived = team(by)
    briefings.record(deployment=arrived, at=by.now - 2 * HOUR, by=by)
    journeys.start_work(arrived, at=by.now - HOUR, by=by)

    briefings.record(deployment=arrived, at=by.now, by=by)

    arrived.refresh_from_db()
    assert (arrived.status, arrived.briefed_at) == ("working", by.now - 2 * HOUR)
    assert SafetyBriefing.objects.filter(deployment=arrived).count() == 2


@pytest.mark.parametrize(
    ("made", "over", "refusal"),
    [
        (None, {}, Missing),
        (lambda by: {"deployment": team(by, status="en_route", arrived_at=None)}, {}, BadTransition),
        (lambda by: {"deployment": team(by)}, {"hours": -6}, Inconsistent),
        (lambda by: {"deployment": team(by)}, {"hours": 1}, OutOfRange),
        (lambda by: {"deployment": team(by)}, {"topics": ["politics"]}, Invalid),
        (lambda by: {"assignment": job(by, status="queued")}, {}, BadTransition),
        (lambda by: {"deployment": team(by), "assignment": job(by)}, {}, BrokenRule),
    ],
)
def test_refuses_what_cannot_be(by: Actor, made: Any, over: dict[str, Any], refusal: type[Exception]) -> None:
    told = made(by) if made else {}
    hours = over.get("hours", 0)
    more = {name: value for name, value in over.items() if name != "hours"}

    with pytest.raises(refusal):
        briefings.record(**told, **more, at=by.now + hours * HOUR, by=by)

    assert not SafetyBriefing.objects.exists()
    assert not JournalEntry.objects.exists()


def test_signatures_are_added_once_each(by: Actor) -> None:
    kept = briefings.record(assignment=job(by), at=by.now - HOUR, by=by, signed_names=["张三"])
    person = make_person()

    for _ in range(2):
        briefings.sign(kept, signed_by=[person], signed_names=["张三", "李四"], at=by.now, by=by)

    kept.refresh_from_db()
    assert (kept.signed_names, list(kept.signed_by.all())) == (["张三", "李四"], [person])
    with pytest.raises(Missing):
        briefings.sign(kept, at=by.now, by=by)
    with pytest.raises(Inconsistent):
        briefings.sign(kept, signed_names=["王五"], at=by.now - 2 * HOUR, by=by)
