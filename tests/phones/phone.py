"""A phone as a third party would build it: it knows the public API and nothing else of the product.

What its owner tells goes into an outbox and stays there until the server has answered for good; what the
server tells goes into a store, which is only ever changed by what the changes feed says.
"""

import gzip
import http.client
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import uuid4

HOME: Final = "/api/v1"
MOST_AT_ONCE: Final = 50
_TRIES: Final = 200
_PASSING: Final = {408, 425, 429, 500, 502, 503, 504}


class Refused(Exception):  # noqa: N818 - an answer of the server
    """An answer that will stay the same however often the phone asks."""


@dataclass
class Traffic:
    """What went over the line, and how often."""

    requests: int = 0
    dropped: int = 0
    sent_bytes: int = 0
    received_bytes: int = 0


@dataclass
class FieldPhone:
    """A phone with patchy signal.

    Attributes:
        port: Where the line is, on this machine.
        outbox: What the server has not answered for good.
        names: The phone's own number for what it told → the server's name of what it made.
        kinds: The phone's own number for something new → the last part of the address that it went to.
        answers: The phone's own number → status and body of the answer.
        store: Kind and uuid → the thing as the server last told it.
    """

    port: int
    token: str
    outbox: list[dict[str, Any]] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    answers: dict[str, tuple[int, Any]] = field(default_factory=dict)
    store: dict[tuple[str, str], Any] = field(default_factory=dict)
    cursor: str = ""
    traffic: Traffic = field(default_factory=Traffic)

    def report(self, path: str, /, **body: Any) -> str:
        """Note something new; return the phone's number for it, to be named in braces by what follows."""
        number = str(uuid4())
        told = {"path": f"{HOME}/{path}/", "id": number, "body": {"client_id": number, **body}}
        self.outbox.append(told)
        self.kinds[number] = path.rpartition("/")[2]
        return number

    def tell(self, path: str, /, **body: Any) -> str:
        """Note something that was done to a thing; return the phone's number for that."""
        number = str(uuid4())
        headers = {"If-Match": "*", "Idempotency-Key": number}
        self.outbox.append({"path": f"{HOME}/{path}/", "id": number, "headers": headers, "body": body})
        return number

    def empty_outbox(self, *, twice: Callable[[], bool] = lambda: False) -> None:
        """Send what is in the outbox, until the server has answered all of it for good.

        Args:
            twice: Whether to send a batch again although it was answered.
        """
        for _try in range(_TRIES):
            if not self.outbox:
                return
            batch = [self._named(one) for one in self.outbox[:MOST_AT_ONCE]]
            results = self.call("POST", "/batch/", {"operations": batch})["results"]
            if twice():
                again = self.call("POST", "/batch/", {"operations": batch})["results"]
                results = [new if _is_final(new) else old for old, new in zip(results, again, strict=True)]
            self._settle(results)
        raise TimeoutError(f"{len(self.outbox)} operations are never answered for good")

    def sync(self) -> None:
        """Apply what changed since the last time, to the end."""
        more = True
        while more:
            page = self.call("GET", f"/changes/?cursor={self.cursor}" if self.cursor else "/changes/")
            for change in page["results"]:
                key = (change["kind"], change["uuid"])
                if change["removed"]:
                    self.store.pop(key, None)
                else:
                    self.store[key] = change["thing"]
            self.cursor, more = page["next"], page["more"]

    def things(self, kind: str) -> list[Any]:
        """Return the things of one kind in the store."""
        return [thing for (each, _uuid), thing in self.store.items() if each == kind]

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Ask until there is an answer for good; return its body.

        Raises:
            Refused: If the answer is a refusal.
            TimeoutError: If the line or the server lets nothing through.
        """
        data = b"" if body is None else json.dumps(body).encode()
        for _try in range(_TRIES):
            try:
                status, answer = self._exchange(method, path, data)
            except (OSError, EOFError, ValueError, http.client.HTTPException):
                self.traffic.dropped += 1
                continue
            if status not in _PASSING and not (status == http.client.CONFLICT and not answer["final"]):
                break
            time.sleep(0.1)
        else:
            raise TimeoutError(path)
        if status >= http.client.BAD_REQUEST:
            raise Refused(status, path, answer)
        return answer

    def _exchange(self, method: str, path: str, data: bytes) -> tuple[int, Any]:
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Accept-Encoding": "gzip",
            "Accept-Language": "zh-hans",
            "Connection": "close",
        }
        if data:
            headers["Content-Type"] = "application/json"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        self.traffic.requests += 1
        self.traffic.sent_bytes += len(data) + 250
        try:
            connection.request(method, HOME + path, data or None, headers)
            answer = connection.getresponse()
            body = answer.read()
        finally:
            connection.close()
        self.traffic.received_bytes += len(body) + 250
        if answer.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        return answer.status, json.loads(body)

    def _named(self, one: dict[str, Any]) -> dict[str, Any]:
        """Return an operation with the server's names, where they are known by now."""
        text = json.dumps(one)
        for number, name in self.names.items():
            text = text.replace(f"{{{number}}}", name)
        named: dict[str, Any] = json.loads(text)
        return named

    def _settle(self, results: list[dict[str, Any]]) -> None:
        settled = {one["id"] for one in results if _is_final(one)}
        for one in results:
            if one["id"] in settled:
                self.answers[one["id"]] = (one["status"], one["body"])
                if one["status"] < http.client.BAD_REQUEST and "uuid" in one["body"]:
                    self.names[one["id"]] = one["body"]["uuid"]
        self.outbox = [one for one in self.outbox if one["id"] not in settled]


def _is_final(result: dict[str, Any]) -> bool:
    return result["status"] < http.client.BAD_REQUEST or bool(result["body"]["final"])
