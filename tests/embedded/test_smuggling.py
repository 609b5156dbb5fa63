"""S31: the web server that `make up` starts takes no request whose end two readers could see differently."""

import socket
from collections.abc import Iterator

import pytest

from tests.bench.servers import Server

BODY = b"GET /secret HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    started = Server("tests.bench.control:application")
    yield started
    started.stop()


def answers(server: Server, *headers: bytes, body: bytes = b"") -> list[bytes]:
    """Return the status of every answer that comes back on one connection."""
    lines = [b"POST / HTTP/1.1", b"Host: localhost", *headers]
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(b"\r\n".join(lines) + b"\r\n\r\n" + body)
        connection.shutdown(socket.SHUT_WR)
        told = b""
        while part := connection.recv(65536):
            told += part
    return [line.split()[1] for line in told.split(b"\r\n") if line.startswith(b"HTTP/1.1 ")]


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ([b"Content-Length: 5", b"Transfer-Encoding: chunked"], b"0\r\n\r\n" + BODY),
        ([b"Content-Length: 5", b"Content-Length: 6"], b"12345" + BODY),
        ([b"Content-Length: -1"], BODY),
        ([b"Content-Length: +5"], b"12345" + BODY),
        ([b"Content-Length: 5, 5"], b"12345" + BODY),
        ([b"Transfer-Encoding: xchunked"], b"0\r\n\r\n" + BODY),
        ([b"Transfer-Encoding: chunked, identity"], b"0\r\n\r\n" + BODY),
        ([b"Transfer-Encoding : chunked"], b"0\r\n\r\n" + BODY),
        ([b"X-Bad: a\r\n folded: b"], b""),
        ([b"X_Forwarded_For\x00: 1"], b""),
    ],
)
def test_s31_what_is_ambiguous_is_refused_and_nothing_behind_it_is_read(
    server: Server, headers: list[bytes], body: bytes
) -> None:
    """S31: two lengths, a negative one, an unknown coding, a folded or broken name."""
    found = answers(server, *headers, body=body)

    assert len(found) == 1
    assert found[0] in {b"400", b"501"}


def test_a_plain_request_is_answered(server: Server) -> None:
    assert answers(server, b"Content-Length: 2", b"Connection: close", body=b"{}") == [b"201"]
