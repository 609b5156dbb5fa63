"""The watch itself is ill (E37): seen by watchdogs, told past worker, broker and outbox, once by all."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import settings as configured
from django.db import connections
from django.db.models.functions import Now
from pytest_django.fixtures import Settings

from incidents.choices import Language
from incidents.models import User
from tests.factories import make_organization, make_user
from tests.tracker.gatewayservers import Gateway
from tests.tracker.mail.test_relays import server
from tests.tracker.mailservers import Mailbox, honest
from tests.tracker.watchers import make_alert, make_hook, make_member, make_post
from tracker.choices import Part, WatchTrouble
from tracker.models import Heartbeat, WatchFailure
from tracker.selectors.clock import database_now
from tracker.selectors.watch_state import WatchState
from tracker.services import failures, heartbeats, second_channel
from tracker.services.lookout import Lookout

pytestmark = pytest.mark.django_db(transaction=True)
NOW = database_now
MIN = timedelta(minutes=1)


class Clock:
    """A clock of the watchdog that a test moves."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def officer(settings: Settings) -> User:
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # the first mail server is away
    city = make_organization()
    user = make_post("D", organization=city).user
    make_post("O", organization=city)
    make_post("D", organization=make_organization(parent=city))
    return user


@pytest.fixture
def spare(settings: Settings) -> Iterator[Mailbox]:
    box = Mailbox()
    with honest(box) as port:
        settings.EMAIL_FALLBACK = server(port)
        yield box


def turned(minutes_ago: float) -> None:
    heartbeats.beat([Part.CYCLE])
    Heartbeat.objects.update(beat_at=Now() - timedelta(minutes=minutes_ago))


def test_a_watch_that_turns_is_told_to_nobody(officer: User, spare: Mailbox) -> None:
    turned(2.9)
    Lookout().look()

    assert spare.mails == []
    assert not WatchFailure.objects.exists()


def test_a_watch_that_never_turned_is_not_missed(officer: User, spare: Mailbox) -> None:
    Lookout().look()

    assert spare.mails == []


def test_a_dead_watch_is_told_to_who_is_on_duty_by_the_second_server(officer: User, spare: Mailbox) -> None:
    turned(4)

    Lookout().look()

    assert spare.recipients == [officer.email]
    (mail,) = spare.mails
    assert mail["Subject"] == "【紧急】值守系统停止运转 已4分钟 — 请立即检查"
    assert "看门狗进程" in mail.get_content()
    failure = WatchFailure.objects.get()
    assert (failure.why, failure.ended_at) == (WatchTrouble.DEAD, None)
    assert timedelta(minutes=3.9) < NOW() - failure.began_at < timedelta(minutes=4.5)
    spare_port = configured.EMAIL_FALLBACK["EMAIL_PORT"]  # type: ignore[index]
    assert [(each["through"], each["people"]) for each in failure.told] == [(f"127.0.0.1:{spare_port}", 1)]


def test_two_watchdogs_tell_it_once_and_again_after_a_quarter_of_an_hour(
    officer: User, spare: Mailbox
) -> None:
    turned(4)
    here, there = Lookout(), Lookout()
    for lookout in (here, there, here, there):
        lookout.look()
    assert len(spare.mails) == 1

    WatchFailure.objects.update(told_at=Now() - 16 * MIN)
    here.look()
    there.look()

    assert len(spare.mails) == 2
    assert len({mail["Message-ID"] for mail in spare.mails}) == 2
    assert len({mail["References"] for mail in spare.mails}) == 1
    assert len(WatchFailure.objects.get().told) == 2


def test_its_end_is_told_once(officer: User, spare: Mailbox) -> None:
    turned(4)
    lookout = Lookout()
    lookout.look()
    turned(0)

    lookout.look()
    lookout.look()

    assert len(spare.mails) == 2
    assert spare.mails[1]["Subject"].startswith("【恢复】值守系统停止运转已恢复")
    assert WatchFailure.objects.get().ended_at is not None


def test_something_due_for_five_minutes_is_late(officer: User, spare: Mailbox) -> None:
    turned(0)
    make_alert(next_due_at=NOW() - 6 * MIN)

    Lookout().look()

    assert spare.mails[0]["Subject"].startswith("【紧急】值守系统告警延误 已6分钟")
    assert WatchFailure.objects.get().why == WatchTrouble.LATE


def test_the_gateway_is_next_when_no_second_server_takes_it(officer: User, gateway: Gateway) -> None:
    make_hook(gateway.url, languages=[Language.ENGLISH])
    turned(4)

    Lookout().look()

    (request,) = gateway.requests
    assert (request.said["kind"], request.said["severity"], request.said["language"]) == (
        "watch",
        "critical",
        "en",
    )
    assert request.said["recipient"]["account"] == officer.username
    assert request.said["subject"].startswith("[CRITICAL] the watch does not turn")
    assert WatchFailure.objects.get().told[0]["through"] == "短信网关"


def test_the_first_server_is_the_last_resort(officer: User, mailbox: Mailbox) -> None:
    turned(4)

    Lookout().look()

    assert mailbox.recipients == [officer.email]


def test_what_nobody_heard_is_told_again_at_the_next_look(officer: User, gateway: Gateway) -> None:
    turned(4)
    lookout = Lookout()
    lookout.look()
    failure = WatchFailure.objects.get()
    assert (failure.told, failure.told_at) == ([], None)

    make_hook(gateway.url)
    Lookout().look()

    assert len(gateway.requests) == 1


def test_a_database_that_is_away_is_told_after_three_minutes_from_memory(
    officer: User, spare: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    turned(0)
    clock = Clock()
    lookout = Lookout(clock)
    lookout.look()
    assert [contact.email for contact in lookout.contacts] == [officer.email]
    with monkeypatch.context() as away:
        connections["default"].close()
        away.setitem(connections["default"].settings_dict, "HOST", "127.0.0.1")
        away.setitem(connections["default"].settings_dict, "PORT", "9")
        for clock.now in (10, 100, 180):
            lookout.look()
        assert spare.mails == []

        for clock.now in (191, 300, 1000):
            lookout.look()
        assert len(spare.mails) == 1
        assert spare.mails[0]["Subject"].startswith("【紧急】值守系统无法访问数据库 已3分钟")

        clock.now = 191 + 900
        lookout.look()
        assert len(spare.mails) == 2
        connections["default"].close()

    lookout.look()

    assert spare.mails[2]["Subject"].startswith("【恢复】值守系统无法访问数据库已恢复")


def test_without_anybody_on_duty_the_administrators_are_told(db: None) -> None:
    make_organization()
    boss = make_user(is_superuser=True)
    make_user(is_superuser=True, email="")

    assert [contact.account for contact in second_channel.contacts(now=NOW())] == [boss.username]


def test_with_nobody_in_the_first_role_the_next_ones_are_told(db: None) -> None:
    top = make_organization()
    chief = make_post("O", organization=top).user
    make_member(make_user(), top)

    assert [contact.account for contact in second_channel.contacts(now=NOW())] == [chief.username]


@pytest.mark.parametrize(
    ("turned_ago_s", "late_s", "trouble"),
    [
        (None, 0, None),
        (180, 300, None),
        (181, 0, WatchTrouble.DEAD),
        (0, 301, WatchTrouble.LATE),
        (181, 301, WatchTrouble.DEAD),
    ],
)
def test_what_counts_as_ill(turned_ago_s: float | None, late_s: float, trouble: WatchTrouble | None) -> None:
    state = WatchState(oldest_due_s=late_s, turned_ago_s=turned_ago_s, silent=(), error="")

    assert failures.trouble_of(state) == trouble
