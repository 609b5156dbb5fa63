"""Storms, and what was said of them."""

from typing import Any

from django.contrib import admin
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from incidents.access import Right
from incidents.admin.base import RecordAdmin, RecordInline, among, given
from incidents.admin.forms import AtForm, correction_of, form_of, operates
from incidents.admin.leads import leads
from incidents.admin.verbs import Verb
from incidents.journal import Actor
from incidents.models import Deployment, Outage, Storm, StormNote
from incidents.services import storms

_OpenForm = form_of(
    Storm,
    "name",
    "slug",
    "hazard",
    "started_at",
    "organizations",
    "is_exercise",
    "remark",
    tied=["organizations"],
    rights=operates("organizations"),
)
_CorrectForm = correction_of(
    Storm,
    "name",
    "hazard",
    "started_at",
    "ended_at",
    "organizations",
    "remark",
    tied=["organizations"],
    rights=operates("organizations"),
)
_NoteForm = form_of(
    StormNote, "kind", "text", "organization", tied=["organization"], rights=operates("organization")
)


def _add_note(storm: Storm, *, by: Actor, **known: Any) -> StormNote:
    return storms.add_note(storm=storm, by=by, **known)


class OutageOfStormInline(RecordInline):
    """Outages of a storm."""

    model = Outage
    columns = ["line", "place", "status", "customers_affected", "reported_at", "restored_at"]
    ordering = ["-reported_at", "-pk"]


class DeploymentOfStormInline(RecordInline):
    """Support in a storm."""

    model = Deployment
    columns = ["organization", "host_organization", "headcount", "vehicle_count", "status", "arrived_at"]


class NoteInline(RecordInline):
    """What was said of a storm."""

    model = StormNote
    columns = ["kind", "organization", "place", "text"]


@admin.register(Storm)
class StormAdmin(RecordAdmin):
    """Storm events."""

    rank = 1
    list_display = ["name", "hazard", "started_at", "ended_at", "is_exercise", "review"]
    list_filter = ["hazard", "is_exercise", given("ended_at")]
    search_fields = ["name", "slug"]
    date_hierarchy = "started_at"
    ordering = ["-started_at", "-pk"]
    themes = [
        (None, ["name", "slug", "hazard", "started_at", "ended_at", "organizations"]),
        (_("Remarks"), ["is_exercise", "remark"]),
    ]
    inlines = [OutageOfStormInline, DeploymentOfStormInline, NoteInline]

    @admin.display(description=_("Review"))
    def review(self, storm: Storm) -> str:
        """Return the links to pages that show more of the storm."""
        return format_html_join(" ", '<a href="{1}">{0}</a>', leads(storm))

    add_verb = Verb(
        name="open", label=_("Open a storm"), call=storms.open, right=Right.OPERATE, form=_OpenForm
    )
    verbs = [
        Verb(
            name="end",
            label=_("End the storm"),
            call=storms.end,
            right=Right.OPERATE,
            form=AtForm,
            offered=lambda storm: storm.ended_at is None,
            help_text=_("What is still out stays open."),
        ),
        Verb(name="add_note", label=_("Add a note"), call=_add_note, right=Right.OPERATE, form=_NoteForm),
        Verb(name="correct", label=_("Correct"), call=storms.correct, right=Right.OPERATE, form=_CorrectForm),
    ]


@admin.register(StormNote)
class StormNoteAdmin(RecordAdmin):
    """What a source says of a storm in words."""

    rank = 60
    list_display = ["storm", "kind", "organization", "place", "text", "received_at"]
    list_filter = ["kind", among("storm"), "entry_mode"]
    search_fields = ["text", "quote", "place__text"]
    date_hierarchy = "received_at"
    ordering = ["-received_at", "-pk"]
    themes = [(None, ["storm", "kind", "text", "organization", "place"])]
