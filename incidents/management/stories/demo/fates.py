"""How far the outages of the exercise have come, and when each stage was reached."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from incidents.choices import OutageStatus
from incidents.management.stories.demo.world import LASTING, World

# State → its share of all outages, %; those that have ended come first, for they began first.
SHARES: Final = {
    OutageStatus.CLOSED: 34,
    OutageStatus.RESTORED: 20,
    OutageStatus.CANCELLED: 3,
    OutageStatus.MOMENTARY: 3,
    OutageStatus.PARTIALLY_RESTORED: 11,
    OutageStatus.REPAIRING: 8,
    OutageStatus.ISOLATED: 5,
    OutageStatus.LOCATED: 5,
    OutageStatus.CONFIRMED: 7,
    OutageStatus.REPORTED: 4,
}
OVER: Final = frozenset(list(SHARES)[:4])
_WORK: Final = list(SHARES)[4:][::-1]
_SHORTEST_MIN, _LONGEST_MIN = 50, 540
_REPORTED, _LAST_STAGE = 0.03, 0.8


@dataclass(frozen=True, kw_only=True)
class Fate:
    """What becomes of one outage.

    Attributes:
        status: Where it stands at the exercise's present.
        began_at: When it began.
        span: From its beginning to the return of supply, or to the present.
    """

    status: OutageStatus
    began_at: datetime
    span: timedelta

    def reached(self, status: OutageStatus) -> bool:
        """Say whether a stage of the work was reached."""
        if self.status in OVER:
            return True
        return _WORK.index(status) <= _WORK.index(self.status)

    def at(self, share: float) -> datetime:
        """Return the minute at which a share of the span had passed."""
        return (self.began_at + self.span * share).replace(second=0, microsecond=0)

    def stage_at(self, status: OutageStatus) -> datetime:
        """Return when a stage of the work was reached; stages lie evenly between report and supply."""
        return self.at(_REPORTED + (_LAST_STAGE - _REPORTED) * _WORK.index(status) / (len(_WORK) - 1))


def draw(world: World) -> list[Fate]:
    """Return one fate an outage, the oldest first."""
    states = [status for status, number in _numbers(world.size).items() for _ in range(number)]
    return [_fate(world, status, index / len(states)) for index, status in enumerate(states)]


def _fate(world: World, status: OutageStatus, share: float) -> Fate:
    began_at = (world.began_at + LASTING * share * 0.99).replace(second=0, microsecond=0)
    span = world.now - began_at
    if status in OVER:
        span = min(span * 0.8, world.minutes(_SHORTEST_MIN, _LONGEST_MIN))
    return Fate(status=status, began_at=began_at, span=span)


def _numbers(size: int) -> dict[OutageStatus, int]:
    """Share a number out by the largest remainders."""
    exact = {status: size * share / 100 for status, share in SHARES.items()}
    numbers = {status: int(number) for status, number in exact.items()}
    by_rest = sorted(exact, key=lambda status: numbers[status] - exact[status])
    for status in by_rest[: size - sum(numbers.values())]:
        numbers[status] += 1
    return numbers
