"""One turn of the watch: see, climb, tell. Whoever turns it, and however often, the outcome is the same."""

import logging
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from incidents.services import seals
from incidents.services.people import system_actor
from tracker.choices import Part
from tracker.selectors import glance
from tracker.services import bounces, digests, heartbeats, proposals, reports, rotations, shifts, storms
from tracker.services.couriers import couriers
from tracker.services.escalate import escalate
from tracker.services.evaluate import evaluate
from tracker.services.notify import deliver

logger = logging.getLogger(__name__)


@dataclass(kw_only=True)
class Turn:
    """What one turn did and how long it took, by stage, and which stages broke."""

    done: dict[str, Any] = field(default_factory=dict)
    took_ms: dict[str, float] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)


def turn(
    *, now: datetime, signs: Collection[Part] = (), patience: timedelta = timedelta(0), looks: bool = True
) -> Turn:
    """Run every stage once; a stage that breaks does not keep the others from running.

    The signs of life are given between deciding and sending: a mail server that hangs does not make the
    watch look dead, but a watch that can no longer decide does.

    Args:
        now: Time of the turn, aware, by the database's clock.
        signs: Parts that are seen to live by this turn, besides the watch itself.
        patience: How long to wait where another engine is at it; zero leaves that stage to it.
        looks: Whether the record is looked at; else only what is due already is done.
    """
    made = Turn()
    if looks:
        _look(made, now, patience)
    _stage(made, "escalate", lambda: vars(escalate(now=now, patience=patience)))
    _stage(made, "digests", lambda: vars(digests.release(now=now)))
    _stage(made, "heartbeat", lambda: _sign(made, signs, looks=looks))
    _stage(made, "couriers", lambda: {"sent": couriers.wake(now=now)})
    _stage(made, "deliver", lambda: vars(deliver(now=now)))
    _stage(made, "bounces", lambda: {"cleared": bounces.clear_answered(now=now)})
    return made


def turn_if_called(*, now: datetime, signs: Collection[Part]) -> None:
    """Do what a glance shows to be needed: a whole turn, what is due already, or just live.

    Args:
        now: Time of the turn, aware, by the database's clock.
        signs: Parts that are seen to live by this, besides the watch itself.
    """
    seen = glance.glance(now=now)
    if seen.is_quiet:
        heartbeats.live([Part.CYCLE, *signs])
    else:
        turn(now=now, signs=signs, looks=not seen.has_looked)


def _look(made: Turn, now: datetime, patience: timedelta) -> None:
    """Ask the record what is so now; all else follows from what is written down here."""
    _stage(made, "glance", lambda: glance.seen(now=now))
    _stage(made, "propose", lambda: vars(proposals.propose(by=system_actor(now=now), patience=patience)))
    _stage(made, "evaluate", lambda: vars(evaluate(now=now, patience=patience)))
    _stage(made, "rosters", lambda: {"planned": rotations.plan(now=now), "told": shifts.tell(now=now)})
    _stage(made, "storms", lambda: {"begun": storms.count(now=now)})
    _stage(made, "reports", lambda: vars(reports.compile_due(now=now)))


def seal_journal() -> None:
    """Seal what was written to the journal, and give that sign of life."""
    seals.seal()
    heartbeats.beat([Part.SEAL])


def _stage(made: Turn, name: str, run: Callable[[], dict[str, Any]]) -> None:
    began = time.monotonic()
    try:
        made.done[name] = run()
    except Exception:  # whatever it was: it is told, and the next stage still has its work to do
        logger.exception("stage of the watch broke", extra={"stage": name})
        made.broken.append(name)
        connection.close_if_unusable_or_obsolete()
    made.took_ms[name] = round((time.monotonic() - began) * 1000, 1)
    if made.done.get(name, {}).get("broken"):
        made.broken.append(name)


def _sign(made: Turn, signs: Collection[Part], *, looks: bool) -> dict[str, Any]:
    if made.broken:
        heartbeats.fail([Part.CYCLE], error=", ".join(made.broken))
    elif looks:
        heartbeats.beat([Part.CYCLE, *signs], detail={**made.done, "took_ms": made.took_ms})
    else:
        heartbeats.live([Part.CYCLE, *signs])
    return {}
