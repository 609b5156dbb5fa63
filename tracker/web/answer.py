"""``/a/<token>/``: answering an alert from its mail, without signing in, on any phone.

Looking at the page changes nothing, whoever looks: mail scanners open every link. Only its buttons act. The
address itself is the secret, so that no cookie and no second token is needed; it is kept from caches, from
other sites and from search engines, and the page loads nothing but its own style.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from http import HTTPMethod, HTTPStatus
from typing import Any

from csp.decorators import csp_replace
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from incidents.access import Right, within
from incidents.choices import Channel
from incidents.errors import Refused
from incidents.journal import Actor
from incidents.models import User
from tracker import access  # noqa: F401 - says whose matter the rows of the watch are
from tracker.choices import AlertState
from tracker.models import Alert
from tracker.selectors.clock import database_now
from tracker.services import alerts
from tracker.services.links import Claim, claim_of
from tracker.web.limits import Turnstile

MINUTES = (30, 60, 120, 240)  # for how long a snooze from a mail may last
_LONGEST_REASON = 300
_turnstile = Turnstile()
_POLICY = {
    "default-src": ["'none'"],
    "style-src": ["'self'"],
    "form-action": ["'self'"],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"],
}


@csrf_exempt
@never_cache
@csp_replace(_POLICY)  # type: ignore[arg-type]  # it knows only views without arguments
@require_http_methods([HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.POST])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Show what may be answered, or answer."""
    claim = claim_of(token)
    # Behind a proxy all machines look like one: who shows a good link is counted by himself.
    if not _turnstile.lets(str(claim.user_id) if claim else request.META.get("REMOTE_ADDR", "")):
        return _plain(request, "zh-hans", _slow_down, HTTPStatus.TOO_MANY_REQUESTS)
    person = User.objects.filter(pk=claim.user_id, is_active=True).first() if claim else None
    alert = Alert.objects.select_related("organization").filter(pk=claim.alert_id).first() if claim else None
    if claim is None or person is None or alert is None:
        return _plain(request, "zh-hans", _unknown, HTTPStatus.NOT_FOUND)
    now = database_now()
    if claim.ends_at <= now:
        return _plain(request, person.language, _ended, HTTPStatus.GONE)
    by = Actor(
        user=person,
        now=now,
        channel=Channel.ADMIN,
        request_id=request.META.get("ICE_REQUEST_ID", ""),
    )
    with translation.override(person.language):
        if request.method == HTTPMethod.POST:
            return _act(request, claim, alert, by)
        return _page(request, claim, alert, by)


def _act(request: HttpRequest, claim: Claim, alert: Alert, by: Actor) -> HttpResponse:
    try:
        _deed(request, claim, alert, by)()
    except (Refused, ValidationError) as refused:
        alert.refresh_from_db()
        words = refused.message if isinstance(refused, Refused) else " ".join(refused.messages)
        return _page(request, claim, alert, by, refused=words, status=HTTPStatus.CONFLICT)
    alert.refresh_from_db()
    return _page(request, claim, alert, by, done=True)


def _deed(request: HttpRequest, claim: Claim, alert: Alert, by: Actor) -> Callable[[], Alert]:
    """Return what the person asked for.

    Raises:
        ValidationError: If that is nothing that this page offers to this person.
    """
    what, reason = request.POST.get("what", ""), request.POST.get("reason", "").strip()[:_LONGEST_REASON]
    same: dict[str, Any] = {"at": by.now, "by": by, "generation": claim.generation, "through": "mail"}
    if what == "acknowledge":
        return partial(alerts.acknowledge, alert, **same)
    if what == "snooze" and _decides(by, alert) and (minutes := request.POST.get("minutes", "")).isdecimal():
        until = by.now + timedelta(minutes=int(minutes[:6]))
        if int(minutes[:6]) in MINUTES:
            return partial(alerts.snooze, alert, until=until, reason=reason, **same)
    if what == "resolve" and _decides(by, alert):
        return partial(alerts.resolve, alert, reason=reason, **same)
    raise ValidationError(_("This is not possible here."))


def _decides(by: Actor, alert: Alert) -> bool:
    """Return whether the person may say more than that he has it; that much may everybody who was told."""
    rows = Alert.objects.filter(pk=alert.pk)
    return within(rows, by.user, right=Right.ACKNOWLEDGE, now=by.now).exists()


def _page(
    request: HttpRequest,
    claim: Claim,
    alert: Alert,
    by: Actor,
    *,
    refused: str = "",
    done: bool = False,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    is_current = alert.generation == claim.generation
    context = {
        "alert": alert,
        "done": done,
        "refused": refused,
        "is_mine": by.user.pk in {alert.acknowledged_by_id, alert.resolved_by_id},
        "may_take": alert.state == AlertState.FIRING and is_current,
        "may_decide": alert.state != AlertState.RESOLVED and is_current and _decides(by, alert),
        "is_older": not is_current and alert.state != AlertState.RESOLVED,
        "minutes": MINUTES,
        "language": by.user.language,
    }
    return _sealed(render(request, "tracker/web/answer.html", context, status=status))


def _plain(request: HttpRequest, language: str, words: Callable[[], str], status: HTTPStatus) -> HttpResponse:
    with translation.override(language):
        context = {"words": words(), "language": language}
        response = _sealed(render(request, "tracker/web/plain.html", context, status=status))
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        response["Retry-After"] = "60"
    return response


def _sealed(response: HttpResponse) -> HttpResponse:
    """Keep the address of the page from other sites and from search engines."""
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _slow_down() -> str:
    return _("Too often. Please wait a minute.")


def _unknown() -> str:
    return _("This link leads nowhere.")


def _ended() -> str:
    return _("This link was good for 24 hours and has ended. Please sign in, or use a newer mail.")
