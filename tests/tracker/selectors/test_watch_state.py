from datetime import timedelta

import pytest
from django.db.models.functions import Now

from tests.tracker.watchers import make_alert
from tracker.choices import Part
from tracker.models import Heartbeat
from tracker.selectors import watch_state
from tracker.selectors.clock import database_now
from tracker.selectors.health import LONGEST_SILENCE
from tracker.selectors.watch_state import Condition, look
from tracker.services import heartbeats

pytestmark = pytest.mark.django_db
ALL = [Part.CYCLE, *LONGEST_SILENCE]


def silent(part: Part, seconds: float) -> None:
    Heartbeat.objects.filter(name=part).update(beat_at=Now() - timedelta(seconds=seconds))


def test_is_well_and_clean_while_every_part_lives_and_nothing_is_late() -> None:
    heartbeats.beat(ALL)

    state = look()

    assert (state.condition, state.is_clean, state.silent, state.late_min) == (Condition.WELL, True, (), 0)


def test_a_watch_that_never_turned_is_dead() -> None:
    assert look().condition is Condition.DEAD
    assert not look().is_clean


@pytest.mark.parametrize(
    ("seconds", "condition", "is_clean"),
    [(19, Condition.WELL, True), (22, Condition.WELL, False), (61, Condition.DEAD, False)],
)
def test_a_watch_that_does_not_turn_is_dead_after_a_minute(
    seconds: float,
    condition: Condition,
    is_clean: bool,  # noqa: FBT001
) -> None:
    heartbeats.beat(ALL)
    silent(Part.CYCLE, seconds)

    assert (look().condition, look().is_clean) == (condition, is_clean)


def test_what_is_due_for_over_a_minute_is_late() -> None:
    heartbeats.beat(ALL)
    make_alert(next_due_at=database_now() - timedelta(seconds=130))

    state = look()

    assert (state.condition, state.late_min, state.is_clean) == (Condition.LATE, 2, False)


@pytest.mark.parametrize(("part", "is_clean"), [(Part.WORKER, True), (Part.BROKER, True), (Part.MAIL, False)])
def test_with_a_silent_part_it_limps(part: Part, is_clean: bool) -> None:  # noqa: FBT001
    heartbeats.beat(ALL)
    silent(part, 60)

    state = look()

    assert (state.condition, state.silent, state.is_clean) == (Condition.LIMPING, (part,), is_clean)
    assert state.silent_named == [str(part.label)]


def test_a_stage_that_broke_is_not_clean() -> None:
    heartbeats.beat(ALL)
    heartbeats.fail([Part.CYCLE], error="evaluate")

    state = look()

    assert (state.condition, state.error, state.is_clean) == (Condition.LIMPING, "evaluate", False)


def test_a_process_asks_once_in_ten_seconds(
    django_assert_num_queries: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch_state.forget()
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert watch_state.recent().condition is Condition.DEAD
        heartbeats_before = watch_state.recent()
        assert heartbeats_before.condition is Condition.DEAD
    heartbeats.beat(ALL)

    monkeypatch.setattr(watch_state, "FRESH_S", 0.0)

    assert watch_state.recent().condition is Condition.WELL
    watch_state.forget()
