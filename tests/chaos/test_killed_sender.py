"""The sender is killed in the middle of its work: nobody is forgotten, hardly anybody is told twice."""

import time
from collections import Counter
from collections.abc import Iterator

import pytest

from incidents.choices import Grade
from tests.factories import make_line, make_organization, make_section
from tests.tracker.mailservers import Mailbox, honest
from tests.tracker.watchers import load_rules, make_icing, make_post
from tests.waiting import until
from tests.watchdogs import start_watchdog
from tracker.choices import NotificationState
from tracker.models import Notification

pytestmark = pytest.mark.django_db(transaction=True)
MAILS, KILLS = 60, 4


@pytest.fixture
def slow_mailbox() -> Iterator[tuple[Mailbox, int]]:
    box = Mailbox()
    box.on_mail = lambda _mail: time.sleep(0.02)
    with honest(box) as port:
        yield box, port


def test_kills_lose_nothing_and_double_one_mail_each_at_most(slow_mailbox: tuple[Mailbox, int]) -> None:
    box, port = slow_mailbox
    load_rules()
    organization = make_organization()
    make_post("D", organization=organization)
    for _ in range(MAILS):
        make_icing(Grade.RED, section=make_section(line=make_line(organization=organization)))

    for kill in range(1, KILLS + 1):
        process = start_watchdog(port)
        until(lambda enough=kill * MAILS // (KILLS + 1): len(box.mails) >= enough, within=30)  # type: ignore[misc]
        process.kill()
        process.wait()
    process = start_watchdog(port)
    accepted = Notification.objects.filter(state=NotificationState.ACCEPTED)
    until(lambda: accepted.count() == MAILS, within=30)
    process.kill()
    process.wait()

    told = Counter(str(mail["Message-ID"]) for mail in box.mails)
    assert set(told) == set(accepted.values_list("message_id", flat=True))
    assert sum(told.values()) - MAILS <= KILLS
    assert max(told.values()) <= 2
