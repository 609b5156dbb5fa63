"""The board's outages: how much is out, how it came and went, and the worst of them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from psycopg.sql import Composable

from incidents.choices import AssignmentStatus, OutageStatus
from tracker.choices import Severity
from tracker.selectors.board_scope import Scope
from tracker.selectors.board_sql import BUCKETS, ROWS, TOTALS

LONGEST = 12  # outages that are named; the others are counted


@dataclass(frozen=True, kw_only=True)
class LineClass:
    """Lines of one voltage: how many are out, and how many were."""

    kv: Decimal
    out: int
    affected: int


@dataclass(frozen=True, kw_only=True)
class Point:
    """What was without supply at a moment."""

    at: datetime
    customers: int
    outages: int


@dataclass(frozen=True, kw_only=True)
class Row:
    """One outage of those that are named.

    Attributes:
        severity: Of the worst open alert about it; None without one.
        customers_left: Still without supply; None where nobody counted them.
        promised_at: The newest estimate of restoration.
        crew: Who is sent there or at it; empty if nobody is.
    """

    pk: int
    severity: Severity | None
    status: OutageStatus
    kv: Decimal
    what: str
    organization: str
    began_at: datetime
    customers_left: int | None
    promised_at: datetime | None
    is_important: bool
    crew: str
    crew_status: AssignmentStatus | None


@dataclass(frozen=True, kw_only=True)
class Outages:
    """What is out now, and since the storm began.

    Attributes:
        open: Open outages that no other one explains.
        explained: Open outages that another one explains.
        affected: Open and restored ones since the storm began.
        customers: Customers who lost supply since then, as far as counted.
        uncounted: Open outages whose customers nobody has counted.
        powered: Customers who are still out, but supplied by generators.
        severities: Severity → open outages with such an alert as their worst.
        passed: Open outages whose estimate has passed.
        unpromised: Open outages without an estimate.
        unsent: Open outages that no crew is sent to.
    """

    open: int
    explained: int
    affected: int
    customers: int
    customers_out: int
    uncounted: int
    powered: int
    lines: Sequence[LineClass]
    curve: Sequence[Point]
    rows: Sequence[Row]
    severities: dict[Severity, int]
    passed: int
    unpromised: int
    unsent: int

    @property
    def lines_out(self) -> int:
        """Lines out, of all voltages."""
        return sum(each.out for each in self.lines)

    @property
    def share_back(self) -> float | None:
        """Share of the counted customers who have supply again; None where nobody is counted."""
        return 1 - self.customers_out / self.customers if self.customers else None

    @property
    def not_named(self) -> int:
        """Open outages beyond those that are named."""
        return self.open + self.explained - len(self.rows)


def outages(scope: Scope, *, now: datetime) -> Outages:
    """Return the outages of a board: two statements."""
    given = scope.given(now=now, buckets=BUCKETS, longest=LONGEST)
    [(open_now, affected, all_open, customers, out, uncounted, powered, lines, curve)] = _rows(TOTALS, given)
    named = _rows(ROWS, given)
    counts = named[0][13:] if named else (0,) * 7
    critical, warning, notice, info, passed, unpromised, unsent = counts
    return Outages(
        open=open_now,
        explained=all_open - open_now,
        affected=affected,
        customers=customers,
        customers_out=out,
        uncounted=uncounted,
        powered=powered,
        lines=[_class(each) for each in json.loads(lines or "[]")],
        curve=_curve(json.loads(curve or "[]"), since=scope.since_at, until=now),
        rows=[_row(each) for each in named],
        severities=dict(zip(reversed(Severity), (critical, warning, notice, info), strict=True)),
        passed=passed,
        unpromised=unpromised,
        unsent=unsent,
    )


def _rows(statement: Composable | str, given: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def _class(values: Sequence[Any]) -> LineClass:
    kv, out, affected = values
    return LineClass(kv=Decimal(str(kv)), out=int(out), affected=int(affected))


def _curve(changes: list[tuple[int, int, int]], *, since: datetime, until: datetime) -> list[Point]:
    """Return what was out at the end of every bucket; the first point is what was out at the beginning."""
    by_bucket = {bucket: (customers, outages) for bucket, customers, outages in changes}
    points, customers, outages = [], 0, 0
    for bucket in range(BUCKETS + 1):
        more_customers, more_outages = by_bucket.get(bucket, (0, 0))
        customers, outages = customers + more_customers, outages + more_outages
        at = since + (until - since) * bucket / BUCKETS
        points.append(Point(at=at, customers=max(customers, 0), outages=outages))
    return points


def _row(values: tuple[Any, ...]) -> Row:
    pk, rank, status, kv, began, left, promised, important, crew_status, crew, line, place, whose = values[
        :13
    ]
    return Row(
        pk=pk,
        severity=list(Severity)[rank - 1] if rank else None,
        status=OutageStatus(status),
        kv=kv,
        what=_unmarked(place if line and line in place else " ".join(filter(None, (line, place)))),
        organization=_unmarked(whose),
        began_at=began,
        customers_left=left,
        promised_at=promised,
        is_important=important,
        crew=_unmarked(crew or ""),
        crew_status=AssignmentStatus(crew_status) if crew_status else None,
    )


def _unmarked(words: str) -> str:
    """Return words without the mark of a drill, which the whole board bears."""
    return words.replace("【演练】", "")
