from typing import Any

import pytest
from django.utils.translation import override

from incidents.models import Supply
from tests.constraints import breaks
from tests.factories import STORM_NIGHT, make_organization, make_user

pytestmark = pytest.mark.django_db


def make_supply(**over: Any) -> Supply:
    known: dict[str, Any] = {
        "organization": make_organization(),
        "kind": "knee_pad",
        "received_at": STORM_NIGHT,
        "reported_by": make_user(),
    }
    return Supply.objects.create(**(known | over))


def test_nothing_is_no_supply() -> None:
    with breaks("supply_quantity_is_positive"):
        make_supply(quantity=0)

    assert not Supply.objects.exists()


@pytest.mark.parametrize(("quantity", "text"), [(None, "Knee pads × ?"), (60, "Knee pads × 60")])
def test_says_what_and_how_much_or_that_nobody_counted(quantity: int | None, text: str) -> None:
    with override("en"):
        assert str(make_supply(quantity=quantity)) == text
