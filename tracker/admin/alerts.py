"""Alerts and what happened to them."""

from django.contrib import admin
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from incidents.access import Right
from incidents.admin.base import RecordAdmin, RecordInline, among
from incidents.admin.fields import moment, reason
from incidents.admin.forms import AtReasonForm
from incidents.admin.subjects import subject_link
from incidents.admin.verbs import Verb, VerbForm
from tracker.choices import AlertState
from tracker.mail.headlines import as_written
from tracker.models import Alert, AlertEvent, Notification
from tracker.services import alerts


class AcknowledgeForm(VerbForm):
    """When somebody took it."""

    at = moment(_("Acknowledged at"))


class SnoozeForm(VerbForm):
    """Until when nothing can be done, and why."""

    at = moment(_("When"))
    until = moment(_("Quiet until"), now=False)
    reason = reason()


def _is_open(alert: Alert) -> bool:
    return alert.state != AlertState.RESOLVED


class EventInline(RecordInline):
    """What happened to an alert, in order."""

    model = AlertEvent
    columns = ["at", "kind", "generation", "step", "detail"]


class NotificationInline(RecordInline):
    """Who was, is being or is to be told."""

    model = Notification
    columns = [
        "recipient",
        "level",
        "repeat",
        "state",
        "held_until",
        "held_by",
        "due_at",
        "accepted_at",
        "attempts",
    ]


@admin.register(Alert)
class AlertAdmin(RecordAdmin):
    """What breaches a rule now, and how far its ladder was climbed."""

    rank = 1
    list_display = [
        "rule_code",
        "what",
        "band_named",
        "severity",
        "state",
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
        (None, ["rule", "told", "state", "severity", "subject", "organization", "is_exercise"]),
        (_("Climb"), ["generation", "climb_at", "next_step", "next_due_at", "folded_under", "explains"]),
        (
            _("Life"),
            [
                "opened_at",
                "acknowledged_at",
                "acknowledged_by",
                "snoozed_until",
                "gone_at",
                "resolved_at",
                "resolved_why",
                "resolved_by",
                "is_shut",
            ],
        ),
        (_("As stored"), ["rule_code", "band", "band_rank", "subject_type", "subject_id", "facts"]),
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
        Verb(
            name="snooze",
            label=_("Snooze"),
            call=alerts.snooze,
            right=Right.ACKNOWLEDGE,
            form=SnoozeForm,
            offered=_is_open,
            many=True,
            help_text=_("Mails stop until then, at most for seven days; a worse band ends it at once."),
        ),
        Verb(
            name="resolve",
            label=_("End the alert"),
            call=alerts.resolve,
            right=Right.ACKNOWLEDGE,
            form=AtReasonForm,
            offered=_is_open,
            many=True,
            help_text=_("It stays ended until the condition has gone once, or is worse than now."),
        ),
    ]

    @admin.display(description=_("What"))
    def what(self, alert: Alert) -> str:
        """Return what the alert is about."""
        return alert.what

    @admin.display(description=_("band"), ordering="band_rank")
    def band_named(self, alert: Alert) -> str:
        """Return the band in words."""
        return alert.band_named

    @admin.display(description=_("As the mail says"))
    def told(self, alert: Alert) -> str:
        """Return the words of the mail as they would be written now, in the reader's language."""
        language = "en" if get_language() == "en" else "zh-hans"
        letter = as_written(alert, language=language, now=timezone.now())
        if letter is None:
            return alert.what
        lines = letter.text.splitlines()
        return format_html_join("", "{}<br>", ((line,) for line in lines[:-2]))  # what is asked is the button

    @admin.display(description=_("Alerts explained by it"))
    def explains(self, alert: Alert) -> int:
        """Return how many open alerts are folded under this one."""
        return alert.folded.exclude(state=AlertState.RESOLVED).count()

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
