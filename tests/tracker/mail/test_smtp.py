import smtplib
import socket
import ssl
import time
from collections.abc import Callable

import pytest
from pytest_django.fixtures import Settings

from tests.tracker import mailservers
from tests.tracker.mailservers import Hostile, Mailbox, Talk
from tracker.mail.client import Client
from tracker.mail.smtp import Outcome, Relay, Result

Begin = Callable[[Talk], Hostile]
MAIL = b"Subject: x\r\n\r\n.dot\r\n..\r\nend"


def send(recipient: str = "a@example.com", mail: bytes = MAIL) -> Result:
    with Relay() as relay:
        return relay.send(mail, sender="ice@testserver", recipient=recipient)


def saying(*answers: bytes) -> Talk:
    """A server that gives these answers one after the other, and then none."""

    def talk(connection: socket.socket, _server: Hostile) -> None:
        lines = connection.makefile("rb")
        for number, answer in enumerate(answers):
            if number:
                lines.readline()
            connection.sendall(answer + b"\r\n")
        lines.readline()
        mailservers.drop(connection, 0)

    return talk


def test_hands_over_the_text_as_it_is(hostile: Begin) -> None:
    server = hostile(mailservers.after_data(lambda connection, _n: connection.sendall(b"250 got it\r\n")))

    assert send() == Result(outcome=Outcome.ACCEPTED, told="250 got it")
    assert send(mail=b".first\r\n").outcome is Outcome.ACCEPTED
    assert server.texts == [b"Subject: x\r\n\r\n..dot\r\n...\r\nend\r\n", b"..first\r\n"]


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        ([b"554 go away"], Outcome.BROKEN),
        ([b"220 hi", b"500 what", b"500 what"], Outcome.BROKEN),
        ([b"220 hi", b"250 ok", b"550 not you", b"250 ok"], Outcome.DEFERRED),
        ([b"220 hi", b"250 ok", b"250 ok", b"550 nobody", b"250 ok"], Outcome.REFUSED),
        ([b"220 hi", b"250 ok", b"250 ok", b"452 full", b"250 ok"], Outcome.DEFERRED),
        ([b"220 hi", b"250 ok", b"250 ok", b"250 ok", b"451 busy", b"250 ok"], Outcome.DEFERRED),
        ([b"220 hi", b"250 ok", b"250 ok", b"250 ok", b"554 no", b"250 ok"], Outcome.REFUSED),
        ([b"220 hi", b"250 ok", b"250 ok", b"250 ok", b"250 what", b"250 ok"], Outcome.DEFERRED),
        ([b"220 hi", b"250 ok", b"250 ok"], Outcome.BROKEN),
    ],
)
def test_every_refusal_before_the_text_is_definite(
    hostile: Begin, answers: list[bytes], outcome: Outcome
) -> None:
    hostile(saying(*answers))

    assert send().outcome is outcome


def in_packets(*answers: bytes, groups: list[bytes]) -> Talk:
    """A server that offers PIPELINING: reads a packet and answers it, again and again."""

    def talk(connection: socket.socket, _server: Hostile) -> None:
        connection.sendall(b"220 hi\r\n")
        connection.recv(4096)
        connection.sendall(b"250-hi\r\n250 PIPELINING\r\n")
        for answer in answers:
            groups.append(connection.recv(4096))
            connection.sendall(answer)
        mailservers.drop(connection, 0)

    return talk


GROUP = b"MAIL FROM:<ice@testserver>\r\nRCPT TO:<a@example.com>\r\nDATA\r\n"


def test_a_server_that_offers_it_gets_the_envelope_in_one_packet(hostile: Begin) -> None:
    groups: list[bytes] = []
    answers = [b"250 ok\r\n250 ok\r\n354 go on\r\n", b"250 got it\r\n"]
    hostile(in_packets(*answers, groups=groups))

    assert send() == Result(outcome=Outcome.ACCEPTED, told="250 got it")
    assert groups == [GROUP, b"Subject: x\r\n\r\n..dot\r\n...\r\nend\r\n.\r\n"]


@pytest.mark.parametrize(
    ("answer", "outcome", "told"),
    [
        (b"550 not you\r\n503 no\r\n503 no\r\n", Outcome.DEFERRED, "550 not you"),
        (b"250 ok\r\n550 nobody\r\n503 no\r\n", Outcome.REFUSED, "550 nobody"),
        (b"250 ok\r\n452 full\r\n503 no\r\n", Outcome.DEFERRED, "452 full"),
        (b"250 ok\r\n250 ok\r\n451 busy\r\n", Outcome.DEFERRED, "451 busy"),
    ],
)
def test_a_refusal_in_a_packet_is_that_of_the_first_command_refused(
    hostile: Begin, answer: bytes, outcome: Outcome, told: str
) -> None:
    groups: list[bytes] = []
    server = hostile(in_packets(answer, b"250 reset\r\n", groups=groups))

    assert send() == Result(outcome=outcome, told=told)
    assert (groups[0], groups[1], server.connections) == (GROUP, b"rset\r\n", 1)


def test_a_server_that_wants_the_text_of_what_it_refused_is_hung_up_on(hostile: Begin) -> None:
    groups: list[bytes] = []
    server = hostile(in_packets(b"250 ok\r\n550 nobody\r\n354 go on\r\n", b"", groups=groups))

    with Relay() as relay:
        for _ in range(2):
            assert relay.send(MAIL, sender="ice@testserver", recipient="a@example.com").told == "550 nobody"

    assert server.connections == 2
    assert {group for group in groups if group} == {GROUP}


def test_what_would_be_two_lines_is_never_put_into_a_packet(hostile: Begin) -> None:
    groups: list[bytes] = []
    hostile(in_packets(b"", groups=groups))

    with pytest.raises(ValueError, match="more than one line"):
        send("a@example.com>\r\nRCPT TO:<b@example.com")

    assert not any(groups)


def test_a_reset_that_fails_after_a_refusal_makes_the_next_mail_use_a_new_connection(hostile: Begin) -> None:
    server = hostile(saying(b"220 hi", b"250 ok", b"250 ok", b"550 nobody"))

    with Relay() as relay:
        for _ in range(2):
            assert relay.send(MAIL, sender="s@x", recipient="a@x").outcome is Outcome.REFUSED

    assert (server.connections, relay.connections) == (2, 2)


def test_an_endless_answer_is_cut_off_at_the_deadline(hostile: Begin, settings: Settings) -> None:
    settings.MAIL_DEADLINE_S = 1

    def endless(connection: socket.socket, _server: Hostile) -> None:
        while True:
            connection.sendall(b"220-more\r\n")
            time.sleep(0.01)

    hostile(endless)
    began = time.monotonic()

    assert send().outcome is Outcome.BROKEN
    assert time.monotonic() - began < 2


def test_a_line_without_end_is_not_kept(hostile: Begin) -> None:
    hostile(lambda connection, _server: connection.sendall(b"2" * 100_000))

    assert "Line too long" in send().told


def test_a_mail_after_the_deadline_of_the_one_before_has_its_own(
    mailbox: Mailbox, settings: Settings
) -> None:
    settings.MAIL_DEADLINE_S = 0.5
    with Relay() as relay:
        for _ in range(3):
            time.sleep(0.3)
            assert relay.send(MAIL, sender="s@x.org", recipient="a@x.org").outcome is Outcome.ACCEPTED

    assert mailbox.connections == 1


def test_an_old_connection_and_a_new_one_share_the_deadline(hostile: Begin, settings: Settings) -> None:
    def take_one(connection: socket.socket, _number: int) -> None:
        connection.sendall(b"250 taken\r\n")
        time.sleep(3)

    def talk(connection: socket.socket, server: Hostile) -> None:
        (mailservers.after_data(take_one) if server.connections == 1 else mailservers.hang)(
            connection, server
        )

    settings.MAIL_DEADLINE_S = 1
    hostile(talk)
    with Relay() as relay:
        assert relay.send(MAIL, sender="s@x.org", recipient="a@x.org").outcome is Outcome.ACCEPTED
        began = time.monotonic()
        assert relay.send(MAIL, sender="s@x.org", recipient="a@x.org").outcome is Outcome.BROKEN

    assert time.monotonic() - began < 1.7


def test_does_not_speak_plainly_where_tls_is_wanted(mailbox: Mailbox, settings: Settings) -> None:
    settings.EMAIL_USE_TLS = True
    assert "STARTTLS extension not supported" in send().told

    settings.EMAIL_USE_TLS, settings.EMAIL_USE_SSL = False, True
    assert "SSLError" in send().told
    assert mailbox.mails == []


def test_signs_in_where_there_is_a_password(mailbox: Mailbox, settings: Settings) -> None:
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "ice", "secret"

    assert send().outcome is Outcome.BROKEN  # this server knows no passwords
    assert mailbox.mails == []


def test_noop_asks_and_sends_nothing(mailbox: Mailbox) -> None:
    with Relay() as relay:
        relay.noop()

    assert (mailbox.connections, mailbox.mails) == (1, [])


def test_an_error_inside_hangs_up(mailbox: Mailbox) -> None:
    relay = Relay()
    relay.noop()

    relay.__exit__(OSError, OSError(), None)

    assert relay._client is None


def test_a_deadline_that_has_passed_sends_nothing(mailbox: Mailbox, settings: Settings) -> None:
    settings.MAIL_DEADLINE_S = 0

    assert (
        send().told
        == "SMTPServerDisconnected: Connection unexpectedly closed: deadline of the mail has passed"
    )


def test_without_a_connection_there_is_nothing_to_wait_for() -> None:
    with pytest.raises(smtplib.SMTPServerDisconnected):
        Client(time.monotonic() + 1, None).send("NOOP\r\n")


def test_noop_raises_where_nobody_answers(settings: Settings) -> None:
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9

    with pytest.raises((OSError, smtplib.SMTPException)), Relay() as relay:
        relay.noop()
    assert issubclass(ssl.SSLError, OSError)
