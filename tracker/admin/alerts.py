"""Alerts and what happened to them."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from incidents.access import Right
from incidents.admin.base import RecordAdmin, RecordInline, among
from incidents.admin.fields import moment
from incidents.admin.subjects import subject_link
from incidents.admin.verbs import Verb, VerbForm
from tracker.choices import AlertState
from tracker.models import Alert, AlertEvent, Notification
from tracker.services import alerts


class AcknowledgeForm(VerbForm):
    """When somebody took it."""

    at = moment(_("Acknowledged at"))


class EventInline(RecordInline):
    """What happened to an alert, in order."""

    model = AlertEvent
    columns = ["at", "kind", "generation", "step", "detail"]


class NotificationInline(RecordInline):
    """Who was, is being or is to be told."""

    model = Notification
    columns = ["recipient", "level", "repeat", "state", "due_at", "accepted_at", "attempts"]


@admin.register(Alert)
class AlertAdmin(RecordAdmin):
    """What breaches a rule now, and how far its ladder was climbed."""

    rank = 1
    list_display = [
        "rule_code",
        "band",
        "severity",
        "state",
        subject_link,
        "organization",
        "opened_at",
        "next_due_at",
        "acknowledged_by",
        "is_exercise",
    ]
    list_filter = ["state", "severity", "rule_code", "is_exercise", among("organization")]
    search_fields = ["rule_code", "organization__name", "rule__name"]
    date_hierarchy = "opened_at"
    ordering = ["-opened_at", "-pk"]
    themes = [
        (None, ["rule", "rule_code", "subject", "subject_type", "subject_id", "organization", "is_exercise"]),
        (_("State"), ["state", "severity", "band", "band_rank", "facts"]),
        (_("Climb"), ["generation", "climb_at", "next_step", "next_due_at"]),
        (_("Life"), ["opened_at", "acknowledged_at", "acknowledged_by", "resolved_at", "resolved_why"]),
    ]
    inlines = [EventInline, NotificationInline]
    verbs = [
        Verb(
            name="acknowledge",
            label=_("Acknowledge"),
            call=alerts.acknowledge,
            right=Right.ACKNOWLEDGE,
            form=AcknowledgeForm,
            offered=lambda alert: alert.state == AlertState.FIRING,
            many=True,
            help_text=_("Mails stop for as long as the rule lets an acknowledgement hold."),
        ),
    ]

    @admin.display(description=_("Record"))
    def subject(self, alert: Alert) -> str:
        """Return a link to what breaches the rule."""
        return subject_link(alert)


@admin.register(AlertEvent)
class AlertEventAdmin(RecordAdmin):
    """What happened to alerts."""

    rank = 3
    is_journalled = False
    list_display = ["at", "alert", "kind", "generation", "step"]
    list_filter = ["kind"]
    search_fields = ["alert__rule_code", "alert__organization__name"]
    date_hierarchy = "at"
    ordering = ["-at", "-pk"]
    themes = [(None, ["alert", "at", "kind", "generation", "step", "detail"])]
