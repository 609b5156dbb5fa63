"""``smtplib`` with an end to every wait.

``EMAIL_TIMEOUT`` bounds one read only: a server that drips a byte a second would hold the sender for ever.
Here all reads and writes of a mail share one deadline.
"""

import smtplib
import socket
import ssl
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from typing_extensions import Buffer

_LINE = 8192  # longest line of an answer, bytes
_RECEIVED = 4096


class _Answers:
    """Lines of the server's answers, read before the deadline; what ``smtplib`` reads from."""

    def __init__(self, client: "Client") -> None:
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


class Client(smtplib.SMTP):
    """``smtplib`` whose waits together end at a deadline."""

    def __init__(self, deadline: float, tls: ssl.SSLContext | None, *, host: str = "") -> None:
        self.deadline, self._tls = deadline, tls
        super().__init__(local_hostname=settings.MAIL_DOMAIN, timeout=settings.EMAIL_TIMEOUT)
        self._host = host or settings.EMAIL_HOST  # whose certificate STARTTLS has to show

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

    def put_together(self, commands: Iterable[tuple[str, str]]) -> None:
        """Send commands at once, whose answers are read afterwards.

        Raises:
            ValueError: If one would be more than one line.
        """
        lines = [f"{verb} {words}".rstrip(" ") for verb, words in commands]
        if any("\r" in line or "\n" in line for line in lines):
            raise ValueError("command has more than one line")
        self.send("".join(f"{line}\r\n" for line in lines))

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        left = max(self.deadline - time.monotonic(), 0.1)
        found = socket.create_connection((host, port), min(left, timeout))
        return found if self._tls is None else self._tls.wrap_socket(found, server_hostname=host)
