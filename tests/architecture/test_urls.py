"""No address answers a stranger, except those on the list, each with its reason."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, path, reverse

PASSWORD_LINK = "/admin/password/00000000-0000-4000-8000-000000000000/secret/"
OPEN = {
    "/admin/login/": "where one signs in",
    "/admin/logout/": "leads to the overview, which asks to sign in",
    "/api/v1/enrol/": "a phone that has no token yet; takes a one-time code and tells nothing else",
    "/i18n/setlang/": "the sign-in page has both languages; sets a cookie and nothing else",
    "/a/token/": "answers an alert from a mail; the address is signed, personal and ends",
    "/calendar/secret.ics": "a person's shifts for a phone; the address is a secret that can be revoked",
    PASSWORD_LINK: "sets a password by a link for one person, which works once and ends",
    "/healthz": "asked by machines; says only whether the parts are alive",
    "/metrics": "asked by machines of this host, or of networks or with a token of the settings; numbers",
    "/readyz": "asked by machines; says only whether the database is as this version expects it",
}

# What stands for the parts of an address.
VALUES = {
    "app_label": "incidents",
    "code": "330604",
    "content_type_id": "1",
    "ending": "csv",
    "name": "confirm",
    "object_id": "1",
    "pk": "1",
    "secret": "secret",
    "seq": "1",
    "slug": "storm-1",
    "token": "token",
    "url": "nothing",
    "uuid": "00000000-0000-4000-8000-000000000000",
}


def addresses(patterns: list[Any], before: str = "/") -> Iterator[str]:
    """Return every address of the product, with values for its parts."""
    for pattern in patterns:
        part = str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, before + _filled(part))
        elif isinstance(pattern, URLPattern):
            yield before + _filled(part)


def _filled(part: str) -> str:
    part = re.sub(r"\(\?P<(\w+)>[^)]*\)", lambda found: VALUES[found[1]], part)
    part = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: VALUES[found[1]], part)
    return part.lstrip("^").rstrip("$").replace("\\Z", "")


def refuses(response: HttpResponseBase) -> bool:
    """Return whether an answer sends a stranger away."""
    if response.status_code in {401, 403}:
        return True
    return response.status_code == 302 and response["Location"].startswith(reverse(settings.LOGIN_URL))


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
def test_no_address_answers_a_stranger(client: Client, method: str) -> None:
    answers = {
        url: response.status_code
        for url in addresses(get_resolver().url_patterns)
        if url not in OPEN and not refuses(response := getattr(client, method)(url))
    }

    assert answers == {}


def test_every_exception_is_still_an_address() -> None:
    assert OPEN.keys() <= set(addresses(get_resolver().url_patterns))


def open_door(request: HttpRequest, uuid: UUID) -> HttpResponse:
    return HttpResponse("come in")


urlpatterns = [path("open/<uuid:uuid>/", open_door)]


@pytest.mark.urls(__name__)
def test_an_open_door_would_be_found(client: Client) -> None:
    [url] = addresses(get_resolver().url_patterns)

    assert not refuses(client.get(url))
