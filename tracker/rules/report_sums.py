"""From outages to the numbers of a report, and the checks that they add up."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tracker.rules.report_numbers import LineClass, Numbers, OutageRow, Point, Tally

LONG = timedelta(hours=24)  # an outage that lasts longer is of the long tail
TOLERANCE = 0.02  # of the customers of an outage may be written off by hand (domain rule of closing)


@dataclass(frozen=True, kw_only=True)
class Summed:
    """What follows from the outages alone; see :class:`Numbers`."""

    outages: Tally
    lines: tuple[LineClass, ...]
    low_voltage: Tally
    areas: Tally
    customers: Tally
    on_generator: int
    villages: Tally
    towns: Tally
    explained: int
    curve: tuple[Point, ...]


@dataclass(frozen=True, kw_only=True)
class Flaw:
    """Something that does not add up.

    Attributes:
        check: ``balance`` (out = back + still out), ``negative``, ``rows`` (the sums differ from the rows),
            ``control`` (they differ from the database's), ``steps`` (steps differ from the outage).
        where: Name of the class, or the number of the outage.
    """

    check: str
    where: str


def sum_up(rows: Sequence[OutageRow]) -> Summed:
    """Return the numbers of outages; those that another one explains are only counted as such."""
    counted = [row for row in rows if not row.explained]
    return Summed(
        outages=_tally(counted, lambda _: 1, lambda row: int(row.restored_at is not None)),
        lines=_lines(counted),
        low_voltage=_tally(
            [row for row in counted if row.is_low_voltage],
            lambda _: 1,
            lambda row: int(row.restored_at is not None),
        ),
        areas=_tally(counted, lambda row: row.mv_users, areas_back),
        customers=_tally(counted, lambda row: row.customers, customers_back),
        on_generator=sum(map(_on_generator, counted)),
        villages=_divisions((row.village, row) for row in rows),
        towns=_divisions((row.town, row) for row in rows),
        explained=len(rows) - len(counted),
        curve=curve(counted),
    )


def customers_back(row: OutageRow) -> int:
    """Return how many customers of an outage have supply from the grid again."""
    if row.restored_at is not None:
        return row.customers or 0
    return sum(step.customers or 0 for step in row.steps if not step.is_generator)


def areas_back(row: OutageRow) -> int:
    """Return how many transformer areas of an outage have supply from the grid again."""
    if row.restored_at is not None:
        return row.mv_users or 0
    return sum(step.mv_users or 0 for step in row.steps if not step.is_generator)


def by_voltage(lines: Iterable[LineClass]) -> dict[str, list[LineClass]]:
    """Return the classes of lines by their voltage in kV, in the order in which they come."""
    found: dict[str, list[LineClass]] = defaultdict(list)
    for each in lines:
        found[each.kv].append(each)
    return found


def curve(rows: Sequence[OutageRow]) -> tuple[Point, ...]:
    """Return how many customers and outages were without supply, at every moment that it changed."""
    changes: dict[object, list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        _change(changes, row.began_at, row.customers or 0, 1)
        left = row.customers or 0
        for step in row.steps:
            given = 0 if step.is_generator else min(step.customers or 0, left)
            if row.restored_at is None or step.at < row.restored_at:
                _change(changes, max(step.at, row.began_at), -given, 0)
                left -= given
        if row.restored_at is not None:
            _change(changes, max(row.restored_at, row.began_at), -left, -1)
    points, customers, outages = [], 0, 0
    for at in sorted(changes):  # type: ignore[type-var]
        customers, outages = customers + changes[at][0], outages + changes[at][1]
        points.append(Point(at=at, customers=customers, outages=outages))  # type: ignore[arg-type]
    return tuple(points)


def long_tail(rows: Iterable[OutageRow], *, as_of: datetime) -> list[OutageRow]:
    """Return the outages that have lasted for more than a day, the longest first."""
    old = (row for row in rows if row.restored_at is None and not row.explained)
    return sorted((row for row in old if as_of - row.began_at > LONG), key=lambda row: (row.began_at, row.id))


def flaws(numbers: Numbers) -> list[Flaw]:
    """Return what does not add up in the numbers of a report; nothing is right."""
    found = [flaw for name, tally in _tallies(numbers) for flaw in _balance(name, tally)]
    summed = sum_up(numbers.rows)
    found += [
        Flaw(check="rows", where=name)
        for name, value in vars(summed).items()
        if value != getattr(numbers, name)
    ]
    if numbers.control is not None:
        totals = {
            "outages": (numbers.outages.affected, numbers.control.outages),
            "outages_remaining": (numbers.outages.remaining, numbers.control.outages_remaining),
            "customers": (numbers.customers.affected, numbers.control.customers),
            "customers_remaining": (numbers.customers.remaining, numbers.control.customers_remaining),
        }
        found += [
            Flaw(check="control", where=name) for name, (ours, other) in totals.items() if ours != other
        ]
    return found + [Flaw(check="steps", where=str(row.id)) for row in numbers.rows if _steps_differ(row)]


def _tally(
    rows: Iterable[OutageRow],
    size: Callable[[OutageRow], int | None],
    back: Callable[[OutageRow], int],
) -> Tally:
    affected = restored = remaining = unknown = 0
    for row in rows:
        of_row = size(row)
        if of_row is None:
            unknown += 1
            continue
        affected += of_row
        restored += back(row)
        remaining += of_row - back(row)
    return Tally(affected=affected, restored=restored, remaining=remaining, unknown=unknown)


def _lines(rows: Iterable[OutageRow]) -> tuple[LineClass, ...]:
    """Return lines by voltage and manner; a line that went out twice is one line, out while either is."""
    grouped: dict[tuple[str, str], dict[str, list[OutageRow]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        if not row.is_low_voltage:
            key = f"line {row.line_id}" if row.line_id is not None else f"outage {row.id}"
            grouped[row.kv, row.how][key].append(row)
    ordered = sorted(grouped, key=lambda group: (-float(group[0]), group[1]))
    return tuple(LineClass(kv=kv, how=how, tally=_of_lines(grouped[kv, how])) for kv, how in ordered)


def _of_lines(lines: dict[str, list[OutageRow]]) -> Tally:
    sizes = {key: max(row.lines_tripped or 1 for row in rows) for key, rows in lines.items()}
    out = sum(sizes[key] for key, rows in lines.items() if any(row.restored_at is None for row in rows))
    affected = sum(sizes.values())
    return Tally(affected=affected, restored=affected - out, remaining=out)


def _divisions(named: Iterable[tuple[str, OutageRow]]) -> Tally:
    """Return divisions by what is out in them; places that are not known so closely are counted apart."""
    inside: dict[str, list[OutageRow]] = defaultdict(list)
    unknown = 0
    for code, row in named:
        if code:
            inside[code].append(row)
        else:
            unknown += 1
    out = sum(any(row.restored_at is None for row in rows) for rows in inside.values())
    back = sum(all(row.restored_at is not None for row in rows) for rows in inside.values())
    return Tally(affected=len(inside), restored=back, remaining=out, unknown=unknown)


def _on_generator(row: OutageRow) -> int:
    if row.restored_at is not None:
        return 0
    return sum(step.customers or 0 for step in row.steps if step.is_generator)


def _change(changes: dict[object, list[int]], at: object, customers: int, outages: int) -> None:
    changes[at][0] += customers
    changes[at][1] += outages


def _tallies(numbers: Numbers) -> list[tuple[str, Tally]]:
    named = ("outages", "low_voltage", "areas", "customers", "villages", "towns", "hazards")
    return [(name, getattr(numbers, name)) for name in named] + [
        (f"lines {each.kv} kV {each.how}", each.tally) for each in numbers.lines
    ]


def _balance(name: str, tally: Tally) -> list[Flaw]:
    found = []
    if tally.affected != tally.restored + tally.remaining:
        found.append(Flaw(check="balance", where=name))
    if min(tally.affected, tally.restored, tally.remaining) < 0:
        found.append(Flaw(check="negative", where=name))
    return found


def _steps_differ(row: OutageRow) -> bool:
    """Whether the steps of an outage give back more than was out, or too little though it is over."""
    given = [step.customers for step in row.steps if not step.is_generator]
    if row.customers is None:
        return False
    known = sum(count or 0 for count in given)
    too_little = (
        row.restored_at is not None
        and bool(given)
        and None not in given
        and row.customers - known > row.customers * TOLERANCE
    )
    return known > row.customers or too_little
