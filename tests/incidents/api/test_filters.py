"""Every list × every filter: what fits is shown, what does not is not, and garbage is refused."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db.models import Model
from django_filters import ChoiceFilter, Filter, UUIDFilter

from incidents import models as record
from incidents.api.filters import Box, ChangedSince, DivisionPrefix, MomentFilter, Pending, Subtree
from incidents.choices import Role
from incidents.models import Place
from incidents.urls import router
from tests.factories import make_organization
from tests.incidents.api.conftest import Phone
from tests.incidents.api.test_who_may_what import TABLE, person_at
from tests.world import World, divisions
from tracker.api.alerts import Alerts

VIEWS: list[Any] = [*(view for _prefix, view, _name in router.registry), Alerts]
LISTS: dict[str, Any] = {view.home: view for view in VIEWS}
FILTERS = [(home, name) for home, view in LISTS.items() for name in view.filterset_class.base_filters]
FAR = datetime(2100, 1, 1, tzinfo=UTC)

# What the first row of the world has no value for, or what several rows decide; tested by name elsewhere.
ELSEWHERE = {
    ("briefings", "deployment"): "the first one is of a job: as its assignment",
    ("deployments", "bbox"): "the host's place is unknown here",
    ("deployments", "division"): "the host's place is unknown here",
    ("held-facts", "open"): "by its state: test_held_facts.py",
    ("held-facts", "overdue"): "by its state and the clock: test_held_facts.py",
    ("me/devices", "changed_since"): "about the caller's own phone, by which he asks: test_devices.py",
    ("outages", "open"): "by its state: test_verbs.py",
    ("patrols", "nothing_found"): "the patrol is not finished: test_patrols.py",
    ("sections", "division"): "the section lies in none here",
    ("ice-readings", "division"): "by the section's: as sections",
    ("storms", "until"): "the beginning is the first moment",
    ("weather-warnings", "current"): "decided by a row that took its place: test_weather_warnings.py",
    ("weather-warnings", "division"): "by its areas: test_weather_warnings.py",
}
_OF_AN_OUTAGE = {
    "attachments": {"damage", "ice_reading", "weather_reading", "road_block", "hazard", "assignment"}
    | {"check_in", "visit"},
    "held-facts": {"damage", "assignment", "road_block", "deployment", "hazard"},
}
ELSEWHERE |= {
    (home, name): "the first one is of an outage" for home, names in _OF_AN_OUTAGE.items() for name in names
}


@pytest.fixture
def world(db: None) -> World:
    made = World(make_organization(parent=make_organization(level="city")))
    made.rows[record.Division] = divisions()
    known = {"longitude": "120.9", "latitude": "29.8", "crs": "EPSG:4490"}
    Place.objects.update(**known, division="330604", precision="county", resolved_by="human")
    return made


@pytest.fixture
def phone(world: World) -> Phone:
    return person_at("inside", world.organization, Role.DISPATCHER)


def at_the_end(row: Any, path: str) -> Any:
    """Return what a look-up leads to from a row; the first of several."""
    for part in path.split("__"):
        row = getattr(row, part)
        if hasattr(row, "first"):
            row = row.first()
        if row is None:
            return None
    return row


def values(told: Filter, row: Model, world: World) -> tuple[Any, Any]:
    """Return a value that shows a row, and one that does not; None where there is none."""
    fixed: dict[type[Filter], tuple[Any, Any]] = {
        Subtree: (world.organization.uuid, uuid4()),
        ChangedSince: (None, FAR.isoformat()),
        DivisionPrefix: ("33", "44"),
        Box: ("120,29,121,30", "121,29,122,30"),
    }
    for kind, pair in fixed.items():
        if isinstance(told, kind):
            return pair
    value = at_the_end(row, told.field_name)
    if isinstance(told, ChoiceFilter):
        return _choice(told, value)
    if isinstance(told, MomentFilter):
        return _moment(told, value)
    return value, uuid4() if isinstance(told, UUIDFilter) else "no-such-storm"


def _choice(told: ChoiceFilter, value: Any) -> tuple[Any, Any]:
    if isinstance(told, Pending):
        return ("true", "false") if value is None else ("false", "true")
    if isinstance(value, bool):
        return ("true", "false") if value else ("false", "true")
    codes = [code for code, _label in told.extra["choices"]]
    shown = f"{value:g}" if told.field_name.endswith("voltage_kv") else value
    return shown, next(code for code in codes if code != shown)


def _moment(told: Filter, value: datetime | None) -> tuple[Any, Any]:
    if value is None:
        return None, None
    later = (value + timedelta(seconds=1)).isoformat()
    return (value.isoformat(), later) if told.lookup_expr == "gte" else (later, value.isoformat())


def shows(phone: Phone, home: str, row: Any, **query: Any) -> bool:
    answer = phone.get(f"{home}/", page_size=200, **query)
    assert answer.status_code == 200, (home, query, answer.content)
    key = "code" if home == "divisions" else "uuid"
    return str(getattr(row, key)) in [each[key] for each in answer.json()["results"]]


def test_a_filter_shows_what_fits_and_nothing_else(world: World, phone: Phone) -> None:
    wrong, untold = [], set()
    for home, name in FILTERS:
        if (home, name) in ELSEWHERE:
            continue
        told = LISTS[home].filterset_class.base_filters[name]
        row = world.first(TABLE[home][0])
        fits, other = values(told, row, world)
        if fits is None and not isinstance(told, ChangedSince):
            untold.add((home, name))
            continue
        if fits is not None and not shows(phone, home, row, **{name: fits}):
            wrong.append((home, name, fits, "is not shown"))
        if shows(phone, home, row, **{name: other}):
            wrong.append((home, name, other, "is shown"))

    assert wrong == []
    assert untold == set()


def test_garbage_is_refused_by_name(world: World, phone: Phone) -> None:
    wrong = []
    for home, name in FILTERS:
        for garbage in ("\x00", "'; --"):
            answer = phone.get(f"{home}/", **{name: garbage})
            told = LISTS[home].filterset_class.base_filters[name]
            if name == "storm" and garbage != "\x00":  # a name that no storm has
                assert answer.json()["results"] == []
            elif {error["pointer"] for error in answer.json().get("errors", ())} != {f"/{name}"}:
                wrong.append((home, name, type(told).__name__, garbage, answer.status_code))

    assert wrong == []


def test_a_filter_stands_once_is_known_and_has_a_value(world: World, phone: Phone) -> None:
    wrong = []
    for home, name in FILTERS:
        answer = phone.client.get(f"/api/v1/{home}/", {name: ["1", "2"]})
        if [error["code"] for error in answer.json().get("errors", ())] != ["given-twice"]:
            wrong.append((home, name, answer.status_code))
        answer = phone.client.get(f"/api/v1/{home}/", {name: ""})  # it would list all, not nothing
        if [error["code"] for error in answer.json().get("errors", ())] != ["blank"]:
            wrong.append((home, name, answer.status_code))
    for home in LISTS:
        answer = phone.get(f"{home}/", no_such_filter="1")
        if [error["code"] for error in answer.json()["errors"]] != ["unknown-filter"]:
            wrong.append((home, "", answer.status_code))

    assert wrong == []


def test_every_exception_is_still_a_filter() -> None:
    assert ELSEWHERE.keys() <= set(FILTERS)
