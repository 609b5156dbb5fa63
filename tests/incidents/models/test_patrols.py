from datetime import timedelta
from typing import Any

import pytest

from incidents.models import Patrol
from tests.constraints import breaks
from tests.factories import STORM_NIGHT, make_crew, make_patrol, make_person

pytestmark = pytest.mark.django_db
EARLIER, LATER = STORM_NIGHT - timedelta(minutes=1), STORM_NIGHT + timedelta(hours=1)
WALKING = {"status": "under_way", "begun_at": STORM_NIGHT}
OVER = WALKING | {"status": "finished", "ended_at": LATER, "nothing_found": True}


@pytest.mark.parametrize(
    ("rule", "over"),
    [
        ("patrol_ordered_begun_ended_in_order", WALKING | {"begun_at": EARLIER}),
        ("patrol_ordered_begun_ended_in_order", OVER | {"begun_at": LATER, "ended_at": STORM_NIGHT}),
        ("patrol_status_fits_its_moments", {"begun_at": STORM_NIGHT}),
        ("patrol_status_fits_its_moments", WALKING | {"begun_at": None}),
        ("patrol_status_fits_its_moments", OVER | {"ended_at": None}),
        ("patrol_says_what_was_found", OVER | {"nothing_found": None}),
        ("patrol_says_what_was_found", WALKING | {"nothing_found": False}),
    ],
)
def test_refuses_a_patrol_that_cannot_be(rule: str, over: dict[str, Any]) -> None:
    person = make_person()

    with breaks(rule):
        make_patrol(person=person, **over)


def test_a_patrol_is_walked_by_one() -> None:
    crew, person = make_crew(), make_person()

    with breaks("patrol_by_a_crew_or_a_person"):
        make_patrol(crew=crew, person=person)

    assert not Patrol.objects.exists()


@pytest.mark.parametrize("over", [WALKING, OVER])
def test_nobody_walks_no_patrol(over: dict[str, Any]) -> None:
    with breaks("patrol_begun_by_somebody"):
        make_patrol(**over)

    make_patrol(**over, entry_mode="historical")
    assert Patrol.objects.count() == 1
