"""Errors outside of views: machines get a problem document, people get a page."""

from django.http import HttpRequest, HttpResponseBase
from django.views import defaults

from incidents.api import problems


def malformed(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Answer what is no request."""
    return problems.page(request, 400) if _is_api(request) else defaults.bad_request(request, exception)


def missing(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Answer for an address that does not exist."""
    return problems.page(request, 404) if _is_api(request) else defaults.page_not_found(request, exception)


def crashed(request: HttpRequest) -> HttpResponseBase:
    """Answer when something broke that nobody foresaw; the log has it."""
    return problems.page(request, 500) if _is_api(request) else defaults.server_error(request)


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")
