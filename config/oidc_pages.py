"""The way back from the company's identity provider."""

import logging

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from jwt import PyJWTError
from mozilla_django_oidc.views import OIDCAuthenticationCallbackView

from incidents import access
from incidents.access import Right
from incidents.choices import SignInKind
from incidents.models import SignIn, User
from incidents.services import sign_ins
from incidents.web import entering
from incidents.web.sessions import browser_of

logger = logging.getLogger(__name__)


class Callback(OIDCAuthenticationCallbackView):
    """Signs in whom the provider names, if a role lets that person in; else back to the page of passwords."""

    user: User | None = None

    def get(self, request: HttpRequest) -> HttpResponse:
        """Ask the provider about the code that it sent the browser back with."""
        try:
            answer: HttpResponse = super().get(request)
        except (SuspiciousOperation, OSError, PyJWTError, KeyError, ValueError) as refused:
            logger.warning("sign-in by the identity provider failed", extra={"error": type(refused).__name__})
            return self.login_failure()
        return answer

    def login_success(self) -> HttpResponse:
        """Sign in; the second factor is the provider's matter."""
        user, request = self.user, self.request
        if user is None or Right.ENTER not in access.rights_of(user, now=timezone.now()):
            return self.login_failure()
        to = self.success_url
        browser_of(request).told(request)  # the package has put another session in its place
        tried = self._note(SignInKind.SSO_ENTERED, user)
        return entering.enter(request, user, tried, to=to, kind=SignInKind.SSO_ENTERED)

    def login_failure(self) -> HttpResponse:
        """Say that it did not work, and nothing of why."""
        self._note(SignInKind.SSO_REFUSED, self.user)
        messages.error(self.request, _("The company's account does not let you in here."))
        return HttpResponseRedirect(reverse(settings.LOGIN_URL))

    def _note(self, kind: SignInKind, user: User | None) -> SignIn:
        name = user.get_username() if user else ""
        whence = entering.whence(self.request, name)
        return sign_ins.note(kind, user=user, whence=whence, at=timezone.now())
