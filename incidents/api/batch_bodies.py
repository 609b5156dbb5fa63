"""The body of a batch: operations whose own bodies stay bytes, to be read by the views that they are for."""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from typing import IO, Any, Final

import msgspec
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from rest_framework.renderers import JSONRenderer

from incidents.api.parsing import MAX_BYTES, TooLarge, check_plain

MOST: Final = 200
"""Operations of one batch."""

_ID: Final = r"[A-Za-z0-9_-]{1,64}"
_NAMED = re.compile(rf"\{{({_ID})\}}")
_WHOLE = re.compile(rb'"\{([A-Za-z0-9_-]{1,64})\}"')
_SPACE = re.compile(r"[ \t\n\r]*")
_decode = json.JSONDecoder().raw_decode


class Operation(msgspec.Struct, forbid_unknown_fields=True):
    """A single call inside a batch.

    Attributes:
        path: Its address, ``/api/v1/…``; ``{id}`` stands for what an earlier operation made.
        id: What later operations call it by.
        headers: ``If-Match`` and ``Idempotency-Key``, as the call by itself would have them.
        body: Its body, not read yet; ``"{id}"`` as a whole value stands for what an earlier operation made.
        depends_on: Earlier operations without which this one is not tried.
    """

    path: str
    id: str = ""
    headers: dict[str, str] = {}
    body: bytes = b"{}"
    depends_on: list[str] = []

    def needed(self) -> set[str]:
        """Return the operations without which it makes no sense."""
        return {*self.depends_on, *_NAMED.findall(self.path)}

    def referred(self, known: Collection[str]) -> set[str]:
        """Return the operations whose results its address and body name; other words in braces are words."""
        told = {found.decode() for found in _WHOLE.findall(self.body)}
        return {*_NAMED.findall(self.path)} | (told & {*known})

    def filled(self, made: Mapping[str, str]) -> tuple[str, bytes]:
        """Return address and body with the uuids of what earlier operations made."""
        path = _NAMED.sub(lambda found: made[found[1]], self.path)
        return path, _WHOLE.sub(lambda found: _name(found, made), self.body)


def _name(found: "re.Match[bytes]", made: Mapping[str, str]) -> bytes:
    name = made.get(found[1].decode())
    return found[0] if name is None else f'"{name}"'.encode()


class BatchParser(BaseParser):
    """Reads the frame of a batch; each operation's body is read, as strictly as ever, by its own view."""

    media_type = "application/json"
    renderer_class = JSONRenderer

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """Return the operations.

        Raises:
            TooLarge: If the body is longer than 1 MB; the rest is not read.
            UnsupportedMediaType: If it is declared to be anything but plain UTF-8.
            ParseError: If it is no frame of a batch.
        """
        check_plain(media_type or "", (parser_context or {})["request"].headers)
        body = stream.read(MAX_BYTES + 1)
        if len(body) > MAX_BYTES:
            raise TooLarge
        try:
            return _operations(_Frame(body.decode("utf-8")))
        except (json.JSONDecodeError, msgspec.ValidationError, UnicodeDecodeError, RecursionError) as error:
            told = _("Not a batch: %(problem)s.") % {"problem": str(error)[:200]}
            raise ParseError(told, code="malformed-batch") from error


def checked(operations: list[Operation]) -> list[Operation]:
    """Return the operations if there are some, and not too many.

    Raises:
        ParseError: With code empty, too-many or operation-id-malformed.
    """
    if not operations:
        raise ParseError(_("There is no operation in the batch."), code="empty")
    if len(operations) > MOST:
        raise ParseError(_("More than %(limit)d operations.") % {"limit": MOST}, code="too-many")
    for one in operations:
        if one.id and not re.fullmatch(_ID, one.id):
            told = _("The id of an operation is 1 to 64 letters, digits, hyphens and underscores.")
            raise ParseError(told, code="operation-id-malformed")
    return operations


def _operations(frame: "_Frame") -> list[Operation]:
    found: list[Operation] = []
    for name in frame.members():
        if name != "operations":
            raise frame.wrong(f"unknown field {name}")
        found = [_operation(frame) for _item in frame.items()]
    frame.end()
    return found


def _operation(frame: "_Frame") -> Operation:
    said: dict[str, Any] = {}
    for name in frame.members():
        said[name] = frame.raw() if name == "body" else frame.value()
    return msgspec.convert(said, Operation)


class _Frame:
    """A JSON text that is walked through, so that parts of it can be left as they are."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def members(self) -> Iterator[str]:
        """Yield the name of each member of an object; whoever asks takes its value before the next."""
        self._expect("{")
        seen: set[str] = set()
        while not (not seen and self._takes("}")):
            name = self.value()
            if not isinstance(name, str) or name in seen:
                raise self.wrong("a name that is none, or stands twice")
            seen.add(name)
            self._expect(":")
            yield name
            if self._takes("}"):
                return
            self._expect(",")

    def items(self) -> Iterator[None]:
        """Yield once an item of a list; whoever asks takes it before the next."""
        self._expect("[")
        if self._takes("]"):
            return
        while True:
            yield
            if self._takes("]"):
                return
            self._expect(",")

    def value(self) -> Any:
        """Return the next value."""
        found, self.at = _decode(self.text, self._skip())
        return found

    def raw(self) -> bytes:
        """Return the next value as it is written."""
        begin = self._skip()
        self.value()
        return self.text[begin : self.at].encode()

    def end(self) -> None:
        """Refuse a text that goes on."""
        if self._skip() < len(self.text):
            raise self.wrong("something behind the end")

    def wrong(self, told: str) -> json.JSONDecodeError:
        """Return the refusal of what stands here."""
        return json.JSONDecodeError(told, self.text, self.at)

    def _skip(self) -> int:
        found = _SPACE.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return self.at

    def _takes(self, sign: str) -> bool:
        if self.text[self._skip() : self.at + 1] != sign:
            return False
        self.at += 1
        return True

    def _expect(self, sign: str) -> None:
        if not self._takes(sign):
            raise self.wrong(f"expected {sign}")
