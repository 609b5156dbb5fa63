"""What identifies a request: its key, and a digest of what it says."""

import hashlib
import json
import re
from typing import Any, Final

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ErrorDetail, ParseError, ValidationError
from rest_framework.request import Request

from incidents.api.fields import uuid_of

KEY = "Idempotency-Key"
SHORT_BYTES: Final = 20_000
_KEY = re.compile(r"[\x21-\x7e]{1,200}")


def client_id_of(request: Request) -> str:
    """Return the phone's own number for something new.

    Raises:
        ValidationError: If there is none.
    """
    told = request.data.get("client_id") if isinstance(request.data, dict) else None
    number = uuid_of(told)
    if number is None:
        code = "required" if told is None else "invalid"
        problem = ErrorDetail(str(_("Something new needs its own UUID as client_id.")), code=code)
        raise ValidationError({"client_id": [problem]})
    return str(number)


def key_of(request: Request) -> str:
    """Return the key of an action.

    Raises:
        ParseError: If there is none, or it is not 1 to 200 visible ASCII characters.
    """
    told = request.headers.get(KEY)
    if told is None:
        raise ParseError(_("An action needs an Idempotency-Key."), code="idempotency-key-missing")
    if not _KEY.fullmatch(told):
        raise ParseError(
            _("An Idempotency-Key is 1 to 200 visible ASCII characters."), code="idempotency-key-malformed"
        )
    return told


def short_body(request: Request) -> bytes | None:
    """Return a body of plain JSON that is not long; None for one that the parser has to look at first.

    It can be read by the parser all the same.
    """
    told = request.META
    length = told.get("CONTENT_LENGTH") or ""
    is_short = length.isascii() and length.isdigit() and int(length) <= SHORT_BYTES
    is_plain = told.get("CONTENT_TYPE") == "application/json" and "HTTP_CONTENT_ENCODING" not in told
    return bytes(request.body) if is_short and is_plain else None


def digest_of(body: Any) -> str:
    """Return a SHA-256 over a body; equal exactly when it says the same, in whatever order."""
    text = json.dumps(body, sort_keys=True, cls=DjangoJSONEncoder, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
