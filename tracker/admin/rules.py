"""Rules and their ladders: thresholds and rungs in a form, with what they mean in plain words."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from incidents.access import Right
from incidents.admin.base import RecordAdmin, RecordInline, among, given
from incidents.admin.fields import moment, of
from incidents.admin.forms import form_of, manages
from incidents.admin.verbs import Verb
from incidents.journal import Actor
from incidents.models import Organization
from tracker.checks import CHECKS
from tracker.choices import Severity
from tracker.models import Rule, RuleLevel
from tracker.services import preview, rules
from tracker.services.wanted import Rung, in_words, spoken

_DELAYS = ["enabled", "for_s", "clear_s", "ack_min", "quiet", "storm_policy"]

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
_ChangeBase = form_of(
    Rule,
    *_DELAYS,
    "stop_condition",
    "source",
    also={"at": moment(_("From"))},
    starts_from_row=True,
)


class _LadderField(forms.CharField):
    """A ladder in a line of words."""

    def clean(self, value: Any) -> tuple[Rung, ...]:
        """Return the rungs."""
        try:
            return spoken(super().clean(value))
        except ValueError as error:
            raise ValidationError(
                _('Not a ladder: %(words)s. Write it as "0 D; 15 S; again 30".'), params={"words": error}
            ) from error


class _ChangeForm(_ChangeBase):  # type: ignore[valid-type, misc]
    """Everything that a version of a rule says: its thresholds, its bands, its ladders."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._said = rules.said_by(self.rows[0])
        language = _language()
        check = CHECKS.get(self._said.code)
        if check is None:  # a rule that nothing watches for any more; the verb is not offered either
            return
        for name, number in check.params.items():
            self.fields[f"param_{name}"] = forms.FloatField(
                label=preview.param_named(name, language=language),
                min_value=number.low,
                max_value=number.high,
                initial=self._said.params.get(name, number.default),
                help_text=f"{number.low:g} – {number.high:g}",
            )
        for band in check.bands:
            named = preview.band_named(band, language=language)
            self.fields[f"severity_{band}"] = forms.ChoiceField(
                label=_of(named, _("severity")),
                choices=Severity.choices,
                initial=self._said.severities[band],
            )
            self.fields[f"ladder_{band}"] = _LadderField(
                label=_of(named, _("ladder")),
                required=False,
                widget=forms.TextInput(attrs={"class": "vTextField"}),
                initial=in_words(self._said.ladders.get(band, ())),
                help_text=_(
                    "Minutes and roles; off-duty for those who wish it; via webhook or both for the gateway; "
                    "people by @sign-in-name: 0 D off-duty; 15 S via both @li; again 30 x 4"
                ),
            )

    def arguments(self) -> dict[str, Any]:
        """Return what the new version says, and from when."""
        values = super().arguments()
        check = CHECKS[self._said.code]
        wanted = replace(
            self._said,
            params={name: _plain(values[f"param_{name}"]) for name in check.params},
            severities={band: Severity(values[f"severity_{band}"]) for band in check.bands},
            ladders={band: values[f"ladder_{band}"] for band in check.bands if values[f"ladder_{band}"]},
            **{name: values[name] for name in (*_DELAYS, "stop_condition", "source")},
        )
        return {"wanted": wanted, "at": values["at"]}


def _publish(*, by: Actor, at: datetime, rule: Rule, organization: Organization | None, **said: Any) -> Rule:
    wanted = replace(rules.said_by(rule), **said)
    return rules.publish(wanted, organization=organization, at=at, by=by)


def _change(rule: Rule, *, by: Actor, **said: Any) -> Rule:
    return rules.publish(organization=rule.organization, by=by, **said)


def _told(rule: Rule) -> str:
    """Return what the new version means and what is odd about it."""
    wanted, language = rules.said_by(rule), _language()
    odd = preview.findings(wanted, organization=rule.organization, now=timezone.now(), language=language)
    return " ".join([*preview.describe(wanted, language=language), *odd])


def _plain(value: float) -> float:
    return int(value) if value.is_integer() else value


def _language() -> str:
    return "en" if get_language() == "en" else "zh-hans"


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
        (_("In words"), ["in_words", "findings"]),
        (_("Condition"), ["subject_type", "params", "severities", "stop_condition", "source"]),
        (_("Delays"), ["for_s", "clear_s", "ack_min", "quiet", "storm_policy"]),
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
    verbs = [
        Verb(
            name="change",
            label=_("Change thresholds and ladder"),
            call=_change,
            right=Right.MANAGE,
            form=_ChangeForm,
            offered=lambda rule: rule.replaced_at is None and rule.code in CHECKS,
            help_text=_(
                "A new version; alerts that are open keep theirs. What it does in words is told afterwards."
            ),
            tell=_told,
        ),
    ]

    @admin.display(description=_("What it does"))
    def in_words(self, rule: Rule) -> str:
        """Return the rule in plain words, in the reader's language."""
        if rule.code not in CHECKS:
            return rule.name
        lines = preview.describe(rules.said_by(rule), language=_language())
        return format_html_join("", "{}<br>", ((line,) for line in lines))

    @admin.display(description=_("What is odd about it"))
    def findings(self, rule: Rule) -> str:
        """Return what the lint finds; nothing where all is well."""
        if rule.code not in CHECKS:
            return ""
        lines = preview.findings(
            rules.said_by(rule), organization=rule.organization, now=timezone.now(), language=_language()
        )
        return format_html_join("", "{}<br>", ((line,) for line in lines))


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
        (
            None,
            ["rule", "band", "position", "after_min", "roles", "people", "channel", "regardless_of_duty"],
        ),
        (_("Repeats"), ["repeat_min", "max_repeats"]),
    ]


def _of(band: str, what: object) -> str:
    """Return what a field holds, and of which band."""
    return f"{band} {what}".strip()
