"""A phone that posts readings all the time, and notes what became of them."""

import http.client
import json
import threading
import time
from datetime import UTC, datetime
from types import TracebackType
from typing import Self
from uuid import uuid4

from config.embedded.stack import HOST
from tests.chaos.night import Night

PAUSE_S, PATIENCE_S = 0.4, 20.0


class Phone:
    """Use as a context manager: it posts for as long as the block runs.

    Attributes:
        failed: Posts that were not answered by 201.
        slowest: The longest that it waited for an answer so far, s; the first post is none.
        posted: How many were answered.
    """

    def __init__(self, port: int, night: Night) -> None:
        self.failed = self.posted = 0
        self.slowest = 0.0
        self._port, self._night = port, night
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._go, name="phone")

    def __enter__(self) -> Self:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """End."""
        self._ended.set()
        self._thread.join(PATIENCE_S * 2)

    def _go(self) -> None:
        while not self._ended.wait(PAUSE_S):
            began = time.monotonic()
            try:
                is_taken = self._post() == http.client.CREATED
            except OSError:
                is_taken = False
            if self.posted:
                self.slowest = max(self.slowest, time.monotonic() - began)
            self.posted += is_taken
            self.failed += not is_taken

    def _post(self) -> int:
        reading = {
            "client_id": str(uuid4()),
            "section": self._night.section,
            "observed_at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "thickness_mm": 1,
            "kind": "standard",
            "method": "caliper",
        }
        head = {"Authorization": f"Bearer {self._night.token}", "Content-Type": "application/json"}
        connection = http.client.HTTPConnection(HOST, self._port, timeout=PATIENCE_S)
        try:
            connection.request("POST", "/api/v1/ice-readings/", json.dumps(reading), head)
            answer = connection.getresponse()
            answer.read()
            return answer.status
        finally:
            connection.close()
