"""``/calendar/<secret>.ics``: a person's shifts for his phone's calendar; read-only, without signing in."""

from http import HTTPMethod

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation
from django.views.decorators.http import require_http_methods
from icalendar import Calendar, Event

from tracker.models import DutyPost
from tracker.selectors.clock import database_now
from tracker.selectors.duty import shifts_of
from tracker.services.calendars import owner_of


@require_http_methods([HTTPMethod.GET, HTTPMethod.HEAD])
def shifts(_request: HttpRequest, secret: str) -> HttpResponse:
    """Answer with the shifts of the last month and all ahead."""
    person = owner_of(secret)
    if person is None:
        raise Http404
    now = database_now()
    calendar = Calendar()
    calendar.add("prodid", "-//Ice Storm Tracker//Duty//EN")
    calendar.add("version", "2.0")
    calendar.add("refresh-interval;value=duration", "PT1H")
    with translation.override(person.language):
        calendar.add("x-wr-calname", str(person))
        for post in shifts_of(person, now=now):
            calendar.add_component(_event(post))
    response = HttpResponse(calendar.to_ical(), content_type="text/calendar; charset=utf-8")
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _event(post: DutyPost) -> Event:
    """Return a shift; one that lasts until further notice has a beginning only."""
    event = Event()
    event.add("uid", f"{post.uuid}@ice-duty")
    event.add("dtstamp", post.since_at)
    event.add("dtstart", post.since_at)
    if post.until_at is not None:
        event.add("dtend", post.until_at)
    event.add("summary", f"{post.get_role_display()} · {post.organization}")
    event.add("transp", "TRANSPARENT")
    return event
