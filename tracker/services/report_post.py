"""A report's way into the outbox: one mail a recipient, in the transaction that sends the report."""

from datetime import datetime

from django.conf import settings

from tracker.choices import NoticeChannel, NoticeKind, NotificationState
from tracker.models import Notification, SituationReport
from tracker.selectors.report_plans import addressees

FORMAL_URGENCY = 2  # as a warning: before digests, after what is critical


def post(report: SituationReport, *, now: datetime) -> int:
    """Owe a report to everybody who gets it; return how many.

    Formal reports are sent again where nobody knows whether they arrived; digests rather not at all than
    twice.

    Args:
        report: A locked row that is being sent.
        now: When it is sent.
    """
    mails = [
        Notification(
            kind=NoticeKind.REPORT,
            report=report,
            recipient=one.user,
            channel=NoticeChannel.MAIL,
            address=one.user.email,
            language=one.language,
            urgency=FORMAL_URGENCY if report.is_formal else 0,
            at_most_once=not report.is_formal,
            state=NotificationState.QUEUED,
            due_at=now,
            created_at=now,
            next_try_at=now,
            message_id=f"<{report.uuid}.{one.user.uuid}@{settings.MAIL_DOMAIN}>",
        )
        for one in addressees(report, now=now)
    ]
    return len(Notification.objects.bulk_create(mails, ignore_conflicts=True))
