"""Asking the tables without waiting for a network that is dead."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from django.db import DatabaseError, connection

PATIENCE_S = 1.5

Answer = TypeVar("Answer")


class Question(Generic[Answer]):
    """The tables are asked in a thread of their own: a dead network keeps a connection waiting for long.

    One question at a time: who asks while an earlier one hangs has the same answer, that there is none.
    """

    def __init__(self, read: Callable[[], Answer]) -> None:
        self._ask = read
        self._alone = threading.Lock()

    def ask(self) -> Answer | None:
        """Return what the tables say, or None if they say nothing in time."""
        end = time.monotonic() + PATIENCE_S
        if not self._alone.acquire(timeout=PATIENCE_S):
            return None
        answers: list[Answer] = []
        thread = threading.Thread(target=self._read, args=[answers], name="question", daemon=True)
        thread.start()
        thread.join(max(end - time.monotonic(), 0.0))
        return answers[0] if answers else None

    def _read(self, answers: list[Answer]) -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('statement_timeout', '1000', false)")
            answers.append(self._ask())
        except DatabaseError:
            return
        finally:
            connection.close()
            self._alone.release()
