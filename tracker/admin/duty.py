"""Who is on duty."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from incidents.access import Right
from incidents.admin.base import RecordAdmin, among, given
from incidents.admin.fields import moment, of, reason
from incidents.admin.verbs import Verb, VerbForm
from tracker.models import DutyPost
from tracker.services import duty


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


@admin.register(DutyPost)
class DutyPostAdmin(RecordAdmin):
    """Who holds which role of the ladder, where, and when."""

    rank = 4
    list_display = ["user", "role", "organization", "since_at", "until_at"]
    list_filter = ["role", among("organization"), given("until_at")]
    search_fields = ["user__display_name", "user__username", "organization__name"]
    date_hierarchy = "since_at"
    ordering = ["-since_at", "-pk"]
    themes = [(None, ["user", "role", "organization", "since_at", "until_at"])]
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
    ]
