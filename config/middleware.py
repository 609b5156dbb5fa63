"""What every request gets: an id that logs, journal and error answers share, and pages that use no sensor."""

import re
from collections.abc import Callable
from contextvars import ContextVar
from uuid import uuid4

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

request_id: ContextVar[str] = ContextVar("request_id", default="")
_ACCEPTED = re.compile(r"[A-Za-z0-9_-]{8,64}")

_NO_SENSORS = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"

Handler = Callable[[HttpRequest], HttpResponse]


def is_phone(request: HttpRequest) -> bool:
    """Return whether the field API is asked with a token."""
    scheme = request.META.get("HTTP_AUTHORIZATION", "")[:7].lower()
    return scheme == "bearer " and request.path.startswith("/api/")


class RequestIdMiddleware:
    """Give each request an id: the caller's ``X-Request-ID`` if it is well-formed, else a new one."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self._static = f"/{settings.STATIC_URL.strip('/')}/"

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the id in ``X-Request-ID``; nothing personal is kept in a cache on the way."""
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        identity = given if _ACCEPTED.fullmatch(given) else uuid4().hex
        token = request_id.set(identity)
        request.META["ICE_REQUEST_ID"] = identity  # the journal of the record keeps it too
        try:
            response = self.get_response(request)
        finally:
            request_id.reset(token)
        response["X-Request-ID"] = identity
        response["Permissions-Policy"] = _NO_SENSORS
        if not request.path.startswith(self._static):
            response.setdefault("Cache-Control", "no-store")
        return response


class ContentPolicyMiddleware(CSPMiddleware):
    """The policy of the settings, put into words once; an answer that has one of its own gets that."""

    def __init__(self, get_response: Handler) -> None:
        super().__init__(get_response)
        self._usual = build_policy()

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Return the answer with its policy."""
        if not is_phone(request) or any(name.startswith("_csp") for name in vars(response)):
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, self._usual)
        return response


class CompressedAnswersMiddleware(GZipMiddleware):
    """Compress what the field API answers, where it is asked for and worth it.

    Pages are left alone: they hold CSRF tokens, and what is typed comes back beside them (BREACH). Answers of
    the API hold no secret; all the same the length of each is blurred by up to 100 random bytes. An answer
    with an ``ETag`` is one thing of a kilobyte or two: compressed, its tag would have to be a weak one, and
    ``If-Match`` takes only strong ones.
    """

    worth_it_bytes = 1024

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Return the answer, compressed or as it is."""
        if (
            not request.path.startswith("/api/")
            or response.streaming
            or response.has_header("ETag")
            or "json" not in response.get("Content-Type", "")
            or len(getattr(response, "content", b"")) < self.worth_it_bytes
        ):
            return response
        return super().process_response(request, response)
