"""Known answers of the shift of Chinese phone maps, as its public implementations give them."""

from math import cos, hypot, radians

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.rules.coordinates import Point, from_gcj02, to_gcj02

_M_A_DEGREE = 111_320
KNOWN = [
    (Point(121.5272106, 31.1774276), Point(121.531541859215, 31.17530398364597)),  # Shanghai
    (Point(113.912316, 22.543847), Point(113.9171764808363, 22.540796131694766)),  # Shenzhen
    (Point(116.377817, 39.911954), Point(116.38404722455657, 39.91334545536069)),  # Beijing
]
in_china = st.builds(Point, longitude=st.floats(75, 134), latitude=st.floats(3, 53))


def apart_m(one: Point, other: Point) -> float:
    east = (one.longitude - other.longitude) * cos(radians(one.latitude))
    return hypot(east, one.latitude - other.latitude) * _M_A_DEGREE


@pytest.mark.parametrize(("true", "shifted"), KNOWN)
def test_known_answers(true: Point, shifted: Point) -> None:
    assert apart_m(to_gcj02(true), shifted) < 0.001
    assert apart_m(from_gcj02(shifted), true) < 0.001


@given(in_china)
def test_back_and_forth_is_the_same_place(point: Point) -> None:
    assert apart_m(from_gcj02(to_gcj02(point)), point) < 0.001


@given(in_china)
def test_the_shift_is_never_more_than_a_walk(point: Point) -> None:
    assert 0 < apart_m(to_gcj02(point), point) < 1500


def test_outside_china_nothing_is_shifted() -> None:
    paris = Point(2.35, 48.86)

    assert to_gcj02(paris) == paris == from_gcj02(paris)
