from datetime import timedelta
from typing import Any

import pytest

from tests.constraints import breaks
from tests.factories import STORM_NIGHT, make_damage

pytestmark = pytest.mark.django_db
EARLIER = STORM_NIGHT - timedelta(minutes=1)


@pytest.mark.parametrize(
    ("rule", "over"),
    [
        ("damage_count_is_positive", {"count": 0}),
        ("damage_found_isolated_repaired_in_order", {"found_at": STORM_NIGHT, "isolated_at": EARLIER}),
        ("damage_found_isolated_repaired_in_order", {"found_at": STORM_NIGHT, "repaired_at": EARLIER}),
        ("damage_found_isolated_repaired_in_order", {"isolated_at": STORM_NIGHT, "repaired_at": EARLIER}),
        ("damage_found_made_safe_in_order", {"found_at": STORM_NIGHT, "made_safe_at": EARLIER}),
    ],
)
def test_the_database_holds(rule: str, over: dict[str, Any]) -> None:
    with breaks(rule):
        make_damage(**over)


def test_says_what_is_broken() -> None:
    damage = make_damage()

    assert str(damage) == damage.get_kind_display()
