"""Mails that came back: who is not reached by mail."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from incidents.access import Right
from incidents.admin.base import RecordAdmin, given
from incidents.admin.forms import ReasonForm
from incidents.admin.verbs import Verb
from tracker.models import Bounce
from tracker.services import bounces


@admin.register(Bounce)
class BounceAdmin(RecordAdmin):
    """Whose address does not work, since when, and what the server said."""

    rank = 2
    list_display = ["user", "at", "status", "told", "cleared_at", "cleared_by"]
    list_filter = [given("cleared_at")]
    search_fields = ["user__display_name", "user__username", "told"]
    date_hierarchy = "at"
    ordering = ["-at", "-pk"]
    themes = [
        (None, ["user", "address", "notification"]),
        (_("What the server said"), ["at", "status", "told"]),
        (_("Reachable again"), ["cleared_at", "cleared_by", "reason"]),
    ]
    verbs = [
        Verb(
            name="clear",
            label=_("The address works again"),
            call=bounces.clear,
            right=Right.OPERATE,
            form=ReasonForm,
            offered=lambda bounce: bounce.cleared_at is None,
            many=True,
        ),
    ]
