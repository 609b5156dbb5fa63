"""``/storms/<uuid>/``: what a storm was, or is, as of an hour; as a page, a workbook and a printable report.

The hour is part of the address, so that a replay needs no script: a link an hour, or the slider of the form.
Totals are those that reports are made of.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPMethod
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import slugify
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from incidents.admin.asking import asking
from incidents.models import Organization, Storm
from tracker.mail.tables import forces_table, totals_table
from tracker.models import SituationReport
from tracker.rules.ground import box_of
from tracker.selectors.clock import database_now
from tracker.selectors.map_items import KINDS, items_then
from tracker.selectors.review import Review, Span, review, span
from tracker.web import review_tables
from tracker.web.board_views import reach_of, tops_of
from tracker.web.map import pages
from tracker.web.map_parts import LABELS
from tracker.web.map_shown import drawn
from tracker.web.review_book import book
from tracker.web.review_parts import curve, ice, told
from tracker.web.review_pdf import pdf

_reading = require_http_methods([HTTPMethod.GET, HTTPMethod.HEAD])
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """What a request is about: a storm, whose part of it, and as of when.

    Attributes:
        hours: Steps of the slider from the beginning; ``hour`` is the one that is looked at.
    """

    storm: Storm
    organization: Organization
    organizations: tuple[int, ...]
    offered: list[Organization]
    seen: Span
    hours: int
    hour: int
    at: datetime

    @property
    def kept(self) -> str:
        """The address's part that names the same organisation."""
        return urlencode({"organization": str(self.organization.uuid)})


@_reading
def storm_page(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show a storm as of an hour."""
    asked = _asked(request, uuid)
    found = _review(asked)
    context = admin.site.each_context(request) | _context(request, asked, found)
    return render(request, "tracker/web/storm.html", context)


@_reading
def storm_book(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Give the storm as a workbook."""
    asked = _asked(request, uuid)
    body = book(asked.storm, asked.organization, _review(asked), language=_language())
    return _file(body, asked, _XLSX, "xlsx")


@_reading
def storm_pdf(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Give the storm as a report to print."""
    asked = _asked(request, uuid)
    body = pdf(asked.storm, asked.organization, _review(asked), language=_language())
    return _file(body, asked, "application/pdf", "pdf")


def _language() -> str:
    return "en" if (get_language() or "").startswith("en") else "zh-hans"


def _file(body: bytes, asked: _Asked, kind: str, ending: str) -> HttpResponse:
    name = f"{slugify(asked.storm.slug) or 'storm'}-{asked.at.astimezone(UTC):%Y%m%dT%H%MZ}.{ending}"
    return HttpResponse(
        body, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _asked(request: HttpRequest, uuid: UUID) -> _Asked:
    who, reach = asking(request), reach_of(request)
    storm = who.visible(Storm.objects.prefetch_related("organizations")).filter(uuid=uuid).first()
    roots, offered = tops_of(reach)
    if storm is None or not roots:
        raise Http404
    named = {each.pk for each in storm.organizations.all()}
    best = (each for each in roots if named & set(reach.below(each)))
    organization = reach.chosen or next(best, roots[0])
    organizations = tuple(reach.below(organization))
    seen = span(storm, organizations, now=database_now())
    hours = max(-int((seen.since - seen.until) // timedelta(hours=1)), 1)
    hour = min(max(_whole(request.GET.get("hour", ""), hours), 0), hours)
    return _Asked(
        storm=storm,
        organization=organization,
        organizations=organizations,
        offered=offered,
        seen=seen,
        hours=hours,
        hour=hour,
        at=min(seen.since + timedelta(hours=hour), seen.until),
    )


def _whole(text: str, otherwise: int) -> int:
    return int(text) if text.isdecimal() and len(text) < 6 else otherwise  # noqa: PLR2004 - ten years of hours


def _review(asked: _Asked) -> Review:
    return review(asked.storm, asked.organization, asked.organizations, seen=asked.seen, at=asked.at)


def _context(request: HttpRequest, asked: _Asked, found: Review) -> dict[str, Any]:
    items = items_then(asked.storm.pk, asked.organizations, at=asked.at)
    reports = SituationReport.objects.filter(
        storm=asked.storm, organization__in=asked.organizations, numbers__isnull=False, as_of__lte=asked.at
    )
    kept = f"{asked.kept}&hour={asked.hour}"
    return {
        "storm": asked.storm,
        "asked": asked,
        "review": found,
        "numbers": found.numbers,
        "totals": totals_table(found.numbers, _language()),
        "forces": forces_table(found.numbers, _language()),
        "parts": {
            "indices": review_tables.indices(found),
            "estimates": review_tables.estimates(found),
            "ages": review_tables.age_table(found),
            "escalations": review_tables.escalations(found),
            "jobs": review_tables.jobs(found),
        },
        "curve": curve(found),
        "ice": ice(found),
        "events": told(found.events),
        "reports": asking(request)
        .visible(reports)
        .select_related("organization")
        .order_by("-as_of", "-pk")[:12],
        "map": drawn(items, box=box_of(request.GET.get("box", "")), pages=pages()),
        "kinds": [(kind, LABELS[kind], True) for kind in KINDS],
        "kept": kept,
    }
