"""Curves of an SVG, by hand."""

import pytest

from tracker.rules.sparklines import Box, area, line, round_up

BOX = Box(width=100, height=20, since=0, until=10, top=4)


def test_a_line_goes_from_point_to_point_and_down_is_up() -> None:
    assert line([(0, 0), (5, 4), (10, 2)], BOX) == "M0 20L50 0L100 10"


def test_an_area_is_closed_at_the_lower_edge() -> None:
    assert area([(0, 0), (5, 4), (10, 2)], BOX) == "M0 20L50 0L100 10L100 20L0 20Z"


def test_what_lies_beyond_the_edges_is_drawn_on_them() -> None:
    assert line([(-3, -1), (12, 9)], BOX) == "M0 20L100 0"


def test_a_single_point_is_a_dash_and_none_is_nothing() -> None:
    assert line([(5, 2)], BOX) == "M48 10L50 10"
    assert line([], BOX) == area([], BOX) == ""


def test_a_box_without_a_span_or_a_top_does_not_divide_by_nought() -> None:
    flat = Box(width=100, height=20, since=5, until=5, top=0)

    assert line([(5, 7)], flat) == "M98 20L100 20"


@pytest.mark.parametrize(
    ("value", "edge"),
    [(0, 4), (4, 4), (5, 5), (6, 10), (11, 20), (48_039, 50_000), (50_001, 100_000), (399, 400)],
)
def test_the_upper_edge_is_calm(value: float, edge: int) -> None:
    assert round_up(value) == edge
