from datetime import timedelta
from typing import Any

import pytest

from incidents.models import SavedView
from tests.constraints import breaks
from tests.factories import STORM_NIGHT, make_user

pytestmark = pytest.mark.django_db


def make_view(**over: Any) -> SavedView:
    given = {"name": "红色", "page": "incidents.outage", "query": "q=lt", "saved_at": STORM_NIGHT}
    return SavedView.objects.create(**{"user": over.pop("user", None) or make_user()} | given | over)


@pytest.mark.parametrize(
    ("rule", "over"),
    [
        ("saved_view_has_a_name", {"name": ""}),
        ("saved_view_names_a_list", {"page": "https://evil.example"}),
        ("saved_view_is_printable", {"query": "q=a\nb"}),
        ("saved_view_saved_withdrawn_in_order", {"withdrawn_at": STORM_NIGHT - timedelta(seconds=1)}),
    ],
)
def test_what_the_database_refuses(rule: str, over: dict[str, Any]) -> None:
    with breaks(rule):
        make_view(**over)


def test_a_name_is_free_again_once_its_view_is_withdrawn() -> None:
    first = make_view()
    with breaks("saved_view_name_once"):
        make_view(user=first.user)

    SavedView.objects.filter(pk=first.pk).update(withdrawn_at=STORM_NIGHT)

    assert str(make_view(user=first.user)) == "红色"
