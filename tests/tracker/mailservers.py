"""Mail servers for tests: an honest one whose own log is the truth, and hostile ones."""

import asyncio
import email
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Mailbox:
    """What an honest server took, in the order it took it; written down before it answers.

    Attributes:
        answers: Address → answer to RCPT for those that it does not just take.
        verdict: Answer to a whole mail.
        on_mail: Called with each mail before the answer.
    """

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.connections = 0
        self.answers: dict[str, str] = {}
        self.verdict = "250 taken"
        self.on_mail: Callable[[EmailMessage], None] = lambda _mail: None

    async def handle_EHLO(  # noqa: N802
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        answer = self.answers.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        mail = email.message_from_bytes(envelope.content or b"", policy=default)  # type: ignore[arg-type]
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        self.recipients += envelope.rcpt_tos
        await asyncio.to_thread(self.on_mail, mail)
        return self.verdict


class _Server(Controller):
    """A server that hangs up on whoever is still connected when it ends."""

    def __init__(self, mailbox: Mailbox, port: int) -> None:
        super().__init__(mailbox, hostname="127.0.0.1", port=port)
        self._conversations: list[SMTP] = []

    def factory(self) -> SMTP:
        self._conversations.append(super().factory())  # type: ignore[no-untyped-call]
        return self._conversations[-1]

    def stop(self, no_assert: bool = False) -> None:  # noqa: FBT001, FBT002
        asyncio.run_coroutine_threadsafe(self._hang_up(), self.loop).result(5)
        super().stop(no_assert)

    async def _hang_up(self) -> None:
        for conversation in self._conversations:
            if isinstance(conversation.transport, asyncio.WriteTransport):
                conversation.transport.abort()
        await asyncio.sleep(0.01)


@contextmanager
def honest(mailbox: Mailbox) -> Iterator[int]:
    """Run a server for a mailbox; gives its port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    controller = _Server(mailbox, port)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


Talk = Callable[[socket.socket, "Hostile"], None]


class Hostile:
    """A server whose conversation a test makes up.

    Attributes:
        texts: Texts that it was sent after DATA, whole ones only.
        connections: How often somebody connected.
    """

    def __init__(self, talk: Talk) -> None:
        self.texts: list[bytes] = []
        self.connections = 0
        self._talk = talk
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._open: list[socket.socket] = []
        self._accepting = threading.Thread(target=self._serve, daemon=True)
        self._accepting.start()

    def close(self) -> None:
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)  # wakes who accepts
        self._accepting.join(5)
        self._listening.close()
        for connection in self._open:
            connection.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            threading.Thread(target=self._answer, args=[connection], daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        try:
            self._talk(connection, self)
        except OSError:
            return


def headers(text: bytes) -> dict[str, str]:
    """Headers of a mail as it went over the wire."""
    return dict(email.message_from_bytes(text, policy=default).items())


def hang(_connection: socket.socket, _server: Hostile) -> None:
    """Take the connection and say nothing."""


def drip(connection: socket.socket, _server: Hostile) -> None:
    """Greet with a byte every tenth of a second, for ever."""
    while True:
        connection.sendall(b"2")
        time.sleep(0.1)


def after_data(then: Callable[[socket.socket, int], Any]) -> Talk:
    """Converse properly up to the end of the text, then do something else than answer."""

    def talk(connection: socket.socket, server: Hostile) -> None:
        connection.sendall(b"220 hostile\r\n")
        lines = connection.makefile("rb")
        for line in lines:
            verb = line[:4].upper().strip()
            if verb == b"DATA":
                connection.sendall(b"354 go on\r\n")
                text = b""
                for part in lines:
                    if part == b".\r\n":
                        break
                    text += part
                server.texts.append(text)
                then(connection, len(server.texts))
            elif verb == b"QUIT":
                connection.sendall(b"221 bye\r\n")
                return
            else:
                connection.sendall(b"250 OK\r\n")

    return talk


def drop(connection: socket.socket, _number: int) -> None:
    """End the connection."""
    connection.shutdown(socket.SHUT_RDWR)
    connection.close()
