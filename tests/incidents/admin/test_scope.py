"""Another organisation's rows do not exist: in lists, pages, filters, choices, actions and forms (B131)."""

from collections.abc import Iterator
from typing import cast

import pytest
from django.contrib import admin as django_admin
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from incidents.admin.base import RecordAdmin
from incidents.choices import Role
from incidents.models import BriefWord, Device, Division, Line, Organization, Outage, SyncScope, User
from tests.desk import address, sign_in, verb_address
from tests.factories import make_line, make_organization, make_outage, make_place, make_section
from tests.world import World
from tracker.models import Heartbeat, Holding, WatchFailure

# Everybody's, or numbers that are nobody's.
COMMON = {BriefWord, Division, Heartbeat, Holding, SyncScope, WatchFailure}


def pages() -> Iterator[tuple[type[Model], RecordAdmin]]:
    for model, page in django_admin.site._registry.items():
        if model not in COMMON:
            yield model, cast("RecordAdmin", page)


def rows_in_all_tables() -> dict[str, int]:
    tables = connection.introspection.table_names()
    with connection.cursor() as cursor:
        counted = {}
        for table in tables:
            cursor.execute(f'SELECT count(*) FROM "{table}"')  # noqa: S608 - names from the database itself
            counted[table] = cursor.fetchone()[0]
    return counted


@pytest.fixture
def there(db: None) -> World:
    return World(make_organization(name="外县供电公司"))


@pytest.fixture
def desk(client: Client, ours: Organization, there: World) -> Client:
    sign_in(client, ours, Role.DISPATCHER, Role.ADMIN)
    return client


def test_lists_hold_nothing_of_others(desk: Client, there: World) -> None:
    for model, _page in pages():
        found = desk.get(address(model, "changelist")).context["cl"].result_list

        assert not {row.pk for row in found} & {row.pk for row in there.rows[model]}, model


def test_pages_of_others_are_not_found(desk: Client, there: World) -> None:
    for model, page in pages():
        row = there.first(model)

        assert desk.get(address(model, "change", row.pk)).status_code == 404, model
        assert desk.get(address(model, "history", row.pk)).status_code == 404, model
        for verb in page.verbs:
            assert desk.get(verb_address(row, verb.name)).status_code == 404, (model, verb.name)


def test_verbs_on_others_are_not_found_and_change_nothing(desk: Client, there: World) -> None:
    before = rows_in_all_tables()

    for model, page in pages():
        for verb in page.verbs:
            answer = desk.post(
                verb_address(there.first(model), verb.name), {"reason": "试", "at": "2024-02-27T00:00"}
            )
            assert answer.status_code == 404, (model, verb.name)

    assert rows_in_all_tables() == before


def test_one_foreign_row_among_own_ones_is_not_found_and_changes_nothing(
    desk: Client, ours: Organization, there: World
) -> None:
    own, foreign = make_outage(organization=ours), there.first(Outage)

    answer = desk.post(verb_address(own, "confirm", foreign), {"at": "2024-02-27T00:00"})

    assert answer.status_code == 404
    own.refresh_from_db()
    assert own.status == "reported"


def test_an_action_on_a_foreign_row_is_not_found(desk: Client, ours: Organization, there: World) -> None:
    own, foreign = make_outage(organization=ours), there.first(Outage)

    answer = desk.post(
        address(Outage, "changelist"), {"action": "confirm", "_selected_action": [own.pk, foreign.pk]}
    )

    assert answer.status_code == 404


def test_filters_offer_nothing_of_others(desk: Client, ours: Organization) -> None:
    make_line(organization=ours)

    html = desk.get(address(Line, "changelist")).content.decode()

    assert ours.name in html
    assert "外县供电公司" not in html


def test_searching_for_a_choice_finds_nothing_of_others(
    desk: Client, ours: Organization, there: World
) -> None:
    own = make_line(organization=ours)
    query = {"app_label": "incidents", "model_name": "outage", "field_name": "line"}

    found = desk.get(reverse("admin:autocomplete"), query).json()["results"]

    assert [line["id"] for line in found] == [str(own.pk)]


def test_a_foreign_key_in_a_form_is_as_one_that_does_not_exist(
    desk: Client, ours: Organization, there: World
) -> None:
    wanted = {
        "organization": there.organization.pk,
        "code": "L1",
        "name": "甲线",
        "voltage_kv": "10",
        "kind": "main",
    }
    wanted |= {"at": "2024-02-27T00:00"}
    lines = Line.objects.count()

    foreign = desk.post(address(Line, "add"), wanted)
    missing = desk.post(address(Line, "add"), wanted | {"organization": 2**40})

    assert foreign.context["form"].errors == missing.context["form"].errors
    assert set(foreign.context["form"].errors) == {"organization"}
    assert Line.objects.count() == lines


def test_a_foreign_section_cannot_be_reported_out(desk: Client, ours: Organization) -> None:
    foreign = make_section()

    answer = desk.post(address(Outage, "add"), {"organization": ours.pk, "section": foreign.pk})

    assert "section" in answer.context["form"].errors
    assert not Outage.objects.filter(section=foreign).exists()


@pytest.mark.parametrize(
    ("model", "query"),
    [
        (User, "_to_field=password"),
        (User, "password__startswith=a"),
        (User, "phone__startswith=138"),
        (Device, "token_digest__startswith=0"),
        (Device, "user__password__startswith=a"),
        (Line, "organization__parent__name=x"),
    ],
)
def test_guessing_by_filters_that_are_not_offered_is_refused(
    desk: Client, model: type[Model], query: str
) -> None:
    assert desk.get(f"{address(model, 'changelist')}?{query}").status_code == 400


@pytest.mark.parametrize("keys", ["", "pk=", "pk=x", "pk=-1", "pk=9999999999999999999999", "pk=1%00"])
def test_an_altered_key_is_not_found(desk: Client, keys: str) -> None:
    assert desk.get(f"{address(Outage, 'do', 'confirm')}?{keys}").status_code == 404


def test_a_verb_that_is_none_is_not_found(desk: Client, ours: Organization) -> None:
    outage = make_outage(organization=ours, place=make_place())

    assert desk.get(verb_address(outage, "explode")).status_code == 404
