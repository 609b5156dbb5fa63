"""What of the API grows old: announced in headers and in the description, and gone at its sunset.

The one place where it is said. An operation past its sunset answers 410; a field stays in the answers until
the version ends, for inside a version there are only additions.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils import timezone
from django.utils.http import http_date
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

GUIDE: Final = "/api/v1/docs/"


@dataclass(frozen=True, kw_only=True)
class Ageing:
    """An announcement.

    Attributes:
        since_at: From when on it should not be used (RFC 9745).
        sunset_at: From when on it is gone (RFC 8594); None while nobody has decided.
        replacement: What to use: an address, or a field's name.
    """

    since_at: datetime
    sunset_at: datetime | None = None
    replacement: str = ""

    def headers(self) -> dict[str, str]:
        """Return what every answer says of it."""
        links = [f'<{GUIDE}>; rel="deprecation"; type="text/html"']
        if self.replacement.startswith("/"):
            links.append(f'<{self.replacement}>; rel="successor-version"')
        told = {"Deprecation": f"@{int(self.since_at.timestamp())}", "Link": ", ".join(links)}
        if self.sunset_at is not None:
            told["Sunset"] = http_date(self.sunset_at.timestamp())
        return told

    def sentence(self) -> str:
        """Return what the description says of it."""
        parts = [f"Deprecated since {self.since_at.date()}."]
        if self.sunset_at is not None:
            parts.append(f"Gone from {self.sunset_at.date()} on.")
        if self.replacement:
            parts.append(f"Use `{self.replacement}`.")
        return " ".join(parts)


# ``<resource>.<action>``, as ``outages.confirm``: an operation. What is no resource goes by its class and
# method: ``changes.get``, ``enrol.post``.
OPERATIONS: dict[str, Ageing] = {}
# ``<component>.<property>`` of the description, as ``Outage.remark``: a field.
FIELDS: dict[str, Ageing] = {}
# ``v1``: everything below ``/api/v1/``.
VERSIONS: dict[str, Ageing] = {}


class Gone(APIException):
    """An operation that is no more."""

    status_code = 410
    default_code = "gone"
    default_detail = _("This was announced to end and has ended; the description names what to use.")


def of_operation(view: Any) -> Ageing | None:
    """Return what is announced of the operation that a view is about to do."""
    home = getattr(view, "home", type(view).__name__.lower())
    action = getattr(view, "action", None) or ("get" if hasattr(view, "get") else "post")
    return OPERATIONS.get(f"{home}.{action}") or VERSIONS.get("v1")


class MayEnd(APIView):
    """A view whose operations can be announced to end."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Let in who may, unless the operation has ended.

        Raises:
            Gone: From its sunset on.
        """
        super().initial(request, *args, **kwargs)
        told = of_operation(self)
        if told is not None and told.sunset_at is not None and told.sunset_at <= timezone.now():
            raise Gone

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Response:
        """Add what is announced to every answer, refusals included."""
        answer = super().finalize_response(request, response, *args, **kwargs)
        told = of_operation(self)
        headers: Mapping[str, str] = told.headers() if told is not None else {}
        for name, value in headers.items():
            answer[name] = value
        return answer
