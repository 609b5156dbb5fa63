"""Rosters and storm mode at the desk: shown before they are made, scoped, each person's own kept his own."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from incidents.choices import Role
from incidents.models import Organization, User
from tests.desk import address, give_role, sign_in, verb_address
from tests.factories import make_organization, make_user
from tests.tracker.watchers import make_alert, make_member, make_post
from tracker.choices import AlertState, StormSwitch, SwapState
from tracker.models import Alert, CalendarFeed, DutyNeed, DutyPost, DutySwap, DutyWish, Rotation, StormMode

HOUR = timedelta(hours=1)


@pytest.fixture
def ours(db: None) -> Organization:
    return make_organization()


def local(hours: float) -> str:
    return timezone.localtime(timezone.now() + hours * HOUR).strftime("%Y-%m-%dT%H:%M:%S")


def test_a_rotation_is_shown_before_it_is_made(client: Client, ours: Organization) -> None:
    sign_in(client, ours, Role.DISPATCHER)
    people = [make_member(make_user(), ours) for _ in range(3)]
    wanted = {
        "organization": ours.pk,
        "role": "D",
        "name": "配调值班",
        "pattern": "day_night",
        "starts_at": local(-1),
        "at": local(0),
    } | {f"person_{place}": user.pk for place, user in enumerate(people, start=1)}

    few = client.post(address(Rotation, "add"), wanted | {"person_3": ""})
    shown = client.post(address(Rotation, "add"), wanted)
    made = client.post(address(Rotation, "add"), wanted | {"make": "on"})

    assert "3" in str(few.context["form"].non_field_errors())
    assert shown.content.decode().count("<li>") >= 28
    assert made.status_code == 302
    assert Rotation.objects.get().members.count() == 3
    assert DutyPost.objects.filter(user=people[0]).exists()
    ended = client.post(verb_address(Rotation.objects.get(), "end"), {"at": local(0), "reason": "改班制"})
    assert ended.status_code == 302
    assert not DutyPost.objects.filter(since_at__gt=timezone.now(), until_at__gt=F("since_at")).exists()


def test_nobody_makes_a_rotation_or_a_storm_elsewhere(client: Client, ours: Organization) -> None:
    sign_in(client, ours, Role.DISPATCHER)
    elsewhere = make_organization()
    storm = {"organization": elsewhere.pk, "on": "on", "at": local(0), "until": local(1), "reason": "冰灾"}

    for model, wanted in ((Rotation, {"organization": elsewhere.pk}), (StormMode, storm)):
        answer = client.post(address(model, "add"), wanted)
        assert "organization" in answer.context["form"].errors
    assert not Rotation.objects.exists()
    assert not StormMode.objects.exists()


def test_the_week_shows_who_is_on_duty_and_where_nobody_is(client: Client, ours: Organization) -> None:
    sign_in(client, ours, Role.VIEWER)
    now = timezone.now()
    post = make_post("D", organization=ours, since_at=now, until_at=now + HOUR)
    DutyNeed.objects.create(organization=ours, role="D", since_at=now - HOUR)
    other = make_post("D", since_at=now)

    html = client.get(reverse("admin:tracker_dutypost_week")).content.decode()
    later = client.get(reverse("admin:tracker_dutypost_week"), {"day": "2999-99-99"})

    assert post.user.display_name in html
    assert 'class="gap"' in html
    assert other.user.display_name not in html
    assert later.status_code == 200
    assert (
        reverse("admin:tracker_dutypost_week") in client.get(address(DutyPost, "changelist")).content.decode()
    )


def test_somebody_stands_in_by_the_desk(client: Client, ours: Organization) -> None:
    sign_in(client, ours, Role.DISPATCHER)
    stands_in = make_member(make_user(), ours)
    post = make_post("D", organization=ours, since_at=timezone.now() - HOUR)
    wanted = {
        "user": stands_in.pk,
        "since": local(1),
        "until": local(2),
        "reason": "生病",
        "at": local(0),
    }

    client.post(verb_address(post, "override"), wanted)

    assert DutyPost.objects.get(user=stands_in).instead_of == post


def test_two_exchange_shifts_each_signed_in_himself(client: Client, ours: Organization) -> None:
    one = sign_in(client, ours, Role.VIEWER)
    other = give_role(make_user(), ours, Role.VIEWER)
    now = timezone.now()
    mine, theirs = (
        make_post("D", organization=ours, user=user, since_at=now + at * HOUR, until_at=now + (at + 1) * HOUR)
        for at, user in ((2, one), (4, other))
    )

    client.post(verb_address(mine, "offer"), {"wanted": theirs.pk, "at": local(0)})
    swap = DutySwap.objects.get()
    refused = client.post(verb_address(swap, "agree"), {"at": local(0)})
    client.force_login(other)
    client.post(verb_address(swap, "agree"), {"at": local(0)})

    assert str(other) in str(refused.context["form"].non_field_errors())
    swap.refresh_from_db()
    assert swap.state == SwapState.AGREED
    client.post(verb_address(swap, "decline"), {"at": local(0)})
    swap.refresh_from_db()
    assert swap.state == SwapState.AGREED


def test_a_post_is_to_be_manned_and_then_need_not(client: Client, ours: Organization) -> None:
    sign_in(client, ours, Role.DISPATCHER)

    client.post(address(DutyNeed, "add"), {"organization": ours.pk, "role": "D", "at": local(0)})
    need = DutyNeed.objects.get()
    client.post(verb_address(need, "need_no_more"), {"at": local(0), "reason": "撤站"})

    need.refresh_from_db()
    assert need.until_at is not None


def test_each_sets_his_own_wishes_and_calendar(client: Client, ours: Organization) -> None:
    user = sign_in(client, ours, Role.VIEWER)

    client.post(address(DutyWish, "add"), {"shift_mails": "on", "at": local(0)})
    shown = client.post(address(CalendarFeed, "add"), {})
    feed = CalendarFeed.objects.get()
    other = CalendarFeed.objects.create(
        user=make_member(make_user(), ours), token_digest="0" * 64, made_at=timezone.now()
    )
    for each in (feed, other):
        client.post(verb_address(each, "revoke_feed"), {})

    assert (DutyWish.objects.get().user, DutyWish.objects.get().shift_mails) == (user, True)
    secret = shown.content.decode().split("/calendar/")[1].split(".ics")[0]
    assert len(secret) == 43
    assert client.get(reverse("calendar", args=[secret])).status_code == 404
    revoked = dict(CalendarFeed.objects.values_list("pk", "revoked_at"))
    assert (revoked[feed.pk] is None, revoked[other.pk]) == (False, None)


def test_storm_mode_is_switched_with_an_end_and_ended(client: Client, ours: Organization) -> None:
    user = sign_in(client, ours, Role.DISPATCHER)
    wanted = {"organization": ours.pk, "on": "off", "at": local(0), "until": local(3), "reason": "演练"}

    client.post(address(StormMode, "add"), wanted)
    mode = StormMode.objects.get()
    client.post(verb_address(mode, "end"), {"at": local(0)})

    assert (mode.switch, mode.made_by) == (StormSwitch.OFF, user)
    mode.refresh_from_db()
    assert mode.until_at <= timezone.now()


@pytest.mark.parametrize("verb", ["snooze", "resolve"])
def test_an_alert_is_snoozed_or_ended_by_who_may(client: Client, ours: Organization, verb: str) -> None:
    user = sign_in(client, ours, Role.VIEWER)
    alert = make_alert(organization=ours)
    said = {"at": local(0), "until": local(2), "reason": "等天亮"}

    assert client.post(verb_address(alert, verb), said).status_code == 403
    give_role(user, ours, Role.MANAGER)
    client.post(verb_address(alert, verb), said)

    alert.refresh_from_db()
    expected = {"snooze": AlertState.ACKNOWLEDGED, "resolve": AlertState.RESOLVED}
    assert alert.state == expected[verb]
    assert User.objects.get(pk=user.pk) in {alert.acknowledged_by, alert.resolved_by}
    assert Alert.objects.count() == 1
