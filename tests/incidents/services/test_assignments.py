from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from incidents.choices import AbortReason, AssignmentStatus, TaskKind
from incidents.errors import (
    BadTransition,
    BrokenRule,
    CrewUnderWay,
    ExerciseMix,
    Inconsistent,
    Invalid,
    Missing,
    NaiveTime,
    OutOfRange,
)
from incidents.journal import Actor
from incidents.models import Assignment, Crew, JournalEntry
from incidents.services import assignments
from tests.factories import (
    STORM_NIGHT,
    make_assignment,
    make_crew,
    make_outage,
    make_place,
    make_road_block,
    make_storm,
)

MINUTE = timedelta(minutes=1)
Verb = Callable[..., Any]


def assign(crew: Crew, by: Actor, **over: Any) -> Assignment:
    values: dict[str, Any] = {"task": TaskKind.REPAIR, "at": STORM_NIGHT}
    if not over.keys() & {"outage", "road_block", "place"}:
        over["outage"] = make_outage()
    return assignments.assign(crew, by=by, **(values | over))


def later(by: Actor) -> Actor:
    return Actor(user=by.user, now=by.now + timedelta(hours=2))


def kinds() -> list[str]:
    return list(JournalEntry.objects.order_by("id").values_list("kind", flat=True))


def test_sends_a_crew_to_an_outage(by: Actor) -> None:
    crew, storm = make_crew(), make_storm()
    outage = make_outage(storm=storm)

    job = assign(crew, by, outage=outage, permit_no="抢2402-17", unknown_reasons={"accepted_at": "pending"})

    job.refresh_from_db()
    assert (job.crew, job.outage, job.place, job.storm, job.task) == (
        crew,
        outage,
        outage.place,
        storm,
        "repair",
    )
    assert (job.status, job.assigned_at, job.permit_no) == ("planned", STORM_NIGHT, "抢2402-17")
    assert job.unknown_reasons == {"accepted_at": "pending"}
    entry = JournalEntry.objects.get()
    assert (entry.kind, entry.organization) == ("assignment.assigned", outage.organization)


def test_sends_a_crew_to_a_blocked_road(by: Actor) -> None:
    road = make_road_block()

    job = assign(make_crew(), by, road_block=road, task=TaskKind.CLEAR_ROAD)

    assert (job.place, job.road_block) == (road.place, road)
    assert JournalEntry.objects.get().organization == road.organization


def test_sends_a_crew_on_patrol_without_an_outage(by: Actor) -> None:
    crew, place = make_crew(), make_place()

    job = assign(crew, by, place=place, task=TaskKind.SPECIAL_PATROL)

    assert (job.place, job.storm) == (place, None)
    assert JournalEntry.objects.get().organization == crew.organization


def test_a_crew_under_way_is_not_sent_and_its_job_is_named(by: Actor) -> None:
    crew = make_crew(name="一班")
    first = assign(crew, by, place=make_place(text="岭头山村"))

    with pytest.raises(CrewUnderWay) as refused:
        assign(crew, by)

    assert refused.value.fields == {
        "crew": "一班",
        "task": TaskKind.REPAIR.label,
        "place": "岭头山村",
        "assignment": first.uuid,
    }
    assert list(Assignment.objects.all()) == [first]
    assert kinds() == ["assignment.assigned"]


@pytest.mark.parametrize(
    ("over", "refusal"),
    [
        ({"outage": None}, Missing),
        ({"task": "strange"}, Invalid),
        ({"at": STORM_NIGHT + 6 * MINUTE}, OutOfRange),
        ({"at": datetime(2024, 2, 26, 20, 0)}, NaiveTime),  # noqa: DTZ001 - the very thing refused
    ],
)
def test_refuses_what_cannot_be_and_writes_nothing(
    by: Actor, over: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        assign(make_crew(), by, **over)

    assert not Assignment.objects.exists()
    assert not JournalEntry.objects.exists()


def test_sends_nobody_to_an_outage_that_was_none(by: Actor) -> None:
    outage = make_outage(status="cancelled", ended_at=by.now, ended_by=by.user, end_reason="误报")

    with pytest.raises(BadTransition) as refused:
        assign(make_crew(), by, outage=outage)

    assert (refused.value.fields["subject"], refused.value.fields["state"]) == ("outage", "cancelled")
    assert not Assignment.objects.exists()


def test_a_crew_that_is_no_more_is_not_sent(by: Actor) -> None:
    with pytest.raises(BadTransition) as refused:
        assign(make_crew(disbanded_at=by.now), by)

    assert refused.value.fields["subject"] == "crew"


def test_drills_and_real_jobs_do_not_mix(by: Actor) -> None:
    drill = make_storm(is_exercise=True)
    with pytest.raises(ExerciseMix):
        assign(make_crew(), by, outage=make_outage(storm=drill))
    with pytest.raises(ExerciseMix):
        assign(make_crew(is_exercise=True), by)
    with pytest.raises(ExerciseMix):
        assign(make_crew(is_exercise=True), by, outage=make_outage(), storm=drill)

    job = assign(make_crew(is_exercise=True), by, outage=make_outage(storm=drill))

    assert job.is_exercise
    assert Assignment.objects.count() == 1


def test_a_job_waits_for_a_crew_under_way(by: Actor) -> None:
    crew, second = make_crew(), make_outage()
    assign(crew, by)

    waiting, again = (assign(crew, by, outage=second, queue=True) for _ in range(2))

    assert waiting == again
    assert waiting.status == AssignmentStatus.QUEUED
    assert kinds() == ["assignment.assigned", "assignment.queued"]


def test_two_jobs_without_outage_or_road_both_wait(by: Actor) -> None:
    crew = make_crew()
    assign(crew, by)

    for _ in range(2):
        assign(crew, by, place=make_place(), task=TaskKind.PATROL, queue=True)

    assert crew.assignments.filter(status=AssignmentStatus.QUEUED).count() == 2


def test_a_free_crew_does_not_wait(by: Actor) -> None:
    assert assign(make_crew(), by, queue=True).status == AssignmentStatus.PLANNED


def test_what_has_waited_begins_when_it_is_assigned(by: Actor) -> None:
    crew, outage, desk = make_crew(), make_outage(), later(by)
    first = assign(crew, by)
    waiting = assign(crew, by, outage=outage, queue=True)
    assignments.abort(first, why=AbortReason.WEATHER, at=desk.now, by=desk)

    begun = assign(crew, desk, outage=outage, at=desk.now)

    assert (begun.pk, begun.status, begun.assigned_at) == (waiting.pk, "planned", desk.now)
    assert kinds()[-1] == "assignment.assigned"


def test_walks_through_the_stages_each_told_once(by: Actor) -> None:
    crew, desk = make_crew(), later(by)
    job = assign(crew, by)
    waiting = assign(crew, by, queue=True)
    at = STORM_NIGHT

    for _ in range(2):
        assignments.accept(job, at=at + MINUTE, by=desk)
        assignments.depart(job, at=at + 2 * MINUTE, by=desk)
        assignments.arrive(job, at=at + 3 * MINUTE, by=desk)
        assignments.brief(job, at=at + 4 * MINUTE, by=desk, permit_no="抢2402-17")
        assignments.finish(job, at=at + 5 * MINUTE, by=desk, remark="已换杆")
    done = assignments.finish(job, at=at + 5 * MINUTE, by=desk, remark="已换杆")

    job = done.assignment
    assert (job.accepted_at, job.departed_at, job.on_site_at, job.briefed_at, job.ended_at) == tuple(
        at + minutes * MINUTE for minutes in range(1, 6)
    )
    assert (job.status, job.permit_no, job.remark, job.unknown_reasons) == (
        "finished",
        "抢2402-17",
        "已换杆",
        {},
    )
    assert done.waiting == waiting
    assert kinds()[2:] == [
        "assignment.accepted",
        "assignment.departed",
        "assignment.arrived",
        "assignment.briefed",
        "assignment.finished",
    ]


def test_marks_the_stages_that_nobody_told(by: Actor) -> None:
    job = assignments.arrive(assign(make_crew(), by), at=by.now, by=by)

    assert (job.status, job.accepted_at, job.departed_at) == ("on_site", None, None)
    assert job.unknown_reasons == {"accepted_at": "not_stated", "departed_at": "not_stated"}


def test_a_waiting_job_is_taken_when_the_crew_is_free(by: Actor) -> None:
    crew, desk = make_crew(), later(by)
    first = assign(crew, by)
    waiting = assign(crew, by, queue=True)
    with pytest.raises(CrewUnderWay) as refused:
        assignments.accept(waiting, at=desk.now, by=desk)
    freed = assignments.abort(first, why=AbortReason.ACCESS, at=desk.now, by=desk)

    taken = assignments.accept(waiting, at=desk.now, by=desk)

    assert refused.value.fields["assignment"] == first.uuid
    assert (freed.waiting, taken.status) == (waiting, "accepted")


@pytest.mark.parametrize(
    ("verb", "status"),
    [
        (assignments.depart, "queued"),
        (assignments.arrive, "queued"),
        (assignments.finish, "en_route"),
        (assignments.brief, "queued"),
    ],
)
def test_refuses_a_verb_that_the_state_does_not_allow(by: Actor, verb: Verb, status: str) -> None:
    job = make_assignment(
        status=status,
        on_site_at=by.now if status in {"on_site", "finished"} else None,
        ended_at=by.now if status == "finished" else None,
    )

    with pytest.raises(BadTransition) as refused:
        verb(job, at=by.now, by=by)

    assert refused.value.fields["state"] == status
    job.refresh_from_db()
    assert job.status == status


def test_a_job_is_refused_and_given_back_with_a_reason(by: Actor) -> None:
    refused = assignments.refuse(
        assign(make_crew(), by), why=AbortReason.SAFETY, at=by.now, by=by, remark="无绝缘车"
    ).assignment
    on_site = assignments.arrive(assign(make_crew(), by), at=by.now, by=by)
    aborted = assignments.abort(on_site, why=AbortReason.WEATHER, at=by.now, by=by).assignment

    assert (refused.status, refused.abort_reason, refused.remark) == ("refused", "safety", "无绝缘车")
    assert (aborted.status, aborted.abort_reason, aborted.ended_at) == ("aborted", "weather", by.now)
    assert JournalEntry.objects.get(kind="assignment.refused").reason == "无绝缘车"


def test_what_is_under_way_is_not_refused(by: Actor) -> None:
    job = assignments.depart(assign(make_crew(), by), at=by.now, by=by)

    with pytest.raises(BadTransition):
        assignments.refuse(job, why=AbortReason.OTHER, at=by.now, by=by)

    job.refresh_from_db()
    assert (job.status, job.abort_reason) == ("en_route", "")


@pytest.mark.parametrize(
    ("at", "refusal"),
    [
        (STORM_NIGHT - 6 * MINUTE, Inconsistent),
        (STORM_NIGHT + 6 * MINUTE, OutOfRange),
        (datetime(2024, 2, 26, 20, 0), NaiveTime),  # noqa: DTZ001 - the very thing refused
    ],
)
def test_refuses_the_time_of_a_stage(by: Actor, at: datetime, refusal: type[Exception]) -> None:
    job = assign(make_crew(), by)

    with pytest.raises(refusal):
        assignments.accept(job, at=at, by=by)
    with pytest.raises(refusal):
        assignments.brief(job, at=at, by=by)

    job.refresh_from_db()
    assert (job.status, job.accepted_at, job.briefed_at) == ("planned", None, None)


def test_a_phone_five_minutes_slow_is_believed(by: Actor) -> None:
    job = assignments.accept(assign(make_crew(), by), at=STORM_NIGHT - 5 * MINUTE, by=by)

    assert job.accepted_at == STORM_NIGHT - 5 * MINUTE


def test_refuses_to_arrive_before_setting_off(by: Actor) -> None:
    job = assignments.depart(assign(make_crew(), by), at=by.now, by=by)

    with pytest.raises(Inconsistent) as refused:
        assignments.arrive(job, at=by.now - MINUTE, by=by)

    assert (refused.value.fields["field"], refused.value.fields["other"]) == ("on_site_at", "departed_at")
    job.refresh_from_db()
    assert job.on_site_at is None


def test_a_crew_is_on_one_site_at_a_time(by: Actor) -> None:
    crew = make_crew()
    make_assignment(crew=crew, status="finished", on_site_at=STORM_NIGHT - 9 * MINUTE, ended_at=STORM_NIGHT)
    job = assign(crew, by, at=STORM_NIGHT - 5 * MINUTE)

    with pytest.raises(BrokenRule) as refused:
        assignments.arrive(job, at=STORM_NIGHT - MINUTE, by=by)

    assert refused.value.fields["rule"] == "assignment_one_site_at_a_time"
    job.refresh_from_db()
    assert job.status == AssignmentStatus.PLANNED


def test_the_first_briefing_counts_and_the_last_permit(by: Actor) -> None:
    desk = later(by)
    job = assign(make_crew(), by)
    assignments.brief(job, at=STORM_NIGHT + MINUTE, by=desk)
    assignments.brief(job, at=STORM_NIGHT + MINUTE, by=desk, permit_no="抢2402-17")

    job = assignments.brief(job, at=STORM_NIGHT + 2 * MINUTE, by=desk)

    assert (job.briefed_at, job.permit_no) == (STORM_NIGHT + MINUTE, "抢2402-17")
    assert kinds()[1:] == ["assignment.briefed"] * 3
