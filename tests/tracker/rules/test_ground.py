"""The ground of the map: where a place lies in the drawing, what is drawn together, tiles."""

import pytest

from tracker.rules.ground import Box, Frame, around, box_of, clusters, middle

BOX = Box(119.0, 28.0, 121.0, 30.0)


def test_a_box_lies_whole_and_centred_with_north_above() -> None:
    frame = Frame(BOX, width=1000, height=720)
    left, top = frame.place(119.0, 30.0)
    right, bottom = frame.place(121.0, 28.0)

    assert 0 < left < right < 1000
    assert 0 < top < bottom < 720
    assert left + right == pytest.approx(1000, abs=0.2)
    assert top + bottom == pytest.approx(720, abs=0.2)


def test_the_box_that_is_seen_leads_back_to_the_edges() -> None:
    frame = Frame(BOX, width=1000, height=720)
    seen = frame.box

    assert frame.place(seen.west, seen.north) == pytest.approx((0, 0), abs=0.1)
    assert frame.place(seen.east, seen.south) == pytest.approx((1000, 720), abs=0.1)


def test_one_point_is_no_endless_enlargement() -> None:
    frame = Frame(Box(120, 29, 120, 29), width=1000, height=720)
    assert frame.place(120, 29) == pytest.approx((500, 360), abs=0.1)
    assert frame.box.east - frame.box.west > 0.003


@pytest.mark.parametrize("said", ["", "1,2,3", "a,b,c,d", "5,5,4,6", "1,2,nan,3", "0,0,400,1", "1,2,3,inf"])
def test_what_is_no_box_is_none(said: str) -> None:
    assert box_of(said) is None


def test_a_box_is_read_as_it_is_written() -> None:
    assert box_of(str(BOX)) == BOX


def test_points_of_a_cell_are_drawn_together() -> None:
    assert clusters([(1, 1), (50, 1), (9, 9), (11, 1)], cell=10) == [[0, 2], [1], [3]]


def test_ten_thousand_points_are_no_more_signs_than_cells() -> None:
    points = [((number * 7919) % 1000, (number * 104729) % 720) for number in range(10_000)]
    found = clusters(points, cell=34)

    assert sum(map(len, found)) == 10_000
    assert len(found) <= 30 * 22


def test_the_middle_of_a_square_and_the_box_around_points() -> None:
    square = [(0.0, 0.0), (2.0, 0.0), (2.0, 2.0), (0.0, 2.0)]
    assert middle([square, [(9.0, 9.0), (9.1, 9.0), (9.0, 9.1)]]) == pytest.approx((1, 1))
    assert around(square) == Box(0, 0, 2, 2)
    assert around([]) is None


def test_tiles_cover_the_drawing_and_fit_its_places() -> None:
    frame = Frame(BOX, width=1000, height=720)
    tiles = frame.tiles()

    assert min(tile.left for tile in tiles) <= 0
    assert max(tile.left + tile.size for tile in tiles) >= 1000
    assert min(tile.top for tile in tiles) <= 0
    assert max(tile.top + tile.size for tile in tiles) >= 720
    tile = tiles[0]
    west = tile.x / 2**tile.z * 360 - 180
    assert frame.place(west, 29.0)[0] == pytest.approx(tile.left, abs=0.2)
