"""What all parts of the exercise share: its present, its dice, and what exists in it."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Final

from incidents.journal import Actor
from incidents.models import Crew, LineSection, Organization, Outage, Storm

LASTING: Final = timedelta(hours=36)
"""How long the exercise's storm has lasted by its present."""

MARK: Final = "【演练】"
"""What the name of everything that could be taken for real begins with."""


@dataclass(frozen=True, kw_only=True)
class Companies:
    """The organisations of the exercise.

    Attributes:
        city: The one above them all.
        mountain: Counties in the mountains, where the ice is.
        plain: The county that has no ice and helps.
        stations: Supply stations by county.
    """

    city: Organization
    mountain: list[Organization]
    plain: Organization
    stations: dict[int, list[Organization]]

    @property
    def every(self) -> list[Organization]:
        """City and counties."""
        return [self.city, *self.mountain, self.plain]


@dataclass(kw_only=True)
class Team:
    """A crew, and from when on it is free."""

    crew: Crew
    free_at: datetime


@dataclass(kw_only=True)
class World:
    """The exercise as it grows."""

    storm: Storm
    by: Actor
    dice: Random
    size: int
    companies: Companies
    sections: list[LineSection] = field(default_factory=list)
    teams: list[Team] = field(default_factory=list)
    outages: list[Outage] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        """The exercise's present, to the minute: it stands still while the exercise is played."""
        return self.by.now.replace(second=0, microsecond=0)

    @property
    def began_at(self) -> datetime:
        """When the first things happened."""
        return self.now - LASTING

    def told(self, at: datetime) -> Actor:
        """Return who tells of something at that time: the server heard of it a moment later."""
        return replace(self.by, now=min(self.by.now, at + timedelta(seconds=self.dice.randint(2, 50))))

    def minutes(self, low: int, high: int) -> timedelta:
        """Return a chance span, min."""
        return timedelta(minutes=self.dice.randint(low, high))

    def happens(self, share: float) -> bool:
        """Say whether something happens that happens in this share of all cases."""
        return self.dice.random() < share
