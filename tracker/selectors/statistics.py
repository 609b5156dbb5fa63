"""The record as it stood at a moment: what a situation report counts, in a fixed number of statements."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Self

import msgspec
from django.db import connection
from psycopg.sql import Composable

from incidents.models import Organization, Storm
from tracker.rules.report_numbers import (
    Broken,
    Control,
    Forces,
    ImportantUsers,
    Numbers,
    OutageRow,
    Step,
    Support,
    Tally,
)
from tracker.rules.report_sums import sum_up
from tracker.selectors.statistics_sql import CONTROL, DAMAGE, FORCES, HAZARDS, IMPORTANT, ROWS, SUPPORT


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What a report is about, see :class:`tracker.models.SituationReport`."""

    organization_id: int
    storm_id: int | None
    is_exercise: bool
    since_at: datetime | None
    as_of: datetime
    known_at: datetime | None

    @classmethod
    def of(cls, organization: Organization, storm: Storm | None, *, as_of: datetime) -> Self:
        """Return what is asked of a company outside of a report: a storm alone, or all that is real."""
        return cls(
            organization_id=organization.pk,
            storm_id=storm.pk if storm else None,
            is_exercise=storm is not None and storm.is_exercise,
            since_at=None,
            as_of=as_of,
            known_at=None,
        )


_MANNERS = {"forced": "tripped", "switched_off": "switched_off"}


def numbers(scope: Scope) -> Numbers:
    """Return the numbers of a report: seven statements, whatever the number of outages.

    Args:
        scope: Whose, of which storm, as of when and as known when.
    """
    given: dict[str, Any] = {
        "organization": scope.organization_id,
        "storm": scope.storm_id,
        "is_exercise": scope.is_exercise,
        "since_at": scope.since_at,
        "as_of": scope.as_of,
        "known_at": scope.known_at,
    }
    rows = tuple(_row(one) for one in _named(ROWS, given))
    support = {here: values for here, *values in _all(SUPPORT, given)}
    [(total, out, customers, customers_out)] = _all(CONTROL, given)
    [(on_record, hit, dark)] = _all(IMPORTANT, given)
    [(found, closed)] = _all(HAZARDS, given)
    return Numbers(
        **vars(sum_up(rows)),
        rows=rows,
        control=Control(
            outages=total,
            outages_remaining=out,
            customers=int(customers),
            customers_remaining=int(customers_out),
        ),
        damage=tuple(
            Broken(kind=kind, found=count, repaired=repaired, unknown=unknown)
            for kind, count, repaired, unknown in _all(DAMAGE, given)
        ),
        important=ImportantUsers(on_record=on_record, hit=hit, out=dark) if on_record else None,
        hazards=Tally(affected=found, restored=closed, remaining=found - closed),
        forces=_forces(_all(FORCES, given)[0]),
        support_in=_support(support.get(True)),
        support_out=_support(support.get(False)),
    )


def _row(values: dict[str, Any]) -> OutageRow:
    kind, kv = values.pop("kind"), Decimal(values.pop("kv"))
    steps = msgspec.convert(json_of(values.pop("steps")), tuple[Step, ...])
    return OutageRow(
        **values | {"explained": bool(values["explained"])},
        kv=f"{kv.normalize():f}",
        how=_MANNERS.get(kind, "unknown"),
        is_low_voltage=kind == "lv" or kv < 1,
        steps=steps,
    )


def json_of(value: object) -> object:
    """Return what a column of JSON holds; Django's connections give its text."""
    return msgspec.json.decode(value) if isinstance(value, str) else value or []


def _forces(row: tuple[Any, ...]) -> Forces:
    teams, persons, unknown, person_trips, trips_unknown, vehicles, vehicle_trips, generators = row
    return Forces(
        teams=teams,
        persons=_whole(persons),
        persons_unknown=unknown,
        person_trips=_whole(person_trips),
        trips_unknown=trips_unknown,
        vehicles=int(vehicles),
        vehicle_trips=int(vehicle_trips),
        generator_cars=int(generators),
    )


def _support(row: list[Any] | None) -> Support:
    if row is None:
        return Support()
    teams, persons, persons_unknown, vehicles, vehicles_unknown = row
    return Support(
        teams=teams,
        persons=_whole(persons),
        persons_unknown=persons_unknown,
        vehicles=_whole(vehicles),
        vehicles_unknown=vehicles_unknown,
    )


def _whole(value: Decimal | int | None) -> int | None:
    return None if value is None else int(value)


def _all(statement: Composable, given: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def _named(statement: Composable, given: dict[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
