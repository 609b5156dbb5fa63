"""Pages of the changes: rounds from one scope to another, and from one horizon to the next.

A round tells, in this order: what left the caller's sight, what came into it, what the journal says was done
to what is in it, and what the watch changed. Where it ends was settled when it began, so that it does end;
what happens meanwhile is for the next one. The first call is a round that begins with nothing.

Two scopes hold what a phone has: it *has* all of the one and *may* have something of the other, but nothing
else. A round makes both the goal; where sight shrinks while it is told, the first falls short of the goal,
and the next round makes up for it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from django.db.models import Q, QuerySet

from incidents.access import Frozen, entered, freeze
from incidents.api import change_cursors
from incidents.api.change_cursors import Cursor, Resync, Round
from incidents.api.change_entries import touched
from incidents.api.change_items import Items
from incidents.api.change_scopes import Scopes
from incidents.api.feed import KINDS, Kind
from incidents.journal import Actor
from incidents.selectors.commit_order import Horizon, horizon, one_moment
from incidents.services import sync_scopes

NOTHING_YET: Final = Frozen()
_FIRST: Final = ""
After = tuple[int, ...]
Stage = Callable[[After, int], After | None]
"""Tells what fits after a place; returns where to go on, None if that was all."""


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page of changes.

    Attributes:
        next: The cursor after it.
        more: Whether there is more already.
    """

    results: list[dict[str, Any]]
    next: str
    more: bool


def page(by: Actor, *, cursor: str | None, size: int) -> Page:
    """Return the changes after a cursor; without one, all that the caller sees now.

    Args:
        by: Who asks.
        cursor: Where the last page ended.
        size: How many things at most; a deed is not torn apart, so that what it touched may be a few more.

    Raises:
        ValidationError: If the cursor is not one of this person and phone.
        Resync: If nobody can go on from it.
    """
    with one_moment():
        now = horizon()
        begun = None if cursor is None else change_cursors.read(cursor, by=by, now=now)
        teller = _Teller(by, now, begun or _at_rest(now, NOTHING_YET.digest))
        after = teller.tell(size)
    sync_scopes.keep(teller.scopes.to_keep(after, at=by.now), at=by.now)
    owes = after.round is not None or after.has != after.may
    return Page(results=teller.items.told(), next=after.sign(by), more=owes)


def from_here(by: Actor) -> tuple[str, dict[str, str]]:
    """Return the cursor after which everything comes that is not over yet, and the scope to keep for it.

    To be asked for in the moment that is read, before anything else.
    """
    now, live = horizon(), freeze(by.user, now=by.now, kinds=KINDS)
    return _at_rest(now, live.digest).sign(by), {live.digest: live.text}


class _Teller:
    """Tells one page: of the round that the cursor is in, or of a new one."""

    def __init__(self, by: Actor, now: Horizon, cursor: Cursor) -> None:
        live = freeze(by.user, now=by.now, kinds=KINDS)
        self.scopes = Scopes(cursor, NOTHING_YET, live)
        self._cursor = cursor
        self._round = cursor.round or Round(
            goal=live.digest, floor=live.digest, until=now.oldest, stage=_FIRST
        )
        self._goal = self.scopes[self._round.goal]
        # What went out of sight since the round began is not told of any more.
        self._floor = self.scopes.add(self.scopes[self._round.floor] & live)
        self.items = Items(by, self._floor)

    def tell(self, size: int) -> Cursor:
        """Add the things of the page; return where it ends."""
        here = replace(self._round, floor=self._floor.digest)
        stages = dict(self._stages())
        names = list(stages)
        if here.stage not in stages and here.stage != _FIRST:
            raise Resync
        begun = 0 if here.stage == _FIRST else names.index(here.stage)
        after = here.after
        for name in names[begun:]:
            room = size - len(self.items)
            further = stages[name](after, room) if room > 0 else ()
            if further is not None:
                return replace(self._cursor, round=replace(here, stage=name, after=further))
            after = ()
        return replace(self._cursor, has=here.floor, may=here.goal, since=here.until, round=None)

    def _stages(self) -> Iterator[tuple[str, Stage]]:
        """Yield the stages of the round; where scope does not change, nothing leaves or comes."""
        if not self._cursor.has == self._cursor.may == self._goal.digest:
            yield from ((f"left {name}", partial(self._left, kind)) for name, kind in KINDS.items())
            yield from ((f"came {name}", partial(self._came, kind)) for name, kind in KINDS.items())
        yield "done", self._done
        for name, kind in KINDS.items():
            if kind.stamp:
                yield f"stamped {name}", partial(self._stamped, kind)

    def _left(self, kind: Kind, after: After, room: int) -> After | None:
        """Tell what the phone may have and is not to have any more."""
        may = self.scopes.of(kind, self._cursor.may)
        rows = entered(kind.model, before=self._goal, after=may).filter(pk__gt=after[0] if after else 0)
        names = list(rows.order_by("pk").values_list("pk", "uuid")[:room])
        self.items.remove(kind, names)
        return (names[-1][0],) if len(names) == room else None

    def _came(self, kind: Kind, after: After, room: int) -> After | None:
        """Tell what the phone is to have and has not all of."""
        has = self.scopes.of(kind, self._cursor.has)
        rows = entered(kind.model, before=has, after=self._floor).filter(pk__gt=after[0] if after else 0)
        numbers = list(rows.order_by("pk").values_list("pk", flat=True)[:room])
        self.items.show(kind, numbers)
        return (numbers[-1],) if len(numbers) == room else None

    def _done(self, after: After, room: int) -> After | None:
        """Tell what was done to what is in sight."""
        found = touched(
            cluster=self._cursor.cluster,
            since=self._cursor.since,
            until=self._round.until,
            after=after,
            sight=self._floor,
            room=room,
        )
        self.items.show_touched(found.deeds, found.moved)
        return found.after

    def _stamped(self, kind: Kind, after: After, room: int) -> After | None:
        """Tell what changed of a kind whose changes are not in the journal."""
        stamp = kind.stamp
        window = {f"{stamp}__gte": self._cursor.since, f"{stamp}__lt": self._round.until}
        rows: QuerySet[Any] = QuerySet(kind.model).filter(self._floor.condition(kind.model), **window)
        if after:
            rows = rows.filter(Q(**{f"{stamp}__gt": after[0]}) | Q(**{stamp: after[0], "pk__gt": after[1]}))
        found = list(rows.order_by(stamp, "pk").values_list(stamp, "pk")[:room])
        self.items.show(kind, [number for _stamp, number in found])
        return found[-1] if len(found) == room else None


def _at_rest(now: Horizon, scope: str) -> Cursor:
    return Cursor(cluster=now.cluster, timeline=now.timeline, has=scope, may=scope, since=now.oldest)
