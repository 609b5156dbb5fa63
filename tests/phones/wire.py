"""A bad line between phones and the server: it refuses, and cuts requests and answers at any byte."""

import random
import socket
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final, Self

_BLOCK: Final = 65_536
_PATIENCE_S: Final = 60


@dataclass
class Counted:
    """What the line did."""

    whole: int = 0
    refused: int = 0
    cut_up: int = 0
    cut_down: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, name: str) -> None:
        """Count one connection."""
        with self.lock:
            setattr(self, name, getattr(self, name) + 1)

    @property
    def dropped(self) -> int:
        """How many connections did not bring their answer home."""
        return self.refused + self.cut_up + self.cut_down


class BadLine:
    """Forwards connections to a server on this machine; a share of them it drops, each in its own way.

    Args:
        port: Of the server.
        drops: Share of the connections that are dropped, 0 to 1.
        seed: Makes the line as bad again in the same way.
    """

    def __init__(self, port: int, *, drops: float, seed: int) -> None:
        self.counted = Counted()
        self._server, self._drops, self._random = port, drops, random.Random(seed)  # noqa: S311 - a test's own
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _listen(self) -> None:
        while True:
            try:
                phone, _address = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._carry, args=(phone,), daemon=True).start()

    def _carry(self, phone: socket.socket) -> None:
        with self._lock:
            fate = self._random.choice(["refused", "cut_up", "cut_down"])
            fate = fate if self._random.random() < self._drops else "whole"
            bytes_left = int(self._random.expovariate(1 / 2000))
        self.counted.add(fate)
        with phone, suppress(OSError):
            phone.settimeout(_PATIENCE_S)
            if fate == "refused":
                return
            with socket.create_connection(("127.0.0.1", self._server), timeout=_PATIENCE_S) as server:
                up = bytes_left if fate == "cut_up" else None
                down = bytes_left if fate == "cut_down" else None
                back = threading.Thread(target=_pass_on, args=(server, phone, down))
                back.start()
                _pass_on(phone, server, up)
                back.join()


def _pass_on(source: socket.socket, target: socket.socket, most: int | None) -> None:
    """Pass bytes on until the source ends, or for so many bytes; then hang up on both."""
    left = most
    with suppress(OSError):
        while block := source.recv(_BLOCK if left is None else max(1, min(_BLOCK, left))):
            target.sendall(block if left is None else block[:left])
            if left is not None:
                left -= len(block)
                if left <= 0:
                    break
        if left is None:
            target.shutdown(socket.SHUT_WR)
            return
    for end in (source, target):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
