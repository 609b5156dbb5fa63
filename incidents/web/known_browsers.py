"""Browsers in which a person has signed in before: strangers cannot shut these out (see rules/lockout.py).

Each keeps a signed cookie with a secret for each of the last people who signed in there; a desk is shared by
a shift. It opens nothing: with it a password is only counted apart from what others guess elsewhere.
"""

import secrets
from typing import Final

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from incidents.models import User
from incidents.services.sign_ins import name_digest

_SALT: Final = "incidents.known_browsers"
_PEOPLE: Final = 12
_LASTING_S: Final = 90 * 24 * 3600


def cookie_name() -> str:
    """Return the name of the cookie; over https one that no neighbouring host can set."""
    return "__Host-known" if settings.HTTPS else "known"


def known_as(request: HttpRequest, username: str) -> str:
    """Return the secret of a browser that knows a person; empty for one that does not."""
    return _read(request).get(_key(username), "")


def remember(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Let the browser know a person who has signed in."""
    known = _read(request)
    key = _key(user.get_username())
    secret = known.pop(key, "") or secrets.token_urlsafe(16)
    newest = dict([*known.items(), (key, secret)][-_PEOPLE:])
    response.set_cookie(
        cookie_name(),
        signing.dumps(newest, salt=_SALT, compress=True),
        max_age=_LASTING_S,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )


def _read(request: HttpRequest) -> dict[str, str]:
    try:
        read = signing.loads(request.COOKIES.get(cookie_name(), ""), salt=_SALT, max_age=_LASTING_S)
    except signing.BadSignature:
        return {}
    return dict(read)


def _key(username: str) -> str:
    return name_digest(username)[:16]
