"""Words that people teach the reading of briefs."""

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from incidents.access import Right
from incidents.admin.base import RecordAdmin
from incidents.admin.fields import moment, text
from incidents.admin.forms import AtReasonForm
from incidents.admin.verbs import Verb, VerbForm
from incidents.models import BriefWord
from incidents.services import brief_words


class _TeachForm(VerbForm):
    """A word, what it means, and the lines that prove it."""

    category = text(_("Category"), max_length=40)
    means = text(_("Meaning"), max_length=60)
    word = text(_("Word"), max_length=30)
    tests = forms.CharField(
        label=_("Test lines"),
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "One a line: the text, a bar, the record that follows, as: "
            "停电台区45个 | total subject=areas state=out n=45. Nothing behind the bar: no record follows."
        ),
    )
    at = moment(_("Since"))

    def arguments(self) -> dict[str, Any]:
        """Return the arguments of the service; each line is a test."""
        return super().arguments() | {"tests": self.cleaned_data["tests"].splitlines()}


@admin.register(BriefWord)
class BriefWordAdmin(RecordAdmin):
    """Words that briefs are read with, besides those of the product."""

    rank = 102
    list_display = ["word", "category", "means", "tests", "since_at", "added_by", "withdrawn_at"]
    list_filter = ["category"]
    search_fields = ["word", "means"]
    ordering = ["-since_at", "-pk"]
    themes = [
        (None, ["word", "category", "means", "tests", "since_at", "added_by"]),
        (_("End"), ["withdrawn_at", "withdraw_reason"]),
    ]
    add_verb = Verb(
        name="teach",
        label=_("Teach a word"),
        call=brief_words.teach,
        right=Right.MANAGE,
        form=_TeachForm,
        help_text=_("From then on briefs are read with it. Its test lines are run first."),
    )
    verbs = [
        Verb(
            name="withdraw",
            label=_("Withdraw"),
            call=brief_words.withdraw,
            right=Right.MANAGE,
            form=AtReasonForm,
            offered=lambda word: word.withdrawn_at is None,
        ),
    ]
