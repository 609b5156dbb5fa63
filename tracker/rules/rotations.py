"""Who follows whom: the shifts of a rotation, reckoned from its first day. Values in, values out."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

HALF_A_DAY, DAY, WEEK = timedelta(hours=12), timedelta(days=1), timedelta(days=7)

# Pattern → turns of one round: how long a shift lasts, and by how many places its person lies behind the
# person of the round's number. Day and night: whoever has the day has the night of the next day, then is off.
_ROUNDS: dict[str, tuple[tuple[timedelta, int], ...]] = {
    "daily": ((DAY, 0),),
    "day_night": ((HALF_A_DAY, 0), (HALF_A_DAY, 1)),
    "weekly": ((WEEK, 0),),
}
# Fewer people would have a night right after a day, or no day off.
FEWEST = {"daily": 1, "day_night": 3, "weekly": 1}


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One shift.

    Attributes:
        person: Place in the rotation, from nought.
        since: Beginning, aware.
        until: End, aware; belongs to the next shift.
    """

    person: int
    since: datetime
    until: datetime


def turns(pattern: str, *, people: int, first: datetime, since: datetime, until: datetime) -> Iterator[Turn]:
    """Return the shifts that begin in ``[since, until)``, in order.

    Args:
        pattern: ``daily``, ``day_night`` or ``weekly``.
        people: How many take turns.
        first: Beginning of the first shift, aware; Chinese time has no summer time, so its hour stays.
        since: Aware.
        until: Aware.

    Raises:
        ValueError: If there are too few people for the pattern, or it is not known.
    """
    if people < FEWEST[pattern]:
        raise ValueError(f"{pattern} needs {FEWEST[pattern]} people")
    a_round = sum((lasting for lasting, _behind in _ROUNDS[pattern]), timedelta(0))
    number = max((since - first) // a_round - 1, 0)
    while (begins := first + number * a_round) < until:
        for lasting, behind in _ROUNDS[pattern]:
            if since <= begins < until:
                yield Turn(person=(number - behind) % people, since=begins, until=begins + lasting)
            begins += lasting
        number += 1
