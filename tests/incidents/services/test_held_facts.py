"""Facts told late or out of order: the same record as in order, conflicts kept, nothing lost (R24)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from incidents.choices import AbortReason, HeldState, RestorationMethod
from incidents.errors import BadTransition, BrokenRule, Inconsistent, KeyReused, Missing, OutOfRange, Refused
from incidents.journal import Actor
from incidents.models import HeldFact, JournalEntry, Outage, RestorationStep
from incidents.services import (
    assignments,
    closing,
    deployments,
    field_facts,
    held_facts,
    held_life,
    organizations,
    outages,
    restoration,
)
from incidents.services.field_facts import FACTS
from tests.factories import (
    STORM_NIGHT,
    make_actor,
    make_assignment,
    make_crew,
    make_damage,
    make_organization,
    make_outage,
    make_place,
    make_road_block,
)

MINUTE = timedelta(minutes=1)
Event = tuple[str, dict[str, Any]]
some_orders = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def tell(row: Any, verb: str, by: Actor, *, key: str = "", **said: Any) -> Any:
    """Tell a fact as the field API does: the row locked, then what was held and fits now."""
    with transaction.atomic():
        type(row).objects.select_for_update().get(pk=row.pk)
        call = FACTS[held_life.NAMES[type(row)], verb].call
        told = held_facts.tell(row, verb=verb, call=call, said=said, key=key or str(uuid4()), by=by)
        if not isinstance(told, HeldFact):
            held_life.follow(row, by=by)
    return told


def deliver(row: Any, events: Sequence[Event], by: Actor) -> None:
    for verb, said in events:
        if verb == "confirm":  # the dispatcher's
            outages.confirm(row, by=by, **said)
            held_life.follow(row, by=by)
        else:
            tell(row, verb, by, **said)


def at(minutes: int) -> dict[str, Any]:
    return {"at": STORM_NIGHT + minutes * MINUTE}


@pytest.fixture
def now_by(db: None) -> Actor:
    return make_actor(now=STORM_NIGHT + 300 * MINUTE)


# --- any order ends like the true one (R24)

METHOD = {"method": RestorationMethod.TRANSFER}
OUTAGE: list[Event] = [
    ("confirm", at(5)),
    ("locate", at(10)),
    ("isolate", at(20)),
    ("start_repair", at(30)),
    ("restore_step", at(40) | METHOD | {"customers": 60}),
    ("restore_step", at(45) | METHOD | {"customers": 1, "remark": "单户"}),
    ("repair", at(50)),
    ("restore_step", at(60) | METHOD | {"customers": 39, "final": True}),
    ("return_to_normal", at(70)),
    ("record_damage", at(15) | {"kind": "pole_broken", "count": 1}),
]
JOB: list[Event] = [
    ("accept", at(5)),
    ("depart", at(10)),
    ("brief", at(15) | {"permit_no": "抢-1"}),
    ("arrive", at(20)),
    ("finish", at(60) | {"remark": "已修复"}),
]
TRIP: list[Event] = [
    ("depart", at(5) | {"expected_at": STORM_NIGHT + 90 * MINUTE}),
    ("arrive", at(30)),
    ("brief", at(40)),
    ("start_work", at(50)),
    ("rest", at(60)),
    ("start_work", at(70)),
    ("release", at(90)),
    ("return_home", at(120)),
]
ROAD: list[Event] = [("start_clearing", at(5)), ("clear", at(50))]
_PASSING = {"id", "uuid", "place_id", "crew_id", "organization_id", "reported_by_id", "recorded_by_id"}


def state_of(row: Any) -> Any:
    """Return all that a row and its steps say, but who they are."""
    row.refresh_from_db()
    fields = {name: value for name, value in row.__dict__.items() if name not in _PASSING and name[0] != "_"}
    if not isinstance(row, Outage):
        return fields
    steps = row.steps.order_by("seq").values_list("seq", "at", "customers", "is_final", "remark")
    return fields, list(steps), list(row.damages.values_list("kind", "count", "received_at"))


def both(make: Any, events: list[Event], order: Sequence[Event], by: Actor) -> None:
    expected, row = make(), make()
    deliver(expected, events, by)
    assert not HeldFact.objects.open().exists()

    deliver(row, order, by)

    assert not HeldFact.objects.open().exists()
    assert state_of(row) == state_of(expected)


@some_orders
@given(order=st.permutations(OUTAGE))
def test_an_outage_told_in_any_order(now_by: Actor, order: list[Event]) -> None:
    both(lambda: make_outage(customers_affected=100), OUTAGE, order, now_by)


@some_orders
@given(order=st.permutations([*OUTAGE[:-4], ("restore_step", at(60) | METHOD | {"final": True})]))
def test_an_outage_whose_customers_nobody_counted(now_by: Actor, order: list[Event]) -> None:
    events = [*OUTAGE[:-4], ("restore_step", at(60) | METHOD | {"final": True})]
    both(make_outage, events, order, now_by)


@some_orders
@given(order=st.permutations(JOB))
def test_a_job_told_in_any_order(now_by: Actor, order: list[Event]) -> None:
    both(make_assignment, JOB, order, now_by)


@some_orders
@given(order=st.permutations([*JOB[:-1], ("abort", at(60) | {"why": AbortReason.WEATHER})]))
def test_a_job_that_was_given_back(now_by: Actor, order: list[Event]) -> None:
    """Given back at once, where the other stages are told late: nothing tells that they came first."""
    events = [*JOB[:-1], ("abort", at(60) | {"why": AbortReason.WEATHER})]
    assume(order.index(events[2]) < order.index(events[4]))  # a briefing after the end waits for a person
    both(make_assignment, events, order, now_by)


@some_orders
@given(order=st.permutations(TRIP))
def test_a_deployment_told_in_any_order(now_by: Actor, order: list[Event]) -> None:
    def team() -> Any:
        sender = make_organization()
        told = {"host_text": "嵊州", "at": STORM_NIGHT}
        return deployments.mobilise(organization=sender, by=now_by, **told)  # type: ignore[arg-type]

    both(team, TRIP, order, now_by)


@pytest.mark.parametrize("order", [ROAD, ROAD[::-1]])
def test_a_road_told_in_any_order(now_by: Actor, order: list[Event]) -> None:
    both(make_road_block, ROAD, order, now_by)


# --- what waits


def test_a_fact_that_came_early_waits_and_is_applied_in_the_name_of_who_told_it(now_by: Actor) -> None:
    job, teller = make_assignment(), make_actor(now=STORM_NIGHT + 70 * MINUTE)

    held = tell(job, "finish", teller, **at(60), remark="已修复")

    assert (held.state, held.why, held.stands) == ("waiting", "bad-transition", {})
    assert held.told["possible"] == "accept, depart, arrive, refuse, abort"
    assert held.said == {"at": "2024-02-26T13:00:00+00:00", "remark": "已修复"}
    job.refresh_from_db()
    assert job.status == "planned"

    tell(job, "arrive", now_by, **at(20))

    job.refresh_from_db()
    held.refresh_from_db()
    assert (job.status, job.ended_at) == ("finished", STORM_NIGHT + 60 * MINUTE)
    assert (held.state, held.settled_at, held.settled_by) == ("applied", now_by.now, None)
    done = JournalEntry.objects.get(kind="assignment.finished")
    assert (done.by, done.occurred_at) == (teller.user, STORM_NIGHT + 60 * MINUTE)
    kinds = JournalEntry.objects.filter(subject_type="heldfact").order_by("id").values_list("kind", "by")
    assert list(kinds) == [("held_fact.held", teller.user.pk), ("held_fact.applied", now_by.user.pk)]


def test_a_job_waits_for_the_end_of_the_one_before(now_by: Actor) -> None:
    crew = make_crew()
    first = make_assignment(crew=crew, status="on_site", on_site_at=STORM_NIGHT)
    second = make_assignment(crew=crew, status="queued")

    held = tell(second, "accept", now_by, **at(20))
    assert (held.state, held.why) == ("waiting", "crew-under-way")
    tell(first, "finish", now_by, **at(15))

    second.refresh_from_db()
    assert (second.status, second.accepted_at) == ("accepted", STORM_NIGHT + 20 * MINUTE)


def test_what_is_told_of_a_closed_outage_waits_until_it_is_opened_again(now_by: Actor) -> None:
    outage = make_outage(
        status="closed",
        restored_at=STORM_NIGHT,
        ended_at=STORM_NIGHT,
        ended_by=now_by.user,
        cause_code="ice_load",
    )

    repaired = tell(outage, "repair", now_by, **at(30))
    found = tell(
        outage, "record_damage", now_by, **at(10), kind="pole_broken", place=make_place(text="12号杆")
    )
    assert {repaired.state, found.state} == {HeldState.WAITING}
    with transaction.atomic():
        closing.reopen(outage, reason="补录", at=now_by.now, by=now_by)
        held_life.follow(outage, by=now_by)

    outage.refresh_from_db()
    assert outage.repaired_at == STORM_NIGHT + 30 * MINUTE
    damage = outage.damages.get()
    assert damage.place is not None
    assert damage.place.text == "12号杆"
    assert not HeldFact.objects.open().exists()


def test_what_can_never_fit_is_kept_and_marked(now_by: Actor) -> None:
    organization = organizations.bound_held_facts(
        make_organization(), hours=2, at=now_by.now, by=now_by, reason="短班"
    )
    outage = make_outage(
        organization=organization,
        status="cancelled",
        ended_at=STORM_NIGHT,
        ended_by=now_by.user,
        end_reason="误报",
    )

    held = tell(outage, "restore_step", now_by, **at(20), **METHOD, customers=3)
    for _ in range(3):
        held_life.follow(outage, by=now_by)

    held.refresh_from_db()
    assert (held.state, held.overdue_at) == ("waiting", now_by.now + timedelta(hours=2))
    assert not RestorationStep.objects.exists()


def test_the_hours_of_a_held_fact_are_an_hour_to_a_week(now_by: Actor) -> None:
    organization = make_organization()

    for hours in (0, 169):
        with pytest.raises(OutOfRange):
            organizations.bound_held_facts(organization, hours=hours, at=now_by.now, by=now_by, reason="x")
    organization.refresh_from_db()
    assert organization.held_fact_hours == 12
    with pytest.raises(IntegrityError, match="organization_held_fact_hours_in_range"), transaction.atomic():
        type(organization).objects.filter(pk=organization.pk).update(held_fact_hours=0)


# --- what contradicts the record


def test_an_older_time_of_what_was_told_before_is_kept_with_both_values(now_by: Actor) -> None:
    outage = make_outage()
    tell(outage, "locate", now_by, **at(40))

    older = tell(outage, "locate", now_by, **at(30))
    newer = tell(outage, "locate", now_by, **at(50))
    again = tell(outage, "locate", now_by, **at(40))

    outage.refresh_from_db()
    assert outage.located_at == STORM_NIGHT + 40 * MINUTE
    assert again == outage
    for held, minutes in ((older, 30), (newer, 50)):
        assert (held.state, held.at) == ("conflict", STORM_NIGHT + minutes * MINUTE)
        assert held.stands == {"field": "located_at", "value": "2024-02-26T20:40:00+08:00"}


def test_a_stage_without_a_column_contradicts_the_journal(now_by: Actor) -> None:
    outage = make_outage()
    tell(outage, "start_repair", now_by, **at(40))

    held = tell(outage, "start_repair", now_by, **at(30))

    assert (held.state, held.stands["field"]) == ("conflict", "at")
    taken = held_facts.take(held, reason="班长证实", at=now_by.now, by=now_by)
    assert taken.state == "taken"
    told = JournalEntry.objects.filter(kind="outage.repair_started").order_by("id")
    assert [entry.occurred_at for entry in told] == [at(40)["at"], at(30)["at"]]


def test_more_customers_than_were_out_wait_for_the_number_to_be_corrected(now_by: Actor) -> None:
    outage = make_outage(customers_affected=100)

    held = tell(outage, "restore_step", now_by, **at(20), **METHOD, customers=120)
    assert (held.state, held.stands) == ("conflict", {"field": "customers", "value": "100"})
    with transaction.atomic():
        changes: Any = {"customers_affected": 120}
        closing.correct(outage, changes=changes, reason="清点", at=now_by.now, by=now_by)
        held_life.follow(outage, by=now_by)

    outage.refresh_from_db()
    held.refresh_from_db()
    assert (outage.status, held.state) == ("restored", "applied")


def test_a_last_step_that_does_not_add_up_waits_for_the_others(now_by: Actor) -> None:
    outage = make_outage(customers_affected=100)

    held = tell(outage, "restore_step", now_by, **at(60), **METHOD, customers=40, final=True)

    assert (held.state, held.why) == ("waiting", "out-of-range")
    outage.refresh_from_db()
    assert outage.status == "reported"


def test_a_crew_cannot_have_been_at_two_sites(now_by: Actor) -> None:
    crew = make_crew()
    make_assignment(crew=crew, status="finished", on_site_at=STORM_NIGHT, ended_at=STORM_NIGHT + 30 * MINUTE)
    job = make_assignment(crew=crew)

    held = tell(job, "arrive", now_by, **at(10))

    assert held.stands == {"field": "rule", "value": "assignment_one_site_at_a_time"}
    assert (held.state, held.why) == ("conflict", "rule-broken")


# --- what is impossible is refused, and nothing is kept


@pytest.mark.parametrize(
    ("verb", "said", "refusal"),
    [
        ("locate", at(-1), Inconsistent),  # before it began
        ("restore_step", at(-1) | METHOD | {"final": True}, Inconsistent),
        ("locate", at(306), OutOfRange),  # more than 5 min ahead
        ("locate", at(-410 * 1440), OutOfRange),  # of the winter before
        ("locate", {"at": STORM_NIGHT.replace(tzinfo=None)}, Refused),
        ("restore_step", at(5) | METHOD | {"customers": 100_000_001}, OutOfRange),
        ("restore_step", at(5) | {"method": RestorationMethod.GENERATOR, "final": True}, Inconsistent),
        ("record_damage", at(5) | {"kind": "pole_broken", "count": 0}, BrokenRule),
    ],
)
def test_what_cannot_be_true_is_refused(
    now_by: Actor, verb: str, said: dict[str, Any], refusal: type[Exception]
) -> None:
    outage = make_outage(occurred_at=STORM_NIGHT, occurred_precision="exact")
    before = state_of(outage)

    with pytest.raises(refusal):
        tell(outage, verb, now_by, **said)

    assert state_of(outage) == before
    assert not HeldFact.objects.exists()
    assert not JournalEntry.objects.exists()


# --- once a sending


def test_what_is_held_is_held_once_a_key(now_by: Actor) -> None:
    job = make_assignment()
    first = tell(job, "finish", now_by, key="k-1", **at(60))

    again = tell(job, "finish", now_by, key="k-1", **at(60))
    with pytest.raises(KeyReused):
        tell(job, "finish", now_by, key="k-1", **at(61))

    assert (again, HeldFact.objects.count()) == (first, 1)
    with pytest.raises(IntegrityError, match="held_fact_once_a_sending"), transaction.atomic():
        copy_of(first).save()


def copy_of(held: HeldFact) -> HeldFact:
    values = {field.attname: getattr(held, field.attname) for field in HeldFact._meta.concrete_fields}
    return HeldFact(**values | {"id": None, "uuid": uuid4()})


# --- a dispatcher decides


def test_a_dispatcher_takes_a_held_time_over_the_one_that_stands(now_by: Actor) -> None:
    outage = make_outage()
    tell(outage, "locate", now_by, **at(40))
    held = tell(outage, "locate", now_by, **at(30), place=make_place(text="3号杆"))

    held_facts.take(held, reason="班长证实", at=now_by.now, by=now_by)

    outage.refresh_from_db()
    held.refresh_from_db()
    assert (outage.located_at, outage.place.text) == (STORM_NIGHT + 30 * MINUTE, "3号杆")
    assert (held.state, held.settled_by, held.settled_why) == ("taken", now_by.user, "班长证实")
    entry = JournalEntry.objects.get(kind="outage.corrected")
    assert (entry.before or {})["located_at"] == "2024-02-26T12:40:00Z"
    assert entry.reason == "班长证实"


@pytest.mark.parametrize(
    ("make", "verb", "column"),
    [
        (make_assignment, "accept", "accepted_at"),
        (make_damage, "repair", "repaired_at"),
        (make_road_block, "clear", "cleared_at"),
    ],
)
def test_any_held_moment_can_be_taken(now_by: Actor, make: Any, verb: str, column: str) -> None:
    row = make()
    tell(row, verb, now_by, **at(40))
    held = tell(row, verb, now_by, **at(30))

    held_facts.take(held, reason="证实", at=now_by.now, by=now_by)

    row.refresh_from_db()
    assert getattr(row, column) == STORM_NIGHT + 30 * MINUTE


def test_a_job_that_was_not_finished_but_given_back(now_by: Actor) -> None:
    job = make_assignment(status="on_site", on_site_at=STORM_NIGHT)
    tell(job, "finish", now_by, **at(40))
    held = tell(job, "abort", now_by, **at(30), why=AbortReason.SAFETY, remark="险情")

    held_facts.take(held, reason="班长证实", at=now_by.now, by=now_by)

    job.refresh_from_db()
    assert (job.status, job.ended_at, job.abort_reason) == ("aborted", at(30)["at"], "safety")


def test_what_waits_is_not_taken_before_its_time(now_by: Actor) -> None:
    job = make_assignment()
    held = tell(job, "finish", now_by, **at(40))

    with pytest.raises(BadTransition):
        held_facts.take(held, reason="证实", at=now_by.now, by=now_by)

    held.refresh_from_db()
    job.refresh_from_db()
    assert (held.state, job.status) == ("waiting", "planned")


def test_a_dismissed_fact_stays_with_its_reason_and_is_never_applied(now_by: Actor) -> None:
    job = make_assignment()
    held = tell(job, "finish", now_by, **at(40))

    with pytest.raises(Missing):
        held_facts.dismiss(held, reason=" ", at=now_by.now, by=now_by)
    held_facts.dismiss(held, reason="别的班", at=now_by.now, by=now_by)
    tell(job, "arrive", now_by, **at(20))
    for verb in (held_facts.dismiss, held_facts.take):
        with pytest.raises(BadTransition):
            verb(held, reason="x", at=now_by.now, by=now_by)

    job.refresh_from_db()
    held.refresh_from_db()
    assert (job.status, held.state, held.settled_why) == ("on_site", "dismissed", "别的班")


def test_a_held_fact_that_breaks_something_steps_aside(
    now_by: Actor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    job = make_assignment()
    held = tell(job, "finish", now_by, **at(40))
    monkeypatch.setattr(held_life, "read", lambda _said: 1 / 0)

    tell(job, "arrive", now_by, **at(20))

    job.refresh_from_db()
    held.refresh_from_db()
    assert (job.status, held.state) == ("on_site", "waiting")
    assert "held fact broke" in caplog.text


# --- what the database holds


@pytest.mark.parametrize(
    ("over", "constraint"),
    [
        ({"hazard": None, "assignment": None}, "held_fact_is_about_one_thing"),
        ({"state": "applied"}, "held_fact_end_is_whole"),
        ({"settled_at": STORM_NIGHT}, "held_fact_end_is_whole"),
        ({"settled_why": "x"}, "held_fact_settled_by_a_person_with_a_reason"),
        ({"state": "taken", "settled_at": STORM_NIGHT}, "held_fact_settled_by_a_person_with_a_reason"),
    ],
)
def test_a_held_fact_is_whole(now_by: Actor, over: dict[str, Any], constraint: str) -> None:
    held = tell(make_assignment(), "finish", now_by, **at(40))

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        HeldFact.objects.filter(pk=held.pk).update(**over)


def test_a_fact_is_about_one_thing_and_no_more(now_by: Actor) -> None:
    held = tell(make_assignment(), "finish", now_by, **at(40))

    with pytest.raises(IntegrityError, match="held_fact_is_about_one_thing"), transaction.atomic():
        HeldFact.objects.filter(pk=held.pk).update(outage=make_outage())


def test_every_fact_names_a_column_of_its_thing() -> None:
    models = {name: model for model, name in held_life.NAMES.items()}

    for (name, _verb), fact in FACTS.items():
        columns = {field.name for field in models[name]._meta.concrete_fields}
        assert {*([fact.column] if fact.column else []), *fact.also.values()} <= columns


def test_arguments_are_kept_as_they_were_told() -> None:
    said = {"at": at(5)["at"], "customers": 3, "method": RestorationMethod.TRANSFER, "place": None}

    kept = field_facts.written(said)

    assert kept["at"] == "2024-02-26T12:05:00+00:00"
    assert field_facts.read(kept) == said


def test_services_refuse_as_before(now_by: Actor) -> None:
    """Held is what the field tells; a service called by itself still says no."""
    with pytest.raises(BadTransition):
        assignments.finish(make_assignment(), at=now_by.now, by=now_by)
    with pytest.raises(BadTransition):
        restoration.return_to_normal(make_outage(), at=now_by.now, by=now_by)
