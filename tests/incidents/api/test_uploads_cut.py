"""Uploads to a real server: connections that are cut at any byte, two at once, a server that is killed."""

import hashlib
import http.client
import os
import signal
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from incidents.models import Attachment
from incidents.models.attachments import UploadChunk
from tests.bench.servers import Server
from tests.factories import make_outage
from tests.incidents.api.conftest import Phone, make_phone
from tests.incidents.api.test_attachments import announce, ask, patch
from tests.pictures import noisy_jpeg
from tests.waiting import until

PHOTO = noisy_jpeg((800, 600))
pytestmark = [pytest.mark.alone, pytest.mark.django_db(transaction=True)]


class Web(Server):
    """The product's web server on the database of the tests."""

    def kill(self) -> None:
        """Kill it and its worker, as the kernel does when memory runs out."""
        self._client.close()
        for pid in reversed(self._pids()):
            os.kill(pid, signal.SIGKILL)
        self._process.wait()


def web() -> Web:
    database = connection.settings_dict
    where = f"?host={database['HOST']}&port={database['PORT'] or 5432}"
    made = Web(
        "config.wsgi:application",
        DATABASE_URL=f"postgresql://{database['USER']}:{database['PASSWORD']}@/{database['NAME']}{where}",
        DJANGO_SETTINGS_MODULE="config.settings_test",
    )
    made.get("/healthz", Host="localhost")  # it listens sooner than it reads
    return made


@pytest.fixture
def server() -> Iterator[Web]:
    made = web()
    yield made
    if made._process.poll() is None:
        made.stop()


class Line:
    """A connection that sends a piece as slowly as it is told to."""

    def __init__(self, server: Server, phone: Phone, url: str, offset: int, length: int, **more: str) -> None:
        credentials: Any = phone.client
        headers = {
            "Host": "localhost",
            "Authorization": credentials._credentials["HTTP_AUTHORIZATION"],
            "Tus-Resumable": "1.0.0",
            "Content-Type": "application/offset+octet-stream",
            "Upload-Offset": str(offset),
            "Content-Length": str(length),
        } | {name.replace("_", "-"): value for name, value in more.items()}
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self.socket = socket.create_connection(("127.0.0.1", server.port), timeout=20)
        self.socket.sendall(f"PATCH {url} HTTP/1.1\r\n{head}\r\n".encode())

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def cut(self, *, hard: bool = False) -> None:
        """Hang up; hard as a phone does that loses its signal and reboots: with a reset."""
        if hard:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self.socket.close()

    def answer(self) -> http.client.HTTPResponse:
        answer = http.client.HTTPResponse(self.socket)
        answer.begin()
        return answer


def announced(size: int = len(PHOTO)) -> tuple[Phone, str]:
    phone = make_phone()
    outage = make_outage(organization=phone.organization)
    told = announce(phone, outage, size=size, sha256=hashlib.sha256(PHOTO).hexdigest())
    assert told.status_code == 201
    return phone, told["Location"]


def received() -> int:
    return Attachment.objects.get().uploaded


def trickle(line: Line, begin: int, *, beyond: int = 0) -> int:
    """Go on sending, a little at a time, until the server has kept something; return where that ended.

    It looks at its clock when a block has arrived, and how soon it read the first bytes is not ours to know.
    """
    for end in range(begin + 8_000, len(PHOTO), 8_000):
        line.send(PHOTO[end - 8_000 : end])
        time.sleep(0.3)
        if received() > beyond:
            return end
    raise AssertionError(f"nothing beyond {beyond} is kept")


def stored() -> bytes:
    return b"".join(bytes(chunk.data) for chunk in UploadChunk.objects.order_by("start"))


@pytest.mark.parametrize("hard", [False, True])
def test_what_came_before_a_cut_is_kept_and_the_rest_follows(server: Web, *, hard: bool) -> None:
    phone, url = announced()
    sent = len(PHOTO) // 2
    line = Line(server, phone, url, 0, len(PHOTO))
    line.send(PHOTO[:sent])
    if hard:  # a reset takes with it what the server has not read yet
        sent = trickle(line, sent)
    line.cut(hard=hard)
    until(lambda: hard or received() == sent)
    time.sleep(1)

    offset = int(ask(phone, "HEAD", url)["Upload-Offset"])
    assert 0 < offset <= sent if hard else offset == sent
    assert stored() == PHOTO[:offset]
    assert patch(phone, url, offset + 1, PHOTO[offset + 1 :]).status_code == 409
    assert patch(phone, url, offset, PHOTO[offset:]).status_code == 204
    assert stored() == PHOTO


def test_a_slow_line_is_kept_second_by_second(server: Web) -> None:
    """Two bars: after a second what came is safe, whatever becomes of the server."""
    phone, url = announced()
    line = Line(server, phone, url, 0, len(PHOTO))
    for begin in range(0, 80_000, 8000):
        line.send(PHOTO[begin : begin + 8000])
        time.sleep(0.25)

    until(lambda: received() >= 40_000)
    line.cut()


def test_a_checked_piece_that_is_cut_is_thrown_away(server: Web) -> None:
    phone, url = announced()
    line = Line(server, phone, url, 0, 1000, Upload_Checksum="sha1 " + "A" * 27 + "=")
    line.send(PHOTO[:900])
    line.cut()
    time.sleep(0.5)

    assert (received(), UploadChunk.objects.count()) == (0, 0)


def test_a_phone_that_comes_back_is_not_kept_out_by_its_own_dead_connection(server: Web) -> None:
    phone, url = announced()
    dead = Line(server, phone, url, 0, len(PHOTO))
    dead.send(PHOTO[:20_000])
    sent = trickle(dead, 20_000)

    offset = received()
    alive = Line(server, phone, url, offset, len(PHOTO) - offset)
    alive.send(PHOTO[offset:])
    answer = alive.answer()
    dead.send(PHOTO[sent:])

    assert (answer.status, answer.headers["Upload-Offset"]) == (204, str(len(PHOTO)))
    assert dead.answer().status == 409
    assert stored() == PHOTO
    alive.cut()
    dead.cut()


def test_a_server_killed_at_any_byte_loses_nothing_that_it_told(server: Web) -> None:
    """``kill -9`` in the middle of PATCHes, again and again; another server goes on."""
    phone, url = announced()
    running, told, kills = server, 0, 0
    while kills < 2:
        line = Line(running, phone, url, told, len(PHOTO) - told)
        line.send(PHOTO[told : told + 30_000])
        end = trickle(line, told + 30_000, beyond=told)
        running.kill()
        kills += 1
        line.cut()
        running = web()
        asked = int(ask(phone, "HEAD", url)["Upload-Offset"])
        assert told < asked <= end
        assert stored() == PHOTO[:asked]
        told = asked
    line = Line(running, phone, url, told, len(PHOTO) - told)
    line.send(PHOTO[told:])
    assert line.answer().status == 204
    line.cut()
    running.stop()

    assert stored() == PHOTO
    assert Attachment.objects.get().state == "received"
