"""The grade that a section holds: up at once, down after calm, never by a model or an old reading."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.choices import Grade, GradeBasis
from incidents.rules.grading import rank
from incidents.rules.icing import IcingReading, IcingState, advance
from incidents.rules.ladder import Ladder

START = datetime(2024, 2, 26, 12, 0, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def reading(
    minutes: float, mm: float, *, design: float | None = 10, is_estimate: bool = False
) -> IcingReading:
    return IcingReading(observed_at=at(minutes), standard_mm=mm, design_mm=design, is_estimate=is_estimate)


def follow(*readings: IcingReading, ladder: Ladder | None = None) -> IcingState:
    state: IcingState | None = None
    for each in readings:
        state = advance(state=state, reading=each, ladder=ladder or Ladder())
    assert state is not None
    return state


def test_the_first_reading_starts_the_state() -> None:
    assert follow(reading(0, 5.2)) == IcingState(
        grade=Grade.YELLOW,
        since=at(0),
        observed_at=at(0),
        standard_mm=5.2,
        ratio=0.52,
        basis=GradeBasis.MEASURED,
        measured_at=at(0),
    )


def test_worse_holds_at_once() -> None:
    state = follow(reading(0, 1), reading(10, 10))

    assert state.grade == Grade.RED
    assert state.since == at(10)


def test_one_calm_reading_lowers_nothing() -> None:
    state = follow(reading(0, 5), reading(10, 2))

    assert state.grade == Grade.YELLOW
    assert state.since == at(0)
    assert state.observed_at == at(10)
    assert state.below_count == 1
    assert state.below_since == at(10)


def test_two_calm_readings_lower_the_grade() -> None:
    state = follow(reading(0, 5), reading(10, 2), reading(20, 2))

    assert state.grade == Grade.NONE
    assert state.since == at(20)
    assert state.below_count == 0
    assert state.below_since is None


def test_within_the_margin_is_not_calm_and_starts_the_count_anew() -> None:
    state = follow(reading(0, 5), reading(10, 4.4), reading(20, 4.5), reading(30, 4.4))

    assert state.grade == Grade.YELLOW
    assert state.below_count == 1
    assert state.below_since == at(30)


def test_the_grade_falls_no_further_than_the_worse_of_the_two_readings() -> None:
    state = follow(reading(0, 10), reading(10, 8), reading(20, 1))

    assert state.grade == Grade.ORANGE
    assert state.below_count == 1  # the last reading is calm for orange too
    assert follow(reading(0, 10), reading(10, 8), reading(20, 1), reading(30, 1)).grade == Grade.NONE


def test_a_grade_is_lowered_only_to_one_that_is_left_as_hard() -> None:
    state = follow(reading(0, 10), reading(10, 6.7), reading(20, 6.7))

    assert state.grade == Grade.ORANGE  # 0.67 is within the margin of 0.7
    assert state.below_count == 0


@pytest.mark.parametrize(("minutes", "grade"), [(129, Grade.YELLOW), (130, Grade.NONE)])
def test_two_hours_of_calm_lower_the_grade_whatever_the_count(minutes: float, grade: Grade) -> None:
    patient = Ladder(calm_readings=5)

    state = follow(reading(0, 5), reading(10, 1), reading(minutes, 1), ladder=patient)

    assert state.grade == grade


@pytest.mark.parametrize(("mm", "grade"), [(8.5, Grade.BLUE), (8.4, Grade.NONE)])
def test_without_a_design_the_margin_is_one_and_a_half_millimetres(mm: float, grade: Grade) -> None:
    readings = [reading(0, 10, design=None), reading(10, mm, design=None), reading(20, mm, design=None)]

    assert follow(*readings).grade == grade


@pytest.mark.parametrize(("mm", "grade"), [(0.5, Grade.RED), (0.4, Grade.NONE)])
def test_a_line_built_for_no_ice_calms_below_half_a_millimetre(mm: float, grade: Grade) -> None:
    assert follow(reading(0, 2, design=0), reading(9, mm, design=0), reading(19, mm, design=0)).grade == grade


def test_a_new_design_value_starts_the_count_anew() -> None:
    state = follow(reading(0, 10, design=20), reading(10, 8, design=20), reading(20, 1, design=10))

    assert state.grade == Grade.YELLOW
    assert state.below_count == 1
    assert state.below_since == at(20)


@pytest.mark.parametrize("mm", [1, 9.9, 30])
def test_an_older_reading_changes_nothing(mm: float) -> None:
    state = follow(reading(0, 2), reading(10, 5))

    assert advance(state=state, reading=reading(9, mm)) is state


def test_two_readings_of_one_moment_count_once_unless_worse() -> None:
    state = follow(reading(0, 5), reading(10, 2))

    assert advance(state=state, reading=reading(10, 1)) is state
    assert advance(state=state, reading=reading(10, 7)).grade == Grade.ORANGE


def test_a_model_neither_lowers_nor_refreshes_what_was_measured() -> None:
    state = follow(reading(0, 5))

    for minutes in (10, 20, 200):
        assert advance(state=state, reading=reading(minutes, 0, is_estimate=True)) is state


def test_a_model_may_raise_and_only_a_measurement_lowers_again() -> None:
    raised = follow(reading(0, 5), reading(10, 8, is_estimate=True))
    left = follow(reading(0, 5), reading(10, 8, is_estimate=True), reading(20, 0, is_estimate=True))
    calmed = advance(state=advance(state=left, reading=reading(30, 5)), reading=reading(40, 5))

    assert raised.grade == Grade.ORANGE
    assert raised.is_estimate
    assert raised.measured_at == at(0)
    assert left == raised
    assert calmed.grade == Grade.YELLOW
    assert not calmed.is_estimate


def test_where_nobody_measured_models_lower_what_models_raised() -> None:
    state = follow(*(reading(minutes, mm, is_estimate=True) for minutes, mm in ((0, 8), (60, 1), (120, 1))))

    assert state.grade == Grade.NONE
    assert state.measured_at is None


def test_a_measurement_told_late_counts_against_a_model_that_ran_meanwhile() -> None:
    state = follow(reading(0, 1), reading(15, 3, is_estimate=True), reading(10, 10))

    assert state.grade == Grade.RED
    assert state.since == at(10)
    assert state.observed_at == at(15)
    assert state.measured_at == at(10)


def test_an_older_model_run_changes_nothing() -> None:
    state = follow(reading(10, 3, is_estimate=True))

    assert advance(state=state, reading=reading(9, 9, is_estimate=True)) is state


@given(
    design=st.sampled_from([5, 10, 15, 20, 30, 40, 50]),
    edge=st.sampled_from([0.3, 0.5, 0.7, 1.0]),
    start_above=st.booleans(),
    count=st.integers(2, 60),
)
def test_trembling_around_an_edge_changes_the_grade_at_most_once(
    design: float, edge: float, count: int, *, start_above: bool
) -> None:
    ranks = []
    state: IcingState | None = None
    for number in range(count):
        above = (number % 2 == 0) == start_above
        mm = design * (edge + (0.02 if above else -0.02))
        state = advance(state=state, reading=reading(10 * number, mm, design=design))
        ranks.append(rank(grade=state.grade))

    assert ranks == sorted(ranks)
    assert len(set(ranks)) <= 2


@given(
    st.lists(
        st.tuples(st.integers(0, 500), st.floats(0, 150), st.booleans()),
        min_size=1,
        max_size=30,
    )
)
def test_the_grade_never_falls_by_one_reading_and_time_never_runs_back(
    told: list[tuple[int, float, bool]],
) -> None:
    state: IcingState | None = None
    for minutes, mm, is_estimate in told:
        before = state
        state = advance(state=state, reading=reading(minutes, mm, is_estimate=is_estimate))
        if before is None:
            continue
        assert state.observed_at >= before.observed_at
        if rank(grade=state.grade) < rank(grade=before.grade):
            assert before.below_count >= 1
            assert not (is_estimate and before.measured_at)
