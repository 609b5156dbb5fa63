"""The back office: who gets in, and what it is called."""

from typing import Any, cast
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, ngettext_lazy
from django.views.decorators.cache import never_cache

from config.areas import by_area
from incidents import access
from incidents.access import Right
from incidents.api.addresses import address_of
from incidents.api.limits import limiter
from incidents.choices import SignInKind
from incidents.errors import TooManyTries
from incidents.models import SignIn, User
from incidents.services import sign_ins
from incidents.web import entering, own, passwords, second_factor, second_step
from tracker.web.banner import banner

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
    tried: SignIn

    def clean(self) -> dict[str, Any]:
        """Look at the password only while neither this address nor the account was tried too often.

        Raises:
            ValidationError: With code throttled, or as Django's form.
        """
        request, username = self.request, str(self.cleaned_data.get("username", ""))
        if request is None or not username or not self.cleaned_data.get("password"):
            return super().clean()
        if wait_s := limiter.wait_s("sign_in", address_of(request), known=False):
            raise self._shut(TooManyTries(wait_s=wait_s))
        try:
            self.tried = entering.attempt(request, username, SignInKind.WRONG_PASSWORD)
        except TooManyTries as shut:
            raise self._shut(shut) from shut
        return super().clean()

    def confirm_login_allowed(self, user: Any) -> None:
        """Refuse an account without such a role; with the same words as a wrong password."""
        super().confirm_login_allowed(user)
        takes_password = settings.SIGN_IN.takes_password_of(user.get_username())
        if not takes_password or Right.ENTER not in access.rights_of(user, now=timezone.now()):
            raise ValidationError(
                self.error_messages["invalid_login"],
                code="invalid_login",
                params={"username": self.username_field.verbose_name},
            )

    def _shut(self, shut: TooManyTries) -> ValidationError:
        self.wait_s = int(str(shut.fields["wait_s"]))
        return ValidationError(shut.message, code="throttled")


class PasswordPage(LoginView):
    """Name and password; who needs a second step is not signed in by them."""

    authentication_form = RoleAuthenticationForm
    template_name = "admin/incidents/login.html"

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Go on after a right password."""
        user, tried = form.get_user(), cast("RoleAuthenticationForm", form).tried
        return entering.after_password(self.request, user, tried, to=self.get_success_url())

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """Show what is wrong; whoever tries too often is told when to come again."""
        response = super().form_invalid(form)
        if wait_s := cast("RoleAuthenticationForm", form).wait_s:
            response.status_code = 429
            response["Retry-After"] = str(wait_s)
        return response


class BackOffice(admin.AdminSite):
    """The admin site of the record and the watch."""

    site_title = site_header = _("Ice Storm Tracker")
    index_title = _("Overview")
    site_url = None
    index_template = "admin/desk/overview.html"
    empty_value_display = "–"

    def has_permission(self, request: HttpRequest) -> bool:
        """Return whether the person has a role that lets in now."""
        from incidents.admin.asking import asking  # noqa: PLC0415 - that package registers with this site

        return Right.ENTER in asking(request).rights

    @method_decorator(never_cache)
    @login_not_required
    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Ask for name and password."""
        index = reverse("admin:index")
        if request.method == "GET" and self.has_permission(request):
            return HttpResponseRedirect(index)
        to = request.POST.get("next") or request.GET.get("next") or index
        context = {
            **self.each_context(request),
            "title": _("Log in"),
            "subtitle": None,
            "app_path": request.get_full_path(),
            "username": request.user.get_username(),
            "next": to,
            **(extra_context or {}),
        }
        if settings.OIDC:
            context |= {
                "provider_address": reverse("oidc_authentication_init"),
                "provider_query": urlencode({"next": to}),
            }
        return cast("HttpResponse", PasswordPage.as_view(extra_context=context)(request))

    def logout(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Sign out, and write it down."""
        if request.method == "POST" and isinstance(request.user, User):
            whence = entering.whence(request, request.user.get_username())
            sign_ins.note(SignInKind.LEFT, user=request.user, whence=whence, at=timezone.now())
        return super().logout(request, extra_context)

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Change one's own password."""
        context = {**self.each_context(request), **(extra_context or {})}
        done = reverse("admin:password_change_done")
        page = passwords.OwnPassword.as_view(
            success_url=done, extra_context=context, template_name="registration/password_change_form.html"
        )
        return page(request)

    def get_urls(self) -> list[Any]:
        """Return the pages of the site, with those of one's own."""
        mine = self.admin_view
        return [
            path("login/code/", second_step.second_step, name="second_step"),
            path("own/", mine(own.own), name="own"),
            path("own/second-factor/", second_factor.second_factor, name="second_factor"),
            path("own/second-factor/codes/", mine(own.renew_codes), name="own_codes"),
            path("own/second-factor/off/", mine(own.switch_off), name="own_second_factor_off"),
            path("own/sessions/<uuid:uuid>/end/", mine(own.end_session), name="own_session_end"),
            path("own/sessions/end/", mine(own.end_others), name="own_sessions_end"),
            path("password/<uuid:uuid>/<str:secret>/", passwords.password_link, name="password_link"),
            *super().get_urls(),
        ]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Return what every page shows: who is here as what, the fields of work, what ails the watch."""
        from incidents.admin.asking import asking  # noqa: PLC0415 - that package registers with this site

        context = super().each_context(request)
        return context | {
            "posts": asking(request).posts,
            "areas": self.areas(context["available_apps"]),
            "banner": banner(request),
        }

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
