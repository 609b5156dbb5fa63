"""A sketch puts points where they are to each other, and says how far is how far."""

import pytest

from incidents.rules.coordinates import Point
from incidents.rules.sketches import METRES_A_DEGREE, sheet_of

SIZE = {"width": 400.0, "height": 200.0, "margin": 20.0}


def test_one_point_is_in_the_middle() -> None:
    sheet = sheet_of([Point(120.5, 29.9)], **SIZE)

    assert sheet.spots == [(200.0, 100.0)]
    assert sheet.bar_m == 200
    assert sheet.bar == pytest.approx(200 * 160 / 400)


def test_north_is_up_and_east_is_right() -> None:
    west_south, east_north = sheet_of([Point(120.50, 29.90), Point(120.52, 29.91)], **SIZE).spots

    assert west_south[0] < east_north[0]
    assert west_south[1] > east_north[1]


def test_a_kilometre_is_as_long_as_the_bar_says() -> None:
    north = 1000 / METRES_A_DEGREE
    sheet = sheet_of([Point(120.5, 29.9), Point(120.5, 29.9 + north)], **SIZE)

    (_x, low), (_x2, high) = sheet.spots
    assert low - high == pytest.approx(1000 * sheet.bar / sheet.bar_m, abs=0.5)


@pytest.mark.parametrize("apart", [0.0001, 0.01, 1.0, 3.0])
def test_every_point_lies_inside_the_margin(apart: float) -> None:
    sheet = sheet_of([Point(119.0, 28.0), Point(119.0 + apart, 28.0 + apart / 3)], **SIZE)

    assert all(20 <= x <= 380 and 20 <= y <= 180 for x, y in sheet.spots)
    assert 0 < sheet.bar <= 400 * 0.35 + 0.1
