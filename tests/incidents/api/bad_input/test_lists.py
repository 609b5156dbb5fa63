"""The catalogue of bad inputs to lists: B93-B100; every list has one rule for each."""

from typing import Any

import pytest

from incidents.api.filters import Box, DivisionPrefix, MomentFilter
from incidents.api.resources import Resource
from incidents.choices import Role
from incidents.urls import router
from tests.incidents.api.bad_input.doors import everything
from tests.incidents.api.conftest import Phone, make_phone
from tracker.api.alerts import Alerts

REGISTERED: list[Any] = [viewset for _prefix, viewset, _name in router.registry]
LISTS: list[type[Resource]] = [*REGISTERED, Alerts]
WITH_WINDOW = [each for each in LISTS if {"since", "until"} <= each.filterset_class.base_filters.keys()]
lists = pytest.mark.parametrize("resource", LISTS, ids=lambda resource: resource.home)

ANYWHERE: list[tuple[dict[str, Any], str]] = [
    ({"page_size": "0"}, "out-of-range"),
    ({"page_size": "-1"}, "out-of-range"),
    ({"page_size": "201"}, "out-of-range"),
    ({"page_size": "1000000000"}, "out-of-range"),
    ({"page_size": "abc"}, "out-of-range"),
    ({"page_size": "１"}, "out-of-range"),
    ({"page_size": ""}, "out-of-range"),
    ({"cursor": "garbage"}, "cursor-malformed"),
    ({"cursor": "\x00"}, "cursor-malformed"),
    ({"cursor": "x" * 5000}, "cursor-malformed"),
    ({"ordering": "password"}, "unknown-filter"),
    ({"order": "-org__secret"}, "unknown-filter"),
    ({"name__regex": "(a+)+$"}, "unknown-filter"),
    ({"id__in": ",".join(map(str, range(1000)))}, "unknown-filter"),
    ({"reported_by__password__startswith": "a"}, "unknown-filter"),
    ({"q": "' OR 1=1--"}, "unknown-filter"),
    ({"changed_since": ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"]}, "given-twice"),
    ({"changed_since": "yesterday"}, "invalid"),
    ({"changed_since": "2026-01-01T00:00:00"}, "offset-required"),
    ({"changed_since": "2026-01-01T00:00:00+20:18"}, "invalid"),  # no such place on earth
    ({"changed_since": "\x00"}, "invalid"),
]
OF_A_KIND: list[tuple[type[Any], str, str]] = [
    (MomentFilter, "2026-11-22", "invalid"),
    (MomentFilter, "2026-11-22T10:00:00", "offset-required"),
    (DivisionPrefix, "3306%", "invalid"),
    (DivisionPrefix, "x", "invalid"),
    (DivisionPrefix, "1" * 13, "invalid"),
    (Box, "1,2,3", "invalid"),
    (Box, "121,29,120,30", "out-of-range"),
    (Box, "-181,29,120,30", "out-of-range"),
    (Box, "NaN,29,120,30", "invalid"),
    (Box, "a,b,c,d", "invalid"),
    (Box, "1," * 1000, "max-length"),
]


@pytest.fixture
def desk(db: None) -> Phone:
    return make_phone(role=Role.DISPATCHER)


def codes(desk: Phone, resource: type[Resource], query: dict[str, Any]) -> tuple[int, set[str]]:
    answer = desk.client.get(f"/api/v1/{resource.home}/", query)
    return answer.status_code, {error["code"] for error in answer.json().get("errors", ())}


@lists
def test_a_list_refuses_what_it_does_not_know(desk: Phone, resource: type[Resource]) -> None:
    before = everything()

    wrong = [
        (query, told) for query, code in ANYWHERE if (told := codes(desk, resource, query)) != (400, {code})
    ]

    assert wrong == []
    assert everything() == before


@lists
def test_a_filter_refuses_what_it_does_not_take(desk: Phone, resource: type[Resource]) -> None:
    filters = resource.filterset_class.base_filters
    wrong = []
    for name, each in filters.items():
        values = [(value, code) for kind, value, code in OF_A_KIND if isinstance(each, kind)]
        if not values:
            values = [("\x00", ""), ("no such thing '; --", "")]
        for value, code in values:
            status, told = codes(desk, resource, {name: value})
            if status != 400 or (code and told != {code}):
                wrong.append((name, value, status, told))

    assert [each for each in wrong if each[0] not in {"storm", "station"}] == []


@pytest.mark.parametrize("resource", WITH_WINDOW, ids=lambda resource: resource.home)
def test_a_window_that_ends_before_it_begins_is_refused(desk: Phone, resource: type[Resource]) -> None:
    """B98."""
    window = {"since": "2026-11-22T10:00:00+08:00", "until": "2026-11-22T09:59:59+08:00"}

    assert codes(desk, resource, window) == (400, {"from-after-to"})
    assert codes(desk, resource, window | {"until": "2026-11-22T10:00:01+08:00"}) == (200, set())
