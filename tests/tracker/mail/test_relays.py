"""Two mail servers as one: real ones, and everything that the first may do."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from tests.tracker import mailservers
from tests.tracker.mailservers import Hostile, Mailbox, Talk, honest
from tracker.mail import relays
from tracker.mail.relays import Relays
from tracker.mail.smtp import Outcome, Result

Begin = Callable[[Talk], Hostile]
MAIL = b"Subject: x\r\n\r\nend"


def server(port: int) -> dict[str, Any]:
    return {
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": port,
        "EMAIL_HOST_USER": "",
        "EMAIL_HOST_PASSWORD": "",
        "EMAIL_USE_SSL": False,
        "EMAIL_USE_TLS": False,
    }


@pytest.fixture
def second(settings: Settings) -> Iterator[Mailbox]:
    """An honest server that stands in for the first; a first that is not there."""
    box = Mailbox()
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    relays._rests.clear()
    with honest(box) as port:
        settings.EMAIL_FALLBACK = server(port)
        yield box
    relays._rests.clear()


def send(recipient: str = "a@example.com") -> Result:
    with Relays() as both:
        return both.send(MAIL, sender="ice@testserver", recipient=recipient)


def test_without_a_second_one_the_first_is_all(mailbox: Mailbox) -> None:
    assert send().outcome is Outcome.ACCEPTED
    assert len(mailbox.mails) == 1


def test_the_second_takes_over_while_the_first_is_away_and_says_so(
    second: Mailbox, settings: Settings
) -> None:
    result = send()

    assert (result.outcome, result.relay) == (
        Outcome.ACCEPTED,
        f"127.0.0.1:{settings.EMAIL_FALLBACK['EMAIL_PORT']}",
    )
    assert len(second.mails) == 1


def test_the_first_is_used_again_as_soon_as_its_rest_is_over(
    second: Mailbox, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    send()
    box = Mailbox()
    with honest(box) as port:
        name = f"127.0.0.1:{settings.EMAIL_PORT}"
        assert relays._rests.keys() == {name}
        monkeypatch.setitem(relays._rests, f"127.0.0.1:{port}", time.monotonic() + 60)
        settings.EMAIL_PORT = port
        send()
        assert (len(box.mails), len(second.mails)) == (0, 2)  # it still rests

        monkeypatch.setitem(relays._rests, f"127.0.0.1:{port}", time.monotonic() - 1)
        assert send().relay == f"127.0.0.1:{port}"

    assert (len(box.mails), len(second.mails)) == (1, 2)


def test_while_the_first_rests_it_is_asked_if_the_second_is_away_too(
    mailbox: Mailbox, settings: Settings
) -> None:
    settings.EMAIL_FALLBACK = server(9)
    relays._rests[f"127.0.0.1:{settings.EMAIL_PORT}"] = time.monotonic() + 60

    assert send().outcome is Outcome.ACCEPTED
    assert len(mailbox.mails) == 1
    assert relays._rests == {}


def test_one_that_hangs_is_left_after_half_the_time_and_then_not_asked_first(
    second: Mailbox, hostile: Begin, settings: Settings
) -> None:
    hanging = hostile(mailservers.hang)
    settings.MAIL_DEADLINE_S, settings.EMAIL_TIMEOUT = 1, 10
    began = time.monotonic()

    assert send().outcome is Outcome.ACCEPTED
    took = time.monotonic() - began
    assert send().outcome is Outcome.ACCEPTED

    assert 0.5 <= took < 1.2
    assert time.monotonic() - began - took < 0.4
    assert hanging.connections == 1
    assert len(second.mails) == 2


@pytest.mark.parametrize("answer", ["450 not now", "554 relaying denied"])
def test_what_the_first_refuses_the_second_may_take(
    mailbox: Mailbox, settings: Settings, answer: str
) -> None:
    mailbox.answers["a@example.com"] = answer
    box = Mailbox()
    with honest(box) as port:
        settings.EMAIL_FALLBACK = server(port)
        result = send()

    assert (result.outcome, result.relay) == (Outcome.ACCEPTED, f"127.0.0.1:{port}")
    assert mailbox.mails == []


def test_a_text_that_the_first_may_have_taken_is_not_handed_to_the_second(
    second: Mailbox, hostile: Begin
) -> None:
    first = hostile(mailservers.after_data(mailservers.drop))

    assert send().outcome is Outcome.UNCERTAIN
    assert len(first.texts) == 1
    assert second.mails == []


NOBODY, LATER = "550 nobody", "451 later"


@pytest.mark.parametrize(
    ("first", "other", "outcome"),
    [
        (NOBODY, NOBODY, Outcome.REFUSED),
        (NOBODY, LATER, Outcome.DEFERRED),
        (LATER, NOBODY, Outcome.DEFERRED),
        (LATER, LATER, Outcome.DEFERRED),
        (None, NOBODY, Outcome.DEFERRED),  # the first may know the person
        (None, LATER, Outcome.DEFERRED),
        (NOBODY, None, Outcome.REFUSED),
        (LATER, None, Outcome.DEFERRED),
        (None, None, Outcome.BROKEN),
    ],
)
def test_what_neither_takes(
    settings: Settings, first: str | None, other: str | None, outcome: Outcome
) -> None:
    relays._rests.clear()
    boxes = [Mailbox(), Mailbox()]
    with honest(boxes[0]) as port, honest(boxes[1]) as another:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port if first else 9
        settings.EMAIL_FALLBACK = server(another if other else 9)
        boxes[0].answers["a@example.com"], boxes[1].answers["a@example.com"] = first or "", other or ""
        result = send()
    relays._rests.clear()

    assert result.outcome is outcome
    assert result.relay == ""


def test_a_refusal_of_the_one_that_stands_in_is_not_final(second: Mailbox, settings: Settings) -> None:
    relays._rests[f"127.0.0.1:{settings.EMAIL_PORT}"] = time.monotonic() + 60
    second.answers["a@example.com"] = NOBODY

    assert send().outcome is Outcome.DEFERRED


def test_both_are_asked_whether_they_live(second: Mailbox, settings: Settings) -> None:
    with Relays() as both:
        assert both.noop() == f"127.0.0.1:{settings.EMAIL_FALLBACK['EMAIL_PORT']}"
    settings.EMAIL_FALLBACK = server(9)
    with Relays() as both, pytest.raises(OSError, match="refused"):
        both.noop()


def test_one_connection_each_serves_many_mails(second: Mailbox) -> None:
    with Relays() as both:
        for _ in range(5):
            assert both.send(MAIL, sender="s@x", recipient="a@x").outcome is Outcome.ACCEPTED
        assert both.connections == 1

    assert second.connections == 1
