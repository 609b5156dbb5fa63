"""What is broken on an outage: found, made safe, cut out, repaired."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple, TypedDict, Unpack

from django.db import transaction

from incidents import journal
from incidents.choices import DamageKind, OutageStatus, Source, UnknownReason
from incidents.errors import BadTransition, Inconsistent
from incidents.journal import Actor
from incidents.models import Damage, Organization, Outage, Place
from incidents.rules.lifecycles import OUTAGE
from incidents.services import deeds, facts, outage_life
from incidents.services.moments import check_deed

_ENDED: Final = {OutageStatus.CLOSED, OutageStatus.CANCELLED}


class _Stage(NamedTuple):
    """What happens to damage: its kind in the journal, and where its moment stands."""

    kind: str
    field: str


_MADE_SAFE: Final = _Stage("damage.made_safe", "made_safe_at")
_ISOLATED: Final = _Stage("damage.isolated", "isolated_at")
_REPAIRED: Final = _Stage("damage.repaired", "repaired_at")


class DamageFacts(TypedDict, total=False):
    """What may be known of damage besides its kind; None where it is not.

    Attributes:
        is_live_hazard: A live wire within reach of people.
        found_at: When it was found; it need not be when it was told.
    """

    place: Place | None
    count: int | None
    is_live_hazard: bool
    found_at: datetime | None
    remark: str
    unknown_reasons: Mapping[str, str]


class DamageReport(DamageFacts, total=False):
    """What may be said of damage, and where it comes from."""

    source: Source
    source_ref: str
    quote: str
    recorded_at: datetime | None


@transaction.atomic
def record(
    outage: Outage, *, kind: DamageKind, at: datetime, by: Actor, **told: Unpack[DamageReport]
) -> Damage:
    """Record something broken on an outage.

    Args:
        outage: The outage.
        kind: What is broken.
        at: When it was told; ``found_at`` is when it was found.
        by: Who tells it.
        **told: What else is known.

    Raises:
        BadTransition: If the outage is closed or cancelled.
        Inconsistent: If it was found before the outage began.
        NaiveTime, OutOfRange, Invalid, BrokenRule: If a value cannot be; nothing is written.
    """
    row = outage_life.locked(outage)
    _check_open(row, verb="record_damage")
    _check_found(row, told, by)
    facts.check_moments(by=by, at=at)
    known: dict[str, object] = {**told}
    known.pop("unknown_reasons", None)
    damage = Damage(outage=row, kind=kind, **known)
    facts.keep(damage, by=by, reasons=told.get("unknown_reasons"))
    journal.write("damage.recorded", subject=damage, at=at, by=by, organization=row.organization)
    return damage


@transaction.atomic
def make_safe(damage: Damage, *, at: datetime, by: Actor, stated: bool = True) -> Damage:
    """Take a live wire out of people's reach; that it was one stays in the record.

    The same told again with the same time returns the damage as it is.

    Args:
        damage: The damage, a live-wire hazard.
        at: When it was made safe; with ``stated=False`` when that was told.
        by: Who says it.
        stated: Whether ``at`` is when it happened; else it stays unknown, with that reason.

    Raises:
        Inconsistent: If it is no live-wire hazard, or was told before with another time.
        NaiveTime, OutOfRange, BrokenRule: If the time cannot be; nothing is written.
    """
    return _reach(damage, _MADE_SAFE, at=at, by=by, stated=stated)


@transaction.atomic
def isolate(
    damage: Damage,
    *,
    at: datetime,
    by: Actor,
    isolated_by: Organization | None = None,
    stated: bool = True,
) -> Damage:
    """Cut damage out of the grid; a visiting company may have done it.

    Raises:
        Inconsistent, NaiveTime, OutOfRange, BrokenRule: See :func:`make_safe`.
    """
    return _reach(damage, _ISOLATED, at=at, by=by, stated=stated, isolated_by=isolated_by)


@transaction.atomic
def repair(damage: Damage, *, at: datetime, by: Actor, stated: bool = True) -> Damage:
    """Make damage good; that all of an outage is repaired is told by :func:`restoration.repair`.

    Raises:
        Inconsistent, NaiveTime, OutOfRange, BrokenRule: See :func:`make_safe`.
    """
    return _reach(damage, _REPAIRED, at=at, by=by, stated=stated)


@transaction.atomic
def correct(damage: Damage, *, changes: DamageFacts, reason: str, at: datetime, by: Actor) -> Damage:
    """Correct what is known of damage; what is true already changes nothing.

    Raises:
        Missing: If no reason is given.
        BadTransition: If the outage is closed or cancelled.
        Inconsistent, NaiveTime, OutOfRange, Invalid, BrokenRule: If a value cannot be; nothing is written.
    """
    facts.require_words(purpose="correct", reason=reason)
    row, before = _begin(damage)
    _check_open(row.outage, verb="correct_damage")
    _check_found(row.outage, changes, by)
    deeds.apply(row, changes, allowed=DamageFacts.__optional_keys__)
    if deeds.has_changed(row, before=before):
        deeds.record(
            "damage.corrected",
            row,
            before=before,
            at=at,
            by=by,
            organization=row.outage.organization,
            reason=reason,
        )
    return row


def _begin(damage: Damage) -> tuple[Damage, dict[str, Any]]:
    outage = outage_life.locked(damage.outage)
    row = Damage.objects.select_for_update().get(pk=damage.pk)
    row.outage = outage
    return row, journal.snapshot(row)


def _reach(
    damage: Damage, stage: _Stage, *, at: datetime, by: Actor, stated: bool, **values: object
) -> Damage:
    row, before = _begin(damage)
    if deeds.told_before(stage.kind, row, at=at):
        return row
    _check_stage(row, stage, at)
    check_deed(row.outage, "occurred", at=at, by=by)
    for field, value in {**values, stage.field: at if stated else None}.items():
        setattr(row, field, value)
    if not stated:
        row.unknown_reasons = {**row.unknown_reasons, stage.field: str(UnknownReason.NOT_STATED)}
    deeds.record(stage.kind, row, before=before, at=at, by=by, organization=row.outage.organization)
    return row


def _check_stage(row: Damage, stage: _Stage, at: datetime) -> None:
    known = getattr(row, stage.field)
    if known is not None:
        raise Inconsistent(field=stage.field, value=at, relation="=", other=stage.field, other_value=known)
    if stage is _MADE_SAFE and not row.is_live_hazard:
        raise Inconsistent(
            field=stage.field, value=at, relation="=", other="is_live_hazard", other_value=False
        )


def _check_open(outage: Outage, *, verb: str) -> None:
    state = OutageStatus(outage.status)
    if state in _ENDED:
        raise BadTransition(subject="outage", state=state, verb=verb, allowed=OUTAGE.allowed(state=state))


def _check_found(outage: Outage, told: DamageFacts, by: Actor) -> None:
    found_at = told.get("found_at")
    if found_at is not None:
        check_deed(outage, "occurred", at=found_at, by=by, field="found_at")
