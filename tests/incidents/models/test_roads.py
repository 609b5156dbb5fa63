from datetime import date, timedelta
from typing import Any

import pytest

from tests.constraints import breaks
from tests.factories import STORM_NIGHT, make_place, make_road_block

pytestmark = pytest.mark.django_db
EARLIER = STORM_NIGHT - timedelta(minutes=1)


@pytest.mark.parametrize(
    ("rule", "over"),
    [
        ("road_blocked_is_honest", {"blocked_at": STORM_NIGHT}),
        ("road_blocked_is_honest", {"blocked_on": date(2024, 2, 26)}),
        ("road_blocked_is_honest", {"blocked_precision": "day"}),
        ("road_blocked_clearing_cleared_in_order", {"clearing_at": STORM_NIGHT, "cleared_at": EARLIER}),
        (
            "road_blocked_clearing_cleared_in_order",
            {"blocked_at": STORM_NIGHT, "blocked_precision": "exact", "cleared_at": EARLIER},
        ),
    ],
)
def test_the_database_holds(rule: str, over: dict[str, Any]) -> None:
    with breaks(rule):
        make_road_block(**over)


def test_says_where() -> None:
    assert str(make_road_block(place=make_place(text="岭头山村"))) == "岭头山村"
