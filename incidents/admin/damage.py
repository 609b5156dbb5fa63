"""What is broken."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from incidents.access import Right
from incidents.admin.attachments import PhotoInline
from incidents.admin.base import RecordAdmin, among, given
from incidents.admin.fields import moment
from incidents.admin.forms import AtForm, correction_of, form_of
from incidents.admin.verbs import Verb, correcting
from incidents.models import Damage
from incidents.services import damage

_CorrectForm = correction_of(Damage, "count", "is_live_hazard", "found_at", "remark")
_IsolateForm = form_of(Damage, "isolated_by", also={"at": moment(_("When"))})


@admin.register(Damage)
class DamageAdmin(RecordAdmin):
    """What is broken, and live-wire hazards first of all."""

    rank = 5
    list_display = [
        "outage",
        "kind",
        "count",
        "place",
        "is_live_hazard",
        "found_at",
        "made_safe_at",
        "isolated_at",
        "repaired_at",
    ]
    list_filter = [
        "kind",
        "is_live_hazard",
        given("repaired_at"),
        among("outage__organization"),
    ]
    search_fields = ["outage__line__name", "outage__line__code", "place__text", "outage__place__text"]
    date_hierarchy = "received_at"
    ordering = ["-received_at", "-pk"]
    themes = [
        (None, ["outage", "kind", "count", "place", "is_live_hazard", "remark"]),
        (_("When"), ["found_at", "made_safe_at", "isolated_at", "isolated_by", "repaired_at"]),
    ]
    inlines = [PhotoInline]

    verbs = [
        Verb(
            name="make_safe",
            label=_("Live wire made safe"),
            call=damage.make_safe,
            right=Right.RECORD,
            form=AtForm,
            offered=lambda row: row.is_live_hazard and row.made_safe_at is None,
        ),
        Verb(
            name="isolate",
            label=_("Isolated"),
            call=damage.isolate,
            right=Right.RECORD,
            form=_IsolateForm,
            offered=lambda row: row.isolated_at is None,
        ),
        Verb(
            name="repair",
            label=_("Repaired"),
            call=damage.repair,
            right=Right.RECORD,
            form=AtForm,
            offered=lambda row: row.repaired_at is None,
            many=True,
        ),
        Verb(
            name="correct",
            label=_("Correct"),
            call=correcting(damage.correct),
            right=Right.OPERATE,
            form=_CorrectForm,
        ),
    ]
