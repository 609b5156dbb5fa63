"""``/map/``: where it is, with the board's own choice of organisation and of real or drill.

Drawn by the server as an SVG; whole without a script. With one it asks ``/map/now/`` as the board does: the
same pulse, the same 304. No tiles, unless the settings name a server of them.
"""

from collections.abc import Callable
from hashlib import sha256
from http import HTTPMethod
from typing import Any
from urllib.parse import urlencode

from csp.decorators import csp_update
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from tracker.rules.ground import box_of
from tracker.selectors.board import Pulse, pulse
from tracker.selectors.map_items import KINDS, items_now
from tracker.web.board_views import Reach, reach_of, view_of
from tracker.web.map_parts import LABELS
from tracker.web.map_shown import drawn, tile_origin

EVERY_S = 10
PAGES = {
    "outage": "admin:incidents_outage_change",
    "ice": "admin:incidents_sectionicing_change",
    "road": "admin:incidents_roadblock_change",
    "crew": "admin:incidents_crew_change",
}

_View = Callable[[HttpRequest], HttpResponseBase]


def _with_tiles(view: _View) -> _View:
    """Let a page show pictures of the tile server of the settings; of no other."""
    reading = require_http_methods([HTTPMethod.GET, HTTPMethod.HEAD])(view)

    def answer(request: HttpRequest) -> HttpResponseBase:
        origin = tile_origin()
        return csp_update({"img-src": [origin]})(reading)(request) if origin else reading(request)

    return answer


@_with_tiles
def storm_map(request: HttpRequest) -> HttpResponse:
    """Show the map."""
    beat, reach = pulse(), reach_of(request)
    context = admin.site.each_context(request) | _context(request, reach, beat) | {"every_s": EVERY_S}
    return render(request, "tracker/web/map.html", context)


@_with_tiles
def map_now(request: HttpRequest) -> HttpResponse:
    """Show what the map has to show now, or say that it is what the asker has already."""
    beat, reach = pulse(), reach_of(request)
    etag = _etag(request, reach, beat)
    response = get_conditional_response(request, etag=etag)
    if response is None:
        response = render(request, "tracker/web/map_now.html", _context(request, reach, beat))
        response["ETag"] = etag
    response["Cache-Control"] = "no-store, private"
    return response


def shown_kinds(request: HttpRequest) -> tuple[str, ...]:
    """Return which kinds of things a request asks for; all without a word."""
    asked = set(request.GET.getlist("show"))
    return tuple(kind for kind in KINDS if kind in asked) or KINDS


def pages() -> dict[str, str]:
    """Return the address of each kind's page, with 0 for the key."""
    return {kind: reverse(name, args=[0]) for kind, name in PAGES.items()}


def _context(request: HttpRequest, reach: Reach, beat: Pulse) -> dict[str, Any]:
    view, kinds = view_of(request, reach, now=beat.now), shown_kinds(request)
    found = items_now(view.scope, kinds=kinds, now=beat.now)
    kept = [("of", "drill" if view.scope.is_exercise else "real")]
    kept += [("organization", str(view.chosen.uuid))] if view.chosen else []
    asked = [("show", kind) for kind in kinds] if kinds != KINDS else []
    return {
        "view": view,
        "map": drawn(found, box=box_of(request.GET.get("box", "")), pages=pages()),
        "kinds": [(kind, LABELS[kind], kind in kinds) for kind in KINDS],
        "kept": urlencode([*kept, *asked]),
        "board_query": urlencode(kept),
        "now": beat.now,
        "etag": _etag(request, reach, beat),
    }


def _etag(request: HttpRequest, reach: Reach, beat: Pulse) -> str:
    said = (
        beat.mark,
        f"{beat.now:%Y%m%d%H%M}",
        request.user.pk,
        get_language(),
        request.GET.urlencode(),
        reach.numbers,
    )
    return quote_etag(sha256(repr(said).encode()).hexdigest()[:32])
