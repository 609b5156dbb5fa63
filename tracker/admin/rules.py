"""Rules and their ladders."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from incidents.access import Right
from incidents.admin.base import RecordAdmin, RecordInline, among, given
from incidents.admin.fields import moment, of
from incidents.admin.forms import form_of, manages
from incidents.admin.verbs import Verb
from incidents.journal import Actor
from incidents.models import Organization
from tracker.models import Rule, RuleLevel
from tracker.services import rules

_PublishForm = form_of(
    Rule,
    "organization",
    "enabled",
    "ack_min",
    "source",
    also={"rule": of(RuleLevel, "rule", label=_("Begin from")), "at": moment(_("From"))},
    tied=["organization"],
    rights=manages("organization"),
)


def _publish(*, by: Actor, at: datetime, rule: Rule, organization: Organization | None, **said: Any) -> Rule:
    wanted = replace(rules.said_by(rule), **said)
    return rules.publish(wanted, organization=organization, at=at, by=by)


class LevelInline(RecordInline):
    """The ladder of a rule."""

    model = RuleLevel
    columns = [
        "band",
        "position",
        "after_min",
        "roles",
        "channel",
        "repeat_min",
        "max_repeats",
        "regardless_of_duty",
    ]
    ordering = ["band", "position", "pk"]


@admin.register(Rule)
class RuleAdmin(RecordAdmin):
    """Versions of rules; a version never changes."""

    rank = 5
    list_display = [
        "code",
        "name",
        "version",
        "organization",
        "enabled",
        "ack_min",
        "origin",
        "since_at",
        "replaced_at",
    ]
    list_filter = ["code", "enabled", "origin", given("replaced_at"), among("organization")]
    search_fields = ["code", "name", "source"]
    date_hierarchy = "since_at"
    ordering = ["code", "-version", "pk"]
    themes = [
        (None, ["code", "name", "version", "organization", "enabled", "origin", "made_by"]),
        (_("Condition"), ["subject_type", "params", "severities", "stop_condition", "source"]),
        (_("Acknowledgement"), ["ack_min"]),
        (_("Validity"), ["since_at", "replaced_at"]),
    ]
    inlines = [LevelInline]
    add_verb = Verb(
        name="publish",
        label=_("Set for an organisation"),
        call=_publish,
        right=Right.MANAGE,
        form=_PublishForm,
        help_text=_("A new version begins from the chosen one; alerts that are open keep theirs."),
    )


@admin.register(RuleLevel)
class RuleLevelAdmin(RecordAdmin):
    """Rungs of the ladders."""

    rank = 6
    is_journalled = False
    list_display = ["rule", "band", "position", "after_min", "roles", "channel", "repeat_min", "max_repeats"]
    list_filter = ["band", "channel"]
    search_fields = ["rule__code", "rule__name"]
    ordering = ["rule__code", "-rule__version", "band", "position", "pk"]
    themes = [
        (None, ["rule", "band", "position", "after_min", "roles", "channel", "regardless_of_duty"]),
        (_("Repeats"), ["repeat_min", "max_repeats"]),
    ]
