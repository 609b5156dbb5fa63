"""The arithmetic of an outage: who is back and who is not.

Restored is not repaired, and a generator supplies without restoring: its customers stay out in every
index until the grid carries them again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from math import floor
from typing import Final

from incidents.choices import OutageStatus, RestorationMethod
from incidents.errors import Inconsistent, Missing
from incidents.rules.lifecycles import OUTAGE, OutageVerb
from incidents.rules.ranges import check_range
from incidents.rules.times import not_before, require_aware

CLOSABLE_SHARE: Final = 0.02
"""Share of the customers affected that a person may write off with a reason (invariant 6)."""

MOST_CUSTOMERS: Final = 100_000_000
"""More customers than any company of a province has; our default."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """A step by which customers got power back.

    Attributes:
        at: When, aware.
        customers: How many; ``None`` if nobody counted.
        method: How; a generator supplies and does not restore.
        final: Whether nobody is out after it.
    """

    at: datetime
    customers: int | None
    method: RestorationMethod
    final: bool = False

    @property
    def restores(self) -> bool:
        """Whether the grid carries these customers again."""
        return self.method != RestorationMethod.GENERATOR


@dataclass(frozen=True, kw_only=True, slots=True)
class Balance:
    """Where the customers of an outage stand.

    Attributes:
        affected: Customers affected; ``None`` if unknown.
        restored: Customers known to be back on the grid.
        remaining: Customers not back; ``None`` if unknown. Affected is restored plus remaining.
        supplied_by_generator: Customers among the remaining who have power from a generator.
        uncounted_steps: Steps whose customers nobody counted.
        restored_at: When the last were back, aware; ``None`` while somebody is out.
        verb: What the newest step means for the outage; ``None`` before any.
    """

    affected: int | None
    restored: int
    remaining: int | None
    supplied_by_generator: int
    uncounted_steps: int
    restored_at: datetime | None
    verb: OutageVerb | None


def balance(*, affected: int | None, steps: Sequence[Step], reason: str = "") -> Balance:
    """Return where the customers stand after all steps so far.

    Everybody is back when the steps add up to the customers affected. A step marked final says so
    where customers are not known, or where a person writes off a difference of at most 2 %.

    Args:
        affected: Customers affected; ``None`` if unknown.
        steps: Steps in the order of their numbers.
        reason: Why a difference is written off.

    Raises:
        OutOfRange: If steps add up to more than were affected, or too much would be written off.
        Inconsistent: If steps run back in time, or something follows the final step.
        Missing: If a difference is written off without a reason.
    """
    _check_steps(affected, steps)
    restoring = [step for step in steps if step.restores]
    known = sum(step.customers or 0 for step in restoring)
    final = bool(steps) and steps[-1].final
    if affected is not None and final and steps[-1].customers is None:
        known = affected
    if affected is not None and final:
        _check_difference(affected, known, reason)
    ended = final or (bool(restoring) and known == affected)
    remaining = None if affected is None else affected - known
    if affected is None and final:
        remaining = 0
    generated = sum(step.customers or 0 for step in steps if not step.restores)
    return Balance(
        affected=affected,
        restored=known,
        remaining=remaining,
        supplied_by_generator=generated if remaining is None else min(generated, remaining),
        uncounted_steps=sum(step.customers is None for step in steps),
        restored_at=restoring[-1].at if ended else None,
        verb=_verb(steps, ended=ended),
    )


def status_after(*, state: OutageStatus, balance: Balance) -> OutageStatus:
    """Return the state of an outage after its newest step.

    Args:
        state: The state before it.
        balance: Where the customers stand after it.

    Raises:
        BadTransition: If no step is legal in that state.
    """
    if balance.verb is None:
        return state
    return OUTAGE.after(state=state, verb=balance.verb)


def _verb(steps: Sequence[Step], *, ended: bool) -> OutageVerb | None:
    """Return what the newest step means for the outage."""
    if not steps:
        return None
    if ended:
        return OutageVerb.RESTORE_LAST
    return OutageVerb.RESTORE_STEP if steps[-1].restores else OutageVerb.SUPPLY_STEP


def _check_steps(affected: int | None, steps: Sequence[Step]) -> None:
    """Refuse steps that cannot have happened like this."""
    most = MOST_CUSTOMERS if affected is None else affected
    check_range(field="customers_affected", value=most, limits=(0, MOST_CUSTOMERS))
    for step in steps:
        require_aware(field="step_at", at=step.at)
        check_range(field="customers", value=step.customers or 0, limits=(0, most))
    for earlier, later in pairwise(steps):
        not_before(field="step_at", at=later.at, other="previous_step_at", earliest=earlier.at)
        if earlier.final:
            raise Inconsistent(
                field="step_at", value=later.at, relation="≤", other="final", other_value=earlier.at
            )
    for restores in (True, False):
        told = sum(step.customers or 0 for step in steps if step.restores is restores)
        check_range(field="customers", value=told, limits=(0, most))
    if steps and steps[-1].final and not steps[-1].restores:
        raise Inconsistent(
            field="method", value=steps[-1].method, relation="≠", other="final", other_value=True
        )


def _check_difference(affected: int, known: int, reason: str) -> None:
    """Refuse to write off too many customers, or any without a reason."""
    difference = affected - known
    check_range(field="remaining", value=difference, limits=(0, floor(affected * CLOSABLE_SHARE + 1e-9)))
    if difference and not reason.strip():
        raise Missing(field="reason", purpose="difference")
