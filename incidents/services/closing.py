"""The end of an outage's record: closed when it is whole, opened again and corrected with a reason."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from incidents.choices import CauseCode, OutageKind, OutageStatus, PlacePrecision, RestorationMethod
from incidents.errors import Conflict, Invalid, Missing
from incidents.journal import Actor
from incidents.models import Outage, Place, Storm
from incidents.rules.lifecycles import OUTAGE, OutageVerb
from incidents.rules.outages import balance
from incidents.rules.times import not_before
from incidents.selectors.outages import step_of
from incidents.services import deeds, facts, outage_life, unknowns
from incidents.services.moments import check_deed, columns
from incidents.services.outages import OutageFacts, line_named

_CLOSED: Final = "outage.closed"
_REOPENED: Final = "outage.reopened"
_EXACT_ENOUGH: Final = {PlacePrecision.POLE, PlacePrecision.VILLAGE}
_BEGINNING: Final = ("occurred_at", "occurred_on", "occurred_precision")
_STAGES: Final = ("confirmed_at", "located_at", "isolated_at", "repaired_at", "normal_mode_at")
_WHEREABOUTS: Final = {"line", "section", "parent", "storm", "reported_at", *_BEGINNING}


class Correction(OutageFacts, total=False):
    """What people may correct of an outage; where it stands in its life follows from deeds and steps.

    Moments of stages can be moved; one that was never told is told by its own verb, or here once the record
    was opened again.
    """

    storm: Storm | None
    place: Place
    kind: OutageKind
    voltage_kv: Decimal
    reported_at: datetime
    confirmed_at: datetime
    located_at: datetime
    isolated_at: datetime
    repaired_at: datetime
    normal_mode_at: datetime
    unknown_reasons: Mapping[str, str]


@transaction.atomic
def close(
    outage: Outage,
    *,
    at: datetime,
    by: Actor,
    reason: str = "",
    unknown_reasons: Mapping[str, str] | None = None,
) -> Outage:
    """Close the record of an outage; it is whole then, and whoever closes it signs for it.

    Args:
        outage: The outage, supply restored. Its repair may still be owed.
        at: When it is closed.
        by: Who signs.
        reason: Why a place stays vaguer than a village, or why at most 2 % of the customers are written off.
        unknown_reasons: Why values stay unknown; the customers' is needed where nobody counted them.

    Raises:
        BadTransition: If supply is not restored.
        Missing: If the cause, the customers or the reason why not, or a reason for a vague place is missing.
        OutOfRange: If more than 2 % of the customers never got supply by any step.
        Inconsistent: If it would be closed before supply was back; nothing is written.
    """
    row, before = outage_life.begin(outage)
    if deeds.told_before(_CLOSED, row, at=at, reason=reason, undone_by=_REOPENED):
        return row
    check_deed(row, "occurred", at=at, by=by)
    outage_life.move(row, OutageVerb.CLOSE)
    unknowns.explain(row, reasons=unknown_reasons)
    _check_whole(row, reason)
    not_before(field="at", at=at, other="restored_at", earliest=row.restored_at or at)
    row.ended_at, row.ended_by, row.end_reason = at, by.user, reason
    outage_life.record(_CLOSED, row, before=before, at=at, by=by, reason=reason)
    return row


@transaction.atomic
def reopen(outage: Outage, *, reason: str, at: datetime, by: Actor) -> Outage:
    """Open a closed record again to correct it; supply stays restored.

    Raises:
        BadTransition: If it is not closed.
        Missing: If no reason is given.
    """
    row, before = outage_life.begin(outage)
    if deeds.told_before(_REOPENED, row, at=at, reason=reason, undone_by=_CLOSED):
        return row
    check_deed(row, "occurred", at=at, by=by)
    outage_life.move(row, OutageVerb.REOPEN, reason=reason)
    row.ended_at, row.ended_by, row.end_reason = None, None, ""
    outage_life.record(_REOPENED, row, before=before, at=at, by=by, reason=reason)
    return row


@transaction.atomic
def correct(outage: Outage, *, changes: Correction, reason: str, at: datetime, by: Actor) -> Outage:
    """Correct facts of an outage; the journal keeps what stood there. What is true already changes nothing.

    Customers corrected to what the steps have given back restore supply. Where supply is back and customers
    become more, the outage stays restored; it closes when the difference is explained.

    Args:
        outage: The outage, not closed and not cancelled.
        changes: Field name → new value; of a beginning all that is known of it.
        reason: Why.
        at: When it is corrected.
        by: Who corrects it.

    Raises:
        BadTransition: If it is closed (reopen it first) or cancelled.
        Missing: If no reason is given.
        Invalid: If a field is not to be corrected by hand.
        OutOfRange: If the steps have given back more customers already; names both numbers.
        AlreadyOut, Conflict, ExerciseMix, Inconsistent, NaiveTime, BrokenRule: If the values contradict each
            other or the record; nothing is written.
    """
    facts.check_moments(by=by, at=at)
    outage_life.lock_line(line_named(changes))
    row, before = outage_life.begin(outage)
    OUTAGE.after(state=OutageStatus(row.status), verb=OutageVerb.CORRECT, reason=reason)
    deeds.apply(row, _with_beginning(changes, by), allowed=Correction.__optional_keys__)
    _check_stages(row, before, changes, by)
    if not deeds.has_changed(row, before=before):
        return row
    if _WHEREABOUTS & changes.keys():
        _check_no_ring(row)
        outage_life.relate(row)
    outage_life.reckon(row, list(row.steps.order_by("seq")))
    outage_life.record("outage.corrected", row, before=before, at=at, by=by, reason=reason)
    return row


def _with_beginning(changes: Correction, by: Actor) -> dict[str, Any]:
    """Return the changes with the whole of a beginning, if one of its columns is among them."""
    if not changes.keys() & set(_BEGINNING):
        return {**changes}
    return {**changes, **columns("occurred", changes, by=by)}


def _check_stages(row: Outage, before: dict[str, Any], changes: Correction, by: Actor) -> None:
    """Refuse moments that cannot be, and those of stages that have their own verb still."""
    for field in (*_STAGES, "reported_at"):
        if field not in changes:
            continue
        at = getattr(row, field)
        if at is None:
            raise Missing(field=field, purpose=OutageVerb.CORRECT)
        if before[field] is None and row.status != OutageStatus.REOPENED:
            raise Invalid(problems={field: [_("This has not been told yet.")]})
        facts.check_moments(by=by, **{field: at})
        row.not_reported = [passed for passed in row.not_reported if f"{passed}_at" != field]


def _check_no_ring(row: Outage) -> None:
    above = row.parent
    while above is not None:
        if above.pk == row.pk:
            raise Conflict(subject=str(row), other=str(row.parent))
        above = above.parent


def _check_whole(row: Outage, reason: str) -> None:
    """Refuse to close what is not known well enough to be left alone."""
    if row.cause_code == CauseCode.UNKNOWN:
        raise Missing(field="cause_code", purpose=OutageVerb.CLOSE)
    if row.customers_affected is None and "customers_affected" not in row.unknown_reasons:
        raise Missing(field="customers_affected", purpose=OutageVerb.CLOSE)
    if row.place.precision not in _EXACT_ENOUGH and not reason.strip():
        raise Missing(field="reason", purpose="place-precision")
    _check_steps(row, reason)


def _check_steps(row: Outage, reason: str) -> None:
    """Refuse a last step that leaves more customers out than a person may write off."""
    given = list(row.steps.exclude(method=RestorationMethod.GENERATOR).order_by("seq"))
    if not given:
        raise Missing(field="restoration_step", purpose=OutageVerb.CLOSE)
    last = replace(step_of(given[-1]), final=True)
    balance(
        affected=row.customers_affected,
        steps=[*map(step_of, given[:-1]), last],
        reason=reason or (given[-1].remark if given[-1].is_final else ""),
    )
