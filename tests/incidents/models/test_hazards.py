from datetime import timedelta
from typing import Any

import pytest

from incidents.models import Hazard
from tests.constraints import breaks
from tests.factories import STORM_NIGHT, make_organization, make_place, make_user

pytestmark = pytest.mark.django_db
EARLIER = STORM_NIGHT - timedelta(minutes=1)


@pytest.mark.parametrize(
    ("rule", "over"),
    [
        ("hazard_found_due_in_order", {"due_at": EARLIER}),
        ("hazard_found_closed_in_order", {"closed_at": EARLIER, "close_remark": "已砍"}),
        ("hazard_closed_in_words", {"closed_at": STORM_NIGHT}),
    ],
)
def test_refuses_a_danger_that_cannot_be(rule: str, over: dict[str, Any]) -> None:
    told = {"kind": "vegetation", "grade": "serious", "description": "毛竹", "found_at": STORM_NIGHT}
    told |= {"received_at": STORM_NIGHT, "reported_by": make_user(), "place": make_place()}

    with breaks(rule):
        Hazard.objects.create(organization=make_organization(), **(told | over))
