import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.tracker.gatewayservers import Gateway
from tests.tracker.mailservers import Hostile
from tracker.hooks import wire
from tracker.hooks.wire import Answer, NoAnswerError, NotSentError, Target, ask


def post(url: str, *, within_s: float = 2.0, body: bytes = b"{}") -> Answer:
    return ask(Target(url), method="POST", body=body, within_s=within_s)


@contextmanager
def talking(talk: Callable[[socket.socket, Hostile], None]) -> Iterator[str]:
    server = Hostile(talk)
    try:
        yield f"http://127.0.0.1:{server.port}/"
    finally:
        server.close()


def after_request(*answer: bytes, pause: float = 0.0) -> Callable[[socket.socket, Hostile], None]:
    def talk(connection: socket.socket, _server: Hostile) -> None:
        heard = b""
        while b"\r\n\r\n" not in heard:
            heard += connection.recv(4096)
        for part in answer:
            connection.sendall(part)
            time.sleep(pause)
        connection.shutdown(socket.SHUT_RDWR)

    return talk


def test_posts_exactly_what_it_is_given(gateway: Gateway) -> None:
    answer = ask(
        Target(f"{gateway.url}?app=ice"),
        method="POST",
        headers={"X-One": "1"},
        body="冰".encode(),
        within_s=2,
    )

    assert answer == Answer(status=200, words="200 taken")
    (request,) = gateway.requests
    assert (request.method, request.path, request.body) == ("POST", "/ice?app=ice", "冰".encode())
    assert request.headers["host"] == f"127.0.0.1:{gateway.port}"
    assert (request.headers["x-one"], request.headers["connection"]) == ("1", "close")


def test_is_led_nowhere_else(gateway: Gateway) -> None:
    gateway.status, gateway.headers = 302, {"Location": "file:///etc/passwd"}

    assert post(gateway.url).status == 302
    assert len(gateway.requests) == 1


def test_says_when_a_gateway_wants_to_be_asked_again(gateway: Gateway) -> None:
    gateway.status, gateway.headers = 429, {"Retry-After": "120"}
    assert post(gateway.url).wait_s == 120

    gateway.headers = {"Retry-After": "Fri, 27 Nov 2026 01:00:00 GMT"}
    assert post(gateway.url).wait_s is None


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://gateway/",
        "gopher://gateway/",
        "//gateway/",
        "gateway/x",
        "http://",
        "http:///x",
        "http://user:word@gateway/",
        "http://user@gateway/",
        "http://gateway/#x",
        "http://gateway:0/",
        "http://gateway:65536/",
        "http://gateway:x/",
        "http://gate way/",
        "http://gateway/\r\nX: 1",
        "http://gateway/\u0000",
        "http://网关/",
        "http://gateway/" + "x" * 500,
    ],
)
def test_what_is_no_plain_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"expected|longer|holds|[Pp]ort|Port"):
        Target(url)


@pytest.mark.parametrize(
    ("url", "host", "port", "path"),
    [
        ("http://127.0.0.1", "127.0.0.1", 80, "/"),
        ("https://sms.grid.example/send?x=1", "sms.grid.example", 443, "/send?x=1"),
        ("http://10.1.2.3:8080/a", "10.1.2.3", 8080, "/a"),
        ("http://[::1]:8081/", "::1", 8081, "/"),
    ],
)
def test_addresses_of_the_intranet_are_fine(url: str, host: str, port: int, path: str) -> None:
    target = Target(url)

    assert (target.host, target.port, target.path) == (host, port, path)
    assert target.is_secret == url.startswith("https")


@pytest.mark.parametrize("url", ["http://169.254.169.254/", "http://[fe80::1]/", "http://0.0.0.0:1/"])
def test_link_local_and_unspecified_addresses_are_never_asked(url: str) -> None:
    with pytest.raises(NotSentError, match="not asked"):
        post(url)


def test_nobody_there_is_not_sent() -> None:
    with pytest.raises(NotSentError, match="refused"):
        post("http://127.0.0.1:9/")


def test_a_name_that_leads_nowhere_is_not_sent() -> None:
    with pytest.raises(NotSentError):
        post("http://gateway.invalid/")


def test_a_server_without_a_certificate_that_we_trust_is_not_sent_anything(gateway: Gateway) -> None:
    with pytest.raises(NotSentError, match="SSL"):
        post(gateway.url.replace("http://", "https://"))

    assert gateway.requests == []


def within(limit: float) -> Callable[[float], bool]:
    return lambda began: time.monotonic() - began < limit


def test_a_gateway_that_hangs_is_left_at_the_deadline() -> None:
    with talking(lambda _connection, _server: None) as url:
        began = time.monotonic()
        with pytest.raises(NoAnswerError, match="timed out"):
            post(url, within_s=0.5)

    assert within(1.0)(began)


def test_a_gateway_that_drips_is_left_at_the_deadline() -> None:
    with talking(after_request(*[b"H"] * 40, pause=0.1)) as url:
        began = time.monotonic()
        with pytest.raises(NoAnswerError):
            post(url, within_s=0.5)

    assert within(1.0)(began)


def test_a_gateway_that_reads_nothing_is_left_at_the_deadline() -> None:
    with talking(lambda _connection, _server: None) as url:
        began = time.monotonic()
        with pytest.raises(NoAnswerError):
            post(url, within_s=0.5, body=b"x" * 20_000_000)

    assert within(3.0)(began)


def test_an_endless_answer_is_cut_off() -> None:
    head = b"HTTP/1.1 200 OK\r\n"
    with (
        talking(after_request(head, *[b"X-Long: " + b"y" * 60_000 + b"\r\n"] * 3)) as url,
        pytest.raises(NoAnswerError),
    ):
        post(url)


def test_a_body_without_end_counts_by_its_status(gateway: Gateway) -> None:
    gateway.words = b"z" * 10_000_000
    began = time.monotonic()

    answer = post(gateway.url)

    assert (answer.status, len(answer.words)) == (200, wire.LONGEST_WORDS)
    assert within(1.0)(began)


@pytest.mark.parametrize(
    "talk",
    [
        after_request(),
        after_request(b"hello\r\n"),
        after_request(b"HTTP/1.1 999999 what\r\n\r\n"),
        after_request(b"HTTP/1.1 20"),
    ],
)
def test_what_is_no_answer_leaves_in_doubt(talk: Callable[[socket.socket, Hostile], None]) -> None:
    with talking(talk) as url, pytest.raises(NoAnswerError):
        post(url)


def test_a_proxy_of_the_environment_is_not_asked(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")

    assert post(gateway.url).status == 200


def test_requests_of_several_threads_are_their_own(gateway: Gateway) -> None:
    threads = [threading.Thread(target=post, args=[gateway.url]) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(gateway.requests) == 5
