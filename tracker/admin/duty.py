"""Who is on duty, and for whom."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from incidents.access import Right
from incidents.admin.asking import asking
from incidents.admin.base import RecordAdmin, among, given
from incidents.admin.fields import moment, of, reason
from incidents.admin.forms import AtForm, AtReasonForm
from incidents.admin.verbs import Verb, VerbForm
from tracker.choices import SwapState
from tracker.models import DutyNeed, DutyPost, DutySwap
from tracker.selectors.rosters import week_of
from tracker.services import duty, rotations, swaps


class TakeForm(VerbForm):
    """Who takes which post, and for how long."""

    rights = {"organization": Right.OPERATE}

    user = of(DutyPost, "user")
    organization = of(DutyPost, "organization")
    role = of(DutyPost, "role")
    at = moment(_("From"))
    until = moment(_("Until"), required=False)


class LeaveForm(VerbForm):
    """When and why a post ends."""

    at = moment(_("Until"))
    reason = reason(required=False)


class OverrideForm(VerbForm):
    """Who stands in, from when to when, and why."""

    user = of(DutyPost, "user", label=_("Stands in"))
    since = moment(_("From"))
    until = moment(_("Until"), now=False)
    reason = reason()
    at = moment(_("Decided at"))


class OfferForm(VerbForm):
    """For which shift one's own is offered."""

    wanted = of(DutySwap, "wanted", label=_("For this shift"))
    at = moment(_("When"))


class NeedForm(VerbForm):
    """Which role has to be manned where."""

    rights = {"organization": Right.OPERATE}

    organization = of(DutyNeed, "organization")
    role = of(DutyNeed, "role")
    at = moment(_("From"))


@admin.register(DutyPost)
class DutyPostAdmin(RecordAdmin):
    """Who holds which role of the ladder, where, and when."""

    rank = 4
    change_list_template = "admin/tracker/dutypost/change_list.html"
    list_display = ["user", "role", "organization", "since_at", "until_at", "rotation"]
    list_filter = ["role", among("organization"), given("until_at")]
    search_fields = ["user__display_name", "user__username", "organization__name"]
    date_hierarchy = "since_at"
    ordering = ["-since_at", "-pk"]
    themes = [
        (None, ["user", "role", "organization", "since_at", "until_at"]),
        (_("Where it came from"), ["rotation", "instead_of"]),
    ]
    add_verb = Verb(name="take", label=_("Put on duty"), call=duty.take, right=Right.OPERATE, form=TakeForm)
    verbs = [
        Verb(
            name="leave",
            label=_("End the duty"),
            call=duty.leave,
            right=Right.OPERATE,
            form=LeaveForm,
            offered=lambda post: post.until_at is None,
            many=True,
        ),
        Verb(
            name="override",
            label=_("Let somebody stand in"),
            call=duty.override,
            right=Right.OPERATE,
            form=OverrideForm,
            offered=lambda post: post.until_at is None or post.until_at > post.since_at,
            many=True,
            help_text=_("Before and after that time the post stays as it is."),
        ),
        Verb(
            name="offer",
            label=_("Offer for exchange"),
            call=swaps.offer,
            right=Right.SEE,
            form=OfferForm,
            offered=lambda post: post.until_at is not None and post.until_at > post.since_at,
            help_text=_("Only one's own shift; nothing changes until the other agrees."),
        ),
    ]

    def get_urls(self) -> list[URLPattern]:
        """Return the page of a week besides the usual ones."""
        week = self.admin_site.admin_view(self.week_view)
        return [path("week/", week, name="tracker_dutypost_week"), *super().get_urls()]

    def week_view(self, request: HttpRequest) -> HttpResponse:
        """Show who is on duty in a week, by organisation and role, and where nobody is."""
        who = asking(request)
        week = week_of(who.visible(DutyPost.objects.all()), day=request.GET.get("day", ""), now=who.now)
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Roster of a week"),
            "week": week,
        }
        return TemplateResponse(request, "admin/tracker/week.html", context)


@admin.register(DutySwap)
class DutySwapAdmin(RecordAdmin):
    """Offers to exchange shifts."""

    rank = 4
    list_display = ["offered", "wanted", "state", "offered_at", "offered_by", "answered_at", "answered_by"]
    list_filter = ["state"]
    search_fields = ["offered__user__display_name", "wanted__user__display_name"]
    date_hierarchy = "offered_at"
    ordering = ["-offered_at", "-pk"]
    themes = [
        (None, ["offered", "wanted", "state"]),
        (_("Life"), ["offered_at", "offered_by", "answered_at", "answered_by"]),
    ]
    verbs = [
        Verb(
            name="agree",
            label=_("Agree"),
            call=swaps.agree,
            right=Right.SEE,
            form=AtForm,
            offered=lambda swap: swap.state == SwapState.OFFERED,
        ),
        Verb(
            name="decline",
            label=_("Decline"),
            call=swaps.decline,
            right=Right.SEE,
            form=AtForm,
            offered=lambda swap: swap.state == SwapState.OFFERED,
        ),
    ]


@admin.register(DutyNeed)
class DutyNeedAdmin(RecordAdmin):
    """Roles that have to be manned at all hours; a gap ahead is an alert."""

    rank = 4
    list_display = ["role", "organization", "since_at", "until_at"]
    list_filter = ["role", among("organization"), given("until_at")]
    search_fields = ["organization__name"]
    ordering = ["organization__name", "role", "pk"]
    themes = [(None, ["role", "organization", "since_at", "until_at"])]
    add_verb = Verb(
        name="need", label=_("Has to be manned"), call=rotations.need, right=Right.OPERATE, form=NeedForm
    )
    verbs = [
        Verb(
            name="need_no_more",
            label=_("Need not be manned"),
            call=rotations.need_no_more,
            right=Right.OPERATE,
            form=AtReasonForm,
            offered=lambda need: need.until_at is None,
        ),
    ]
