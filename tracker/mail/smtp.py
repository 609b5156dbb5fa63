"""Handing mails to the mail server over one connection, with an honest outcome for each."""

import smtplib
import ssl
import time
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from types import TracebackType
from typing import Self

from django.conf import settings

from tracker.mail.client import Client
from tracker.mail.servers import Server

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
    """Outcome of one mail, with the server's words or the error, and the server that took it."""

    outcome: Outcome
    told: str
    relay: str = field(default="", compare=False)


class Relay:
    """The mail server, over one connection that is made when the first mail is sent.

    Use as a context manager: its end says goodbye.
    """

    def __init__(self, server: Server | None = None) -> None:
        self.server = server or Server.first()
        self.connections = 0
        self._client: Client | None = None

    def __enter__(self) -> Self:
        """Connect later, with the first mail."""
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Say goodbye, or just hang up after an error."""
        self.hang_up(politely=error is None)

    def send(self, mail: bytes, *, sender: str, recipient: str, within_s: float | None = None) -> Result:
        """Hand over one mail within ``MAIL_DEADLINE_S`` and say what became of it; never raises for it.

        Args:
            mail: The whole mail, lines ended by CRLF.
            sender: Address for bounces.
            recipient: Address of the recipient.
            within_s: A shorter time, s.
        """
        return self._send(mail, sender, recipient, time.monotonic() + (within_s or settings.MAIL_DEADLINE_S))

    def _send(self, mail: bytes, sender: str, recipient: str, deadline: float) -> Result:
        was_open = self._client is not None
        try:
            client = self._ready(deadline)
            early = _envelope(client, sender, recipient)
        except (OSError, smtplib.SMTPException) as error:
            self.hang_up()
            if was_open:  # servers end old connections; only a new one tells whether there is a server
                return self._send(mail, sender, recipient, deadline)
            return Result(outcome=Outcome.BROKEN, told=_said(error))
        if early is not None:
            self._reset(client)
            return early
        return self._hand_over(client, mail)

    def _hand_over(self, client: Client, mail: bytes) -> Result:
        try:
            client.send(_quoted(mail))
            code, reply = client.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self.hang_up()
            return Result(outcome=Outcome.UNCERTAIN, told=_said(error))
        known = _outcome(code) if code > 0 else Outcome.UNCERTAIN  # -1: not an answer of SMTP
        return Result(outcome=known, told=_answer(code, reply), relay=self.server.name)

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

    def _ready(self, deadline: float) -> Client:
        if self._client is not None:
            self._client.deadline = deadline
            return self._client
        server = self.server
        context = ssl.create_default_context() if server.is_tls or server.starts_tls else None
        client = Client(deadline, context if server.is_tls else None, host=server.host)
        try:
            _greet(client, server, context)
        except BaseException:
            client.close()
            raise
        self.connections += 1
        self._client = client
        return client

    def _reset(self, client: Client) -> None:
        try:
            client.rset()
        except (OSError, smtplib.SMTPException):
            self.hang_up()


def _greet(client: Client, server: Server, context: ssl.SSLContext | None) -> None:
    """Connect and sign in."""
    code, reply = client.connect(server.host, server.port)
    if code != _READY:
        raise smtplib.SMTPConnectError(code, reply)
    if server.starts_tls:
        client.starttls(context=context)
    if server.user:
        client.login(server.user, server.password)
    client.ehlo_or_helo_if_needed()


def _envelope(client: Client, sender: str, recipient: str) -> Result | None:
    """Go as far as the text; return what the server has against it, if anything.

    Where the server offers PIPELINING (RFC 2920) the three commands are one packet: a server that is far away
    costs two waits a mail instead of four. One that wants the text of a mail that it refused is hung up on.
    """
    commands = (("MAIL", f"FROM:<{sender}>"), ("RCPT", f"TO:<{recipient}>"), ("DATA", ""))
    together = client.has_extn("pipelining")
    if together:
        client.put_together(commands)
    refusal = None
    for verb, words in commands:  # mail() and rcpt() of the library would parse each time
        code, reply = client.getreply() if together else client.docmd(verb, words)
        if refusal is not None:
            if code == _GO_AHEAD:  # nothing else ends that without a text
                client.close()
        elif not (code == _GO_AHEAD if verb == "DATA" else code // 100 == _YES):
            # What is said to MAIL is the server's mood, not the person's.
            outcome = Outcome.DEFERRED if verb == "MAIL" else _refusal(code)
            refusal = Result(outcome=outcome, told=_answer(code, reply))
            if not together:
                break
    return refusal


def _refusal(code: int) -> Outcome:
    """Return what an answer means that is not the wanted one; before the text nothing was taken."""
    return Outcome.REFUSED if code // 100 == _NEVER else Outcome.DEFERRED


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
