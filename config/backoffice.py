"""The back office: who gets in, and what it is called."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, ngettext_lazy

from config.areas import by_area
from incidents import access
from incidents.access import Right
from incidents.api.addresses import address_of
from incidents.api.limits import limiter

# Django's words that its Chinese catalogue lacks; ours are looked up before its.
OF_DJANGO = (
    gettext_noop("Model name"),
    gettext_noop("Add link"),
    gettext_noop("Change or view list link"),
    gettext_noop("%(model)s instance with %(field)s %(value)r is not a valid choice."),
    ngettext_lazy(
        "This password is too short. It must contain at least %d character.",
        "This password is too short. It must contain at least %d characters.",
    ),
)


class RoleAuthenticationForm(AuthenticationForm):
    """Signing in: a role takes the place of Django's ``is_staff``; when it ends, so does this."""

    error_messages = AuthenticationForm.error_messages | AdminAuthenticationForm.error_messages
    required_css_class = "required"
    wait_s = 0

    def clean(self) -> dict[str, Any]:
        """Look at the password only while this address has not guessed too often, at this account or at all.

        What is tried from elsewhere does not count: nobody can lock a dispatcher out of a storm.

        Raises:
            ValidationError: With code throttled, or as Django's form.
        """
        username = str(self.cleaned_data.get("username", "")).casefold()
        address = address_of(self.request) if self.request else ""
        self.wait_s = limiter.wait_s("sign_in", address, known=False)
        self.wait_s = self.wait_s or limiter.wait_s("login", f"{address} {username}", known=False)
        if self.wait_s:
            told = _("Too many attempts. Try again in %(n)d seconds.") % {"n": self.wait_s}
            raise ValidationError(told, code="throttled")
        return super().clean()

    def confirm_login_allowed(self, user: Any) -> None:
        """Refuse an account without such a role; with the same words as a wrong password."""
        super().confirm_login_allowed(user)
        if Right.ENTER not in access.rights_of(user, now=timezone.now()):
            raise ValidationError(
                self.error_messages["invalid_login"],
                code="invalid_login",
                params={"username": self.username_field.verbose_name},
            )


class BackOffice(admin.AdminSite):
    """The admin site of the record and the watch."""

    site_title = site_header = _("Ice Storm Tracker")
    index_title = _("Overview")
    site_url = None
    login_form = RoleAuthenticationForm
    index_template = "admin/desk/overview.html"
    empty_value_display = "–"

    def has_permission(self, request: HttpRequest) -> bool:
        """Return whether the person has a role that lets in now."""
        from incidents.admin.asking import asking  # noqa: PLC0415 - that package registers with this site

        return Right.ENTER in asking(request).rights

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Sign in; whoever guesses too often is told so, and when to come again."""
        response = super().login(request, extra_context)
        form = (getattr(response, "context_data", None) or {}).get("form")
        if form is not None and form.wait_s:
            response.status_code = 429
            response["Retry-After"] = str(form.wait_s)
        return response

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Return what every page shows: besides Django's, who is here as what, and the fields of work."""
        from incidents.admin.asking import asking  # noqa: PLC0415 - that package registers with this site

        context = super().each_context(request)
        return context | {"posts": asking(request).posts, "areas": self.areas(context["available_apps"])}

    def areas(self, apps: list[Any]) -> list[dict[str, Any]]:
        """Return the pages that a person may open, by work instead of by table."""
        return by_area({model["object_name"]: model for app in apps for model in app["models"]})

    def index(self, request: HttpRequest, extra_context: Any = None) -> TemplateResponse:
        """Show the overview: what has to be done, in figures that lead to it."""
        from tracker.web.overview import overview  # noqa: PLC0415 - reads models

        return super().index(request, (extra_context or {}) | overview(request))

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Return the apps with their models in the order in which they are worked with."""
        apps = super().get_app_list(request, app_label)
        for app in apps:
            app["models"].sort(key=lambda model: getattr(self._registry[model["model"]], "rank", 0))
        return sorted(apps, key=lambda app: app["app_label"] != "incidents")
