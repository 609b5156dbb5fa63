"""Outages, from the first report to normal switching mode."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from incidents.admin import outage_verbs, timelines
from incidents.admin.asking import asking
from incidents.admin.attachments import PhotoInline
from incidents.admin.base import RecordAdmin, RecordInline, among
from incidents.admin.brief_shown import ToldInBriefs
from incidents.admin.held_facts import HeldFactInline
from incidents.admin.sketch import sketch_of
from incidents.models import Assignment, Damage, Estimate, IceReading, Outage, RestorationStep


class StepInline(RecordInline):
    """Steps of restoration."""

    model = RestorationStep
    columns = ["seq", "at", "method", "customers", "mv_users", "is_final", "recorded_by", "remark"]
    ordering = ["seq", "pk"]


class DamageInline(RecordInline):
    """What is broken."""

    model = Damage
    columns = ["kind", "count", "place", "is_live_hazard", "found_at", "isolated_at", "repaired_at"]


class EstimateInline(RecordInline):
    """Estimates of restoration, newest first."""

    model = Estimate
    columns = ["published_at", "kind", "value_at", "published_by", "reason"]
    ordering = ["-published_at", "-pk"]


class AssignmentInline(RecordInline):
    """Crews that are or were sent."""

    model = Assignment
    columns = ["crew", "task", "status", "assigned_at", "on_site_at", "ended_at"]
    ordering = ["-assigned_at", "-pk"]


class ReadingInline(RecordInline):
    """Ice seen at the outage."""

    model = IceReading
    columns = ["observed_at", "thickness_mm", "kind", "ice_type", "standard_mm", "grade"]


class ExplainedInline(RecordInline):
    """Outages that this one explains."""

    model = Outage
    fk_name = "parent"
    columns = ["line", "place", "status", "customers_affected", "restored_at"]
    verbose_name_plural = _("outages explained by this one")


@admin.register(Outage)
class OutageAdmin(ToldInBriefs, RecordAdmin):
    """Outages; every change is a verb."""

    rank = 2
    list_display = [
        "line",
        "place",
        "voltage_kv",
        "status",
        "kind",
        "cause_code",
        "customers_affected",
        "occurred_at",
        "restored_at",
        "organization",
    ]
    list_filter = [
        "status",
        "kind",
        "voltage_kv",
        "cause_code",
        "entry_mode",
        among("organization"),
        among("storm"),
    ]
    search_fields = [
        "line__name",
        "line__code",
        "place__text",
        "place__division__name",
        "section__code",
        "organization__name",
    ]
    date_hierarchy = "reported_at"
    ordering = ["-reported_at", "-pk"]
    themes = [
        (None, ["status", "organization", "storm", "line", "section", "place", "voltage_kv", "kind"]),
        (_("Extent"), ["customers_affected", "mv_users", "lines_tripped", "load_lost_mw"]),
        (_("Cause"), ["cause_code", "cause_confidence", "cause_text"]),
        (_("Beginning"), ["occurred_at", "reported_at", "report_channel", "confirmed_at"]),
        (_("Fault"), ["located_at", "isolated_at", "repaired_at"]),
        (_("Supply"), ["restored_at", "normal_mode_at", "not_reported"]),
        (_("End"), ["ended_at", "ended_by", "end_reason"]),
        (_("Related"), ["parent", "previous_outage", "remark", "told_in_briefs"]),
    ]
    inlines = [
        StepInline,
        HeldFactInline,
        EstimateInline,
        DamageInline,
        PhotoInline,
        AssignmentInline,
        ReadingInline,
        ExplainedInline,
    ]
    change_form_template = "admin/incidents/outage.html"
    add_verb = outage_verbs.REPORT
    verbs = outage_verbs.VERBS

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **said: Any
    ) -> HttpResponse:
        """Show an outage with where it is and what happened."""
        outage, who = said["obj"], asking(request)
        context |= {"sketch": sketch_of(outage, who), "happenings": timelines.of_outage(outage, who)}
        return super().render_change_form(request, context, *args, **said)
