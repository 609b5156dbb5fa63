"""``If-Match``: nobody writes over what he has not seen (RFC 9110, 13.1.1)."""

import re
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException, ParseError
from rest_framework.request import Request

_TAG = re.compile(r'(?P<weak>W/)?"(?P<version>[\x21\x23-\x7e\x80-\xff]*)"')
_ANY = "*"


class PreconditionRequired(APIException):
    """A write to something that exists, by somebody who does not say what he has seen of it."""

    status_code = 428
    default_code = "precondition-required"
    default_detail = _("Say with If-Match which version you have seen, or * for any.")


class Stale(APIException):
    """A write to something that somebody else has changed since; it carries what stands there now."""

    status_code = 412
    default_code = "stale"
    default_detail = _("Somebody changed this meanwhile. Look at it as it is now, then send it again.")

    def __init__(self, current: Any) -> None:
        super().__init__()
        self.extra = {"current": current}


class Seen:
    """The versions that a caller has seen, as ``If-Match`` names them."""

    def __init__(self, versions: frozenset[str] | None) -> None:
        self._versions = versions  # None for "*"

    @classmethod
    def by(cls, request: Request) -> "Seen":
        """Return what the caller has seen.

        Raises:
            PreconditionRequired: If he does not say.
            ParseError: If the header is not one of RFC 9110.
        """
        told = request.headers.get("If-Match")
        if told is None:
            raise PreconditionRequired
        if told.strip() == _ANY:
            return cls(None)
        found = [_TAG.fullmatch(part.strip()) for part in told.split(",")]
        tags = [tag for tag in found if tag is not None]
        if len(tags) < len(found):
            raise ParseError(_("If-Match is a list of quoted versions, or *."), code="if-match-malformed")
        # A weak tag never matches: If-Match compares strongly.
        return cls(frozenset(tag["version"] for tag in tags if not tag["weak"]))

    @classmethod
    def of_a_fact(cls, request: Request) -> "Seen":
        """Return that any version will do; what was seen has to be said all the same.

        Raises:
            PreconditionRequired, ParseError: As :meth:`by`.
        """
        cls.by(request)
        return cls(None)

    def covers(self, version: int) -> bool:
        """Return whether a version is among those."""
        return self._versions is None or str(version) in self._versions


def tag_of(version: int) -> str:
    """Return the ``ETag`` of a version."""
    return f'"{version}"'
