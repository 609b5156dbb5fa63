"""One HTTP request with an end to every wait; the only code of ours that asks another host by HTTP.

An address is asked exactly as it is written: ``http`` or ``https``, no redirect followed, no proxy of the
environment. Gateways stand in the company's own network, so private addresses and this machine are allowed;
link-local ones, where clouds keep their secrets, are not.
"""

import io
import socket
import ssl
import time
from contextlib import closing, suppress
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

if TYPE_CHECKING:
    from typing_extensions import Buffer

PORTS = {"http": 80, "https": 443}
LONGEST_URL = 500
LONGEST_ANSWER = 65_536  # bytes, head and body together
LONGEST_WORDS = 200


class NotSentError(Exception):
    """Nobody took the request: there is no server, or the connection broke before it was sent."""


class NoAnswerError(Exception):
    """The request was sent, and no answer that could be understood came in time."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a server said.

    Attributes:
        words: Beginning of the body.
        wait_s: After how long it wants to be asked again; None where it does not say.
    """

    status: int
    words: str
    wait_s: float | None = None


@dataclass(frozen=True)
class Target:
    """An address that may be asked.

    Raises:
        ValueError: If it may not be; says why.
    """

    url: str

    def __post_init__(self) -> None:
        """Look at every part of it."""
        parts = self._parts
        if len(self.url) > LONGEST_URL or not self.url.isascii() or not self.url.isprintable():
            raise ValueError("longer than 500 signs, or with signs that are not plain ASCII")
        if " " in self.url or parts.scheme not in PORTS or not parts.hostname:
            raise ValueError("expected http://host/… or https://host/…")
        if "@" in parts.netloc or "#" in self.url or not self.port:
            raise ValueError("an address holds no user, no password, no #, and a port from 1 to 65535")

    @property
    def host(self) -> str:
        """The name or address of the server."""
        return self._parts.hostname or ""

    @property
    def port(self) -> int:
        """The port, the usual one where none is written."""
        given = self._parts.port
        return PORTS[self._parts.scheme] if given is None else given

    @property
    def is_secret(self) -> bool:
        """Whether nobody on the way can read along."""
        return self._parts.scheme == "https"

    @property
    def path(self) -> str:
        """What is asked for, with its query."""
        return (self._parts.path or "/") + (f"?{self._parts.query}" if self._parts.query else "")

    @property
    def authority(self) -> str:
        """Host and port as they are written."""
        return self._parts.netloc

    @property
    def _parts(self) -> SplitResult:
        return urlsplit(self.url)


def ask(
    target: Target, *, method: str, headers: dict[str, str] | None = None, body: bytes = b"", within_s: float
) -> Answer:
    """Send one request and return what was said, within a time for all of it together.

    Only the look-up of the server's name is bounded by the resolver's own limits.

    Args:
        target: Where to.
        method: ``GET`` or ``POST``.
        headers: Besides those that every request has.
        body: What is sent.
        within_s: How long connecting, sending and listening may take, s.

    Raises:
        NotSentError: If nothing of it was taken.
        NoAnswerError: If it was sent and no answer came.
    """
    deadline = time.monotonic() + within_s
    said = {"Host": target.authority, "User-Agent": "ice-storm-tracker", "Connection": "close"}
    said |= {"Content-Length": str(len(body))} if method == "POST" else {}
    lines = [f"{method} {target.path} HTTP/1.1", *(f"{k}: {v}" for k, v in (said | (headers or {})).items())]
    try:
        connection = _connected(target, deadline)
    except (OSError, ValueError) as error:
        raise NotSentError(_said(error)) from error
    with closing(connection):
        try:
            connection.settimeout(_left(deadline))
            connection.sendall("\r\n".join([*lines, "", ""]).encode("ascii") + body)
            return _heard(connection, method, deadline)
        except (OSError, HTTPException) as error:
            raise NoAnswerError(_said(error)) from error


def _connected(target: Target, deadline: float) -> socket.socket:
    """Return a connection to the first of the host's addresses that takes one.

    Raises:
        OSError: If none does in time.
    """
    failed: OSError = OSError("host has no address")
    for family, kind, protocol, _name, where in socket.getaddrinfo(
        target.host, target.port, type=socket.SOCK_STREAM
    ):
        if not _may_be_asked(str(where[0])):
            failed = OSError("link-local, multicast and unspecified addresses are not asked")
            continue
        found = socket.socket(family, kind, protocol)
        try:
            found.settimeout(_left(deadline))
            found.connect(where)
            if not target.is_secret:
                return found
            found.settimeout(_left(deadline))
            return ssl.create_default_context().wrap_socket(found, server_hostname=target.host)
        except OSError as error:
            found.close()
            failed = error
    raise failed


def _may_be_asked(address: str) -> bool:
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return not (found.is_link_local or found.is_multicast or found.is_unspecified)


def _heard(connection: socket.socket, method: str, deadline: float) -> Answer:
    response = HTTPResponse(_Ear(connection, deadline), method=method)  # type: ignore[arg-type]
    response.begin()
    text = b""
    with suppress(OSError, HTTPException):  # it has answered; what else it says is only for people
        text = response.read(LONGEST_WORDS)
    words = " ".join(text.decode(errors="replace").split())
    wait = response.getheader("Retry-After") or ""
    return Answer(
        status=response.status,
        words=f"{response.status} {words}".strip()[:LONGEST_WORDS],
        wait_s=float(wait) if wait.isascii() and wait.isdigit() and len(wait) < 6 else None,  # noqa: PLR2004
    )


class _Ear(io.RawIOBase):
    """What is heard on a connection, until a deadline and up to a length; what ``http.client`` reads from."""

    def __init__(self, connection: socket.socket, deadline: float) -> None:
        self._connection, self._deadline, self._room = connection, deadline, LONGEST_ANSWER

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "Buffer") -> int:
        if self._room <= 0:
            raise OSError("answer is too long")
        self._connection.settimeout(_left(self._deadline))
        heard = self._connection.recv_into(memoryview(buffer)[: self._room])
        self._room -= heard
        return heard


def _left(deadline: float) -> float:
    """Return how long is left, s.

    Raises:
        TimeoutError: If nothing is.
    """
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("deadline of the request has passed")
    return left


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:LONGEST_WORDS]
