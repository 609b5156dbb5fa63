"""Thousands of ice readings at once: each judged as a single one is, all stored in a few statements."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast
from uuid import UUID

from django.db import IntegrityError, transaction

from incidents import journal
from incidents.choices import GradeBasis
from incidents.errors import ClientIdTaken, Refused
from incidents.journal import Actor
from incidents.models import IceReading
from incidents.models.direct import run
from incidents.services import ice_stage, ice_straight, icing, storing
from incidents.services.ice_judges import Fit, Judge, Told
from incidents.services.ice_observations import digest_of
from incidents.services.ice_seals import Stored, entries_of
from incidents.services.icing_walk import Graded, Walk

__all__ = ["Kept", "Told", "record"]

_SENT_BEFORE: Final = """
SELECT client_id::text, client_digest, uuid FROM incidents_icereading
WHERE reported_by_id = %s AND client_id = ANY(%s)
"""


@dataclass(kw_only=True, slots=True)
class Kept:
    """A row that is in the record, and whether an earlier sending had put it there."""

    uuid: UUID
    is_repeat: bool


@transaction.atomic
def record(rows: Sequence[Told], *, by: Actor) -> list[Kept | Refused]:
    """Store readings with what follows from each, and move their sections' grades; in one transaction.

    Each row is judged by itself, as :func:`incidents.services.ice.record` judges one: a bad one never keeps
    the others out, and the same ``client_id`` with the same observation again adds nothing. Grades move in
    the order of observation, whatever the order of the rows.

    Args:
        rows: What was observed; a few thousand at most.
        by: Who reports it.

    Returns:
        For each row, in their order, what became of it.
    """
    sections = {row.observation.section.id for row in rows if row.observation.section is not None}
    held = icing.hold_all(sections)
    chunk = _Chunk(rows, by)
    try:
        stored, walks = chunk.pour(held)
    except IntegrityError:
        chunk = _Chunk(rows, by)
        stored = chunk.sort_out()
        walks = icing.walked(_graded(stored), icing.hold_all(sections))
    journal.write_all([*entries_of(stored, by=by), *icing.kept(walks, by=by)])
    return chunk.results()


class _Chunk:
    """The rows of one transaction on their way into the record; each goes by the text of its number."""

    def __init__(self, rows: Sequence[Told], by: Actor) -> None:
        self._rows, self._by = rows, by
        self._names = [str(row.client_id) for row in rows]
        self._digests = [digest_of(row.observation) for row in rows]
        judge = Judge(by).verdict
        self._known = self._look_up(set(self._names))
        self._verdicts = [
            None if name in self._known else judge(row) for name, row in zip(self._names, rows, strict=True)
        ]
        self._winners: dict[str, int] = {}

    def pour(self, held: icing.Held) -> tuple[list[Stored], list[Walk]]:
        """Store every row that is new and fit, and walk the grades meanwhile; return both.

        Raises:
            IntegrityError: If somebody sent one of them at the same time, or one breaks a rule of the table;
                nothing is stored, and what is held was walked on in vain.
        """
        winners = self._fit()
        if not winners:
            return [], []
        made = dict(zip(sorted(winners), ice_straight.drawn(len(winners)), strict=True))
        firsts = {name: ice_straight.first_of(*each, by=self._by) for name, each in made.items()}
        with ice_straight.pouring(self._line(winners[name], first) for name, first in firsts.items()):
            stored = self._take(winners, made)
            walks = icing.walked(_graded(stored), held)
        return stored, walks

    def sort_out(self) -> list[Stored]:
        """Store every row that is new and fit by way of the stage, which tells what is neither."""
        try:
            return self._insert()
        except IntegrityError:
            # All that are fit are asked for, not only those tried: one that is out makes room for another
            # that was sent under the same number.
            self._stage(range(len(self._rows)))
            broken = ice_stage.broken_rules()
            for position, rule in broken.items():
                self._verdicts[position] = storing.broken_rule(IceReading, rule)
            return self._insert()

    def results(self) -> list[Kept | Refused]:
        """Return what became of each row."""
        return [self._result(position, name) for position, name in enumerate(self._names)]

    def _result(self, position: int, name: str) -> Kept | Refused:
        verdict, winner = self._verdicts[position], self._winners.get(name)
        if isinstance(verdict, Refused) and (winner is None or position < winner):
            return verdict
        digest, uuid = self._known[name]
        if digest != self._digests[position]:
            return ClientIdTaken(client_id=self._rows[position].client_id)
        return Kept(uuid=uuid, is_repeat=position != winner)

    def _look_up(self, names: Collection[str]) -> dict[str, tuple[str, UUID]]:
        """Return what the person sent before under these numbers: digest and public name of each."""
        found = run(_SENT_BEFORE, [self._by.user.pk, list(names)]) if names else []
        return {name: (digest, uuid) for name, digest, uuid in found}

    def _fit(self) -> dict[str, int]:
        """Return which rows are to be stored: number → place; of several under a number, the first."""
        winners: dict[str, int] = {}
        for position, verdict in enumerate(self._verdicts):
            if isinstance(verdict, Fit):
                winners.setdefault(self._names[position], position)
        return winners

    def _insert(self) -> list[Stored]:
        winners = self._fit()
        if not winners:
            return []
        self._stage(winners.values())
        with transaction.atomic():
            made = ice_stage.insert(by=self._by)
        # The same person sent the others at the same time, and that sending won.
        self._known |= self._look_up(winners.keys() - made.keys())
        return self._take(winners, made)

    def _take(self, winners: Mapping[str, int], made: Mapping[str, tuple[int, UUID]]) -> list[Stored]:
        self._winners = {name: place for name, place in winners.items() if name in made}
        return [self._stored(name, place, *made[name]) for name, place in self._winners.items()]

    def _stage(self, places: Iterable[int]) -> None:
        fit = [place for place in places if isinstance(self._verdicts[place], Fit)]
        ice_stage.fill([self._line(place, str(place)) for place in fit])

    def _line(self, place: int, first: str) -> str:
        fit, name = cast("Fit", self._verdicts[place]), self._names[place]
        return ice_stage.line(
            fit.told.observation, fit.common.text, first=first, client_id=name, digest=self._digests[place]
        )

    def _stored(self, name: str, place: int, pk: int, uuid: UUID) -> Stored:
        fit, digest = cast("Fit", self._verdicts[place]), self._digests[place]
        self._known[name] = (digest, uuid)
        return Stored(
            pk=pk,
            uuid=uuid,
            organization=fit.site.organization,
            observation=fit.told.observation,
            finding=fit.common.finding,
            digest=digest,
            ladder=fit.site.yardstick.ladder,
        )


def _graded(stored: Sequence[Stored]) -> Iterator[Graded]:
    """Return what can move a section's grade."""
    for each in stored:
        observation, finding = each.observation, each.finding
        if observation.section and observation.observed_at and finding.standard_mm is not None:
            yield Graded(
                pk=each.pk,
                section=observation.section,
                is_exercise=observation.storm is not None and observation.is_exercise,
                observed_at=observation.observed_at,
                standard_mm=finding.standard_mm,
                basis=cast("GradeBasis", finding.thickness_basis),
                is_estimate=finding.is_estimate,
                ladder=each.ladder,
            )
