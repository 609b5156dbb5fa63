"""What pages need and a phone does not: session, sign-in, messages, the person's language.

A request to the field API that carries a token passes them by; its token says who it is.
"""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.cache import patch_vary_headers

from config.middleware import is_phone
from incidents.api.addresses import address_of
from incidents.web.sessions import browser_of


class _PastPhones:
    """Lets requests with a token pass by."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer."""
        if is_phone(request):
            return self.get_response(request)  # type: ignore[attr-defined,no-any-return]
        answer: HttpResponseBase = super().__call__(request)  # type: ignore[misc]
        return answer


class Sessions(_PastPhones, SessionMiddleware):
    """Sessions, which know where their browser is."""

    def process_request(self, request: HttpRequest) -> None:
        """Find the session of the browser."""
        super().process_request(request)
        request.META["ICE_ADDRESS"] = address_of(request)
        browser_of(request).told(request)


class Languages(LocaleMiddleware):
    """The language of the request; a phone's stands in its header alone, no address has one."""

    def process_request(self, request: HttpRequest) -> None:
        """Speak the language that is asked for."""
        if not is_phone(request):
            super().process_request(request)
            return
        language = translation.get_language_from_request(request)
        translation.activate(language)
        request.LANGUAGE_CODE = language

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Say which language was spoken."""
        if not is_phone(request):
            return super().process_response(request, response)
        patch_vary_headers(response, ("Accept-Language",))
        response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)
        return response


class SignedIn(_PastPhones, AuthenticationMiddleware):
    """The person of the session."""


class Messages(_PastPhones, MessageMiddleware):
    """Messages to the person on the next page."""


class PersonLanguage:
    """Show pages in the language that the signed-in person chose; the API goes by Accept-Language."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the person's language."""
        if not request.path.startswith("/api/") and request.user.is_authenticated:
            language = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME) or request.user.language
            if language in dict(settings.LANGUAGES):
                translation.activate(language)
                request.LANGUAGE_CODE = language
        return self.get_response(request)
