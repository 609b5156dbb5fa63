"""How one signs in oneself: the second factor, and the browsers in which one is signed in."""

from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from incidents.choices import SignInKind
from incidents.models import BrowserSession, User
from incidents.rules.browsers import name_of
from incidents.services import second_factors, sessions
from incidents.web import entering
from incidents.web.second_step import CodeForm, answer
from incidents.web.sessions import browser_of


def own(request: HttpRequest) -> HttpResponse:
    """Show whether there is a second factor, and every browser that is signed in."""
    user = cast("User", request.user)
    factor = second_factors.of(user)
    told = {
        "factor": factor,
        "codes_left": len(factor.recovery_digests) if factor else 0,
        "must_have_one": entering.must_have_one(user, now=timezone.now()),
        "browsers": [
            {"row": row, "name": name_of(row.agent), "is_this": row.key_digest == browser_of(request).digest}
            for row in _living(user)
        ],
        "title": _("My sign-in"),
    }
    return answer(request, "own.html", **told)


@require_POST
def end_session(request: HttpRequest, uuid: str) -> HttpResponse:
    """End one of one's own sessions."""
    user = cast("User", request.user)
    sessions.end_own(
        get_object_or_404(BrowserSession, uuid=uuid, user=user), by=entering.actor(request, user)
    )
    return HttpResponseRedirect(reverse("admin:own"))


@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """End all of one's sessions but this one."""
    user = cast("User", request.user)
    sessions.end_all(user, by=entering.actor(request, user), spared=browser_of(request).digest)
    return HttpResponseRedirect(reverse("admin:own"))


@require_http_methods(["GET", "HEAD", "POST"])
def renew_codes(request: HttpRequest) -> HttpResponse:
    """Show ten new recovery codes, for a code."""
    user = cast("User", request.user)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        codes = form.proves(request, user, second_factors.renew_codes, kind=SignInKind.CONFIRMED)
        if codes:
            told = {"codes": codes, "to": reverse("admin:own"), "title": _("Recovery codes")}
            return answer(request, "recovery_codes.html", **told)
    return answer(request, "with_code.html", form=form, title=_("New recovery codes"))


@require_http_methods(["GET", "HEAD", "POST"])
def switch_off(request: HttpRequest) -> HttpResponse:
    """Switch one's second factor off, for a code."""
    user = cast("User", request.user)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.proves(
        request, user, second_factors.switch_off_own, kind=SignInKind.CONFIRMED
    ):
        return HttpResponseRedirect(reverse("admin:own"))
    return answer(request, "with_code.html", form=form, title=_("Switch the second factor off"))


def _living(user: User) -> list[BrowserSession]:
    rows = sessions.living(now=timezone.now(), idle=settings.SIGN_IN.idle).filter(user=user)
    return list(rows.order_by("-last_seen_at", "-pk"))
