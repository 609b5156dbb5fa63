"""What a patrol found: links to facts that were told on their own."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final, TypedDict

from incidents import journal
from incidents.journal import Actor
from incidents.models import Damage, Hazard, IceReading, Patrol
from incidents.services import facts
from incidents.services.drills import keep_apart
from incidents.services.storing import store

_NAMES: Final = ("hazards", "ice_readings", "damages")
_WRITTEN: Final = ["status", "ended_at", "nothing_found", "remark"]


class Findings(TypedDict, total=False):
    """What a patrol found; each is a fact of its own, told before."""

    hazards: Collection[Hazard]
    ice_readings: Collection[IceReading]
    damages: Collection[Damage]


def link(patrol: Patrol, found: Findings) -> None:
    """Add findings to a locked patrol; one that is linked already stays so.

    Raises:
        ExerciseMix: If one belongs to a drill and the patrol does not, or the other way round.
    """
    several: dict[str, Any] = {**found}
    for name, rows in several.items():
        keep_apart((patrol, patrol.is_exercise), *((row, _is_drill(row)) for row in rows))
        getattr(patrol, name).add(*rows)


def count(patrol: Patrol) -> int:
    """Return how many things a patrol found."""
    return sum(getattr(patrol, name).count() for name in _NAMES)


def snapshot(patrol: Patrol) -> dict[str, Any]:
    """Return a patrol with its findings, as the journal keeps it."""
    return {
        **journal.snapshot(patrol),
        **{name: facts.keys_of(getattr(patrol, name).all()) for name in _NAMES},
    }


def write(kind: str, patrol: Patrol, *, before: dict[str, Any], at: datetime, by: Actor) -> None:
    """Save what changed of a locked patrol and of its findings, and write the journal entry."""
    store(patrol, fields=_WRITTEN)
    journal.write(
        kind,
        subject=patrol,
        at=at,
        by=by,
        organization=patrol.organization,
        before=before,
        after=snapshot(patrol),
    )


def _is_drill(found: Hazard | IceReading | Damage) -> bool:
    return (found.outage if isinstance(found, Damage) else found).is_exercise
