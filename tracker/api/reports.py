"""``/api/v1/reports/``: situation reports, read only; people sign and send them at the desk."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

import tracker.access  # noqa: F401 - says whose matter the watch's rows are
from incidents.api.filters import Filters, Subtree, one_of, since, until
from incidents.api.outputs import Versioned
from incidents.api.resources import Resource
from tracker.choices import ReportKind, ReportState
from tracker.mail.briefs import Brief, Length, brief
from tracker.models import SituationReport
from tracker.rules.report_numbers import from_json

_LONG = ("rows", "curve", "control")


class ReportOut(Versioned):
    """A situation report as it is frozen; ``brief`` and ``numbers`` are null until it is drafted."""

    brief = serializers.SerializerMethodField()
    numbers = serializers.SerializerMethodField()

    class Meta:
        model = SituationReport
        fields = [
            "uuid",
            "version",
            "organization",
            "storm",
            "is_exercise",
            "kind",
            "level",
            "state",
            "as_of",
            "known_at",
            "due_at",
            "next_due_at",
            "drafted_at",
            "signed_at",
            "signed_by",
            "sent_at",
            "corrects",
            "correction_reason",
            "remark",
            "brief",
            "numbers",
        ]

    def get_brief(self, report: SituationReport) -> str | None:
        """Return the short form."""
        if report.numbers is None:
            return None
        about = Brief(
            company=report.organization.name,
            as_of=report.as_of,
            numbers=from_json(report.numbers),
            next_due_at=report.next_due_at,
        )
        return brief(about, length=Length.SHORT, language="zh-hans")

    @extend_schema_field({"type": "object", "nullable": True, "additionalProperties": True})
    def get_numbers(self, report: SituationReport) -> dict[str, Any] | None:
        """Return the totals; the rows that they were summed from are in the mail's workbook."""
        if report.numbers is None:
            return None
        return {name: value for name, value in report.numbers.items() if name not in _LONG}


class ReportFilters(Filters):
    """Reports by whose, which and when."""

    organization = Subtree("organization")
    kind = one_of("kind", ReportKind.choices)
    state = one_of("state", ReportState.choices)
    since = since("as_of")
    until = until("as_of")


class Reports(Resource):
    """Situation reports."""

    home = "reports"
    model = SituationReport
    serializer_class = ReportOut
    filterset_class = ReportFilters
    ordering = ("-as_of", "-id")
    related = ("organization", "storm", "signed_by", "corrects")
