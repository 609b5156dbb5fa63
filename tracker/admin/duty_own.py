"""What a person sets about his own duty: mails that he wishes, and addresses for his phone's calendar."""

from django import forms
from django.conf import settings
from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from incidents.access import Right
from incidents.admin.base import RecordAdmin, given
from incidents.admin.fields import moment
from incidents.admin.verbs import Verb, VerbForm
from tracker.models import CalendarFeed, DutyWish
from tracker.services import calendars


class WishForm(VerbForm):
    """Which mails a person wishes about his own duty."""

    shift_mails = forms.BooleanField(label=_("Mail before my shifts"), required=False)
    off_duty_mails = forms.BooleanField(
        label=_("Urgent mails off duty"),
        required=False,
        help_text=_("Notices of levels that say “off duty too”; without this nothing comes off duty."),
    )
    at = moment(_("When"))


def _address(made: tuple[CalendarFeed, str]) -> str:
    words = _("Enter this address in the calendar of your phone now; it is never shown again:")
    address = settings.PUBLIC_URL + reverse("calendar", args=[made[1]])
    return format_html("{} <code>{}</code>", words, address)


@admin.register(DutyWish)
class DutyWishAdmin(RecordAdmin):
    """What one wishes to be mailed about one's own duty."""

    rank = 4
    list_display = ["user", "shift_mails", "off_duty_mails"]
    search_fields = ["user__display_name"]
    themes = [(None, ["user", "shift_mails", "off_duty_mails"])]
    add_verb = Verb(
        name="wish", label=_("Say my wishes"), call=calendars.wish, right=Right.SEE, form=WishForm
    )


@admin.register(CalendarFeed)
class CalendarFeedAdmin(RecordAdmin):
    """Secret addresses of one's own shifts for a phone's calendar."""

    rank = 4
    list_display = ["user", "made_at", "revoked_at"]
    list_filter = [given("revoked_at")]
    search_fields = ["user__display_name"]
    ordering = ["-made_at", "-pk"]
    themes = [(None, ["user", "made_at", "revoked_at"])]
    add_verb = Verb(
        name="make_feed",
        label=_("Make an address for my calendar"),
        call=calendars.make_feed,
        right=Right.SEE,
        tell=_address,
    )
    verbs = [
        Verb(
            name="revoke_feed",
            label=_("Revoke the address"),
            call=calendars.revoke_feed,
            right=Right.SEE,
            offered=lambda feed: feed.revoked_at is None,
        ),
    ]
