"""Figures of a storm against answers worked out by hand (IEEE 1366, DL/T 836.1, accuracy of estimates)."""

from datetime import datetime, timedelta

import pytest

from tests.tracker.watchers import minutes
from tracker.rules.report_numbers import OutageRow, Step
from tracker.rules.report_sums import sum_up
from tracker.rules.review import Job, Promise, accuracy, ages, percentile, reliability, rested

BEGIN = minutes(0)
END = minutes(24 * 60)
WORKED = [(90, 200), (60, 600), (30, 25), (240, 90), (120, 700)]


def row(pk: int, *, customers: int | None, back: float | None, **over: object) -> OutageRow:
    values = {"began_at": BEGIN, "restored_at": None if back is None else minutes(back)} | over
    return OutageRow(id=pk, customers=customers, **values)  # type: ignore[arg-type]


def job(crew: str, began: float, ended: float | None) -> Job:
    return Job(
        crew=crew,
        organization="o",
        place="p",
        line="",
        outage_id=None,
        assigned_at=minutes(began),
        departed_at=None,
        on_site_at=None,
        ended_at=None if ended is None else minutes(ended),
        check_ins=0,
    )


def test_the_worked_example_of_ieee_1366() -> None:
    rows = [row(pk, customers=count, back=back) for pk, (back, count) in enumerate(WORKED)]

    found = reliability(rows, since=BEGIN, until=BEGIN + timedelta(hours=8784), customers_served=2000)

    assert found.ieee is not None
    assert found.china is not None
    assert found.ieee.saifi == pytest.approx(0.8075)
    assert found.ieee.saidi_min == pytest.approx(80.175)
    assert found.caidi_min == pytest.approx(99.288, abs=0.0005)
    assert found.china.saidi_1_h == pytest.approx(1.33625)
    assert found.china.asai_1_percent == pytest.approx(99.984788, abs=5e-7)


def test_steps_count_by_step_and_not_to_the_last_of_them() -> None:
    steps = (Step(at=minutes(45), customers=600), Step(at=minutes(130), customers=300))
    rows = [row(1, customers=1000, back=370, steps=steps)]

    assert (
        reliability(rows, since=BEGIN, until=END, customers_served=None).everything.customer_minutes
        == 103_000
    )


def test_a_generator_restores_nobody_and_who_is_explained_is_counted_once() -> None:
    generator = (Step(at=minutes(10), customers=50, is_generator=True),)
    rows = [row(1, customers=50, back=60, steps=generator), row(2, customers=50, back=60, explained=True)]

    assert (
        reliability(rows, since=BEGIN, until=END, customers_served=None).everything.customer_minutes == 3000
    )


def test_the_minutes_are_the_area_under_the_curve_of_the_report() -> None:
    rows = [
        row(1, customers=100, back=None, steps=(Step(at=minutes(30), customers=30),)),
        row(
            2,
            customers=80,
            back=200,
            steps=(Step(at=minutes(-5), customers=90), Step(at=minutes(300), customers=9)),
        ),
        row(3, customers=None, back=20),
    ]
    points = sum_up(rows).curve
    ends = [*(point.at for point in points[1:]), END]
    area = sum(p.customers * (end - p.at).total_seconds() / 60 for p, end in zip(points, ends, strict=True))

    found = reliability(rows, since=BEGIN, until=END, customers_served=None)

    assert found.everything.customer_minutes == pytest.approx(area)
    assert found.everything.without_count == 1


def test_without_customers_served_there_is_no_index_and_caidi_stays() -> None:
    found = reliability([row(1, customers=10, back=60)], since=BEGIN, until=END, customers_served=None)

    assert (found.ieee, found.china, found.caidi_min) == (None, None, 60)


def promise(back: datetime | None, told: datetime | None, **over: object) -> Promise:
    values = {"first_published_at": minutes(10) if told else None, "revisions": 0, "is_blown": False} | over
    return Promise(began_at=BEGIN, restored_at=back, first_value_at=told, **values)  # type: ignore[arg-type]


def test_an_error_is_actual_less_promised() -> None:
    found = accuracy(
        [
            promise(minutes(120), minutes(100), revisions=2),
            promise(minutes(120), minutes(160)),
            promise(minutes(300), minutes(200)),
            promise(None, None),
            promise(None, minutes(50), is_blown=True),
        ],
        until=END,
    )

    assert (found.judged, found.median_min, found.p90_min) == (3, 20, 100)
    assert found.late_share == pytest.approx(2 / 3)
    assert (found.within_30_share, found.within_60_share) == pytest.approx((1 / 3, 2 / 3))
    assert (found.unpromised, found.revisions, found.blown) == (1, 2, 1)


def test_nothing_to_judge_is_unknown_and_not_zero() -> None:
    found = accuracy([], until=END)
    assert (found.median_min, found.late_share) == (None, None)


@pytest.mark.parametrize(
    ("values", "percent", "answer"), [([1, 2, 3, 4], 50, 2.5), ([1, 2, 3], 50, 2), ([1, 9], 90, 9)]
)
def test_percentiles(values: list[float], percent: int, answer: float) -> None:
    assert percentile(values, percent) == answer


def test_ages_include_their_upper_edge() -> None:
    begins = [END - timedelta(hours=hours) for hours in (1, 6, 7, 24, 72, 73)]
    rows = [row(pk, customers=1, back=None, began_at=at) for pk, at in enumerate(begins)]
    rows += [row(9, customers=1, back=5), row(10, customers=1, back=None, explained=True)]

    assert [number for _limit, number in ages(rows, until=END)] == [2, 2, 1, 1]


def test_rest_is_from_the_end_of_the_job_before_of_the_same_crew() -> None:
    found = rested([job("a", 600, None), job("b", 30, 40), job("a", 0, 120)])

    assert [(each.crew, each.rest) for each in found] == [
        ("a", None),
        ("a", timedelta(hours=8)),
        ("b", None),
    ]
