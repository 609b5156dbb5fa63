"""Where an outage is and what is around it, as far as is known: points that have coordinates, or words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from incidents.admin.asking import Asking
from incidents.admin.shown import linked
from incidents.choices import CoordinateSystem
from incidents.models import Damage, Division, IceReading, Outage, Place, RoadBlock
from incidents.rules.coordinates import Point, from_gcj02
from incidents.rules.sketches import Sheet, sheet_of

WIDTH, HEIGHT, MARGIN = 440, 240, 34
MOST = 20


@dataclass(frozen=True, kw_only=True)
class Spot:
    """A numbered point of the sketch."""

    number: int
    x: float
    y: float
    kind: str
    named: str


@dataclass(frozen=True, kw_only=True)
class Sketch:
    """What is drawn, and what can only be said.

    Attributes:
        ladder: Divisions around the outage's place, the largest first.
        unplaced: How many things nearby have no coordinates.
    """

    place: Place
    ladder: Sequence[Division]
    sheet: Sheet | None
    spots: Sequence[Spot]
    unplaced: int
    width: int = WIDTH
    height: int = HEIGHT


def sketch_of(outage: Outage, who: Asking) -> Sketch:
    """Return the sketch of an outage: five statements."""
    things = list(_things(outage, who))
    placed = [(kind, named, place) for kind, named, place in things if place.latitude is not None][:MOST]
    sheet, spots = None, []
    if placed:
        points = [_point(place) for _kind, _named, place in placed]
        sheet = sheet_of(points, width=WIDTH, height=HEIGHT, margin=MARGIN)
        spots = [
            Spot(number=number, x=x, y=y, kind=kind, named=named)
            for number, ((kind, named, _place), (x, y)) in enumerate(
                zip(placed, sheet.spots, strict=True), start=1
            )
        ]
    return Sketch(
        place=outage.place,
        ladder=_ladder(outage.place),
        sheet=sheet,
        spots=spots,
        unplaced=len(things) - len(placed),
    )


def _things(outage: Outage, who: Asking) -> Iterator[tuple[str, str, Place]]:
    """Yield what is there: kind, how it is called, where."""
    yield _("outage"), str(outage.place), outage.place
    damages = who.visible(Damage.objects.filter(outage=outage, place__isnull=False))
    for damage in damages.select_related("place").order_by("pk")[:MOST]:
        if damage.place is not None:
            yield damage.get_kind_display(), linked(damage), damage.place
    blocks = who.visible(RoadBlock.objects.filter(outages=outage, cleared_at=None))
    for block in blocks.select_related("place").order_by("pk")[:MOST]:
        yield _("blocked road"), linked(block), block.place
    readings = who.visible(IceReading.objects.filter(outage=outage, place__isnull=False))
    for reading in readings.select_related("place", "section__line").order_by("-observed_at", "-pk")[:MOST]:
        if reading.place is not None:
            yield _("ice reading"), linked(reading), reading.place


def _ladder(place: Place) -> list[Division]:
    code = place.division_id
    if not code:
        return []
    above = [code[:length] for length in (2, 4, 6, 9, 12) if length <= len(code)]
    return list(Division.objects.filter(code__in=above).order_by("code"))


def _point(place: Place) -> Point:
    point = Point(float(place.longitude or 0), float(place.latitude or 0))
    return from_gcj02(point) if place.crs == CoordinateSystem.GCJ02 else point
