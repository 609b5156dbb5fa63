"""Every page × role × organisation: the back office shows and does what the field API's table says."""

from collections.abc import Iterator
from typing import Any, cast

import pytest
from django.contrib import admin as django_admin
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest, QueryDict
from django.test import Client, RequestFactory

from incidents import models as record
from incidents.access import RIGHTS, Right
from incidents.admin.base import RecordAdmin
from incidents.choices import Role
from incidents.models import Organization, User
from tests.desk import address, give_role, verb_address
from tests.factories import make_organization, make_user
from tests.incidents.admin.test_scope import COMMON
from tests.incidents.api.test_who_may_what import TABLE
from tests.world import World, divisions
from tracker import models as watch

POSITIONS = ["inside", "above", "beside", "below"]
REACHING = {"inside", "above"}
# Seen by who does not reach the row's organisation, with the reason; all else is seen inside and above alone.
SEEN_FROM: dict[type[Model], set[str]] = {
    record.Storm: {"inside", "above", "below"},  # the storms of the city are those of its counties
    record.WeatherWarning: {"inside", "above", "below"},  # and so are its warnings
    watch.Replay: {"inside", "above", "below"},  # and the replays of its storms
}
# Whose rows are looked at: one who sees, one who guards besides; the field API's table walks all roles.
LOOKING = {Role.VIEWER, Role.ADMIN}
# What the field API calls otherwise: there a thing that is added, here a deed.
AT_THE_DESK = {
    "restore_steps": "restore_step",
    "estimates": "publish_estimate",
    "damages": "record_damage",
    "briefings": "brief",
    "members": "add_member",
    "vehicles": "add_vehicle",
}
# What the field API can do and no button of that name does, with where it is done at the desk.
ELSEWHERE_AT_THE_DESK = {
    (record.Assignment, "check_in"): (record.Crew, "check_in"),
    (record.SupportRequest, "mobilise"): (record.Deployment, "mobilise"),
    (record.Crew, "remove_member"): (record.CrewMember, "remove"),
    (record.Crew, "remove_vehicle"): (record.CrewVehicle, "remove"),
    (record.Deployment, "return"): (record.Deployment, "return_home"),
}
ON_THE_PAGE_OF_A_BRIEF = {(record.BriefItem, "confirm"), (record.BriefItem, "discard")}
# Verbs that take more than their right, with the reason.
# Common knowledge is nobody's own.
FOR_SUPERUSERS = {(record.Division, "add_alias")}


@pytest.fixture
def world(db: None) -> World:
    made = World(make_organization(parent=make_organization(level="city")))
    made.rows[record.Division] = divisions()
    made.rows[watch.Heartbeat] = [watch.Heartbeat.objects.create(name="beat")]
    return made


def pages() -> Iterator[tuple[type[Model], RecordAdmin]]:
    for model, page in django_admin.site._registry.items():
        yield model, cast("RecordAdmin", page)


def person_at(position: str, world: World, *roles: Role) -> User:
    places: dict[str, Organization] = {
        "inside": world.organization,
        "above": cast("Organization", world.organization.parent),
        "beside": make_organization(parent=world.organization.parent),
        "below": make_organization(parent=world.organization),
    }
    return give_role(make_user(), places[position], *roles)


def request_of(user: User) -> HttpRequest:
    request = RequestFactory().get("/admin/")
    request.user = user
    return request


def answer(page: RecordAdmin, request: HttpRequest, verb: str, row: Any) -> int:
    """Return the status of a verb's form, without drawing the page."""
    request.GET = QueryDict(f"pk={row.pk}")
    try:
        return page.verb_view(request, verb).status_code
    except PermissionDenied:
        return 403
    except Http404:
        return 404


def wrongly_shown(world: World, position: str, role: Role) -> Iterator[Any]:
    """Yield what pages show and should not, or the other way round."""
    rights = RIGHTS[role]
    request = request_of(person_at(position, world, role))
    for model, page in pages():
        key = world.first(model).pk
        opens = bool(rights & page.needs)
        looks = opens and role in LOOKING
        sees = opens and (model in COMMON or position in SEEN_FROM.get(model, REACHING))
        adds = page.add_verb is not None and page.add_verb.right in rights
        found = {
            "opens": page.has_view_permission(request) is opens,
            "row": not looks or page.get_queryset(request).filter(pk=key).exists() is sees,
            "page": not (opens and role is Role.ADMIN)
            or (page.get_object(request, str(key)) is not None) is sees,
            "adds": page.has_add_permission(request) is adds,
        }
        yield from ((model, what) for what, as_it_should in found.items() if not as_it_should)


def wrongly_done(world: World, position: str, role: Role) -> Iterator[Any]:
    """Yield verbs that may be done and should not, or the other way round."""
    request = request_of(person_at(position, world, role))
    for model, page in pages():
        row = world.first(model)
        for verb in page.verbs:
            may = position in REACHING and (model, verb.name) not in FOR_SUPERUSERS
            if verb.inside:  # the organisation that is asked, not the one that asks
                may = may and getattr(row, verb.inside) == world.organization
            wanted = 403 if verb.right not in RIGHTS[role] else 200 if may else 404
            if (got := answer(page, request, verb.name, row)) != wanted:
                yield model, verb.name, got, wanted


@pytest.mark.parametrize("position", POSITIONS)
def test_who_may_what(world: World, position: str) -> None:
    roles = [*LOOKING, Role.DISPATCHER] if position == "above" else list(Role)  # above is as inside

    shown = {(role, *each) for role in roles for each in wrongly_shown(world, position, role)}
    done = {(role, *each) for role in roles for each in wrongly_done(world, position, role)}

    assert (shown, done) == (set(), set())


def test_the_same_verb_takes_the_same_right_at_the_desk_and_in_the_field() -> None:
    field = {
        (model, AT_THE_DESK.get(name := verb.replace("-", "_"), name)): right
        for model, _new, verbs in TABLE.values()
        for verb, right in verbs.items()
    }
    desk = {(model, verb.name): verb.right for model, page in pages() for verb in page.verbs}
    both = field.keys() & desk.keys()

    assert len(both) > 40
    assert {key: (field[key], desk[key]) for key in both if field[key] is not desk[key]} == {}


def test_everything_that_the_field_api_does_has_a_button() -> None:
    desk = {(model, verb.name) for model, page in pages() for verb in page.verbs}
    field = {
        (model, AT_THE_DESK.get(name := verb.replace("-", "_"), name))
        for model, _new, verbs in TABLE.values()
        for verb in verbs
    }
    without = field - desk - ON_THE_PAGE_OF_A_BRIEF

    assert without == ELSEWHERE_AT_THE_DESK.keys()
    begun = {(model, page.add_verb.name) for model, page in pages() if page.add_verb is not None}
    assert desk | begun >= {*ELSEWHERE_AT_THE_DESK.values()}


def test_everything_that_the_field_api_adds_can_be_added_at_the_desk() -> None:
    desk = {model for model, page in pages() if page.add_verb is not None}

    assert {
        model.__name__ for model, new, _verbs in TABLE.values() if new is not None and model not in desk
    } == set()


def test_a_new_record_takes_the_same_right_at_the_desk_and_in_the_field() -> None:
    field = {model: new[1] for model, new, _verbs in TABLE.values() if new is not None}
    desk = {model: page.add_verb.right for model, page in pages() if page.add_verb is not None}

    assert {
        key: (field[key], desk[key]) for key in field.keys() & desk.keys() if field[key] is not desk[key]
    } == {}


@pytest.mark.parametrize("role", [role for role in Role if Right.ENTER not in RIGHTS[role]])
def test_a_role_that_does_not_let_in_opens_no_page(world: World, client: Client, role: Role) -> None:
    client.force_login(person_at("inside", world, role))

    for model, page in pages():
        row = world.first(model)
        urls = [address(model, "changelist"), address(model, "change", row.pk)]
        urls += [verb_address(row, verb.name) for verb in page.verbs]
        for url in urls:
            assert client.get(url)["Location"].startswith("/admin/login/"), url


def test_a_page_that_forgot_its_scope_would_be_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RecordAdmin, "get_queryset", lambda self, _: self.model._default_manager.all())

    assert (record.Outage, "row") in set(wrongly_shown(world, "beside", Role.VIEWER))
