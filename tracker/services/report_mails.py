"""From a report to its mail. What was sent never changes, so the same report is written once a language."""

from functools import lru_cache
from uuid import UUID

from tracker.mail.enclosures import Enclosures
from tracker.mail.envelopes import Envelope, to_bytes
from tracker.mail.letters import Letter
from tracker.mail.reports import ReportMail, enclose, write_report
from tracker.models import SituationReport
from tracker.rules.report_numbers import from_json
from tracker.services.outbox import Written


def mail_of(report: SituationReport, *, language: str) -> ReportMail:
    """Return what a drafted report says in a language."""
    return ReportMail(
        report_id=report.pk,
        kind=report.kind,
        company=report.organization.name,
        is_exercise=report.is_exercise,
        is_formal=report.is_formal,
        level=report.level,
        as_of=report.as_of,
        numbers=from_json(report.numbers),
        composed_at=report.sent_at or report.drafted_at or report.created_at,
        next_due_at=report.next_due_at,
        remark=report.remark,
        signed_by=str(report.signed_by) if report.signed_by else "",
        correction_reason=report.correction_reason,
        language=language,
    )


def letter(report_id: int, *, language: str) -> Letter:
    """Return subject and plain text of a sent report."""
    return _written(report_id, language)[1]


def thread(report_id: int, *, language: str) -> UUID:
    """Return what all reports of a storm, or of a company without one, are shown together under."""
    return _written(report_id, language)[0]


def to_bytes_of(report_id: int, text: Written, envelope: Envelope, *, language: str) -> bytes:
    """Return the whole mail of a sent report."""
    enclosed = _written(report_id, language)[2]
    return to_bytes(Letter(subject=text.subject, text=text.text), envelope, enclosed=enclosed)


@lru_cache(maxsize=8)
def _written(report_id: int, language: str) -> tuple[UUID, Letter, Enclosures]:
    report = SituationReport.objects.select_related("organization", "storm", "signed_by").get(pk=report_id)
    about = mail_of(report, language=language)
    root = report.storm.uuid if report.storm else report.organization.uuid
    return root, write_report(about), enclose(about)
