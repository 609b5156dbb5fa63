"""Situation reports: what they say, whether they add up, and what people do with them."""

from base64 import b64encode
from collections.abc import Sequence

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from incidents.access import Right
from incidents.admin.base import RecordAdmin, among
from incidents.admin.fields import moment, of, text
from incidents.admin.forms import AtForm, AtReasonForm
from incidents.admin.verbs import Verb, VerbForm
from tracker.admin.notifications import MailInline
from tracker.choices import ReportKind, ReportState
from tracker.mail.briefs import Length
from tracker.mail.curves import curve_png
from tracker.mail.reports import write_report
from tracker.mail.tables import Cell, forces_table, totals_table
from tracker.models import SituationReport
from tracker.models.reports import FORMAL
from tracker.rules.report_numbers import from_json
from tracker.rules.report_sums import Flaw, flaws
from tracker.services import report_life
from tracker.services.report_mails import mail_of

_CHECKS = {
    "balance": _("Out is not restored plus still out"),
    "negative": _("More was restored than was out"),
    "rows": _("The sum differs from the rows"),
    "control": _("The sum differs from the database's own"),
    "steps": _("The steps of this outage differ from its customers"),
}


class ComposeForm(VerbForm):
    """Whose report, of which kind, about what and as of when."""

    rights = {"organization": Right.OPERATE}

    organization = of(SituationReport, "organization")
    kind = forms.ChoiceField(
        label=_("Kind"), choices=[(kind.value, kind.label) for kind in ReportKind if kind in FORMAL]
    )
    storm = of(SituationReport, "storm")
    at = moment(_("As of"))
    remark = text(_("Difficulties and needs"), required=False, max_length=1000, long=True)


class SignForm(VerbForm):
    """When, what is to be said besides, and whether it is signed although something does not add up."""

    at = moment(_("When"))
    remark = text(_("Difficulties, needs and next steps"), required=False, max_length=1000, long=True)
    despite = forms.BooleanField(
        label=_("Sign although a check fails"),
        required=False,
        help_text=_("The words above then say why."),
    )


@admin.register(SituationReport)
class SituationReportAdmin(RecordAdmin):
    """Reports with their checks and the mail as it goes out."""

    rank = 2
    list_display = [
        "kind",
        "organization",
        "as_of",
        "due_at",
        "state",
        "adds_up",
        "level",
        "signed_by",
        "sent_at",
        "is_exercise",
    ]
    list_filter = ["state", "kind", "level", "is_exercise", among("organization"), among("storm")]
    search_fields = ["organization__name", "storm__name"]
    date_hierarchy = "as_of"
    ordering = ["-as_of", "-pk"]
    themes = [
        (None, ["kind", "organization", "storm", "level", "state", "is_exercise"]),
        (_("What it says"), ["short", "standard", "full", "told", "totals", "forces", "curve", "checks"]),
        (_("When"), ["since_at", "as_of", "known_at", "due_at", "keep_until", "next_due_at", "created_at"]),
        (
            _("Life"),
            ["drafted_at", "remark", "signed_at", "signed_by", "sent_at", "sent_by"],
        ),
        (
            _("Not sent"),
            ["ended_at", "why_not"],
        ),
        (_("Correction"), ["corrects", "correction_reason"]),
        (_("Trouble"), ["tried_at", "last_error"]),
    ]
    inlines = [MailInline]
    add_verb = Verb(
        name="compose",
        label=_("Draft a report"),
        call=report_life.compose,
        right=Right.OPERATE,
        form=ComposeForm,
        help_text=_("For news that matters at once, or the detailed report; the others come by themselves."),
    )
    verbs = [
        Verb(
            name="sign",
            label=_("Sign"),
            call=report_life.sign,
            right=Right.ACKNOWLEDGE,
            form=SignForm,
            offered=lambda report: report.state == ReportState.DRAFTED,
            help_text=_("From now on the numbers are frozen."),
        ),
        Verb(
            name="send",
            label=_("Send"),
            call=report_life.send,
            right=Right.ACKNOWLEDGE,
            form=AtForm,
            offered=lambda report: report.state == ReportState.SIGNED,
            help_text=_("To everybody who gets reports of this kind; it cannot be changed after that."),
        ),
        Verb(
            name="redraft",
            label=_("Draft anew"),
            call=report_life.redraft,
            right=Right.OPERATE,
            form=AtForm,
            offered=lambda report: report.state == ReportState.DRAFTED,
            help_text=_("As of the same cut-off, with all that is known by now."),
        ),
        Verb(
            name="correct",
            label=_("Correct by a new report"),
            call=report_life.correct,
            right=Right.OPERATE,
            form=AtReasonForm,
            offered=lambda report: report.state == ReportState.SENT and report.is_formal,
            help_text=_("The sent one stays as it is."),
        ),
        Verb(
            name="waive",
            label=_("Not needed"),
            call=report_life.waive,
            right=Right.ACKNOWLEDGE,
            form=AtReasonForm,
            offered=lambda report: report.state in (ReportState.DUE, ReportState.DRAFTED),
            help_text=_("The event is not in scope, or another report says it all."),
        ),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[SituationReport]:
        """Return the reports; a list does without their tables."""
        rows = super().get_queryset(request)
        match = request.resolver_match
        is_list = match is not None and (match.url_name or "").endswith("_changelist")
        return rows.defer("numbers") if is_list else rows

    @admin.display(description=_("why not sent"))
    def why_not(self, report: SituationReport) -> str:
        """Return why it was waived or skipped; what the watch says in the reader's language."""
        return gettext(report.end_reason) if report.end_reason else "–"

    @admin.display(description=_("In short"))
    def short(self, report: SituationReport) -> str:
        """Return the brief for chat and phone, at most 200 characters."""
        return _brief(report, Length.SHORT)

    @admin.display(description=_("Standard form"))
    def standard(self, report: SituationReport) -> str:
        """Return the brief as the mail has it."""
        return _brief(report, Length.STANDARD)

    @admin.display(description=_("In full"))
    def full(self, report: SituationReport) -> str:
        """Return the brief with all that is known."""
        return _brief(report, Length.FULL)

    @admin.display(description=_("As the mail says"))
    def told(self, report: SituationReport) -> str:
        """Return the words of the mail, in the reader's language."""
        if report.numbers is None:
            return "–"
        letter = write_report(mail_of(report, language=_language()))
        lines = [letter.subject, *letter.text.splitlines()[:-1]]
        return format_html_join("", "{}<br>", ((line,) for line in lines))

    @admin.display(description=_("Totals"))
    def totals(self, report: SituationReport) -> str:
        """Return the table of what is out, back and still out."""
        return _table(totals_table(from_json(report.numbers), _language())) if report.numbers else "–"

    @admin.display(description=_("Forces"))
    def forces(self, report: SituationReport) -> str:
        """Return the table of the forces."""
        return _table(forces_table(from_json(report.numbers), _language())) if report.numbers else "–"

    @admin.display(description=_("Restoration curve"))
    def curve(self, report: SituationReport) -> str:
        """Return the picture of the mail."""
        if report.numbers is None:
            return "–"
        points = from_json(report.numbers).curve
        picture = curve_png(points, as_of=report.as_of, language=_language())
        if not picture:
            return "–"
        return format_html(
            '<img alt="" width="600" src="data:image/png;base64,{}">', b64encode(picture).decode()
        )

    @admin.display(description=_("Checks"))
    def checks(self, report: SituationReport) -> str:
        """Return what does not add up."""
        if report.numbers is None:
            return "–"
        found = _flaws(report)
        if not found:
            return str(_("Everything adds up."))
        return format_html_join("", "{}: {}<br>", ((_CHECKS[flaw.check], flaw.where) for flaw in found))


def _brief(report: SituationReport, length: Length) -> str:
    """Return the sentences of a report in the reader's language."""
    if report.numbers is None:
        return "–"
    mail = mail_of(report, language=_language())
    return write_report(mail, length=length).text.splitlines()[0]


def _flaws(report: SituationReport) -> list[Flaw]:
    return flaws(from_json(report.numbers))


def _language() -> str:
    return "en" if get_language() == "en" else "zh-hans"


def _table(table: Sequence[Sequence[Cell]]) -> str:
    head, *lines = (format_html_join("", "<td>{}</td>", ((cell,) for cell in cells)) for cells in table)
    body = format_html_join("", "<tr>{}</tr>", ((line,) for line in lines))
    return format_html("<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>", head, body)
