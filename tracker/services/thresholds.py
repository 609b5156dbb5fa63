"""Thresholds of response levels and profiles of areas: dated rows, each with what it rests on."""

import tomllib
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction

from incidents import journal
from incidents.errors import BadTransition
from incidents.journal import Actor
from incidents.models import Organization
from incidents.services.storing import store
from tracker.choices import AreaType, Measure, ResponseLevel, ThresholdKind
from tracker.models import AreaProfile, ResponseThreshold

_FILE = Path(__file__).parents[1] / "data" / "thresholds.toml"


@transaction.atomic
def set_threshold(  # noqa: PLR0913 - the columns of a row
    *,
    kind: ThresholdKind,
    level: ResponseLevel,
    measure: Measure,
    at_least: Decimal,
    valid_from: date,
    basis: str,
    by: Actor,
    organization: Organization | None = None,
    area: AreaType | str = "",
    clause: int = 1,
    below: Decimal | None = None,
) -> ResponseThreshold:
    """Put a threshold in force from a day on; the one that it takes the place of ends that day.

    Args:
        kind: National grade of an event, or company level of a response.
        level: The level.
        measure: What is held against it.
        at_least: Met from this value on.
        valid_from: First day.
        basis: Law, plan or decision.
        by: Who sets it.
        organization: Whose practice; None for everybody, as for national rows.
        area: Kind of area of a national row.
        clause: Rows of one clause hold together.
        below: Met below this value.

    Raises:
        BrokenRule, Invalid: If a value cannot be; nothing is written.
    """
    row = ResponseThreshold(
        kind=kind,
        organization=organization,
        area=area,
        level=level,
        clause=clause,
        measure=measure,
        at_least=at_least,
        below=below,
        valid_from=valid_from,
        basis=basis,
    )
    former = ResponseThreshold.objects.select_for_update(of=["self"]).filter(
        kind=kind,
        organization=organization,
        area=area,
        level=level,
        clause=clause,
        measure=measure,
        valid_from__lt=valid_from,
        valid_to=None,
    )
    for old in former:
        _end("response_threshold.replaced", old, on=valid_from, by=by)
    store(row)
    journal.write("response_threshold.set", subject=row, at=by.now, by=by, organization=organization)
    return row


@transaction.atomic
def end_threshold(
    row: ResponseThreshold, *, valid_to: date, by: Actor, reason: str = ""
) -> ResponseThreshold:
    """Let a threshold end without another in its place.

    Raises:
        BadTransition: If it has an end already.
        BrokenRule: If it would end before it begins.
    """
    locked = ResponseThreshold.objects.select_for_update(of=["self"]).get(pk=row.pk)
    if locked.valid_to is not None:
        raise BadTransition(subject="response_threshold", state="ended", verb="end", allowed=[])
    _end("response_threshold.ended", locked, on=valid_to, by=by, reason=reason)
    return locked


@transaction.atomic
def describe_area(
    *,
    organization: Organization,
    valid_from: date,
    source: str,
    by: Actor,
    area: AreaType | str = "",
    load_mw: Decimal | None = None,
    customers: int | None = None,
) -> AreaProfile:
    """Say what an organisation's area holds from a day on; what was said before ends that day.

    Args:
        organization: Whose area.
        valid_from: First day.
        source: Where the numbers come from.
        by: Who says so.
        area: Kind of area in the sense of Order 599; empty where none applies, as for a district of a city.
        load_mw: Load before an event, MW.
        customers: All customers.

    Raises:
        BrokenRule, Invalid: If a value cannot be; nothing is written.
    """
    for old in AreaProfile.objects.select_for_update(of=["self"]).filter(
        organization=organization, valid_to=None
    ):
        _end("area_profile.replaced", old, on=valid_from, by=by)
    profile = AreaProfile(
        organization=organization,
        area=area,
        load_mw=load_mw,
        customers=customers,
        valid_from=valid_from,
        source=source,
    )
    store(profile)
    journal.write("area_profile.described", subject=profile, at=by.now, by=by, organization=organization)
    return profile


def load_defaults(*, by: Actor) -> int:
    """Load the thresholds that the product comes with, where there are none at all; return how many."""
    if ResponseThreshold.objects.exists():
        return 0
    rows = list(_defaults())
    for row in rows:
        set_threshold(by=by, **row)
    return len(rows)


def _defaults() -> Iterator[dict[str, Any]]:
    said = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    for law in said["national"]:
        for area, levels in law["areas"].items():
            for level, numbers in levels.items():
                for measure, number in numbers.items():
                    yield _row(ThresholdKind.NATIONAL, law, level, measure, number) | {"area": AreaType(area)}
    for clause, numbers in said["company"]["clauses"].items():
        level, _, number_of_clause = clause.partition(".")
        for measure, number in numbers.items():
            row = _row(ThresholdKind.COMPANY, said["company"], level, measure, number)
            yield row | {"clause": int(number_of_clause)}


def _row(kind: ThresholdKind, law: Any, level: str, measure: str, number: float) -> dict[str, Any]:
    return {
        "kind": kind,
        "level": ResponseLevel(level),
        "measure": Measure(measure),
        "at_least": Decimal(str(number)),
        "valid_from": law["valid_from"],
        "basis": law["basis"],
    }


def _end(kind: str, row: ResponseThreshold | AreaProfile, *, on: date, by: Actor, reason: str = "") -> None:
    before = journal.snapshot(row)
    row.valid_to = on
    store(row, fields=["valid_to"])
    journal.write(
        kind, subject=row, at=by.now, by=by, organization=row.organization, before=before, reason=reason
    )
