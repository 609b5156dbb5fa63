"""The calendar of a phone: one's shifts under a secret, until it is revoked or the account is closed."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from incidents.errors import NotTheirs
from incidents.models import JournalEntry, User
from tests.factories import make_actor, make_user
from tests.tracker.watchers import make_post
from tracker.models import CalendarFeed
from tracker.services import calendars

pytestmark = pytest.mark.django_db


def test_the_shifts_of_one_person_and_nobody_elses(client: Client) -> None:
    now = timezone.now()
    post = make_post("D", since_at=now, until_at=now + timedelta(hours=12))
    make_post("S", organization=post.organization, since_at=now)
    make_post("C", user=post.user, since_at=now, until_at=now)
    _feed, secret = calendars.make_feed(by=make_actor(user=post.user, now=now))

    answer = client.get(reverse("calendar", args=[secret]))

    assert (answer.status_code, answer["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    assert [str(event["UID"]) for event in events] == [f"{post.uuid}@ice-duty"]
    assert events[0].decoded("DTSTART") == now.replace(microsecond=0)
    assert str(events[0]["SUMMARY"]).endswith(post.organization.name)
    assert answer.cookies == {}
    assert secret not in str(list(CalendarFeed.objects.values()))
    assert secret not in str(list(JournalEntry.objects.values()))


@pytest.mark.parametrize("why", ["revoked", "closed", "never"])
def test_an_address_that_is_not_good_any_more_is_not_there(client: Client, why: str) -> None:
    user = make_user()
    feed, secret = calendars.make_feed(by=make_actor(user=user))
    if why == "revoked":
        with pytest.raises(NotTheirs):
            calendars.revoke_feed(feed, by=make_actor())
        calendars.revoke_feed(feed, by=make_actor(user=user))
        calendars.revoke_feed(feed, by=make_actor(user=user))
    elif why == "closed":
        User.objects.update(is_active=False)
    else:
        secret = "nothing"

    assert client.get(reverse("calendar", args=[secret])).status_code == 404
    assert client.post(reverse("calendar", args=[secret])).status_code == 405
