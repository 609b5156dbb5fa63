"""Outside of `make up` nothing has an unsafe default: what is missing stops the start and is named."""

import os
import secrets
import subprocess
import sys

import pytest

from tests.embedded.conftest import ROOT

KNOWN = {
    "SECRET_KEY": secrets.token_urlsafe(64),
    "ALLOWED_HOSTS": "ice.example.org",
    "PUBLIC_URL": "https://ice.example.org",
    "DATABASE_URL": "postgresql://ice@127.0.0.1:1/ice",
    "REDIS_URL": "unix:///run/redis.sock?db=3",
    "EMAIL_URL": "smtp://127.0.0.1:1",
    "BEHIND_PROXY": "1",
}
TELL = "from config import settings as s; print(s.TRUSTED_PROXIES, s.CACHES['default']['LOCATION'])"


COOKIES = (
    "from config import settings as s; print(s.SESSION_COOKIE_NAME, s.SESSION_COOKIE_SECURE, "
    "s.SESSION_COOKIE_HTTPONLY, s.SESSION_COOKIE_SAMESITE, s.CSRF_COOKIE_NAME, s.CSRF_COOKIE_SECURE, "
    "s.SECURE_HSTS_SECONDS, *s.SIGN_IN.second_factor_roles)"
)
PROVIDER = {
    "OIDC_CLIENT_ID": "ice",
    "OIDC_CLIENT_SECRET": "secret",
    "OIDC_ISSUER": "https://sso.example.org",
    "OIDC_AUTHORIZATION_URL": "https://sso.example.org/authorize",
    "OIDC_TOKEN_URL": "https://sso.example.org/token",
    "OIDC_USERINFO_URL": "https://sso.example.org/userinfo",
    "OIDC_JWKS_URL": "https://sso.example.org/keys",
}
BACKENDS = (
    "import sys; from config import settings as s; "
    "print(len(s.AUTHENTICATION_BACKENDS), s.SIGN_IN.passwords, 'mozilla_django_oidc' in sys.modules)"
)


def start(tell: str = TELL, **over: str) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in (KNOWN | over).items() if value}
    env |= {"PATH": os.environ["PATH"]}
    return subprocess.run(
        [sys.executable, "-c", tell], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )


def test_starts_with_all_that_is_required() -> None:
    done = start()

    assert (done.returncode, done.stdout) == (0, "1 unix:///run/redis.sock?db=3\n"), done.stderr


@pytest.mark.parametrize(
    ("over", "complaint"),
    [
        ({"BEHIND_PROXY": ""}, "BEHIND_PROXY must say how many proxies"),
        ({"BEHIND_PROXY": "yes"}, "expected a whole number 0 to 5"),
        ({"PUBLIC_URL": "http://ice.example.org"}, "PUBLIC_URL must begin with https"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS must name the hosts"),
        ({"SECRET_KEY": "short"}, "at least 50 random characters"),
        ({"KEEP_ANSWERS_DAYS": "6"}, "expected a whole number 7 to 365"),
        ({"THROTTLE_WRITE": "many"}, "THROTTLE_WRITE='many'"),
        ({"SECOND_FACTOR_ROLES": "boss"}, "SECOND_FACTOR_ROLES: boss"),
        ({"SESSION_HOURS": "100"}, "expected a whole number 1 to 24"),
        ({"OIDC_CLIENT_ID": "ice"}, "OIDC_AUTHORIZATION_URL must be set"),
        (
            PROVIDER | {"OIDC_TOKEN_URL": "http://sso.example.org/token"},
            "OIDC_TOKEN_URL must begin with https",
        ),
        ({"PASSWORD_SIGN_IN": "0", "BREAK_GLASS": "yingji"}, "needs an identity provider"),
        (PROVIDER | {"PASSWORD_SIGN_IN": "0"}, "at least one account in BREAK_GLASS"),
    ],
)
def test_does_not_start_with_what_is_not_safe(over: dict[str, str], complaint: str) -> None:
    done = start(**over)

    assert done.returncode == 1
    assert complaint in done.stderr


def test_cookies_are_for_https_alone_and_administrators_have_a_second_factor() -> None:
    done = start(COOKIES)

    told = "__Host-sessionid True True Lax __Host-csrftoken True 31536000 admin"
    assert done.stdout.strip() == told, done.stderr


def test_an_identity_provider_is_there_only_where_it_is_configured() -> None:
    glass = {"PASSWORD_SIGN_IN": "0", "BREAK_GLASS": "yingji"}

    assert start(BACKENDS).stdout == "1 True False\n"
    assert start(BACKENDS, **PROVIDER, **glass).stdout == "2 False False\n"
