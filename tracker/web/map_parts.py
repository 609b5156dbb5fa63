"""The parts of a map, as its template draws them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from tracker.rules.ground import Box, Tile
from tracker.selectors.map_items import KINDS, Item

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

LABELS: dict[str, "StrPromise"] = {
    "outage": _("Outages"),
    "ice": _("Ice"),
    "road": _("Blocked roads"),
    "crew": _("Crews"),
}
TONES = {0: "none", 1: "blue", 2: "yellow", 3: "orange", 4: "red"}


@dataclass(frozen=True, kw_only=True)
class Thing:
    """A line of the list, and a sign of the map that stands alone."""

    item: Item
    page: str
    state: Any
    county: str

    @property
    def tone(self) -> str:
        """Name of the colour of its weight."""
        return TONES[self.item.rank]

    @property
    def name(self) -> str:
        """What it is called: its line or crew with the section, else its place."""
        return " ".join(filter(None, (self.item.line, self.item.more))) or self.item.text


@dataclass(frozen=True, kw_only=True)
class Sign:
    """A sign on the map: one thing, or several that lie together."""

    x: float
    y: float
    things: Sequence[Thing]
    box: Box | None
    tone: str

    @property
    def alone(self) -> Thing | None:
        """The thing, if it is one."""
        return self.things[0] if len(self.things) == 1 else None

    @property
    def radius(self) -> float:
        """Size of a cluster: more is larger, by digits."""
        return 13 + 2.5 * len(str(len(self.things)))

    @property
    def kinds(self) -> list[tuple[str, Any, int]]:
        """How many of each kind lie here."""
        return counted(self.things)


@dataclass(frozen=True, kw_only=True)
class County:
    """A county: its outline where there is one, and what is known to be in it and no closer."""

    code: str
    name: str
    path: str
    x: float
    y: float
    box: Box | None
    things: Sequence[Thing]

    @property
    def tone(self) -> str:
        """The worst of what is in it."""
        return TONES[max((each.item.rank for each in self.things), default=0)]

    @property
    def kinds(self) -> list[tuple[str, Any, int]]:
        """How many of each kind are in it without a point."""
        return counted(self.things)


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A map.

    Attributes:
        has_outlines: Whether the package with outlines is installed.
        counties: Those with an outline.
        bare: Counties without one, that hold something: they are told beside the map.
        signs: What has a point.
        unknown: The first of what is not known to any county, ``lost`` in all.
        listed: The first things of what is seen, the worst first; ``more`` are left out.
        counts: Kind, its name, how many of it in all.
    """

    width: float
    height: float
    has_outlines: bool
    counties: Sequence[County]
    bare: Sequence[County]
    signs: Sequence[Sign]
    unknown: Sequence[Thing]
    lost: int
    listed: Sequence[Thing]
    more: int
    counts: Sequence[tuple[str, Any, int]]
    tiles: Sequence[tuple[Tile, str]]
    is_whole: bool


def counted(things: Iterable[Thing]) -> list[tuple[str, Any, int]]:
    """Return kind, its name and how many there are of it, without those of which there is none."""
    numbers = Counter(each.item.kind for each in things)
    return [(kind, LABELS[kind], numbers[kind]) for kind in KINDS if numbers[kind]]
