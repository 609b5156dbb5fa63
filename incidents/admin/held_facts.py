"""Facts from the field that could not be applied when they came."""

from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.access import Right
from incidents.admin.base import RecordAdmin, RecordInline, among
from incidents.admin.forms import AtReasonForm
from incidents.admin.verbs import Verb
from incidents.models import HeldFact
from incidents.models.held_facts import OPEN
from incidents.services import held_facts


def _is_open(held: HeldFact) -> bool:
    return held.state in OPEN


class HeldFactInline(RecordInline):
    """What was told and could not be applied."""

    model = HeldFact
    columns = ["verb", "at", "state", "why", "stands", "reported_by", "received_at", "overdue_at"]
    ordering = ["at", "pk"]


@admin.register(HeldFact)
class HeldFactAdmin(RecordAdmin):
    """Held facts: what waits, and what contradicts the record."""

    rank = 3
    list_display = [
        "verb",
        "at",
        "state",
        "why",
        "stands",
        "outage",
        "assignment",
        "reported_by",
        "received_at",
        "clock_skew_s",
        "is_overdue",
    ]
    list_filter = ["state", "verb", among("organization")]
    search_fields = ["verb", "outage__line__name", "outage__line__code", "assignment__crew__name"]
    date_hierarchy = "received_at"
    ordering = ["-received_at", "-pk"]
    themes = [
        (None, ["verb", "at", "said", "state", "organization"]),
        (_("Told of"), ["outage", "damage", "assignment", "road_block", "deployment", "hazard"]),
        (_("Why it is held"), ["why", "told", "stands", "overdue_at"]),
        (
            _("Who and when"),
            [
                "reported_by",
                "received_at",
                "device",
                "recorded_at",
                "clock_skew_s",
                "channel",
                "request_id",
                "key",
            ],
        ),
        (_("End"), ["settled_at", "settled_by", "settled_why"]),
    ]
    verbs = [
        Verb(
            name="take",
            label=_("Take over"),
            call=held_facts.take,
            right=Right.OPERATE,
            form=AtReasonForm,
            offered=_is_open,
            help_text=_("It counts over what stands there; the journal keeps both."),
        ),
        Verb(
            name="dismiss",
            label=_("Dismiss"),
            call=held_facts.dismiss,
            right=Right.OPERATE,
            form=AtReasonForm,
            offered=_is_open,
            many=True,
            help_text=_("It stays in the record, with the reason."),
        ),
    ]

    @admin.display(description=_("Overdue"), boolean=True)
    def is_overdue(self, held: HeldFact) -> bool:
        """Return whether a fact is held longer than it should be."""
        return _is_open(held) and held.overdue_at <= timezone.now()
