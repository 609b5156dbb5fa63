"""Outages while they last: the report, the stages of the work, and reports that turn out to be nothing.

How supply comes back stands in ``restoration``; what ends the record and what corrects it in ``closing``.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Final, TypedDict, Unpack

from django.db import transaction

from incidents import journal
from incidents.choices import (
    CauseCode,
    CauseConfidence,
    OutageKind,
    OutageStatus,
    ReportChannel,
    TimePrecision,
)
from incidents.errors import Missing, OutOfRange
from incidents.journal import Actor
from incidents.models import Line, LineSection, Organization, Outage, Place
from incidents.rules.indices import SHORT
from incidents.rules.lifecycles import OUTAGE, OutageVerb
from incidents.rules.outage_times import check_order
from incidents.services import facts, outage_life
from incidents.services.deeds import told_before
from incidents.services.facts import Told
from incidents.services.moments import check_deed, columns, span_of
from incidents.services.outage_life import MISLOCATED, Stage

_CONFIRM: Final = Stage(
    verb=OutageVerb.CONFIRM, state=OutageStatus.CONFIRMED, kind="outage.confirmed", field="confirmed_at"
)
_LOCATE: Final = Stage(
    verb=OutageVerb.LOCATE, state=OutageStatus.LOCATED, kind="outage.located", field="located_at"
)
_ISOLATE: Final = Stage(
    verb=OutageVerb.ISOLATE, state=OutageStatus.ISOLATED, kind="outage.isolated", field="isolated_at"
)
_START_REPAIR: Final = Stage(
    verb=OutageVerb.START_REPAIR, state=OutageStatus.REPAIRING, kind="outage.repair_started"
)
_OF_A_LOCATION: Final = ("located_at", "isolated_at", "repaired_at")
_TO_THE_MINUTE: Final = {TimePrecision.EXACT, TimePrecision.MINUTE}


class OutageFacts(TypedDict, total=False):
    """What may be known of an outage besides what every report says; None where it is not.

    A beginning is a moment or, where only that is known, a day; see :mod:`incidents.services.moments`.
    """

    line: Line | None
    section: LineSection | None
    parent: Outage | None
    cause_code: CauseCode
    cause_text: str
    cause_confidence: CauseConfidence
    occurred_at: datetime | None
    occurred_on: date | None
    occurred_precision: TimePrecision
    report_channel: ReportChannel
    lines_tripped: int | None
    mv_users: int | None
    customers_affected: int | None
    load_lost_mw: Decimal | None
    remark: str


class Report(OutageFacts, Told, total=False):
    """What a reporter may know of an outage, and where it comes from."""


@transaction.atomic
def report(
    *,
    organization: Organization,
    place: Place,
    kind: OutageKind,
    voltage_kv: Decimal,
    at: datetime,
    by: Actor,
    **told: Unpack[Report],
) -> Outage:
    """Report an outage; one on a line that was out before names that outage.

    Args:
        organization: Whose outage it is.
        place: Where, as exactly as it is known.
        kind: Kind of the outage.
        voltage_kv: Nominal voltage, kV.
        at: When it was reported.
        by: Who records it.
        **told: What else is known.

    Raises:
        AlreadyOut: If the section has an open outage; it is named.
        Inconsistent: If the section is not of the line, or it began more than 5 min after the report.
        ExerciseMix: If storm, line and explaining outage are not all of a drill or all real.
        NaiveTime, OutOfRange, Invalid, BrokenRule: If a value cannot be; nothing is written.
    """
    facts.check_moments(by=by, reported_at=at)
    known, reasons = facts.split(told)
    outage = Outage(
        organization=organization,
        place=place,
        kind=kind,
        voltage_kv=voltage_kv,
        reported_at=at,
        status=OUTAGE.after(state=None, verb=OutageVerb.REPORT),
        **(known | columns("occurred", told, by=by)),
    )
    outage_life.lock_line(line_named(told))
    outage_life.relate(outage)
    check_order(times=outage_life.times_of(outage))
    facts.keep(outage, by=by, reasons=reasons)
    journal.write("outage.reported", subject=outage, at=at, by=by, organization=organization)
    return outage


@transaction.atomic
def confirm(outage: Outage, *, at: datetime, by: Actor, stated: bool = True) -> Outage:
    """Confirm that an outage is one.

    Raises:
        BadTransition, Inconsistent, OutOfRange, NaiveTime: See :func:`outage_life.reach`, as for all stages.
    """
    return outage_life.reach(outage, _CONFIRM, at=at, by=by, stated=stated)


@transaction.atomic
def locate(
    outage: Outage, *, at: datetime, by: Actor, place: Place | None = None, stated: bool = True
) -> Outage:
    """Find the fault, and say where it is if that is more than was known."""
    return outage_life.reach(outage, _LOCATE, at=at, by=by, stated=stated, place=place)


@transaction.atomic
def isolate(outage: Outage, *, at: datetime, by: Actor, stated: bool = True) -> Outage:
    """Cut the fault out."""
    return outage_life.reach(outage, _ISOLATE, at=at, by=by, stated=stated)


@transaction.atomic
def start_repair(outage: Outage, *, at: datetime, by: Actor) -> Outage:
    """Begin the repair; the journal keeps when, no alert counts from it."""
    return outage_life.reach(outage, _START_REPAIR, at=at, by=by)


@transaction.atomic
def mislocate(outage: Outage, *, reason: str, at: datetime, by: Actor) -> Outage:
    """Find that the fault is elsewhere: back to confirmed, and what was told of the place is taken back.

    Steps of restoration stay: those customers have power.

    Raises:
        BadTransition: If nothing was located, or supply is back.
        Missing: If no reason is given.
    """
    row, before = outage_life.begin(outage)
    if told_before(MISLOCATED, row, at=at, reason=reason, undone_by=_LOCATE.kind):
        return row
    check_deed(row, "occurred", at=at, by=by)
    outage_life.move(row, OutageVerb.MISLOCATE, reason=reason)
    for field in _OF_A_LOCATION:
        setattr(row, field, None)
    row.unknown_reasons = {
        field: why for field, why in row.unknown_reasons.items() if field not in _OF_A_LOCATION
    }
    taken_back = {_LOCATE.state, _ISOLATE.state, _START_REPAIR.state}
    row.not_reported = [passed for passed in row.not_reported if passed not in taken_back]
    outage_life.record(MISLOCATED, row, before=before, at=at, by=by, reason=reason)
    return row


@transaction.atomic
def record_momentary(outage: Outage, *, restored_at: datetime, at: datetime, by: Actor) -> Outage:
    """Find that an outage was over by itself within 3 min.

    Args:
        outage: The outage, reported or confirmed.
        restored_at: When supply was back.
        at: When that was found.
        by: Who found it.

    Raises:
        BadTransition: If work on it has begun.
        Missing: If its beginning is not known to the minute.
        OutOfRange: If it lasted longer.
    """
    row, before = outage_life.begin(outage)
    if told_before("outage.momentary_recorded", row, at=at) and row.restored_at == restored_at:
        return row
    check_deed(row, "occurred", at=at, by=by)
    outage_life.move(row, OutageVerb.RECORD_MOMENTARY)
    span = span_of(row, "occurred")
    if span is None or row.occurred_precision not in _TO_THE_MINUTE:
        raise Missing(field="occurred_at", purpose=OutageVerb.RECORD_MOMENTARY)
    facts.check_moments(by=by, restored_at=restored_at)
    if not span.earliest <= restored_at <= span.latest + SHORT:
        raise OutOfRange(field="restored_at", value=restored_at, low=span.earliest, high=span.latest + SHORT)
    row.restored_at = restored_at
    outage_life.record("outage.momentary_recorded", row, before=before, at=at, by=by)
    return row


@transaction.atomic
def cancel(outage: Outage, *, reason: str, at: datetime, by: Actor) -> Outage:
    """Find that a report was false or told twice. Crews on their way stay assigned until called back.

    Raises:
        BadTransition: If supply was restored, or the outage has ended.
        Missing: If no reason is given.
    """
    row, before = outage_life.begin(outage)
    if told_before("outage.cancelled", row, at=at, reason=reason):
        return row
    check_deed(row, "occurred", at=at, by=by)
    outage_life.move(row, OutageVerb.CANCEL, reason=reason)
    row.ended_at, row.ended_by, row.end_reason = at, by.user, reason
    outage_life.record("outage.cancelled", row, before=before, at=at, by=by, reason=reason)
    return row


def line_named(told: OutageFacts) -> Line | None:
    """Return the line that facts name, themselves or through their section."""
    section = told.get("section")
    return told.get("line") or (section.line if section else None)
