"""The page after the password: a code of the authenticator app, or a recovery code."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from incidents.choices import SignInKind
from incidents.errors import TooManyTries, WrongCode
from incidents.models import User
from incidents.services import second_factors, sign_ins
from incidents.web import entering


class CodeForm(forms.Form):
    """A code, as people type it: with blanks, hyphens, full-width digits.

    Attributes:
        wait_s: After how many seconds it may be tried again; 0 while it may be now.
    """

    required_css_class = "required"
    wait_s = 0

    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "text", "autofocus": True, "size": 20}
        ),
    )

    def proves(self, request: HttpRequest, user: User, use: Callable[..., Any], *, kind: SignInKind) -> Any:
        """Return what a service answers to the code; None where it is wrong, and the form says what is.

        Args:
            request: The request that brought it.
            user: Whose code it has to be.
            use: Service: ``use(user, code=…, by=…)``; raises WrongCode.
            kind: What the sign-in log says of the attempt if the code is right.
        """
        if not self.is_valid():
            return None
        try:
            tried = entering.attempt(request, user.get_username(), SignInKind.WRONG_CODE)
            answer = use(user, code=self.cleaned_data["code"], by=entering.actor(request, user))
        except TooManyTries as shut:
            self.wait_s = int(str(shut.fields["wait_s"]))
            self.add_error(None, shut.message)
            return None
        except WrongCode as wrong:
            self.add_error("code", wrong.message)
            return None
        sign_ins.accept(tried, kind=kind, user=user)
        return answer


def answer(request: HttpRequest, template: str, **told: Any) -> HttpResponse:
    """Return a page of the back office; 429 and when to come again where its form was sent too often."""
    context = {**admin.site.each_context(request), **told}
    response = TemplateResponse(request, f"admin/incidents/{template}", context)
    form = told.get("form")
    if isinstance(form, CodeForm) and form.wait_s:
        response.status_code = 429
        response["Retry-After"] = str(form.wait_s)
    return response


@never_cache
@login_not_required
def second_step(request: HttpRequest) -> HttpResponse:
    """Ask for a code and sign in; without a password before it there is nothing here."""
    owed = entering.owed(request)
    if owed is None:
        return HttpResponseRedirect(reverse("admin:login"))
    if second_factors.of(owed.user) is None:
        return HttpResponseRedirect(reverse("admin:second_factor"))
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.proves(
        request, owed.user, second_factors.check, kind=SignInKind.ENTERED
    ):
        entering.begin(request, owed.user, by_code=True)
        return entering.remembered(request, owed.user, HttpResponseRedirect(owed.to))
    return answer(request, "second_step.html", form=form, title=_("Second step"))
