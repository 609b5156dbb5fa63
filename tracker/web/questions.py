"""Asking the tables without waiting for a network that is dead."""

import logging
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

from django.conf import settings
from django.db import DatabaseError, connection

logger = logging.getLogger(__name__)

PATIENCE_S = 1.5

Answer = TypeVar("Answer")


@dataclass(eq=False)
class _Asked(Generic[Answer]):
    """One question on its way."""

    answer: Answer | None = None
    done: threading.Event = field(default_factory=threading.Event)


class Question(Generic[Answer]):
    """The tables are asked in a thread of their own: a dead network keeps a connection waiting for long.

    One question at a time: who asks while an earlier one hangs has the same answer, that there is none. The
    thread and its connection are kept for the next one: making a connection costs more than all that is asked
    over it.
    """

    def __init__(self, read: Callable[[], Answer]) -> None:
        self._read = read
        self._begin()
        os.register_at_fork(after_in_child=self._begin)

    def _begin(self) -> None:
        """Begin anew; in a forked process too, which has neither the thread nor the connection."""
        self._alone = threading.Lock()
        self._waiting: SimpleQueue[_Asked[Answer]] = SimpleQueue()
        self._thread: threading.Thread | None = None

    def ask(self) -> Answer | None:
        """Return what the tables say, or None if they say nothing in time."""
        end = time.monotonic() + PATIENCE_S
        if not self._alone.acquire(timeout=PATIENCE_S):
            return None
        asked: _Asked[Answer] = _Asked()
        try:
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="question", daemon=True)
                self._thread.start()
        except RuntimeError:  # no more threads
            self._thread = None
            self._alone.release()
            return None
        self._waiting.put(asked)
        asked.done.wait(max(end - time.monotonic(), 0.0))
        return asked.answer

    def _serve(self) -> None:
        """Answer one question after the other until nobody asks any more."""
        keep_s: float = settings.KEEP_ASKING_S
        while True:
            try:
                asked = self._waiting.get(timeout=keep_s)
            except Empty:
                if self._alone.acquire(blocking=False):  # nobody is just about to ask
                    break
                continue
            asked.answer = self._answer()
            if not keep_s:
                connection.close()
            self._alone.release()
            asked.done.set()
        connection.close()
        self._thread = None
        self._alone.release()

    def _answer(self) -> Answer | None:
        try:
            connection.close_if_unusable_or_obsolete()
            connection.close_if_health_check_failed()
            if connection.connection is None:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT set_config('statement_timeout', '1000', false)")
            return self._read()
        except DatabaseError:
            pass
        except Exception:  # whatever it was: the thread is needed for the next question
            logger.exception("question to the tables broke")
        connection.close()
        return None
