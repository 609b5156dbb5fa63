"""Blocked roads: what keeps a repair vehicle from the fault."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final, TypedDict, Unpack

from django.db import transaction

from incidents import journal
from incidents.choices import BlockCause, TimePrecision, UnknownReason
from incidents.errors import Inconsistent
from incidents.journal import Actor
from incidents.models import Organization, Outage, Place, RoadBlock, Storm
from incidents.rules.times import not_after
from incidents.services import deeds, facts
from incidents.services.drills import keep_apart
from incidents.services.facts import Told
from incidents.services.moments import check_deed, columns
from incidents.services.storing import store

_BEGINNING: Final = ("blocked_at", "blocked_on", "blocked_precision")


class RoadFacts(TypedDict, total=False):
    """What may be known of a blocked road; None where it is not.

    Attributes:
        outages: The outages behind it.
        vehicle_limit: What still passes, in words.
        alternative: Another way round, in words.
    """

    cause: BlockCause
    blocked_at: datetime | None
    blocked_on: date | None
    blocked_precision: TimePrecision
    outages: Collection[Outage]
    vehicle_limit: str
    alternative: str


class RoadReport(RoadFacts, Told, total=False):
    """What a reporter may know of a blocked road, and where it comes from."""


class RoadCorrection(RoadFacts, total=False):
    """What people may correct of a blocked road."""

    place: Place
    storm: Storm | None
    unknown_reasons: Mapping[str, str]


@transaction.atomic
def report(
    *, organization: Organization, place: Place, at: datetime, by: Actor, **told: Unpack[RoadReport]
) -> RoadBlock:
    """Report a road that crews cannot pass.

    Args:
        organization: Whose crews need it.
        place: Where, as exactly as it is known.
        at: When it was told.
        by: Who tells it.
        **told: What else is known.

    Raises:
        ExerciseMix: If the road and an outage behind it are not both of a drill or both real.
        NaiveTime, OutOfRange, Invalid, BrokenRule: If a value cannot be; nothing is written.
    """
    facts.check_moments(by=by, at=at)
    known, reasons = facts.split(told)
    behind = told.get("outages", ())
    known.pop("outages", None)
    road = RoadBlock(organization=organization, place=place, **(known | columns("blocked", told, by=by)))
    _check_drill(road, behind)
    facts.keep(road, by=by, reasons=reasons)
    road.outages.set(behind)
    journal.write(
        "road_block.reported", subject=road, at=at, by=by, organization=organization, after=_snapshot(road)
    )
    return road


@transaction.atomic
def start_clearing(road: RoadBlock, *, at: datetime, by: Actor, stated: bool = True) -> RoadBlock:
    """Begin to clear a road; the same told again with the same time changes nothing.

    Args:
        road: The road, still blocked.
        at: When clearing began; with ``stated=False`` when it was told.
        by: Who says it.
        stated: Whether ``at`` is when it began; else that stays unknown, with that reason.

    Raises:
        Inconsistent: If it began before with another time, or lies before the blocking or after the clearing.
        NaiveTime, OutOfRange: If the time cannot be; nothing is written.
    """
    row, before = _begin(road)
    if deeds.told_before("road_block.clearing_started", row, at=at):
        return row
    check_deed(row, "blocked", at=at, by=by)
    _refuse_known("clearing_at", row.clearing_at, at)
    if row.cleared_at is not None:  # told late: the road is clear all the same
        not_after(field="clearing_at", at=at, other="cleared_at", latest=row.cleared_at)
    row.is_being_cleared, row.clearing_at = row.cleared_at is None, at if stated else None
    if not stated:
        row.unknown_reasons = {**row.unknown_reasons, "clearing_at": str(UnknownReason.NOT_STATED)}
    deeds.record(
        "road_block.clearing_started", row, before=before, at=at, by=by, organization=row.organization
    )
    return row


@transaction.atomic
def clear(road: RoadBlock, *, at: datetime, by: Actor) -> RoadBlock:
    """Find a road passable again; the same told again with the same time changes nothing.

    Raises:
        Inconsistent: If it was clear before with another time, or that lies before the blocking.
        NaiveTime, OutOfRange, BrokenRule: If the time cannot be; nothing is written.
    """
    row, before = _begin(road)
    if deeds.told_before("road_block.cleared", row, at=at):
        return row
    check_deed(row, "blocked", at=at, by=by)
    _refuse_known("cleared_at", row.cleared_at, at)
    row.is_being_cleared, row.cleared_at = False, at
    deeds.record("road_block.cleared", row, before=before, at=at, by=by, organization=row.organization)
    return row


@transaction.atomic
def correct(road: RoadBlock, *, changes: RoadCorrection, reason: str, at: datetime, by: Actor) -> RoadBlock:
    """Correct what is known of a blocked road; what is true already changes nothing.

    Raises:
        Missing: If no reason is given.
        ExerciseMix, Invalid, NaiveTime, OutOfRange, BrokenRule: If a value cannot be; nothing is written.
    """
    facts.require_words(purpose="correct", reason=reason)
    facts.check_moments(by=by, at=at)
    row, before = _begin(road)
    values: dict[str, Any] = {**changes}
    behind = values.pop("outages", None)
    if values.keys() & set(_BEGINNING):
        values |= columns("blocked", changes, by=by)
    deeds.apply(row, values, allowed=RoadCorrection.__optional_keys__)
    if behind is not None:
        row.outages.set(behind)
    _check_drill(row, row.outages.all())
    after = _snapshot(row)
    if after == before:
        return row
    store(row)
    journal.write(
        "road_block.corrected",
        subject=row,
        at=at,
        by=by,
        organization=row.organization,
        before=before,
        after=after,
        reason=reason,
    )
    return row


def _begin(road: RoadBlock) -> tuple[RoadBlock, dict[str, Any]]:
    rows = RoadBlock.objects.select_for_update(of=["self"]).select_related("organization", "storm")
    row = rows.get(pk=road.pk)
    return row, _snapshot(row)


def _snapshot(road: RoadBlock) -> dict[str, Any]:
    """Return the road's fields with the outages behind it."""
    return journal.snapshot(road) | {"outages": facts.keys_of(road.outages.all())}


def _refuse_known(field: str, known: datetime | None, at: datetime) -> None:
    if known is not None:
        raise Inconsistent(field=field, value=at, relation="=", other=field, other_value=known)


def _check_drill(road: RoadBlock, outages: Iterable[Outage]) -> None:
    keep_apart((road.storm or road, road.is_exercise), *((outage, outage.is_exercise) for outage in outages))
