"""Killing an engine at a numbered point: before or after anything that leaves the process or comes back.

What a dead process did is what crossed its boundary: statements and commits to PostgreSQL, commands, texts
and answers of the mail server. So every crossing is two points, just before and just after. At the chosen
one the connections are torn and :class:`Killed` is raised; whatever the dying code still tries to send in its
``finally`` blocks is stopped at the same boundary. Nothing of this is in the product.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, NoReturn
from unittest import mock

import psycopg
from django.db import connection
from django.db.backends.postgresql.base import DatabaseWrapper

from tracker.mail.client import Client
from tracker.services import outbox


class Killed(BaseException):
    """The process is dead; nothing catches this."""


@dataclass
class Boundary:
    """What is counted, and where the engine dies.

    Attributes:
        at: Number of the point at which it dies; None lets it live.
        crossed: Points passed so far.
        names: What each of them was.
        is_gentle: Whether only what is not committed is undone: inside the transaction of a test, whose
            connection has to live.
    """

    at: int | None = None
    is_gentle: bool = False
    crossed: int = 0
    names: list[str] = field(default_factory=list)
    is_dead: bool = False
    _clients: list[Client] = field(default_factory=list)

    def point(self, name: str) -> None:
        """Pass a point, or die there.

        Raises:
            Killed: At the chosen point, and at every one after it.
        """
        if self.is_dead and not self.is_gentle:
            raise Killed
        self.crossed += 1
        self.names.append(name)
        if self.crossed == self.at:
            self._die()

    def around(self, crossing: Callable[..., Any], name: str) -> Callable[..., Any]:
        """Return the crossing with a point on either side."""

        @wraps(crossing)
        def crossed(this: Any, *given: Any, **named: Any) -> Any:
            if isinstance(this, Client) and this not in self._clients:
                self._clients.append(this)
            self.point(f"before {name}")
            result = crossing(this, *given, **named)
            self.point(f"after {name}")
            return result

        return crossed

    def _die(self) -> NoReturn:
        """Tear the connections as the end of a process does: what is not committed is gone."""
        self.is_dead = True
        if connection.connection is not None and not self.is_gentle:
            connection.connection.close()  # psycopg's own: sends nothing
        for client in self._clients:
            if client.sock is not None:
                client.sock.close()
        raise Killed


@contextmanager
def watched(boundary: Boundary) -> Iterator[None]:
    """Count what crosses the boundary of this process, and die where it says."""
    crossings = {
        (DatabaseWrapper, "get_new_connection"): "a new connection to the database",
        (psycopg.Connection, "wait"): "the database",
        (Client, "send"): "a line or a text to the mail server",
        (Client, "getreply"): "the mail server's answer",
    }
    with ExitStack() as end:
        for (kind, method), name in crossings.items():
            crossed = boundary.around(getattr(kind, method), name)
            end.enter_context(mock.patch.object(kind, method, crossed))
        yield


def died(boundary: Boundary, engine: Callable[[], object]) -> bool:
    """Run an engine that may die gently, its session with it; return whether it did."""
    try:
        with watched(boundary):
            engine()
    except Killed:
        outbox.let_go()
        return True
    return False


def survive(boundary: Boundary, engine: Callable[[], object]) -> None:
    """Run an engine; if it dies, run another one, as whoever starts it again does."""
    connection.ensure_connection()
    if not boundary.is_dead:
        try:
            with watched(boundary):
                engine()
        except Killed:
            connection.connect()
        else:
            return
    engine()
