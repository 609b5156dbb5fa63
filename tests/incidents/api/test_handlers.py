"""Errors that no view answers: a problem for machines, a page for people."""

import pytest
from django.test import Client, RequestFactory

from config import handlers


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "kind"),
    [("/api/v1/nothing/", "application/problem+json"), ("/nothing/", "text/html; charset=utf-8")],
)
def test_an_address_that_does_not_exist(client: Client, address: str, kind: str) -> None:
    answer = client.get(address)

    assert (answer.status_code, answer["Content-Type"]) == (404, kind)


@pytest.mark.parametrize(
    ("address", "kind"),
    [("/api/v1/outages/", "application/problem+json"), ("/admin/", "text/html; charset=utf-8")],
)
def test_a_crash_and_what_is_no_request(address: str, kind: str) -> None:
    request = RequestFactory().get(address)

    crash, malformed = handlers.crashed(request), handlers.malformed(request, ValueError())

    assert (crash.status_code, crash.headers["Content-Type"]) == (500, kind)
    assert (malformed.status_code, malformed.headers["Content-Type"].partition(";")[0]) == (
        400,
        kind.partition(";")[0],
    )
