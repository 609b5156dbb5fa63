"""When reports fall due and who gets them: rows that a company sets; the defaults say whose they are."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import TypedDict, TypeVar, Unpack

from django.db import models, transaction

from incidents import journal
from incidents.journal import Actor
from incidents.models import Organization, User
from incidents.services.storing import store
from tracker.choices import DutyRole, ReportKind, ResponseLevel
from tracker.models import ReportRecipient, ReportSchedule

_NEA = "National Energy Administration, notice on natural-disaster information, 2024-04-01"
_OURS = "Our default"
_MORNING_AND_EVENING = [time(8), time(17)]
_FORMAL = [
    ReportKind.FLASH,
    ReportKind.FOLLOW_UP,
    ReportKind.VERIFIED,
    ReportKind.DETAILED,
    ReportKind.AD_HOC,
]


Row = TypeVar("Row", ReportSchedule, ReportRecipient)


class Wanted(TypedDict, total=False):
    """What a schedule says, see :class:`tracker.models.ReportSchedule`."""

    level: ResponseLevel | str
    times: Sequence[time]
    after_min: int | None
    cutoff_min: int
    keep_min: int | None
    enabled: bool
    source: str


class Listed(TypedDict, total=False):
    """What the row of a recipient says, see :class:`tracker.models.ReportRecipient`."""

    kinds: Sequence[ReportKind]
    language: str
    enabled: bool


def _hours(every: int, *, but: int | None = None) -> list[time]:
    return [time(hour) for hour in range(0, 24, every) if hour != but]


# Levels I and II: the two daily reports of the regulator with their cut-offs, and between them the company's
# own rhythm. A list of the morning is sent until noon, an hourly one within its hour.
DEFAULT_SCHEDULES: tuple[tuple[ReportKind, Wanted], ...] = (
    (ReportKind.FLASH, {"after_min": 60, "cutoff_min": 45, "source": _NEA}),
    (ReportKind.VERIFIED, {"after_min": 2880, "cutoff_min": 2880, "source": _NEA}),
    *(
        (
            ReportKind.FOLLOW_UP,
            Wanted(level=level, times=_MORNING_AND_EVENING, cutoff_min=120, source=_NEA),
        )
        for level in ("", ResponseLevel.THREE, ResponseLevel.TWO, ResponseLevel.ONE)
    ),
    (
        ReportKind.FOLLOW_UP,
        {"level": ResponseLevel.FOUR, "times": [time(17)], "cutoff_min": 120, "source": _OURS},
    ),
    (
        ReportKind.FOLLOW_UP,
        {"level": ResponseLevel.TWO, "times": _hours(4, but=8), "cutoff_min": 15, "source": _OURS},
    ),
    (
        ReportKind.FOLLOW_UP,
        {"level": ResponseLevel.ONE, "times": _hours(2, but=8), "cutoff_min": 15, "source": _OURS},
    ),
    *(
        (ReportKind.DIGEST, Wanted(level=level, times=[time(8)], keep_min=240, source=_OURS))
        for level in ("", ResponseLevel.FOUR, ResponseLevel.THREE)
    ),
    *(
        (ReportKind.DIGEST, Wanted(level=level, times=_hours(1), keep_min=59, source=_OURS))
        for level in (ResponseLevel.TWO, ResponseLevel.ONE)
    ),
    *(
        (ReportKind.LONG_TAIL, Wanted(level=level, times=[time(7)], keep_min=300, source=_OURS))
        for level in ("", *ResponseLevel.values)
    ),
)
DEFAULT_RECIPIENTS: dict[DutyRole, Sequence[ReportKind]] = {
    DutyRole.DUTY_OFFICER: [*_FORMAL, ReportKind.DIGEST],
    DutyRole.OPERATIONS: [ReportKind.DIGEST, ReportKind.LONG_TAIL],
    DutyRole.EMERGENCY: [*_FORMAL, ReportKind.DIGEST],
    DutyRole.DEPUTY_MANAGER: [*_FORMAL, ReportKind.DIGEST, ReportKind.LONG_TAIL],
    DutyRole.REGULATOR_LIAISON: _FORMAL,
}


@transaction.atomic
def load_defaults(*, at: datetime, by: Actor) -> int:
    """Add the rows for everybody that are missing; what is there stays as people left it.

    Returns:
        How many rows were added.
    """
    have = set(ReportSchedule.objects.filter(organization=None).values_list("kind", "level", "cutoff_min"))
    added = 0
    for kind, wanted in DEFAULT_SCHEDULES:
        if (kind, wanted.get("level", ""), wanted.get("cutoff_min", 0)) not in have:
            schedule(organization=None, kind=kind, at=at, by=by, **wanted)
            added += 1
    listed = set(ReportRecipient.objects.filter(organization=None, user=None).values_list("role", flat=True))
    for role, kinds in DEFAULT_RECIPIENTS.items():
        if role not in listed:
            enlist(organization=None, role=role, kinds=kinds, at=at, by=by)
            added += 1
    return added


@transaction.atomic
def schedule(
    *,
    organization: Organization | None,
    kind: ReportKind,
    at: datetime,
    by: Actor,
    **said: Unpack[Wanted],
) -> ReportSchedule:
    """Add a schedule; what it says are fields of :class:`tracker.models.ReportSchedule`.

    Raises:
        BrokenRule, OutOfRange, Invalid: If there is such a one, or it has no clock that fits its kind.
    """
    row = ReportSchedule(organization=organization, kind=kind, **said)
    store(row)
    journal.write("report_schedule.added", subject=row, at=at, by=by, organization=organization)
    return row


@transaction.atomic
def reschedule(row: ReportSchedule, *, changes: Wanted, at: datetime, by: Actor) -> ReportSchedule:
    """Change a schedule from now on; reports that have fallen due keep their times.

    Raises:
        BrokenRule, OutOfRange, Invalid: As :func:`schedule`; nothing is written.
    """
    return _change("report_schedule.changed", row, dict(changes), at=at, by=by)


@transaction.atomic
def enlist(
    *,
    organization: Organization | None,
    kinds: Sequence[ReportKind],
    at: datetime,
    by: Actor,
    role: DutyRole | str = "",
    user: User | None = None,
    language: str = "",
    enabled: bool = True,
) -> ReportRecipient:
    """Let a duty role or a person get reports of some kinds.

    Raises:
        BrokenRule, Invalid: If they are listed already, or it is neither a role nor a person, or both.
    """
    row = ReportRecipient(
        organization=organization, kinds=list(kinds), role=role, user=user, language=language, enabled=enabled
    )
    store(row)
    journal.write("report_recipient.added", subject=row, at=at, by=by, organization=organization)
    return row


@transaction.atomic
def relist(row: ReportRecipient, *, changes: Listed, at: datetime, by: Actor) -> ReportRecipient:
    """Change what a recipient gets from now on.

    Raises:
        BrokenRule, Invalid: As :func:`enlist`; nothing is written.
    """
    return _change("report_recipient.changed", row, dict(changes), at=at, by=by)


def _change(kind: str, row: Row, changes: dict[str, object], *, at: datetime, by: Actor) -> Row:
    locked: Row = models.QuerySet(type(row)).select_for_update(of=["self"]).get(pk=row.pk)
    before = journal.snapshot(locked)
    for name, value in changes.items():
        setattr(locked, name, value)
    store(locked, fields=list(changes))
    journal.write(kind, subject=locked, at=at, by=by, organization=locked.organization, before=before)
    return locked
