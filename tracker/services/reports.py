"""Reports that have fallen due: planned, drafted, and sent where nobody has to sign.

Every step looks at rows only. Whichever engine runs it, however often and after whatever stop: a report is
planned once by its unique key, drafted once under its lock, and sent once in the transaction of its state.
"""

import logging
import traceback
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext_noop

from tracker.choices import ReportKind, ReportState
from tracker.models import SituationReport
from tracker.rules.report_numbers import as_json, from_json
from tracker.rules.report_sums import flaws, long_tail
from tracker.selectors.statistics import Scope, numbers
from tracker.services.locks import Sweep, alone
from tracker.services.report_planning import MISSED, plan
from tracker.services.report_post import post

logger = logging.getLogger(__name__)

AT_ONCE = 20  # drafts of one sweep; the next one goes on
NOTHING_LONG = gettext_noop("Nothing has been out for more than a day.")
AGAIN = timedelta(minutes=5)  # before a draft that broke is tried again


@dataclass(kw_only=True)
class Compiled:
    """What a sweep did with reports."""

    planned: int = 0
    drafted: int = 0
    sent: int = 0
    skipped: int = 0
    broken: int = 0


def compile_due(*, now: datetime) -> Compiled:
    """Plan reports that have fallen due, draft them at their cut-off, send those that need no signature.

    Args:
        now: Time of the sweep, aware.
    """
    done = Compiled()
    with alone(Sweep.REPORTS, patience=timedelta(0)) as mine:
        if not mine:
            return done
        _plan_simply()
        done.planned = plan(now=now)
        due = SituationReport.objects.filter(state=ReportState.DUE, as_of__lte=now).exclude(
            tried_at__gt=now - AGAIN
        )
        for report in due.select_for_update(skip_locked=True, of=["self"]).order_by("as_of", "pk")[:AT_ONCE]:
            _compile(report, done, now)
    return done


def draft(report: SituationReport, *, now: datetime) -> None:
    """Read the numbers of a report and keep them; the report is not yet saved.

    Args:
        report: A locked row.
        now: When it is drafted.
    """
    scope = Scope(
        organization_id=report.organization_id,
        storm_id=report.storm_id,
        is_exercise=report.is_exercise,
        since_at=report.since_at,
        as_of=report.as_of,
        known_at=report.known_at,
    )
    found = numbers(scope)
    report.numbers, report.adds_up = as_json(found), not flaws(found)
    report.state, report.drafted_at = ReportState.DRAFTED, now


def _plan_simply() -> None:
    """Let the database not compile statements that run for milliseconds."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = off")


def _skip(report: SituationReport, why: str, done: Compiled, now: datetime) -> None:
    report.state, report.ended_at, report.end_reason = ReportState.SKIPPED, now, why
    report.save(update_fields=["state", "ended_at", "end_reason"])
    logger.info("report skipped", extra={"report": report.pk, "why": why})
    done.skipped += 1


def _compile(report: SituationReport, done: Compiled, now: datetime) -> None:
    try:
        with transaction.atomic():
            _finish(report, done, now)
    except Exception as error:  # one report that breaks does not keep back the others
        logger.exception("report set aside", extra={"report": report.pk})
        done.broken += 1
        words = "".join(traceback.format_exception(error))
        SituationReport.objects.filter(pk=report.pk).update(tried_at=now, last_error=words)


def _finish(report: SituationReport, done: Compiled, now: datetime) -> None:
    if report.keep_until is not None and now > report.keep_until:
        _skip(report, MISSED, done, now)
        return
    draft(report, now=now)
    rows = from_json(report.numbers).rows
    if report.kind == ReportKind.LONG_TAIL and not long_tail(rows, as_of=report.as_of):
        report.numbers = report.adds_up = report.drafted_at = None
        _skip(report, NOTHING_LONG, done, now)
        return
    if not report.is_formal:
        report.state, report.sent_at = ReportState.SENT, now
        post(report, now=now)
        done.sent += 1
    report.save(update_fields=["state", "numbers", "adds_up", "drafted_at", "sent_at"])
    done.drafted += 1
