"""What people type finds what they mean: parts of names, initials, codes; in lists and in choices."""

from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.urls import reverse

from incidents.admin.finding import name_of
from incidents.choices import Role
from incidents.models import Crew, Division, ImportantUser, Line, LineSection, Organization, Outage, Person
from tests.desk import address, sign_in
from tests.factories import (
    make_crew,
    make_division,
    make_line,
    make_organization,
    make_outage,
    make_person,
    make_place,
    make_section,
)


def initials(words: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name_initials(%s)", [words])
        return str(cursor.fetchone()[0])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("横岗村", "hgc"),
        ("丽水", "ls"),
        ("龙潭307线", "lt307x"),
        ("Ａ1 — 10kV 岙头（支）", "a110kvatz"),
        ("缙云县", "jyx"),
        ("长乐", "cl zy"),  # read in two ways
        ("嵊州单家", "szdj szsj"),
        ("", ""),
    ],
)
def test_initials(name: str, kept: str) -> None:
    assert initials(name) == kept


def hits(client: Client, model: type, words: str) -> set[Any]:
    found = client.get(address(model, "changelist"), {"q": words}).context["cl"].result_list
    return {row.pk for row in found}


@pytest.fixture
def desk(client: Client, ours: Organization) -> Client:
    sign_in(client, ours, Role.DISPATCHER, Role.ADMIN)
    return client


def test_every_kind_of_name_is_found_by_its_initials(desk: Client, ours: Organization) -> None:
    line = make_line(organization=ours, name="龙潭307线")
    section = make_section(line=line)
    crew = make_crew(organization=ours, name="丰惠抢修一班")
    person = make_person(organization=ours, name="曾岭")
    village = make_division("331102200244", "横岗村")
    at = make_place(text="老庙旁", division=village, precision="village", resolved_by="human")
    outage = make_outage(organization=ours, line=line, place=at)

    assert hits(desk, Line, "lt307") == {line.pk}
    assert hits(desk, LineSection, "LTX") == set()  # 307 stands between
    assert hits(desk, LineSection, "ltz") == set()
    assert hits(desk, LineSection, "龙潭 lt3") == {section.pk}
    assert hits(desk, Crew, "qxyb") == {crew.pk}
    assert hits(desk, Person, "zl") == {person.pk}
    assert hits(desk, Person, "cl") == {person.pk}  # 曾 is read ceng too
    assert hits(desk, Division, "hgc") == {village.pk}
    assert hits(desk, Outage, "hgc lt") == {outage.pk}
    assert hits(desk, Outage, "lmp") == {outage.pk}
    assert hits(desk, Outage, "hgc zz") == set()


def test_initials_follow_a_name_that_is_corrected(desk: Client, ours: Organization) -> None:
    line = make_line(organization=ours, name="龙潭307线")

    Line.objects.filter(pk=line.pk).update(name="上浦307线")

    assert hits(desk, Line, "lt307") == set()
    assert hits(desk, Line, "sp307") == {line.pk}


def test_nothing_of_others_is_found(desk: Client, ours: Organization) -> None:
    make_outage(organization=make_organization(), line=make_line(name="龙潭307线"))

    assert hits(desk, Outage, "lt307") == set()


def test_a_user_with_two_feeders_stands_there_once(desk: Client, ours: Organization) -> None:
    user = ImportantUser.objects.create(organization=ours, name="人民医院", grade="first")
    user.feeders.set([make_line(organization=ours, name=f"医院{n}线") for n in (1, 2)])

    found = desk.get(address(ImportantUser, "changelist"), {"q": "yy"}).context["cl"].result_list

    assert [row.pk for row in found] == [user.pk]


def test_a_choice_offers_what_begins_so_first(desk: Client, ours: Organization) -> None:
    inside = make_line(organization=ours, name="上虞龙潭线", code="A1")
    begins = make_line(organization=ours, name="龙潭线", code="B2")
    query = {"app_label": "incidents", "model_name": "outage", "field_name": "line", "term": "lt"}

    found = desk.get(reverse("admin:autocomplete"), query).json()["results"]

    assert [row["id"] for row in found] == [str(begins.pk), str(inside.pk)]


@pytest.mark.parametrize("words", ["%", "_", "\\", "'", "\x00", "a" * 5000, "  ", "☃", "1 2 3 4 5 6 7 8 9"])
def test_whatever_is_typed_a_list_answers(desk: Client, ours: Organization, words: str) -> None:
    make_line(organization=ours, name="龙潭307线")

    answer = desk.get(address(Line, "changelist"), {"q": words})

    assert answer.status_code in {200, 302}


def test_every_model_with_initials_is_searched_by_its_name() -> None:
    named = {model: name_of(model) for model in admin.site._registry if name_of(model)}

    assert len(named) == 9
    assert [
        model for model, name in named.items() if name not in admin.site._registry[model].search_fields
    ] == []
