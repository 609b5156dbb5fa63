"""The first look at a request, before any view."""

from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from config.middleware import Handler
from incidents.api import problems

_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class DoorMiddleware:
    """Turns away what no view should see.

    A machine that speaks plain http is refused, not led on: it would go on sending its token readable to all.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer 405 to methods that we do not speak, 403 to the API in the clear."""
        if request.method not in _METHODS:
            return _not_allowed(request)
        if settings.HTTPS and request.path.startswith("/api/") and not request.is_secure():
            return problems.page(request, 403)
        return self.get_response(request)


def _not_allowed(request: HttpRequest) -> HttpResponse:
    allowed = ", ".join(sorted(_METHODS))
    answer = problems.page(request, 405) if request.path.startswith("/api/") else HttpResponse(status=405)
    answer["Allow"] = allowed
    return answer
