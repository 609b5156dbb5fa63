"""Setting a second factor up: a picture for the app, a code from it, ten recovery codes."""

import segno
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from incidents.errors import WrongCode
from incidents.models import SecondFactor, User
from incidents.services import second_factors
from incidents.web import entering
from incidents.web.second_step import CodeForm, answer
from incidents.web.sessions import browser_of


@never_cache
@login_not_required
def second_factor(request: HttpRequest) -> HttpResponse:
    """Set a second factor up, for oneself: signed in, or at the door where one's role asks for it."""
    owed = entering.owed(request)
    user = owed.user if owed else _signed_in(request)
    if user is None:
        return HttpResponseRedirect(reverse("admin:login"))
    if second_factors.of(user) is not None:
        return HttpResponseRedirect(reverse("admin:second_step" if owed else "admin:own"))
    by = entering.actor(request, user)
    if request.method != "POST":
        return _page(request, second_factors.offered_to(user))
    if "code" not in request.POST:
        return _page(request, second_factors.offer(user, by=by))
    form = CodeForm(request.POST)
    if form.is_valid():
        try:
            codes = second_factors.confirm(
                user, code=form.cleaned_data["code"], by=by, spared=browser_of(request).digest
            )
        except WrongCode as wrong:
            form.add_error("code", wrong.message)
        else:
            return _done(request, user, codes, to=owed.to if owed else reverse("admin:own"))
    return _page(request, second_factors.offered_to(user), form)


def _signed_in(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) and admin.site.has_permission(request) else None


def _page(request: HttpRequest, row: SecondFactor | None, form: CodeForm | None = None) -> HttpResponse:
    told: dict[str, object] = {"title": _("Set up a second factor")}
    if row is not None:
        told |= {"picture": _picture(row), "typed": second_factors.typed_key(row)}
        form = form or CodeForm()
    return answer(request, "second_factor.html", form=form, **told)


def _picture(row: SecondFactor) -> SafeString:
    """Return the code for the camera; no style or script, as the pages' policy wants it."""
    held = second_factors.address_of(row, issuer=f"{admin.site.site_header} {settings.MAIL_DOMAIN}")
    drawn = segno.make(held, error="m", micro=False).svg_inline(scale=4, border=4, light="#fff")
    return mark_safe(drawn)  # noqa: S308 - drawn from numbers: no sign of the text is in it


def _done(request: HttpRequest, user: User, codes: list[str], *, to: str) -> HttpResponse:
    """Show the recovery codes, once; whoever stood at the door is in now."""
    entering.begin(request, user, by_code=True)
    told = {"codes": codes, "to": to, "title": _("Recovery codes")}
    return entering.remembered(request, user, answer(request, "recovery_codes.html", **told))
