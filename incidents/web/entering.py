"""From a right password to a signed-in browser, with a second step between them where there is one."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from incidents import access
from incidents.choices import Channel, Role, SignInKind
from incidents.journal import Actor
from incidents.models import Membership, SignIn, User
from incidents.rules.lockout import Limits
from incidents.services import second_factors, sign_ins
from incidents.services.sign_ins import Whence
from incidents.web import known_browsers
from incidents.web.sessions import BY_CODE

BACKEND: Final = "django.contrib.auth.backends.ModelBackend"
SECOND_STEP_LASTS: Final = timedelta(minutes=10)
UNKNOWN_PLACES: Final = 4
"""How many times as much all unknown places together may try as one place alone."""

_OWED: Final = "second_step"


@dataclass(frozen=True, kw_only=True)
class Owed:
    """Somebody who has given the password and owes a code; nobody is signed in yet.

    Attributes:
        to: Where the person wanted to go.
    """

    user: User
    to: str


def limits() -> Limits:
    """Return how often may be tried."""
    rules = settings.SIGN_IN
    return Limits(here=rules.tries, unknown=rules.tries * UNKNOWN_PLACES, within=rules.window)


def whence(request: HttpRequest, username: str) -> Whence:
    """Return where somebody at the door comes from."""
    return Whence(
        address=request.META.get("ICE_ADDRESS", ""),
        agent=request.META.get("HTTP_USER_AGENT", ""),
        known_as=known_browsers.known_as(request, username),
    )


def attempt(request: HttpRequest, username: str, kind: SignInKind) -> SignIn:
    """Write down an attempt, before anything is looked at.

    Raises:
        TooManyTries: If the account is shut for this place.
    """
    return sign_ins.attempt(
        username=username,
        whence=whence(request, username),
        limits=limits(),
        now=timezone.now(),
        kind=kind,
    )


def actor(request: HttpRequest, user: User) -> Actor:
    """Return a person as who acts, whether signed in or still at the door."""
    request_id = request.META.get("ICE_REQUEST_ID", "")
    return Actor(user=user, now=timezone.now(), channel=Channel.ADMIN, request_id=request_id)


def after_password(request: HttpRequest, user: User, tried: SignIn, *, to: str) -> HttpResponse:
    """Go on after a right password: in, or to the second step.

    Args:
        request: The request with the password.
        user: Whose password it was.
        tried: The attempt.
        to: Where the person wants to go.
    """
    has_one = second_factors.of(user) is not None
    if not has_one and not must_have_one(user, now=timezone.now()):
        return enter(request, user, tried, to=to)
    sign_ins.accept(tried, kind=SignInKind.CODE_OWED, user=user)
    request.session.flush()
    request.session[_OWED] = {
        "user": user.pk,
        "proof": user.get_session_auth_hash(),
        "at": timezone.now().timestamp(),
        "to": to,
    }
    return HttpResponseRedirect(reverse("admin:second_step" if has_one else "admin:second_factor"))


def enter(
    request: HttpRequest,
    user: User,
    tried: SignIn,
    *,
    to: str,
    kind: SignInKind = SignInKind.ENTERED,
) -> HttpResponse:
    """Sign somebody in who owes nothing more."""
    sign_ins.accept(tried, kind=kind, user=user)
    begin(request, user)
    return remembered(request, user, HttpResponseRedirect(to))


def begin(request: HttpRequest, user: User, *, by_code: bool = False) -> None:
    """Give the browser a session of this person, with a new key."""
    auth.login(request, user, backend=getattr(user, "backend", BACKEND))
    request.session.pop(_OWED, None)
    if by_code:
        request.session[BY_CODE] = True


def remembered(request: HttpRequest, user: User, response: HttpResponse) -> HttpResponse:
    """Return an answer after which the browser is one that knows the person."""
    known_browsers.remember(request, response, user)
    return response


def owed(request: HttpRequest) -> Owed | None:
    """Return who owes a code in this browser; None once it took too long, or the password has changed."""
    told = request.session.get(_OWED)
    if not told:
        return None
    age = timezone.now().timestamp() - told["at"]
    user = User.objects.filter(pk=told["user"], is_active=True).first()
    if user is None or age > SECOND_STEP_LASTS.total_seconds():
        return None
    if not constant_time_compare(told["proof"], user.get_session_auth_hash()):
        return None
    return Owed(user=user, to=told["to"])


def must_have_one(user: User, *, now: datetime) -> bool:
    """Return whether a role of a person asks for a second factor; a superuser counts as an administrator."""
    roles = settings.SIGN_IN.second_factor_roles
    if user.is_superuser and Role.ADMIN in roles:
        return True
    return bool(roles) and Membership.objects.filter(access.current(now), user=user, role__in=roles).exists()
