"""Passwords: one's own changed, or set anew by a link from an administrator."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import PasswordChangeForm, SetPasswordForm
from django.contrib.auth.views import PasswordChangeView
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from incidents.choices import SignInKind
from incidents.errors import NotFound, TooManyTries
from incidents.services import password_links, people, sign_ins
from incidents.web import entering
from incidents.web.second_step import answer
from incidents.web.sessions import browser_of


class OwnPasswordForm(PasswordChangeForm):
    """The old password and the new one; guessing the old one is counted as at the door."""

    required_css_class = "required"
    wait_s = 0

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        self.request = request
        super().__init__(*args, **kwargs)

    def clean_old_password(self) -> str:
        """Return the old password.

        Raises:
            ValidationError: If it is wrong, or was guessed at too often.
        """
        try:
            tried = entering.attempt(self.request, self.user.get_username(), SignInKind.WRONG_PASSWORD)
        except TooManyTries as shut:
            self.wait_s = int(str(shut.fields["wait_s"]))
            raise ValidationError(shut.message, code="throttled") from shut
        old = super().clean_old_password()
        sign_ins.accept(tried, kind=SignInKind.CONFIRMED, user=self.user)
        return old

    def save(self, commit: bool = True) -> Any:  # noqa: FBT001, FBT002 - Django's signature
        """Set it; all other sessions of the person end."""
        by = entering.actor(self.request, self.user)
        kept = people.set_password(
            by.user,
            password=self.cleaned_data["new_password1"],
            at=by.now,
            by=by,
            spared=browser_of(self.request).digest,
        )
        self.user.password = kept.password
        return self.user


class OwnPassword(PasswordChangeView):
    """Changing one's own password."""

    form_class = OwnPasswordForm

    def get_form_kwargs(self) -> dict[str, Any]:
        """Return what the form is made of, with the request that it acts for."""
        return super().get_form_kwargs() | {"request": self.request}

    def form_invalid(self, form: Any) -> HttpResponse:
        """Show what is wrong; 429 and when to come again where it was tried too often."""
        response = super().form_invalid(form)
        if form.wait_s:
            response.status_code = 429
            response["Retry-After"] = str(form.wait_s)
        return response


@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def password_link(request: HttpRequest, uuid: UUID, secret: str) -> HttpResponse:
    """Ask for a new password by a link; then one signs in with it as always."""
    lasting = settings.SIGN_IN.password_link
    try:
        user = password_links.owner(uuid, secret, now=timezone.now(), lasting=lasting)
        form = SetPasswordForm(user, request.POST if request.method == "POST" else None)
        if form.is_valid():
            password = form.cleaned_data["new_password1"]
            by = entering.actor(request, user)
            password_links.use(user, secret=secret, password=password, lasting=lasting, by=by)
            return HttpResponseRedirect(reverse("admin:login"))
    except NotFound:
        form = None
    response = answer(request, "password_link.html", new_password=form, title=_("New password"))
    response.status_code = 200 if form else 404
    return response
