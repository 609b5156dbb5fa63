"""Sign-in by the company's identity provider, against a real one: no account and no role comes from it."""

import dataclasses
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from config import oidc
from incidents.choices import Role
from incidents.models import Membership, Organization, SignIn, User
from tests.desk import give_role
from tests.factories import make_user
from tests.incidents.web.conftest import INDEX, LOGIN, PASSWORD, Visitor
from tests.provider import CLIENT, SECRET, Provider, query_of, running

pytestmark = pytest.mark.urls("tests.urls_with_provider")
NOW = int(timezone.now().timestamp())


@pytest.fixture
def provider(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    """A provider, and the settings that an installation with it has."""
    with running() as there:
        for name, path in (("AUTHORIZATION", "/authorize"), ("TOKEN", "/token"), ("USERINFO", "/me")):
            monkeypatch.setenv(f"OIDC_{name}_URL", there.url + path)
        monkeypatch.setenv("OIDC_JWKS_URL", f"{there.url}/keys")
        monkeypatch.setenv("OIDC_ISSUER", there.url)
        monkeypatch.setenv("OIDC_CLIENT_ID", CLIENT)
        monkeypatch.setenv("OIDC_CLIENT_SECRET", SECRET)
        settings.OIDC = oidc.from_environment(embedded=True)
        for name, value in settings.OIDC.items():
            setattr(settings, name, value)
        settings.AUTHENTICATION_BACKENDS = [
            "django.contrib.auth.backends.ModelBackend",
            "config.oidc_backend.CompanyAccounts",
        ]
        yield there


@pytest.fixture
def person(ours: Organization) -> User:
    return give_role(make_user(username="diaodu", password=PASSWORD), ours, Role.DISPATCHER)


def come_back(browser: Client, provider: Provider) -> str:
    """Go to the provider and back; return where that leads."""
    asked = browser.get(reverse("oidc_authentication_init"), {"next": INDEX})["Location"]
    assert asked.startswith(f"{provider.url}/authorize?")
    back = urlsplit(provider.authorize(query_of(asked)))
    return str(browser.get(f"{back.path}?{back.query}")["Location"])


def test_a_claim_names_the_account(provider: Provider, person: User) -> None:
    browser = Client()
    assert "/oidc/authenticate/" in browser.get(LOGIN).content.decode()

    assert come_back(browser, provider) == INDEX

    assert browser.get(INDEX).status_code == 200
    row = SignIn.objects.get()
    assert (row.kind, row.user, row.address) == ("sso", person, "127.0.0.1")


def test_state_nonce_and_proof_key_are_asked_for(provider: Provider, person: User) -> None:
    asked = query_of(Client().get(reverse("oidc_authentication_init"))["Location"])

    assert len(asked["state"]) >= 32
    assert len(asked["nonce"]) >= 32
    assert (asked["code_challenge_method"], asked["scope"]) == ("S256", "openid profile")


@pytest.mark.parametrize(
    "token",
    [
        {"iss": "https://elsewhere.example"},
        {"aud": "another"},
        {"nonce": "another"},
        {"exp": NOW - 3600},
        {"sub": None},
    ],
)
def test_a_token_that_is_not_for_us_now_opens_nothing(
    provider: Provider, person: User, token: dict[str, object]
) -> None:
    provider.token = token
    browser = Client()

    assert come_back(browser, provider) == LOGIN

    assert browser.get(INDEX).status_code == 302
    assert SignIn.objects.get().kind == "sso_refused"


def test_a_token_of_another_key_opens_nothing(provider: Provider, person: User) -> None:
    provider.signs_with = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    assert come_back(Client(), provider) == LOGIN


def test_what_is_told_of_somebody_else_opens_nothing(provider: Provider, person: User) -> None:
    provider.userinfo_sub = "4712"

    assert come_back(Client(), provider) == LOGIN


def test_a_way_back_that_was_not_asked_for_opens_nothing(provider: Provider, person: User) -> None:
    thief, victim = Client(), Client()
    asked = query_of(thief.get(reverse("oidc_authentication_init"))["Location"])
    back = urlsplit(provider.authorize(asked))
    victim.get(reverse("oidc_authentication_init"))

    assert victim.get(f"{back.path}?{back.query}")["Location"] == LOGIN
    assert victim.get(INDEX).status_code == 302


@pytest.mark.parametrize("name", ["nobody", "DIAODU", "", None, 7])
def test_nobody_is_made_and_a_name_is_taken_as_it_is_written(
    provider: Provider, person: User, name: object
) -> None:
    provider.claims = {"preferred_username": name, "groups": ["admin"], "is_superuser": True}

    assert come_back(Client(), provider) == LOGIN

    assert User.objects.count() == 1


def test_an_account_that_a_setting_lets_be_made_has_no_role_and_stays_out(
    provider: Provider, settings: Settings, db: None
) -> None:
    settings.OIDC_CREATE_USER = True

    assert come_back(Client(), provider) == LOGIN

    made = User.objects.get(username="diaodu")
    assert (made.display_name, made.has_usable_password(), made.is_superuser) == ("周调度", False, False)


def test_a_role_that_has_ended_stays_out(provider: Provider, person: User) -> None:
    Membership.objects.update(until_at=timezone.now() - timedelta(days=1))

    assert come_back(Client(), provider) == LOGIN


def test_a_closed_account_stays_out(provider: Provider, person: User) -> None:
    User.objects.update(is_active=False)

    assert come_back(Client(), provider) == LOGIN


def test_a_provider_that_is_away_leads_back_to_the_password(
    provider: Provider, person: User, settings: Settings
) -> None:
    settings.OIDC_OP_TOKEN_ENDPOINT = "http://127.0.0.1:1/token"
    browser = Client()

    assert come_back(browser, provider) == LOGIN
    assert Visitor(person, browser).gives_password() == INDEX


@pytest.mark.parametrize("next_page", ["//evil.example/", "https://evil.example/"])
def test_signing_in_leads_nowhere_else(provider: Provider, person: User, next_page: str) -> None:
    browser = Client()
    asked = browser.get(reverse("oidc_authentication_init"), {"next": next_page})["Location"]
    back = urlsplit(provider.authorize(query_of(asked)))

    assert browser.get(f"{back.path}?{back.query}")["Location"] == INDEX


def test_passwords_can_be_switched_off_but_for_the_account_behind_glass(
    provider: Provider, person: User, settings: Settings
) -> None:
    settings.SIGN_IN = dataclasses.replace(
        settings.SIGN_IN, passwords=False, break_glass=frozenset({"yingji"})
    )
    glass = make_user(username="yingji", password=PASSWORD, is_superuser=True)

    assert Visitor(person, Client()).gives_password() == "200"
    assert Visitor(glass, Client()).gives_password() == INDEX
    assert come_back(Client(), provider) == INDEX
