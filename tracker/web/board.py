"""``/``: the duty board, one look at the night; and what it asks for every few seconds.

The page is whole without a script. With one it asks ``/board/`` every four seconds and names what it has: an
``ETag`` of what was written last, of who looks and of the minute. Nothing new is 304 and costs the server a
few milliseconds, whatever is stored.
"""

from hashlib import sha256
from http import HTTPMethod, HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from incidents.access import Right
from incidents.admin.asking import asking
from incidents.errors import Refused
from tracker.models import Alert
from tracker.selectors.board import Pulse, board, pulse
from tracker.selectors.clock import database_now
from tracker.selectors.watch_state import look
from tracker.services import alerts
from tracker.web.banner import banner_of
from tracker.web.board_shown import shown
from tracker.web.board_views import Reach, reach_of, view_of

EVERY_S = 4  # how often an open board asks

_reading = require_http_methods([HTTPMethod.GET, HTTPMethod.HEAD])


@_reading
def duty_board(request: HttpRequest) -> HttpResponse:
    """Show the board."""
    beat, reach = pulse(), reach_of(request)
    context = admin.site.each_context(request) | _context(request, reach, beat) | {"every_s": EVERY_S}
    return render(request, "tracker/web/board.html", context)


@_reading
def board_now(request: HttpRequest) -> HttpResponse:
    """Show what the board has to show now, or say that it is what the asker has already."""
    beat, reach = pulse(), reach_of(request)
    etag = _etag(request, reach, beat)
    response = get_conditional_response(request, etag=etag)
    if response is None:
        response = render(request, "tracker/web/board_now.html", _context(request, reach, beat))
        response["ETag"] = etag
    response["Cache-Control"] = "no-store, private"
    return response


@require_http_methods([HTTPMethod.POST])
def acknowledge(request: HttpRequest) -> HttpResponse:
    """Take an alert, if it is still in the climb that the board showed.

    A browser without a script is led back to the board; the script is told in words.
    """
    who = asking(request)
    alert, generation = _named(request)
    status, words = HTTPStatus.OK, _("Done: you have it.")
    try:
        alerts.acknowledge(alert, at=database_now(), by=who.actor, generation=generation)
    except Refused as refused:
        status, words = HTTPStatus.CONFLICT, f"{_('Nothing was changed.')} {refused.message}"
    if "text/html" not in request.headers.get("Accept", ""):
        return HttpResponse(words, status=status, content_type="text/plain; charset=utf-8")
    messages.add_message(request, messages.SUCCESS if status == HTTPStatus.OK else messages.ERROR, words)
    return HttpResponseRedirect(f"{reverse('home')}?{request.GET.urlencode()}")


@_reading
def watch_banner(_request: HttpRequest) -> HttpResponse:
    """Say in one line that the watch is ill, nothing while it is well; every page asks now and then."""
    words = banner_of(look())
    return HttpResponse(words, status=HTTPStatus.OK if words else HTTPStatus.NO_CONTENT)


def _named(request: HttpRequest) -> tuple[Alert, int]:
    """Return the alert that the button names, inside the person's right, and the climb that he saw."""
    name, _space, generation = request.POST.get("alert", "").partition(" ")
    try:
        rows = asking(request).inside(Alert.objects.all(), Right.ACKNOWLEDGE)
        return rows.get(uuid=UUID(name)), int(generation)
    except (Alert.DoesNotExist, ValueError):
        raise Http404 from None


def _context(request: HttpRequest, reach: Reach, beat: Pulse) -> dict[str, Any]:
    view = view_of(request, reach, now=beat.now)
    found = board(view.scope, storms=view.storms, warnings=view.warnings, now=beat.now)
    return {
        "view": view,
        "board": found,
        "watch": beat.watch,
        "banner": "",  # the board shows the watch itself, and anew with each answer
        "now": beat.now,
        "etag": _etag(request, reach, beat),
        "shown": shown(found, view.scope, now=beat.now, language=get_language() or "zh-hans"),
    }


def _etag(request: HttpRequest, reach: Reach, beat: Pulse) -> str:
    said = (
        beat.mark,
        f"{beat.now:%Y%m%d%H%M}",
        request.user.pk,
        get_language(),
        request.GET.urlencode(),
        reach.numbers,
        sorted(reach.may_take),
    )
    return quote_etag(sha256(repr(said).encode()).hexdigest()[:32])
