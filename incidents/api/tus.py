"""The tus protocol, version 1.0.0 (tus.io): what its headers say. Core, creation, checksum, termination."""

import base64
import binascii
import hashlib
import hmac
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.http import UnreadablePostError
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException, ParseError, UnsupportedMediaType
from rest_framework.request import Request

from incidents.errors import PhotoTooLarge, PieceDamaged
from incidents.rules.photos import MAX_BYTES

VERSION: Final = "1.0.0"
ALGORITHMS: Final = {"sha1": hashlib.sha1, "sha256": hashlib.sha256}  # the protocol asks for SHA-1 at least
MAX_CHECKED_BYTES: Final = 1_000_000
"""Largest piece with a checksum: it is held in memory until it is known to be whole."""

OPTIONS: Final = {
    "Tus-Version": VERSION,
    "Tus-Extension": "creation,checksum,termination",
    "Tus-Max-Size": str(MAX_BYTES),
    "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
}
_BODY: Final = "application/offset+octet-stream"
_READ_BYTES: Final = 8 * 1024
_KEEP_BYTES: Final = 256 * 1024
_KEEP_S: Final = 1.0
_NUMBER: Final = re.compile(r"[0-9]{1,15}")
_KEY: Final = re.compile(r"[\x21-\x2b\x2d-\x7e]{1,60}")
_LONGEST_METADATA: Final = 4000
_DECIDED: Final = {"false": False, "true": True}


class OtherVersion(APIException):
    """A version of the protocol that is not spoken here."""

    status_code = 412
    default_code = "tus-version"
    default_detail = _("Only Tus-Resumable: 1.0.0 is spoken here.")


class LengthRequired(APIException):
    """A piece that does not say how long it is."""

    status_code = 411
    default_code = "length-required"
    default_detail = _("A piece says its Content-Length.")


def speaks(request: Request) -> bool:
    """Return whether a request is one of the protocol."""
    return "Tus-Resumable" in request.headers


def creates(request: Request) -> bool:
    """Return whether a request says in its headers what others say in a body."""
    return request.method == "POST" and "Upload-Length" in request.headers


def check_version(request: Request) -> None:
    """Refuse another version than ours.

    Raises:
        OtherVersion: If it is another one, or none is named.
    """
    if request.headers.get("Tus-Resumable") != VERSION:
        raise OtherVersion


class CreationRequest(Request):
    """A request whose body may stand in its headers, as tus clients create an upload."""

    @property
    def data(self) -> Any:
        """What is said: ``Upload-Length`` and ``Upload-Metadata`` of a creation, else the body."""
        if not creates(self):
            return super().data
        if not hasattr(self, "_created"):
            check_version(self)
            told = self.headers.get("Upload-Metadata", "")
            self._created = _metadata(told) | {
                "size": _number(self, "Upload-Length"),
                "upload_metadata": told,
            }
        return self._created


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A piece of an upload as its headers announce it.

    Attributes:
        offset: Place of its first byte in the file.
        length: Bytes of it.
        checksum: Algorithm and digest; None where none is told.
    """

    offset: int
    length: int
    checksum: tuple[str, bytes] | None

    @classmethod
    def of(cls, request: Request) -> "Piece":
        """Return what a PATCH announces.

        Raises:
            OtherVersion, UnsupportedMediaType, LengthRequired, ParseError: If it is none of the protocol.
            PhotoTooLarge: If it has a checksum and is larger than what is held in memory for one.
        """
        check_version(request)
        if (request.content_type or "").partition(";")[0].strip().lower() != _BODY:
            raise UnsupportedMediaType(request.content_type or "")
        if not _NUMBER.fullmatch(request.headers.get("Content-Length") or ""):
            raise LengthRequired
        length = int(request.headers["Content-Length"])
        checksum = _checksum(request.headers.get("Upload-Checksum"))
        if checksum is not None and length > MAX_CHECKED_BYTES:
            raise PhotoTooLarge(size=length, allowed=MAX_CHECKED_BYTES)
        return cls(offset=_number(request, "Upload-Offset"), length=length, checksum=checksum)

    def parts(self, request: Request) -> Iterator[bytes]:
        """Yield the bytes as they are to be kept.

        With a checksum all at once or nothing; without one whenever a quarter of a mebibyte or a second has
        passed, and what there is when the connection breaks.

        Raises:
            PieceDamaged: If the bytes are not what the checksum says.
        """
        if self.checksum is None:
            yield from _as_they_come(request, self.length)
            return
        data = b"".join(_as_they_come(request, self.length))
        algorithm, digest = self.checksum
        if len(data) < self.length or not hmac.compare_digest(ALGORITHMS[algorithm](data).digest(), digest):
            raise PieceDamaged
        yield data


def _as_they_come(request: Request, length: int) -> Iterator[bytes]:
    held, since, missing = bytearray(), time.monotonic(), length
    while missing:
        try:
            read = request.read(min(_READ_BYTES, missing))
        except UnreadablePostError:  # the connection broke; what came before is worth keeping
            read = b""
        if not read:
            break
        held += read
        missing -= len(read)
        if len(held) >= _KEEP_BYTES or time.monotonic() - since >= _KEEP_S:
            yield bytes(held)
            held, since = bytearray(), time.monotonic()
    if held:
        yield bytes(held)


def _number(request: Request, name: str) -> int:
    told = request.headers.get(name, "")
    if not _NUMBER.fullmatch(told):
        raise ParseError(_("%(name)s is a whole number of bytes.") % {"name": name}, code="header-malformed")
    return int(told)


def _checksum(told: str | None) -> tuple[str, bytes] | None:
    if told is None:
        return None
    algorithm, _space, digest = told.strip().partition(" ")
    try:
        known = base64.b64decode(digest, validate=True)
    except binascii.Error:
        known = b""
    if algorithm not in ALGORITHMS or len(known) != ALGORITHMS[algorithm]().digest_size:
        raise ParseError(
            _("Upload-Checksum is sha1 or sha256, a space and the digest in Base64."), code="header-malformed"
        )
    return algorithm, known


def _metadata(told: str) -> dict[str, Any]:
    """Return what ``Upload-Metadata`` says; ``filename`` is what most clients call the name of a file.

    Raises:
        ParseError: If it is not a list of keys with texts in Base64.
    """
    problem = ParseError(
        _("Upload-Metadata is a list of keys with values in Base64."), code="header-malformed"
    )
    if len(told) > _LONGEST_METADATA:
        raise problem
    found: dict[str, Any] = {}
    for pair in filter(None, (part.strip() for part in told.split(","))):
        key, _space, value = pair.partition(" ")
        name = "name" if key == "filename" else key
        if not _KEY.fullmatch(key) or name in found:
            raise problem
        try:
            found[name] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError) as error:
            raise problem from error
    found.pop("filetype", None)  # what it is its bytes say
    if found.get("keeps_position") in _DECIDED:
        found["keeps_position"] = _DECIDED[found["keeps_position"]]
    return found
