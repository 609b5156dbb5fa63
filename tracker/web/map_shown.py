"""From what is on a map to what is drawn: counties, what is known only to the county, points and clusters."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from incidents.choices import AssignmentStatus, BlockCause, Grade, OutageStatus
from tracker.rules.ground import Box, Frame, Tile, around, clusters, middle
from tracker.selectors.map_items import KINDS, Item, Items
from tracker.selectors.outlines import is_installed, outlines
from tracker.web.map_parts import LABELS, TONES, County, Drawn, Sign, Thing

WIDTH, HEIGHT = 1000.0, 720.0
CELL = 34.0  # what lies closer together than this is one sign
LISTED = 60  # things that the list beside the map names
_STATES = {"outage": OutageStatus, "ice": Grade, "road": BlockCause, "crew": AssignmentStatus}


def tile_origin() -> str:
    """Return the origin of the tile server of the settings; empty without one."""
    address = urlsplit(settings.MAP_TILES)
    return f"{address.scheme}://{address.netloc}" if settings.MAP_TILES else ""


def drawn(found: Items, *, box: Box | None, pages: dict[str, str]) -> Drawn:
    """Return a map.

    Args:
        found: What is on it.
        box: The part that was asked for; None for all of it.
        pages: Kind → address of a thing's page, with 0 for its key.
    """
    shapes = outlines(frozenset(found.counties))
    things = [_thing(each, found.counties, pages) for each in found.items]
    placed = [each for each in things if each.item.point]
    frame = _frame(shapes, placed, box)
    spots = [(frame.place(*each.item.point), each) for each in placed if each.item.point]
    seen = [(spot, each) for spot, each in spots if frame.shows(*spot)]
    coarse = _by_county([each for each in things if not each.item.point])
    counties = [_county(code, name, shapes, coarse, frame) for code, name in found.counties.items()]
    listed = (
        [each for each in things if each.item.county or each.item.point]
        if box is None
        else _within(box, seen, counties)
    )
    counted = Counter(each.item.kind for each in things)
    return Drawn(
        width=WIDTH,
        height=HEIGHT,
        has_outlines=is_installed(),
        counties=[each for each in counties if each.path],
        bare=[each for each in counties if not each.box and each.things],
        signs=_signs(seen),
        unknown=coarse[""][:LISTED],
        lost=len(coarse[""]),
        listed=listed[:LISTED],
        more=len(listed) - len(listed[:LISTED]),
        counts=[(kind, LABELS[kind], counted[kind]) for kind in KINDS],
        tiles=_tiles(frame) if spots or shapes else [],
        is_whole=box is None,
    )


def _thing(item: Item, counties: dict[str, str], pages: dict[str, str]) -> Thing:
    labels: Any = _STATES[item.kind]
    state = labels(item.state).label if item.state in labels.values else ""
    return Thing(
        item=item,
        page=pages[item.kind].replace("/0/", f"/{item.pk}/"),
        state=state,
        county=counties.get(item.county, ""),
    )


def _frame(shapes: dict[str, Any], placed: Sequence[Thing], box: Box | None) -> Frame:
    corners = [corner for rings in shapes.values() for ring in rings for corner in ring]
    corners += [each.item.point for each in placed if each.item.point]
    whole = around(corners) or Box(118.0, 27.0, 123.0, 31.2)  # Zhejiang, where nothing says where else
    return Frame(box or whole, width=WIDTH, height=HEIGHT)


def _by_county(things: Sequence[Thing]) -> dict[str, list[Thing]]:
    found: dict[str, list[Thing]] = defaultdict(list)
    for each in things:
        found[each.item.county].append(each)
    return found


def _county(
    code: str, name: str, shapes: dict[str, Any], coarse: dict[str, list[Thing]], frame: Frame
) -> County:
    rings = shapes.get(code, [])
    x, y = frame.place(*middle(rings)) if rings else (0.0, 0.0)
    box = around(corner for ring in rings for corner in ring)
    things = coarse.get(code, [])
    return County(code=code, name=name, path=frame.path(rings), x=x, y=y, box=box, things=things)


def _signs(seen: Sequence[tuple[tuple[float, float], Thing]]) -> list[Sign]:
    signs = []
    for numbers in clusters([spot for spot, _each in seen], cell=CELL):
        inside = [seen[number] for number in numbers]
        things = [each for _spot, each in inside]
        signs.append(
            Sign(
                x=round(sum(spot[0] for spot, _each in inside) / len(inside), 1),
                y=round(sum(spot[1] for spot, _each in inside) / len(inside), 1),
                things=things,
                box=_roomy(around(each.item.point for each in things if each.item.point)),
                tone=TONES[max(each.item.rank for each in things)],
            )
        )
    return signs


def _roomy(box: Box | None) -> Box | None:
    """Return a box with some room: what lies on one spot would have none."""
    if box is None:
        return None
    room = 0.004
    return Box(box.west - room, box.south - room, box.east + room, box.north + room)


def _within(box: Box, seen: Sequence[tuple[Any, Thing]], counties: Sequence[County]) -> list[Thing]:
    """Return what a part of the map is about: points in it, and counties whose middle is in it."""
    found = [each for _spot, each in seen if each.item.point and box.holds(*each.item.point)]
    for county in counties:
        if county.box and box.holds(
            (county.box.west + county.box.east) / 2, (county.box.south + county.box.north) / 2
        ):
            found += county.things
    return sorted(found, key=lambda each: (-each.item.rank, KINDS.index(each.item.kind), each.item.pk))


def _tiles(frame: Frame) -> list[tuple[Tile, str]]:
    if not settings.MAP_TILES:
        return []
    pattern = settings.MAP_TILES
    return [
        (each, pattern.replace("{z}", str(each.z)).replace("{x}", str(each.x)).replace("{y}", str(each.y)))
        for each in frame.tiles()
    ]
