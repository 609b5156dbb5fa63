from datetime import date, timedelta
from typing import Any

import pytest

from incidents.choices import BlockCause
from incidents.errors import BrokenRule, ExerciseMix, Inconsistent, Invalid, Missing, OutOfRange
from incidents.journal import Actor
from incidents.models import JournalEntry, RoadBlock
from incidents.services import roads
from tests.factories import (
    STORM_NIGHT,
    make_organization,
    make_outage,
    make_place,
    make_road_block,
    make_storm,
)

MINUTE = timedelta(minutes=1)


def report(by: Actor, **over: Any) -> RoadBlock:
    values: dict[str, Any] = {"organization": make_organization(), "place": make_place(), "at": by.now}
    return roads.report(by=by, **(values | over))


def kinds() -> list[str]:
    return list(JournalEntry.objects.order_by("id").values_list("kind", flat=True))


def test_reports_a_road_and_the_outages_behind_it(by: Actor) -> None:
    outage = make_outage()

    road = report(
        by,
        cause=BlockCause.BAMBOO,
        blocked_on=date(2024, 2, 26),
        outages=[outage],
        quote="把这条路尽快修出来",
        unknown_reasons={"clearing_at": "not_stated"},
    )

    road.refresh_from_db()
    assert (road.cause, road.blocked_at, road.blocked_on) == ("bamboo", None, date(2024, 2, 26))
    assert list(road.outages.all()) == [outage]
    entry = JournalEntry.objects.get()
    assert (entry.kind, entry.organization) == ("road_block.reported", road.organization)
    assert entry.after["outages"] == [outage.pk]


def test_refuses_a_road_blocked_in_the_future(by: Actor) -> None:
    with pytest.raises(OutOfRange):
        report(by, blocked_at=by.now + timedelta(hours=1))

    assert not RoadBlock.objects.exists()
    assert not JournalEntry.objects.exists()


def test_a_real_road_blocks_no_drill(by: Actor) -> None:
    drill = make_outage(storm=make_storm(is_exercise=True))

    with pytest.raises(ExerciseMix):
        report(by, outages=[drill])

    assert not RoadBlock.objects.exists()


def test_is_cleared_in_two_steps_each_told_once(by: Actor) -> None:
    road = make_road_block()

    for _ in range(2):
        road = roads.start_clearing(road, at=by.now - MINUTE, by=by)
    working = (road.is_being_cleared, road.clearing_at)
    for _ in range(2):
        road = roads.clear(road, at=by.now, by=by)

    assert working == (True, by.now - MINUTE)
    assert (road.is_being_cleared, road.cleared_at) == (False, by.now)
    assert kinds() == ["road_block.clearing_started", "road_block.cleared"]


def test_clearing_without_a_stated_moment(by: Actor) -> None:
    road = roads.start_clearing(make_road_block(), at=by.now, by=by, stated=False)

    assert (road.is_being_cleared, road.clearing_at) == (True, None)
    assert road.unknown_reasons == {"clearing_at": "not_stated"}


@pytest.mark.parametrize("field", ["clearing_at", "cleared_at"])
def test_a_road_that_is_clear_or_being_cleared_is_not_begun_anew(by: Actor, field: str) -> None:
    road = make_road_block(**{field: by.now - MINUTE})

    with pytest.raises(Inconsistent) as refused:
        roads.start_clearing(road, at=by.now, by=by)

    assert refused.value.fields["other"] == field
    assert not JournalEntry.objects.exists()


def test_a_road_is_cleared_once(by: Actor) -> None:
    road = make_road_block(cleared_at=by.now - MINUTE)

    with pytest.raises(Inconsistent):
        roads.clear(road, at=by.now, by=by)

    road.refresh_from_db()
    assert road.cleared_at == by.now - MINUTE


def test_a_road_is_not_clear_before_it_was_blocked(by: Actor) -> None:
    road = make_road_block(blocked_at=by.now, blocked_precision="minute")

    with pytest.raises(Inconsistent) as refused:
        roads.clear(road, at=by.now - MINUTE, by=by)

    assert refused.value.fields["other"] == "blocked_at"


def test_a_road_is_not_clear_before_clearing_began(by: Actor) -> None:
    road = make_road_block(clearing_at=by.now)

    with pytest.raises(BrokenRule) as refused:
        roads.clear(road, at=by.now - MINUTE, by=by)

    assert refused.value.fields["rule"] == "road_blocked_clearing_cleared_in_order"


def test_corrects_and_keeps_what_stood_there(by: Actor) -> None:
    outage = make_outage()
    road = make_road_block(cause=BlockCause.UNKNOWN)

    for _ in range(2):
        road = roads.correct(
            road,
            changes={"cause": BlockCause.TREE, "outages": [outage], "blocked_on": date(2024, 2, 26)},
            reason="现场核实",
            at=by.now,
            by=by,
        )

    entry = JournalEntry.objects.get()
    assert (entry.kind, entry.reason) == ("road_block.corrected", "现场核实")
    assert entry.before == {
        "cause": "unknown",
        "outages": [],
        "blocked_on": None,
        "blocked_precision": "unknown",
    }
    assert entry.after == {
        "cause": "tree",
        "outages": [outage.pk],
        "blocked_on": "2024-02-26",
        "blocked_precision": "day",
    }


@pytest.mark.parametrize(
    ("changes", "reason", "refusal"),
    [
        ({"alternative": "走老路"}, "", Missing),
        ({"cleared_at": STORM_NIGHT}, "核实", Invalid),
    ],
)
def test_refuses_a_correction_and_changes_nothing(
    by: Actor, changes: Any, reason: str, refusal: type[Exception]
) -> None:
    road = make_road_block()

    with pytest.raises(refusal):
        roads.correct(road, changes=changes, reason=reason, at=by.now, by=by)

    road.refresh_from_db()
    assert (road.alternative, road.cleared_at) == ("", None)


def test_puts_no_drill_behind_a_real_road(by: Actor) -> None:
    road, drill = make_road_block(), make_outage(storm=make_storm(is_exercise=True))

    with pytest.raises(ExerciseMix):
        roads.correct(road, changes={"outages": [drill]}, reason="核实", at=by.now, by=by)

    assert not road.outages.exists()


def test_a_correction_of_the_way_leaves_what_is_behind_it(by: Actor) -> None:
    outage = make_outage()
    road = report(by, outages=[outage])

    road = roads.correct(road, changes={"alternative": "走老路"}, reason="村民带路", at=by.now, by=by)

    assert (road.alternative, list(road.outages.all())) == ("走老路", [outage])
