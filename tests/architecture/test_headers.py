"""What every answer carries, whatever the address, the method and who asks (S5)."""

from collections.abc import Iterator

import pytest
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import get_resolver
from pytest_django.fixtures import Settings

from tests.architecture.test_urls import addresses
from tests.factories import make_user

MUST_BE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
# Pages behind a secret address are stricter still.
MAY_BE = {"same-origin", "no-referrer"}, {"default-src 'self'", "default-src 'none'"}
POLICY = {
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "form-action 'self'",
}
FILE = "/static/incidents/admin.css"


def flaws(answer: HttpResponseBase) -> Iterator[str]:
    for name, value in MUST_BE.items():
        if answer.get(name) != value:
            yield f"{name}: {answer.get(name)}"
    if answer.get("Referrer-Policy") not in MAY_BE[0]:
        yield f"Referrer-Policy: {answer.get('Referrer-Policy')}"
    policy = answer.get("Content-Security-Policy", "")
    parts = {part.strip() for part in policy.split(";")}
    if "unsafe" in policy or not parts >= POLICY or not parts & MAY_BE[1]:
        yield f"Content-Security-Policy: {policy}"


def everywhere(client: Client, *methods: str) -> dict[str, list[str]]:
    found = {}
    for url in [*addresses(get_resolver().url_patterns), FILE, "/nothing/", "/api/v1/nothing/"]:
        for method in methods:
            answer = client.generic(method, url)
            if told := list(flaws(answer)):
                found[f"{method} {url}"] = told
            answer.close()
    return found


@pytest.mark.django_db
def test_every_answer_to_a_stranger_carries_them(client: Client) -> None:
    client.raise_request_exception = False

    assert everywhere(client, "POST", "TRACE") == {}


@pytest.mark.django_db
def test_every_answer_to_somebody_who_may_everything_carries_them(client: Client) -> None:
    client.force_login(make_user(is_superuser=True))
    client.raise_request_exception = False

    assert everywhere(client, "GET") == {}


@pytest.mark.django_db
def test_pages_and_answers_are_kept_nowhere(client: Client) -> None:
    for url in ("/admin/login/", "/api/v1/me/", "/admin/", "/nothing/"):
        assert "no-store" in client.get(url)["Cache-Control"], url


@pytest.mark.django_db
@pytest.mark.parametrize("url", ["/admin/login/", "/api/v1/me/", "/healthz", FILE])
def test_over_https_browsers_are_told_to_stay_there(client: Client, settings: Settings, url: str) -> None:
    settings.HTTPS = settings.SECURE_SSL_REDIRECT = settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    settings.SECURE_HSTS_SECONDS = 31536000

    answer = client.get(url, secure=True)
    answer.close()

    assert answer["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


@pytest.mark.django_db
def test_pages_in_the_clear_lead_to_https_and_the_api_is_refused(client: Client, settings: Settings) -> None:
    settings.HTTPS = settings.SECURE_SSL_REDIRECT = True

    assert client.get("/admin/login/")["Location"].startswith("https://")
    assert client.get("/api/v1/me/").status_code == 403
