"""What no web process should have to see, by the proxy that is shipped: B25, B26, B31-B34, B40, R25."""

import http.client
import json
import socket
import threading
import time
from statistics import quantiles
from typing import Any

import pytest

from incidents.models import IceReading
from tests.proxy.conftest import BODY_TIMEOUT_S, Site

PATH = "/api/v1/ice-readings/"
HTML = b"<html"


def raw(site: Site, request: bytes, *, wait_s: float = 10) -> bytes:
    """Send bytes as they are; return all that comes back until the other side hangs up."""
    with socket.create_connection(("127.0.0.1", site.port), timeout=wait_s) as line:
        line.sendall(request)
        answer = b""
        while block := line.recv(65_536):
            answer += block
        return answer


def head(site: Site, *more: str, path: str = PATH, method: str = "POST") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", f"Authorization: Bearer {site.token}", *more]
    return "\r\n".join([*lines, "Content-Type: application/json", "Connection: close", "", ""]).encode()


def post(site: Site, body: Any) -> tuple[int, Any]:
    client = http.client.HTTPConnection("127.0.0.1", site.port, timeout=30)
    headers = {
        "Authorization": f"Bearer {site.token}",
        "Content-Type": "application/json",
        "Host": "localhost",
    }
    client.request("POST", PATH, json.dumps(body), headers)
    answer = client.getresponse()
    told = answer.status, json.loads(answer.read())
    client.close()
    return told


def test_a_reading_goes_through(site: Site) -> None:
    status, told = post(site, site.phone.reading())

    assert (status, told["grade"]) == (201, "yellow")


@pytest.mark.parametrize(
    ("more", "body", "status"),
    [
        (["Content-Length: 13000000"], b"{}", b"413"),
        (["Transfer-Encoding: chunked"], b"100000\r\n" + b"x" * 0x100000 + b"\r\n100000\r\nxx", b"413"),
        (["Content-Length: -1"], b"", b"400"),
        (["Content-Length: 5", "Content-Length: 6"], b"hello!", b"400"),
        (["Content-Length: 5", "Transfer-Encoding: chunked"], b"0\r\n\r\n", b"400"),
        (["Transfer-Encoding: chunked"], b"zz\r\n{}\r\n0\r\n\r\n", b"400"),
        (["Transfer-Encoding: identity, chunked"], b"0\r\n\r\n", b"501"),
        (["X-Long: " + "x" * 70_000], b"", b"400"),
    ],
)
def test_what_is_no_whole_request_is_a_problem_and_changes_nothing(
    site: Site, more: list[str], body: bytes, status: bytes
) -> None:
    answer = raw(site, head(site, *more) + body)

    assert answer.split(b" ", 2)[1] == status, answer[:300]
    assert status == b"501" or b"application/problem+json" in answer
    assert not IceReading.objects.exists()


def test_an_address_without_end_is_refused(site: Site) -> None:
    answer = raw(site, head(site, "Content-Length: 0", path=PATH + "?x=" + "x" * 40_000))

    assert answer.split(b" ", 2)[1] in {b"400", b"414"}


def test_a_body_that_never_comes_is_not_waited_for(site: Site) -> None:
    """B31."""
    began = time.monotonic()

    answer = raw(site, head(site, "Content-Length: 500") + b'{"client_id":', wait_s=30)

    assert time.monotonic() - began < BODY_TIMEOUT_S + 5
    assert b"201" not in answer.split(b"\r\n", 1)[0]
    assert not IceReading.objects.exists()


@pytest.mark.alone
def test_half_a_hundred_slow_phones_hold_nobody_up(site: Site) -> None:
    """R25: each sends a byte now and then; the others do not notice."""
    quiet = _seconds(site)
    end = threading.Event()
    slow = [threading.Thread(target=_drip, args=(site, end)) for _ in range(50)]
    for each in slow:
        each.start()
    time.sleep(0.5)
    busy = _seconds(site)
    end.set()
    for each in slow:
        each.join()

    assert busy < quiet + 0.2


def test_a_web_process_that_is_away_is_a_problem_to_try_again_after(site: Site) -> None:
    site.web.stop()

    answer = raw(site, head(site, "Content-Length: 2") + b"{}")

    assert answer.split(b" ", 2)[1] == b"503"
    assert b"Retry-After: 5" in answer
    assert b'"final":false' in answer
    assert HTML not in answer


def _seconds(site: Site) -> float:
    times = []
    for _ in range(20):
        began = time.monotonic()
        status, _told = post(site, site.phone.reading())
        assert status == 201
        times.append(time.monotonic() - began)
    return quantiles(times, n=20)[-1]


def _drip(site: Site, end: threading.Event) -> None:
    with socket.create_connection(("127.0.0.1", site.port), timeout=10) as line:
        line.sendall(head(site, "Content-Length: 500"))
        while not end.wait(0.5):
            line.sendall(b" ")
