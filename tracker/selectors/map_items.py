"""What a map shows: one statement for everything that has a place, one for the names of counties."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from psycopg.sql import Composed

from incidents.choices import CoordinateSystem, DivisionLevel, PlacePrecision
from incidents.models import Division, Organization
from incidents.rules.coordinates import Point, from_gcj02
from tracker.selectors.board_scope import Scope
from tracker.selectors.map_sql import NOW, THEN

KINDS = ("outage", "ice", "road", "crew")
_COUNTY = 6  # digits of a county's code


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """A thing with a place.

    Attributes:
        kind: One of ``KINDS``.
        rank: How bad it is, 4 the worst, 0 without a weight.
        state: Status of an outage or crew, grade of ice, cause of a block.
        text: The place in the words used.
        point: Longitude and latitude, WGS 84, where somebody told them.
        county: Code of the county, as far as the place is known; empty for what is not known so closely.
        is_finer: Whether the place is known closer than the county, by name.
    """

    kind: str
    pk: int
    rank: int
    line: str
    more: str
    state: str
    organization_id: int
    text: str
    point: tuple[float, float] | None
    county: str
    is_finer: bool


@dataclass(frozen=True, kw_only=True)
class Items:
    """Everything of a map.

    Attributes:
        counties: Code → name: of the organisations that are shown, and of what is shown.
    """

    items: Sequence[Item]
    counties: dict[str, str]


def items_now(scope: Scope, *, kinds: Sequence[str], now: datetime) -> Items:
    """Return what has a place now, the worst first: two statements.

    Args:
        scope: Whose, real or drill.
        kinds: What of it.
        now: The moment.
    """
    given = {"organizations": list(scope.organizations), "is_exercise": scope.is_exercise, "now": now}
    return _items(NOW, given, kinds, scope.organizations)


def items_then(
    storm_id: int, organizations: tuple[int, ...], *, at: datetime, kinds: Sequence[str] = KINDS
) -> Items:
    """Return what had a place at a moment of a storm: two statements.

    Args:
        storm_id: The storm.
        organizations: Whose.
        at: The moment.
        kinds: What of it.
    """
    given = {"storm": storm_id, "organizations": list(organizations), "at": at}
    return _items(THEN, given, kinds, organizations)


def _items(
    statement: Composed, given: dict[str, Any], kinds: Sequence[str], organizations: Sequence[int]
) -> Items:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = off")
        cursor.execute(statement, given)
        found = [_item(row) for row in cursor.fetchall() if row[0] in kinds]
    found.sort(key=lambda each: (-each.rank, KINDS.index(each.kind), each.pk))
    return Items(items=found, counties=_counties(organizations, {each.county for each in found} - {""}))


def _item(row: tuple[Any, ...]) -> Item:
    kind, pk, rank, line, more, state, organization, text, precision, north, east, crs, division = row
    code = division or ""
    return Item(
        kind=kind,
        pk=pk,
        rank=rank or 0,
        line=line or "",
        more=more,
        state=state,
        organization_id=organization,
        text=text,
        point=_point(north, east, crs),
        county=code[:_COUNTY] if len(code) >= _COUNTY else "",
        is_finer=len(code) > _COUNTY or (len(code) == _COUNTY and precision == PlacePrecision.POLE),
    )


def _point(latitude: Any, longitude: Any, crs: str) -> tuple[float, float] | None:
    if latitude is None:
        return None
    told = Point(float(longitude), float(latitude))
    point = from_gcj02(told) if crs == CoordinateSystem.GCJ02 else told
    return point.longitude, point.latitude


def _counties(organizations: Sequence[int], codes: set[str]) -> dict[str, str]:
    """Return the counties in which the companies are, and those of the items.

    A company of a county stands for it; one of a city for the counties of the city where none below has its
    own. A province is not drawn as a whole: the counties in which something is are.
    """
    own = Organization.objects.filter(pk__in=list(organizations), division__isnull=False)
    own_codes = own.values_list("division_id", flat=True)
    rows = Division.objects.filter(level=DivisionLevel.COUNTY, valid_to=None)
    wanted = rows.filter(pk__in=codes) | rows.filter(pk__in=own_codes) | rows.filter(parent__in=own_codes)
    return dict(wanted.order_by("pk").values_list("pk", "stem"))
