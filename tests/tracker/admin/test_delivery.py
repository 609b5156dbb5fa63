"""Gateways, deliveries and mails that came back, at the desk."""

import re

import pytest
from django.test import Client

from incidents.choices import Role
from incidents.models import JournalEntry, Organization
from tests.desk import address, give_role, sign_in, verb_address
from tests.factories import make_actor, make_organization, make_user
from tests.tracker.watchers import make_alert, make_hook, make_message, make_notification, minutes, refresh
from tracker.hooks import signing
from tracker.mail.returned import Returned
from tracker.models import Bounce, Hook, Notification, WatchFailure
from tracker.services import bounces

pytestmark = pytest.mark.django_db
OF_DELIVERY = {"change", "renew_secret", "switch_off", "switch_on", "send_again", "clear"}
MAKING_DELIVERY = {"make"}
FORM = {"name": "短信网关", "url": "http://10.0.0.5/sms", "form": "short", "languages": ["zh-hans"]}


@pytest.fixture
def ours(db: None) -> Organization:
    return make_organization()


@pytest.fixture
def desk(client: Client, ours: Organization) -> Client:
    sign_in(client, ours, Role.DISPATCHER, Role.ADMIN)
    return client


def test_a_gateway_is_set_up_and_its_secret_seen_once(desk: Client, ours: Organization) -> None:
    answer = desk.post(address(Hook, "add"), FORM | {"organization": ours.pk})

    hook = Hook.objects.get()
    (secret,) = re.findall(r"ice_[A-Za-z0-9_-]{43}", answer.content.decode())
    assert signing.secret_of(hook.uuid, 1, digest=hook.secret_digest) == secret
    assert (hook.organization, hook.format, hook.languages) == (ours, "short", ["zh-hans"])
    page = desk.get(address(Hook, "change", hook.pk)).content.decode()
    assert hook.url in page
    assert secret not in page
    assert hook.secret_digest not in page


def test_an_address_that_may_not_be_asked_is_said_beside_its_field(desk: Client, ours: Organization) -> None:
    answer = desk.post(address(Hook, "add"), FORM | {"organization": ours.pk, "url": "file:///etc/passwd"})

    assert "url" in answer.context["form"].errors
    assert not Hook.objects.exists()


def test_only_who_manages_the_organisation_sets_one_up(client: Client, ours: Organization) -> None:
    other = make_organization()
    sign_in(client, other, Role.ADMIN)
    assert client.post(address(Hook, "add"), FORM | {"organization": ours.pk}).status_code == 200
    assert client.post(address(Hook, "add"), FORM).status_code == 200  # nor for everybody
    assert not Hook.objects.exists()

    sign_in(client, ours, Role.DISPATCHER)
    assert client.get(address(Hook, "add")).status_code == 403


def test_it_is_changed_given_a_new_secret_and_switched(desk: Client, ours: Organization) -> None:
    hook = make_hook(organization=ours)
    shown = desk.get(verb_address(hook, "change"))
    assert shown.context["form"].initial["form"] == "full"

    changed = desk.post(verb_address(hook, "change"), FORM)
    renewed = desk.post(verb_address(hook, "renew_secret"), {"reason": "泄露"})
    off = desk.post(verb_address(hook, "switch_off"), {"at": "2024-02-26T20:00:00", "reason": "维护"})
    hook.refresh_from_db()
    assert not hook.enabled
    on = desk.post(verb_address(hook, "switch_on"), {"at": "2024-02-26T21:00:00", "reason": "恢复"})

    assert (changed.status_code, off.status_code, on.status_code) == (302, 302, 302)
    assert "ice_" in renewed.content.decode()
    hook.refresh_from_db()
    assert (hook.enabled, hook.url, hook.secret_number) == (True, "http://10.0.0.5/sms", 2)
    kinds = JournalEntry.objects.filter(subject_type="hook").order_by("pk").values_list("kind", flat=True)
    assert list(kinds)[1:] == ["hook.changed", "hook.secret_renewed", "hook.switched", "hook.switched"]


def test_a_message_is_sent_again_from_its_page_with_a_reason(desk: Client, ours: Organization) -> None:
    hook = make_hook()
    alert = make_alert(organization=ours)
    done = {"state": "accepted", "next_try_at": None, "accepted_at": minutes(0), "attempts": 1}
    row, mail = make_message(hook, alert=alert, **done), make_notification(alert=alert, **done)
    assert "do/send_again/" in desk.get(address(Notification, "change", row.pk)).content.decode()
    assert "do/send_again/" not in desk.get(address(Notification, "change", mail.pk)).content.decode()

    without = desk.post(verb_address(row, "send_again"), {"reason": ""})
    assert without.status_code == 200
    assert refresh(row).replayed_at is None
    answer = desk.post(verb_address(row, "send_again"), {"reason": "网关丢失"})

    assert answer.status_code == 302
    assert refresh(row).state == "queued"
    assert row.replayed_at is not None
    assert JournalEntry.objects.get(kind="notification.sent_again").reason == "网关丢失"


def test_nobody_sends_again_what_is_another_companys(client: Client) -> None:
    row = make_message(make_hook(), state="accepted", next_try_at=None, accepted_at=minutes(0))
    sign_in(client, make_organization(), Role.DISPATCHER)

    assert client.post(verb_address(row, "send_again"), {"reason": "x"}).status_code == 404
    assert refresh(row).state == "accepted"


def test_somebody_says_that_an_address_works_again(desk: Client, ours: Organization) -> None:
    person = give_role(make_user(), ours, Role.VIEWER)
    row = make_notification(
        recipient=person, state="accepted", next_try_at=None, accepted_at=minutes(0), attempts=1
    )
    returned = Returned(message_id=row.message_id, recipient="", status="5.1.1", words="550 no")
    bounce = bounces.take(returned, by=make_actor())
    assert bounce is not None
    page = desk.get(address(Bounce, "changelist")).content.decode()
    assert str(person) in page
    assert "550 no" in page

    answer = desk.post(verb_address(bounce, "clear"), {"reason": "已扩容"})

    assert answer.status_code == 302
    bounce.refresh_from_db()
    assert bounce.cleared_at is not None
    assert "do/clear/" not in desk.get(address(Bounce, "change", bounce.pk)).content.decode()


def test_how_a_failure_of_the_watch_was_told_is_shown(desk: Client) -> None:
    told = [{"at": "2024-02-26T12:00:00+00:00", "through": "<b>网关</b>", "people": 3}]
    failure = WatchFailure.objects.create(why="late", began_at=minutes(0), told_at=minutes(5), told=told)

    page = desk.get(address(WatchFailure, "change", failure.pk)).content.decode()

    assert "&lt;b&gt;网关&lt;/b&gt; · 3" in page
