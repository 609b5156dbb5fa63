"""Every list and every page takes a number of queries that is on record, however many rows there are."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incidents.api.outputs import public_name
from incidents.choices import Role
from incidents.models import Division
from tests.factories import make_organization
from tests.incidents.api.conftest import Phone
from tests.incidents.api.test_who_may_what import TABLE, person_at
from tests.world import World, divisions

# Resource → queries of a list, of one; the token is one of them.
QUERIES = {
    "organizations": (3, 3),
    "divisions": (2, 2),
    "lines": (3, 3),
    "sections": (3, 3),
    "storms": (4, 4),
    "weather-readings": (3, 3),
    "ice-readings": (2, 2),
    "outages": (6, 6),
    "damages": (3, 3),
    "restoration-steps": (3, 3),
    "estimates": (3, 3),
    "road-blocks": (4, 4),
    "crews": (5, 5),
    "assignments": (3, 3),
    "check-ins": (3, 3),
    "support-requests": (3, 3),
    "deployments": (4, 5),
    "supplies": (3, 3),
    "visits": (4, 4),
    "hazards": (3, 3),
    "weather-warnings": (5, 5),
    "patrols": (7, 7),
    "briefings": (4, 4),
    "held-facts": (3, 3),
    "attachments": (4, 3),
    "important-users": (4, 4),
    "briefs": (3, 4),
    "brief-items": (3, 3),
    "alerts": (3, 3),
    "reports": (3, 3),
}


def asked(phone: Phone, path: str, **query: int) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert phone.get(path, **query).status_code == 200
    return len(queries)


@pytest.mark.django_db
def test_the_number_of_queries_is_on_record() -> None:
    world = World(make_organization(parent=make_organization(level="city")))
    world.rows[Division] = divisions()
    phone = person_at("inside", world.organization, Role.DISPATCHER)
    asked(phone, "me/")

    found = {}
    for name, (model, _new, _verbs) in TABLE.items():
        lists = {asked(phone, f"{name}/", page_size=size) for size in (1, 200)}
        assert len(lists) == 1, name
        found[name] = (lists.pop(), asked(phone, f"{name}/{public_name(world.first(model))}/"))

    assert found == QUERIES
