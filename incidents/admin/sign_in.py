"""Signing in, as an administrator sees it: browsers, the sign-in log, second factors, and what helps."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from incidents.access import Right
from incidents.admin.asking import asking
from incidents.admin.base import RecordAdmin, RecordInline, given
from incidents.admin.forms import ReasonForm
from incidents.admin.verbs import Verb
from incidents.journal import Actor
from incidents.models import BrowserSession, SecondFactor, SignIn, User
from incidents.services import password_links, people, second_factors, sessions, sign_ins


def _end_all(user: User, *, reason: str, by: Actor) -> User:
    return sessions.end_all(user, reason=reason, by=by)


def _link(offered: tuple[User, str]) -> str:
    user, secret = offered
    address = reverse("admin:password_link", args=[user.uuid, secret])
    words = _now("Give %(user)s this link; it works once, for %(hours)d hours, and is never shown again:") % {
        "user": user,
        "hours": settings.SIGN_IN.password_link.total_seconds() // 3600,
    }
    return format_html("{} <code>{}{}</code>", words, settings.PUBLIC_URL, address)


account_verbs = [
    Verb(
        name="unlock",
        label=_("Lift the lock"),
        help_text=_("Wrong passwords and codes of this account are forgotten."),
        call=sign_ins.unlock,
        right=Right.GUARD,
        form=ReasonForm,
        offered=lambda user: user.is_active,
    ),
    Verb(
        name="reset_password",
        label=_("Link for a new password"),
        help_text=_(
            "Make sure that it is this person who asks. The present password goes on working until then."
        ),
        call=password_links.offer,
        right=Right.MANAGE,
        form=ReasonForm,
        offered=lambda user: user.is_active,
        tell=_link,
    ),
    Verb(
        name="end_sessions",
        label=_("Sign out everywhere"),
        call=_end_all,
        right=Right.GUARD,
        form=ReasonForm,
    ),
    Verb(
        name="close",
        label=_("Close the account"),
        help_text=_("The person is signed out at once and phones are refused; what was recorded stays."),
        call=people.close_account,
        right=Right.MANAGE,
        form=ReasonForm,
        offered=lambda user: user.is_active,
    ),
    Verb(
        name="reopen",
        label=_("Open the account again"),
        call=people.reopen_account,
        right=Right.MANAGE,
        form=ReasonForm,
        offered=lambda user: not user.is_active,
    ),
]


class Guarded(RecordAdmin):
    """Where somebody signs in from is shown to who may shut that person out, and to nobody else."""

    needs = frozenset({Right.GUARD})
    is_journalled = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the rows of people whom the asking person guards."""
        return asking(request).inside(super().get_queryset(request), Right.GUARD)


class SessionInline(RecordInline):
    """Browsers of a person."""

    model = BrowserSession
    columns = ["agent", "address", "by_code", "started_at", "last_seen_at", "ended_at"]
    needs = frozenset({Right.GUARD})
    ordering = ["-last_seen_at", "-pk"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the rows of people whom the asking person guards."""
        return asking(request).inside(super().get_queryset(request), Right.GUARD)


@admin.register(BrowserSession)
class BrowserSessionAdmin(Guarded):
    """Browsers that are or were signed in; they are kept for a week."""

    rank = 15
    list_display = ["user", "agent", "address", "by_code", "started_at", "last_seen_at", "ended_at"]
    list_filter = [given("ended_at"), "by_code"]
    search_fields = ["user__display_name", "user__username", "address"]
    date_hierarchy = "started_at"
    ordering = ["-last_seen_at", "-pk"]
    themes = [
        (None, ["user", "agent", "address", "by_code"]),
        (_("Validity"), ["started_at", "last_seen_at", "expires_at", "ended_at"]),
    ]

    verbs = [
        Verb(
            name="end",
            label=_("Sign out there"),
            call=sessions.end,
            right=Right.GUARD,
            form=ReasonForm,
            offered=lambda session: session.ended_at is None and session.user_id is not None,
            many=True,
        ),
    ]


@admin.register(SignIn)
class SignInAdmin(Guarded):
    """What happened at the door: who came in, who was refused, and from where."""

    rank = 16
    list_display = ["at", "user", "kind", "address", "agent", "is_known"]
    list_filter = ["kind", "is_known"]
    search_fields = ["user__display_name", "user__username", "address"]
    date_hierarchy = "at"
    ordering = ["-at", "-pk"]
    themes = [(None, ["at", "user", "kind"]), (_("From where"), ["address", "agent", "is_known"])]


@admin.register(SecondFactor)
class SecondFactorAdmin(Guarded):
    """Second factors of people; their secrets are shown to nobody."""

    rank = 17
    list_display = ["user", "offered_at", "confirmed_at", "ended_at"]
    list_filter = [given("confirmed_at"), given("ended_at")]
    search_fields = ["user__display_name", "user__username"]
    ordering = ["-offered_at", "-pk"]
    themes = [(None, ["user", "last_step"]), (_("Validity"), ["offered_at", "confirmed_at", "ended_at"])]

    verbs = [
        Verb(
            name="switch_off",
            label=_("Switch the second factor off"),
            help_text=_("For somebody whose phone is gone. Make sure that it is this person who asks."),
            call=second_factors.switch_off,
            right=Right.MANAGE,
            form=ReasonForm,
            offered=lambda factor: factor.ended_at is None,
        ),
    ]
