"""A phone that knows only what the changes told it, and writers that take their time to commit."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Any

from django.db import OperationalError, connection, transaction

from incidents.api.feed import KINDS
from incidents.errors import Refused
from tests.incidents.api.conftest import Phone

Thing = tuple[str, str]


@dataclass
class Synced:
    """A phone and what it holds; it applies pages in order and does nothing else."""

    phone: Phone
    cursor: str | None = None
    things: dict[Thing, Any] = field(default_factory=dict)
    pages: int = 0

    def turn(self, size: int = 200) -> dict[str, Any]:
        """Get one page and apply it."""
        asked = {"page_size": size} | ({"cursor": self.cursor} if self.cursor else {})
        answer = self.phone.get("changes/", **asked)
        assert answer.status_code == 200, answer.json()
        told: dict[str, Any] = answer.json()
        for item in told["results"]:
            key = (item["kind"], item["uuid"])
            if item["removed"]:
                assert item["thing"] is None
                self.things.pop(key, None)
            else:
                self.things[key] = _ordered(item["thing"])
        self.cursor = told["next"]
        self.pages += 1
        return told

    def catch_up(self, size: int = 200) -> list[dict[str, Any]]:
        """Get pages until there is no more; return what they told."""
        told = []
        while True:
            page = self.turn(size)
            told += page["results"]
            if not page["more"]:
                return told


def listed(phone: Phone) -> dict[Thing, Any]:
    """Return everything that the lists show to a person now."""
    return {(name, row["uuid"]): _ordered(row) for name in KINDS for row in rows_of(phone, name)}


def _ordered(thing: dict[str, Any]) -> dict[str, Any]:
    """Return a thing with its sets of names in order: what many rows name has none of its own."""
    return {
        name: sorted(value, key=str) if isinstance(value, list) else value for name, value in thing.items()
    }


def rows_of(phone: Phone, name: str) -> Iterator[dict[str, Any]]:
    cursor = None
    while True:
        page = phone.get(f"{name}/", page_size=200, **({"cursor": cursor} if cursor else {})).json()
        yield from page["results"]
        cursor = page["next"]
        if cursor is None:
            return


class Slow:
    """A deed on a connection of its own, done but not committed until somebody lets it."""

    def __init__(self, deed: Callable[[], object]) -> None:
        self._done, self._go = Event(), Event()
        self._keeps = True
        self.is_done = False
        self._thread = Thread(target=self._run, args=(deed,), daemon=True)
        self._thread.start()
        assert self._done.wait(timeout=30)

    def end(self, *, keeps: bool = True) -> None:
        """Commit, or take everything back."""
        self._keeps = keeps
        self._go.set()
        self._thread.join(timeout=30)
        assert not self._thread.is_alive()

    def _run(self, deed: Callable[[], object]) -> None:
        try:
            with transaction.atomic():
                self.is_done = attempt(deed)
                self._done.set()
                self._go.wait(timeout=60)
                if not self._keeps:
                    transaction.set_rollback(True)
        finally:
            self._done.set()
            connection.close()


def attempt(deed: Callable[[], object]) -> bool:
    """Do a deed; return whether it was neither impossible nor kept waiting by a slow one."""
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '50ms'")
            deed()
    except (Refused, OperationalError, LookupError):
        return False
    return True
