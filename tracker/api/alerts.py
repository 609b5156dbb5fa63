"""``/api/v1/alerts/``: what breaches a rule now; read, acknowledged, snoozed and ended."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

import tracker.access  # noqa: F401 - says whose matter the watch's rows are
from incidents.access import Right
from incidents.api.feed import tell_of
from incidents.api.fields import Moment, Prose, Whole
from incidents.api.filters import Filters, Subtree, one_of, since, until
from incidents.api.outputs import Versioned
from incidents.api.resources import Resource
from incidents.api.verbs import Told, verb
from incidents.choices import DeviceScope
from incidents.journal import Actor
from tracker.choices import AlertState, Severity
from tracker.models import Alert
from tracker.services import alerts


class Acknowledgement(Told):
    """That somebody has it: ``generation`` is the climb that he was told of, from the alert as he saw it."""

    generation = Whole(min_value=1, max_value=2_000_000_000)


class Snooze(Acknowledgement):
    """That nothing can be done before a moment, at most seven days ahead."""

    until = Moment(help_text=_("Until when it rests."))
    reason = Prose(max_length=300)


class Resolution(Acknowledgement):
    """That it is over by somebody's word; what is still so is kept shut until it is gone or worse."""

    reason = Prose(max_length=300)


class AlertOut(Versioned):
    """A subject that breaches a rule; ``facts`` is what a mail says of it."""

    class Meta:
        model = Alert
        fields = [
            "uuid",
            "version",
            "organization",
            "rule_code",
            "subject_type",
            "is_exercise",
            "band",
            "severity",
            "state",
            "generation",
            "opened_at",
            "acknowledged_at",
            "acknowledged_by",
            "snoozed_until",
            "next_due_at",
            "folded_under",
            "resolved_at",
            "resolved_why",
            "resolved_by",
            "facts",
        ]


class AlertFilters(Filters):
    """Alerts by whose, how bad, state and when."""

    organization = Subtree("organization")
    severity = one_of("severity", Severity.choices)
    state = one_of("state", AlertState.choices)
    since = since("opened_at")
    until = until("opened_at")


def _acknowledge(alert: Alert, *, generation: int, by: Actor) -> Alert:
    """Say that somebody has it: mails stop for as long as the rule lets an acknowledgement hold."""
    return alerts.acknowledge(alert, at=by.now, by=by, generation=generation)


def _snooze(alert: Alert, *, generation: int, until: datetime, reason: str, by: Actor) -> Alert:
    """Say that nothing can be done before a moment: an acknowledgement with an end of one's own."""
    return alerts.snooze(alert, until=until, reason=reason, at=by.now, by=by, generation=generation)


def _resolve(alert: Alert, *, generation: int, reason: str, by: Actor) -> Alert:
    """End an alert by a person's word, whether or not its condition is gone."""
    return alerts.resolve(alert, reason=reason, at=by.now, by=by, generation=generation)


class Alerts(Resource):
    """Alerts."""

    home = "alerts"
    model = Alert
    serializer_class = AlertOut
    filterset_class = AlertFilters
    ordering = ("-opened_at", "-id")
    writes_with = DeviceScope.WORK
    related = ("organization", "acknowledged_by", "resolved_by", "folded_under")

    acknowledge: Any = verb(_acknowledge, Acknowledgement, right=Right.ACKNOWLEDGE)
    snooze: Any = verb(_snooze, Snooze, right=Right.ACKNOWLEDGE)
    resolve: Any = verb(_resolve, Resolution, right=Right.ACKNOWLEDGE)


tell_of(Alerts, stamp="changed_in")
