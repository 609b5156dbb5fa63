"""The scopes that a cursor names, and those that it is going to name."""

from datetime import datetime

from incidents.access import Frozen
from incidents.api.change_cursors import Cursor, Resync
from incidents.api.feed import Kind
from incidents.services import sync_scopes


class Scopes:
    """Scopes by their digests: those kept for a cursor, and those of this very moment.

    Args:
        cursor: Where a phone has come.
        *present: Scopes that need not be kept to be known.

    Raises:
        Resync: If one that the cursor names is no longer kept.
    """

    def __init__(self, cursor: Cursor, *present: Frozen) -> None:
        self._known = {scope.digest: scope for scope in present}
        named = _named_by(cursor)
        kept = sync_scopes.find(named | set(self._known))
        self._kept = kept
        self._known |= {digest: Frozen.of(scope.body) for digest, scope in kept.items()}
        if named - set(self._known):
            raise Resync

    def __getitem__(self, digest: str) -> Frozen:
        """Return a scope."""
        return self._known[digest]

    def add(self, scope: Frozen) -> Frozen:
        """Make a scope known."""
        self._known[scope.digest] = scope
        return scope

    def of(self, kind: Kind, digest: str) -> Frozen:
        """Return a scope as far as it is about a kind; one that it does not know was never told of."""
        scope = self._known[digest]
        return scope if kind.name in scope.kinds else Frozen()

    def to_keep(self, cursor: Cursor, *, at: datetime) -> dict[str, str]:
        """Return the texts of the scopes that a cursor names, by their digests; not those used of late."""
        late = at - sync_scopes.TOUCHED_EVERY
        used = {digest for digest, scope in self._kept.items() if scope.touched_at > late}
        return {digest: self._known[digest].text for digest in _named_by(cursor) - used}


def _named_by(cursor: Cursor) -> set[str]:
    under_way = {cursor.round.goal, cursor.round.floor} if cursor.round else set()
    return {cursor.has, cursor.may} | under_way
