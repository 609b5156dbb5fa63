"""What a table of states and verbs can answer."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from incidents.errors import BadTransition, Missing

S = TypeVar("S", bound=str)
V = TypeVar("V", bound=str)


@dataclass(frozen=True, kw_only=True)
class Lifecycle(Generic[S, V]):
    """The life of one kind of thing.

    Attributes:
        subject: Its name in refusals.
        moves: New state by state and verb; the state is ``None`` before the thing exists.
        reasons: Verbs that have to be given a reason.
        chain: States in their usual order; what is jumped over was not reported.
    """

    subject: str
    moves: Mapping[tuple[S | None, V], S]
    reasons: frozenset[V]
    chain: tuple[S, ...]

    def after(self, *, state: S | None, verb: V, reason: str = "") -> S:
        """Return the state after a verb.

        Args:
            state: The present state; ``None`` before the thing exists.
            verb: The verb.
            reason: Why, where the verb needs one.

        Raises:
            BadTransition: If the verb is not legal now; it names those that are.
            Missing: If it needs a reason and has none.
        """
        new = self.moves.get((state, verb))
        if new is None:
            raise BadTransition(
                subject=self.subject, state=state, verb=verb, allowed=self.allowed(state=state)
            )
        if verb in self.reasons and not reason.strip():
            raise Missing(field="reason", purpose=verb)
        return new

    def allowed(self, *, state: S | None) -> tuple[V, ...]:
        """Return the verbs that are legal in a state, in the order of the table.

        Args:
            state: The state; ``None`` before the thing exists.
        """
        return tuple(verb for known, verb in self.moves if known == state)

    def is_terminal(self, *, state: S) -> bool:
        """Say whether nothing leads out of a state; what is told late of it may still be kept.

        Args:
            state: The state.
        """
        return all(new == state for (known, _verb), new in self.moves.items() if known == state)

    def skipped(self, *, state: S, new: S) -> tuple[S, ...]:
        """Return the states jumped over between two of the usual order, to be marked as such.

        Args:
            state: The state left.
            new: The state reached.

        Returns:
            Nothing for a step back or one that leaves the usual order.
        """
        if state not in self.chain or new not in self.chain:
            return ()
        return self.chain[self.chain.index(state) + 1 : self.chain.index(new)]


def to(new: S, verb: V, *states: S | None) -> dict[tuple[S | None, V], S]:
    """Return the rows of a table by which a verb leads from several states to one.

    Args:
        new: The state reached.
        verb: The verb.
        *states: The states in which it is legal; ``None`` for a thing that does not exist yet.
    """
    return {(state, verb): new for state in states}


def stay(verb: V, states: Iterable[S]) -> dict[tuple[S | None, V], S]:
    """Return the rows by which a verb is legal and moves nothing.

    Args:
        verb: The verb.
        states: The states in which it is legal.
    """
    return {(state, verb): state for state in states}
