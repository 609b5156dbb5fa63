"""Which reports fall due: what is on, held against the schedules. Planning twice makes nothing twice."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext_noop

from tracker.choices import ReportKind, ReportState
from tracker.models import ReportSchedule, SituationReport
from tracker.models.report_plans import BY_THE_CLOCK
from tracker.rules.report_clock import Moment, after_event, newest_due, next_due
from tracker.selectors.report_plans import nearest, schedules
from tracker.selectors.report_subjects import Subject, subjects

FRESH = timedelta(hours=24)  # older first news is no longer reported by itself
PERIOD = timedelta(days=7)  # what is counted where no storm bounds it
MISSED = gettext_noop("Its time had passed when the watch came back.")


@dataclass(frozen=True, kw_only=True)
class _Planned:
    subject: Subject
    kind: str
    moment: Moment
    keep_min: int | None


def plan(*, now: datetime) -> int:
    """Make the rows of all reports that have fallen due; return how many were new.

    The same in every engine: the rows are unique by organisation, kind and cut-off, and the cut-off follows
    from the schedule alone.

    Args:
        now: Time of the sweep, aware.
    """
    on = subjects(now=now)
    if not (on.begun or on.running or on.ended):
        return 0
    rows = schedules()
    wanted = [
        *_after_events(on.begun, rows, ReportKind.FLASH, now=now),
        *_by_the_clock(on.running, rows, now),
        *_after_events(on.ended, rows, ReportKind.VERIFIED, now=now),
    ]
    there = _there(wanted) if wanted else set()
    fresh = [_report(one, rows, now) for one in wanted if _key(one) not in there]
    if not fresh:
        return 0
    SituationReport.objects.bulk_create(fresh, ignore_conflicts=True)
    return len(fresh)


def next_report(subject: Subject, rows: Iterable[ReportSchedule], *, after: datetime) -> datetime | None:
    """Return when the next follow-up is due, None if the schedule has none."""
    chosen = _of(rows, ReportKind.FOLLOW_UP, subject)
    moments = [next_due(row.times, cutoff_min=row.cutoff_min, after=after) for row in chosen]
    return min(moments).due_at if moments else None


def _after_events(
    found: Iterable[Subject], rows: list[ReportSchedule], kind: ReportKind, *, now: datetime
) -> Iterator[_Planned]:
    for subject in found:
        at = subject.ended_at if kind == ReportKind.VERIFIED else subject.began_at
        if at is None or (kind == ReportKind.FLASH and (at <= now - FRESH or subject.ended_at)):
            continue
        for row in nearest((row for row in rows if row.kind == kind), above=subject.above):
            moment = after_event(at, after_min=row.after_min or 0, cutoff_min=row.cutoff_min)
            yield _Planned(subject=subject, kind=kind, moment=moment, keep_min=row.keep_min)


def _by_the_clock(
    running: Iterable[Subject], rows: list[ReportSchedule], now: datetime
) -> Iterator[_Planned]:
    for subject in running:
        for kind in BY_THE_CLOCK:
            for row in _of(rows, kind, subject):
                moment = newest_due(row.times, cutoff_min=row.cutoff_min, by=now)
                if moment.as_of >= subject.began_at:
                    yield _Planned(subject=subject, kind=kind, moment=moment, keep_min=row.keep_min)


def _of(rows: Iterable[ReportSchedule], kind: ReportKind, subject: Subject) -> list[ReportSchedule]:
    own = nearest((row for row in rows if row.kind == kind), above=subject.above)
    return [row for row in own if row.level == subject.level]


def _there(wanted: Iterable[_Planned]) -> set[tuple[int, bool, str, datetime]]:
    """Return the keys of the reports that are there already."""
    moments = [one.moment.as_of for one in wanted]
    rows = SituationReport.objects.filter(corrects=None, as_of__range=(min(moments), max(moments)))
    return set(rows.values_list("organization_id", "is_exercise", "kind", "as_of"))


def _key(one: _Planned) -> tuple[int, bool, str, datetime]:
    return one.subject.organization_id, one.subject.is_exercise, str(one.kind), one.moment.as_of


def _report(one: _Planned, rows: list[ReportSchedule], now: datetime) -> SituationReport:
    subject, moment = one.subject, one.moment
    keep_until = moment.due_at + timedelta(minutes=one.keep_min) if one.keep_min else None
    too_late = keep_until is not None and now > keep_until
    return SituationReport(
        organization_id=subject.organization_id,
        storm_id=subject.storm_id,
        is_exercise=subject.is_exercise,
        kind=one.kind,
        level=subject.level,
        state=ReportState.SKIPPED if too_late else ReportState.DUE,
        ended_at=now if too_late else None,
        end_reason=MISSED if too_late else "",
        since_at=None if subject.storm_id else subject.began_at - PERIOD,
        as_of=moment.as_of,
        known_at=None if one.kind == ReportKind.VERIFIED else moment.as_of,
        due_at=moment.due_at,
        keep_until=keep_until,
        next_due_at=None if subject.ended_at else next_report(subject, rows, after=moment.as_of),
        created_at=now,
    )
