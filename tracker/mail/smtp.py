"""Handing mails to the mail server over one connection, with an end to every wait and an honest outcome.

``EMAIL_TIMEOUT`` bounds one read only: a server that drips a byte a second would hold the sender for ever.
Here every mail has a deadline that all of its reads and writes share.
"""

import smtplib
import socket
import ssl
import time
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from types import TracebackType
from typing import TYPE_CHECKING, Self

from django.conf import settings

if TYPE_CHECKING:
    from typing_extensions import Buffer

_LINE = 8192  # longest line of an answer, bytes
_RECEIVED = 4096
_READY, _GO_AHEAD = 220, 354
_YES, _NEVER = 2, 5  # first digits of answers
_CRLF = b"\r\n"


class Outcome(Enum):
    """What became of a mail."""

    ACCEPTED = "accepted"  # the server said that it has it
    REFUSED = "refused"  # the server said that it never takes it
    DEFERRED = "deferred"  # the server said not now
    BROKEN = "broken"  # no server, or the connection broke before the text was sent
    UNCERTAIN = "uncertain"  # the text was sent and no answer came


@dataclass(frozen=True, kw_only=True)
class Result:
    """Outcome of one mail, with the server's words or the error."""

    outcome: Outcome
    told: str


class _Answers:
    """Lines of the server's answers, read before the deadline; what ``smtplib`` reads from."""

    def __init__(self, client: "_Client") -> None:
        self._client, self._left = client, b""

    def readline(self, _limit: int = _LINE) -> bytes:
        """Return the next line, or what came before the end.

        Raises:
            TimeoutError: If the deadline passes first.
        """
        while b"\n" not in self._left and len(self._left) <= _LINE:
            received = self._client.receive()
            if not received:
                break
            self._left += received
        line, newline, self._left = self._left.partition(b"\n")
        return line + newline

    def close(self) -> None:
        """Forget what was not read."""
        self._left = b""


class _Client(smtplib.SMTP):
    """``smtplib`` whose waits together end at a deadline."""

    def __init__(self, deadline: float, tls: ssl.SSLContext | None) -> None:
        self.deadline, self._tls = deadline, tls
        super().__init__(local_hostname=settings.MAIL_DOMAIN, timeout=settings.EMAIL_TIMEOUT)
        self._host = settings.EMAIL_HOST  # whose certificate STARTTLS has to show

    def bound(self) -> socket.socket:
        """Return the socket, whose next wait ends at the deadline at the latest.

        Raises:
            TimeoutError: If it has passed.
            smtplib.SMTPServerDisconnected: If there is no connection any more.
        """
        if self.sock is None:
            raise smtplib.SMTPServerDisconnected("connection is closed")
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("deadline of the mail has passed")
        self.sock.settimeout(min(left, settings.EMAIL_TIMEOUT))
        return self.sock

    def receive(self) -> bytes:
        """Return what comes next, nothing at the end of the connection."""
        return self.bound().recv(_RECEIVED)

    def getreply(self) -> tuple[int, bytes]:
        """Read an answer before the deadline."""
        if self.file is None:
            self.file = _Answers(self)
        return super().getreply()

    def send(self, s: "Buffer | str") -> None:
        """Send before the deadline; the socket takes the limit for all of it together."""
        self.bound()
        super().send(s)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        left = max(self.deadline - time.monotonic(), 0.1)
        found = socket.create_connection((host, port), min(left, timeout))
        return found if self._tls is None else self._tls.wrap_socket(found, server_hostname=host)


class Relay:
    """The mail server, over one connection that is made when the first mail is sent.

    Use as a context manager: its end says goodbye.
    """

    def __init__(self) -> None:
        self.connections = 0
        self._client: _Client | None = None

    def __enter__(self) -> Self:
        """Connect later, with the first mail."""
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Say goodbye, or just hang up after an error."""
        self.hang_up(politely=error is None)

    def send(self, mail: bytes, *, sender: str, recipient: str) -> Result:
        """Hand over one mail within ``MAIL_DEADLINE_S`` and say what became of it; never raises for it.

        Args:
            mail: The whole mail, lines ended by CRLF.
            sender: Address for bounces.
            recipient: Address of the recipient.
        """
        deadline = time.monotonic() + settings.MAIL_DEADLINE_S
        was_open = self._client is not None
        try:
            client = self._ready(deadline)
            early = _envelope(client, sender, recipient)
        except (OSError, smtplib.SMTPException) as error:
            self.hang_up()
            if was_open:  # servers end old connections; only a new one tells whether there is a server
                return self.send(mail, sender=sender, recipient=recipient)
            return Result(outcome=Outcome.BROKEN, told=_said(error))
        if early is not None:
            self._reset()
            return early
        return self._hand_over(client, mail)

    def _hand_over(self, client: _Client, mail: bytes) -> Result:
        try:
            client.send(_quoted(mail))
            code, reply = client.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self.hang_up()
            return Result(outcome=Outcome.UNCERTAIN, told=_said(error))
        known = _outcome(code) if code > 0 else Outcome.UNCERTAIN  # -1: not an answer of SMTP
        return Result(outcome=known, told=_answer(code, reply))

    def noop(self) -> None:
        """Ask the server for an answer.

        Raises:
            OSError, smtplib.SMTPException: If there is none.
        """
        self._ready(time.monotonic() + settings.EMAIL_TIMEOUT).noop()

    def hang_up(self, *, politely: bool = False) -> None:
        """End the connection; the next mail makes a new one."""
        client, self._client = self._client, None
        if client is None:
            return
        with suppress(OSError, smtplib.SMTPException):
            if politely:
                client.deadline = time.monotonic() + 1
                client.quit()
        client.close()

    def _ready(self, deadline: float) -> _Client:
        if self._client is not None:
            self._client.deadline = deadline
            return self._client
        context = ssl.create_default_context() if settings.EMAIL_USE_SSL or settings.EMAIL_USE_TLS else None
        client = _Client(deadline, context if settings.EMAIL_USE_SSL else None)
        try:
            _greet(client, context)
        except BaseException:
            client.close()
            raise
        self.connections += 1
        self._client = client
        return client

    def _reset(self) -> None:
        try:
            if self._client is not None:
                self._client.rset()
        except (OSError, smtplib.SMTPException):
            self.hang_up()


def _greet(client: _Client, context: ssl.SSLContext | None) -> None:
    """Connect and sign in."""
    code, reply = client.connect(settings.EMAIL_HOST, settings.EMAIL_PORT)
    if code != _READY:
        raise smtplib.SMTPConnectError(code, reply)
    if settings.EMAIL_USE_TLS:
        client.starttls(context=context)
    if settings.EMAIL_HOST_USER:
        client.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)
    client.ehlo_or_helo_if_needed()


def _envelope(client: _Client, sender: str, recipient: str) -> Result | None:
    """Go as far as the text; return what the server has against it, if anything."""
    code, reply = client.mail(sender)
    if code // 100 != _YES:  # the server's mood, not the person's
        return Result(outcome=Outcome.DEFERRED, told=_answer(code, reply))
    code, reply = client.rcpt(recipient)
    if code // 100 != _YES:
        return Result(outcome=_outcome(code), told=_answer(code, reply))
    code, reply = client.docmd("DATA")
    if code != _GO_AHEAD:
        return Result(outcome=_outcome(code), told=_answer(code, reply))
    return None


def _outcome(code: int) -> Outcome:
    if code // 100 == _YES:
        return Outcome.ACCEPTED
    return Outcome.REFUSED if code // 100 == _NEVER else Outcome.DEFERRED


def _quoted(mail: bytes) -> bytes:
    """Return the text as DATA takes it: a dot at the beginning of a line is doubled, a lone one ends it."""
    body = mail.replace(b"\r\n.", b"\r\n..")
    if body.startswith(b"."):
        body = b"." + body
    return body + (b"" if body.endswith(_CRLF) else _CRLF) + b"." + _CRLF


def _answer(code: int, reply: bytes) -> str:
    return f"{code} {reply.decode(errors='replace')}"[:300]


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:300]
