"""What a phone says of itself with each request: its clock, and the version of its app; both optional."""

import re
from datetime import datetime
from typing import Final

from django.http.request import HttpHeaders
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.request import Request

from incidents.api.fields import Moment

DEVICE_TIME: Final = "Device-Time"
APP_VERSION: Final = "App-Version"
_DEVICE_TIME: Final = HttpHeaders.to_wsgi_name(DEVICE_TIME)
_APP_VERSION: Final = HttpHeaders.to_wsgi_name(APP_VERSION)
_VERSION = re.compile(r"[\x21-\x7e]{1,40}")


def clock_of(request: Request) -> datetime | None:
    """Return the moment that a phone believes it is; None where it does not say.

    Raises:
        ParseError: If it is no moment of RFC 3339 with an offset.
    """
    told: str | None = request.META.get(_DEVICE_TIME)
    if told is None:
        return None
    try:
        return Moment().to_internal_value(told)
    except ValidationError as error:
        raise ParseError(
            _("Device-Time is a moment of RFC 3339 with its offset."), code="device-time-malformed"
        ) from error


def version_of(request: Request) -> str:
    """Return the version of the app; empty where the phone does not say.

    Raises:
        ParseError: If it is not 1 to 40 visible ASCII characters.
    """
    told: str | None = request.META.get(_APP_VERSION)
    if told is None:
        return ""
    if not _VERSION.fullmatch(told):
        raise ParseError(
            _("An App-Version is 1 to 40 visible ASCII characters."), code="app-version-malformed"
        )
    return told
