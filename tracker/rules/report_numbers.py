"""What a report says in numbers, as it is frozen. Every class of things is out, back or still out.

Heads and trips, vehicles and vehicle trips are different units (人, 人次, 辆, 辆次) and are never added. What
nobody counted is not 0: it is left out of the sum, and how many rows were left out stands beside it.
"""

from datetime import datetime
from typing import Any

import msgspec

VERSION = 1


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """One class of things.

    Attributes:
        affected: How many were out since the beginning.
        restored: How many of them are back.
        remaining: How many are still out.
        unknown: Outages whose number nobody counted; they are in none of the three.
    """

    affected: int = 0
    restored: int = 0
    remaining: int = 0
    unknown: int = 0


class LineClass(msgspec.Struct, frozen=True, kw_only=True):
    """Lines of one voltage that went out one way.

    Attributes:
        kv: Nominal voltage, kV, as it is written: ``10``, ``0.4``.
        how: ``tripped``, ``switched_off`` (拉停) or ``unknown``.
    """

    kv: str
    how: str
    tally: Tally


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """A step of restoration; a generator supplies and does not restore."""

    at: datetime
    customers: int | None = None
    mv_users: int | None = None
    is_generator: bool = False


class OutageRow(msgspec.Struct, frozen=True, kw_only=True):
    """An outage as the record had it at the cut-off.

    Attributes:
        began_at: When it began, or was reported where nobody knows.
        began_known: Whether the beginning is known.
        restored_at: When supply was back, if that was by the cut-off.
        explained: Whether an outage of the same report explains it; then it is listed and not counted.
        village, town: Codes of the division, as far as the place is known.
    """

    id: int
    line: str = ""
    line_id: int | None = None
    place: str = ""
    kv: str = "10"
    how: str = "unknown"
    is_low_voltage: bool = False
    began_at: datetime
    began_known: bool = True
    restored_at: datetime | None = None
    lines_tripped: int | None = None
    customers: int | None = None
    mv_users: int | None = None
    explained: bool = False
    village: str = ""
    town: str = ""
    steps: tuple[Step, ...] = ()


class Forces(msgspec.Struct, frozen=True, kw_only=True):
    """Crews at work at the cut-off, and what was sent since the beginning.

    Attributes:
        persons: Heads in the teams at work; null where no team was counted.
        persons_unknown: Teams at work that nobody counted.
        person_trips: Heads of every job added up, 人次.
        trips_unknown: Jobs of teams that nobody counted.
        vehicles: Vehicles with the teams at work.
        vehicle_trips: Vehicles of every job added up, 辆次.
    """

    teams: int = 0
    persons: int | None = None
    persons_unknown: int = 0
    person_trips: int | None = None
    trips_unknown: int = 0
    vehicles: int = 0
    vehicle_trips: int = 0
    generator_cars: int = 0


class Support(msgspec.Struct, frozen=True, kw_only=True):
    """Teams of another company here, or ours elsewhere, at the cut-off; as they were declared."""

    teams: int = 0
    persons: int | None = None
    persons_unknown: int = 0
    vehicles: int | None = None
    vehicles_unknown: int = 0


class Broken(msgspec.Struct, frozen=True, kw_only=True):
    """Damage of one kind.

    Attributes:
        found: How many, as far as they were counted.
        repaired: How many of them are repaired.
        unknown: Findings without a count.
    """

    kind: str
    found: int
    repaired: int
    unknown: int


class ImportantUsers(msgspec.Struct, frozen=True, kw_only=True):
    """Important users on record: those with an outage on one of their feeders, and on all of them now."""

    on_record: int
    hit: int
    out: int


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """A point of the restoration curve: customers and outages without supply from then on."""

    at: datetime
    customers: int
    outages: int


class Control(msgspec.Struct, frozen=True, kw_only=True):
    """The same totals once more, as the database sums them: the numbers are held against them."""

    outages: int
    outages_remaining: int
    customers: int
    customers_remaining: int


class Numbers(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a report says.

    Attributes:
        explained: Outages that another one explains; counted here alone.
        on_generator: Customers that a generator supplies; they are still out.
        important: Null where no important user is on record.
    """

    version: int = VERSION
    outages: Tally = Tally()
    lines: tuple[LineClass, ...] = ()
    low_voltage: Tally = Tally()
    areas: Tally = Tally()
    customers: Tally = Tally()
    on_generator: int = 0
    villages: Tally = Tally()
    towns: Tally = Tally()
    explained: int = 0
    important: ImportantUsers | None = None
    damage: tuple[Broken, ...] = ()
    hazards: Tally = Tally()
    forces: Forces = Forces()
    support_in: Support = Support()
    support_out: Support = Support()
    rows: tuple[OutageRow, ...] = ()
    curve: tuple[Point, ...] = ()
    control: Control | None = None


def as_json(numbers: Numbers) -> dict[str, Any]:
    """Return numbers as they are stored."""
    stored: dict[str, Any] = msgspec.to_builtins(numbers)
    return stored


def from_json(stored: object) -> Numbers:
    """Return stored numbers.

    Raises:
        msgspec.ValidationError: If they are not numbers of a report.
    """
    return msgspec.convert(stored, Numbers)
