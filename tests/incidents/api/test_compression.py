"""Answers are compressed where it is asked for and worth it, and no secret can be guessed from them."""

import gzip
import json

import pytest
from django.test import Client

from incidents.choices import Role
from tests.desk import sign_in
from tests.factories import make_outage
from tests.incidents.api.conftest import Phone

GZIP = {"Accept-Encoding": "gzip, br"}
pytestmark = pytest.mark.django_db


def make_rows(phone: Phone, count: int) -> None:
    for _ in range(count):
        make_outage(organization=phone.organization)


@pytest.mark.parametrize("path", ["outages/", "changes/", "shift-bundle/"])
def test_a_long_answer_is_compressed_and_caches_are_told(phone: Phone, path: str) -> None:
    make_rows(phone, 5)

    answer = phone.client.get(f"/api/v1/{path}", headers=GZIP)

    assert answer["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer["Vary"]
    assert int(answer["Content-Length"]) == len(answer.content)
    plain = json.loads(gzip.decompress(answer.content))
    assert len(answer.content) * 3 < len(gzip.decompress(answer.content))
    assert plain


def test_it_is_left_as_it_is_for_who_does_not_ask(phone: Phone) -> None:
    make_rows(phone, 5)

    answer = phone.get("outages/")

    assert not answer.has_header("Content-Encoding")
    assert "Accept-Encoding" in answer["Vary"]
    assert len(answer.json()["results"]) == 5


def test_a_short_answer_is_left_as_it_is(phone: Phone) -> None:
    answer = phone.client.get("/api/v1/outages/", headers=GZIP)

    assert not answer.has_header("Content-Encoding")


def test_one_thing_keeps_its_strong_tag(phone: Phone) -> None:
    outage = make_outage(organization=phone.organization, remark="毛竹" * 600)

    answer = phone.client.get(f"/api/v1/outages/{outage.uuid}/", headers=GZIP)

    assert len(answer.content) > 1024
    assert not answer.has_header("Content-Encoding")
    assert answer["ETag"].startswith('"')


def test_the_same_answer_has_not_always_the_same_length(phone: Phone) -> None:
    make_rows(phone, 5)

    lengths = {len(phone.client.get("/api/v1/outages/", headers=GZIP).content) for _ in range(12)}

    assert len(lengths) > 1


def test_pages_with_tokens_of_forms_are_not_compressed(client: Client, phone: Phone) -> None:
    sign_in(client, phone.organization, Role.ADMIN)

    for page in ("/admin/", "/admin/login/", "/api/v1/docs/"):
        assert not client.get(page, headers=GZIP).has_header("Content-Encoding"), page
